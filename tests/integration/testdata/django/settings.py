"""A small Django site that shares its database and its secret key with Latchkey.

Both come by the environment, so that the same site runs on any database.
"""
import json
import os
from datetime import timedelta
from importlib.util import find_spec

from django.contrib.auth import hashers as django_hashers

SECRET_KEY = os.environ["DJANGO_SECRET_KEY"]
DATABASES = {"default": json.loads(os.environ["DJANGO_DATABASE"])}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DEBUG = False
ALLOWED_HOSTS = ["*"]
USE_TZ = True
TIME_ZONE = "UTC"
SITE_ID = 1
ROOT_URLCONF = "urls"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.sites",
    "django.contrib.messages",
    "rest_framework",
    "rest_framework.authtoken",
    "rest_framework_simplejwt.token_blacklist",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.google",
]
if "DJANGO_WITHOUT" in os.environ:  # as the site was before it took allauth and the blacklist
    without = os.environ["DJANGO_WITHOUT"].split(",")
    INSTALLED_APPS = [app for app in INSTALLED_APPS if not any(name in app for name in without)]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
if find_spec("allauth.account.middleware"):  # newer versions insist on it
    MIDDLEWARE.append("allauth.account.middleware.AccountMiddleware")
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
SESSION_SERIALIZER = "django.contrib.sessions.serializers.JSONSerializer"
SIMPLE_JWT = {
    "ACCESS_TOKEN_LIFETIME": timedelta(minutes=5),
    "BLACKLIST_AFTER_ROTATION": True,
    "ROTATE_REFRESH_TOKENS": True,
}


def _hashers():
    """Every algorithm of this Django that Latchkey knows, the first for new hashes."""
    yield "cheap.CheapPBKDF2PasswordHasher"
    yield "cheap.CheapPBKDF2SHA1PasswordHasher"
    if find_spec("argon2"):
        yield "cheap.CheapArgon2PasswordHasher"
    if find_spec("bcrypt"):
        yield "cheap.CheapBCryptSHA256PasswordHasher"
        yield "cheap.CheapBCryptPasswordHasher"
    if hasattr(django_hashers, "ScryptPasswordHasher"):  # Django 4.0
        yield "django.contrib.auth.hashers.ScryptPasswordHasher"


PASSWORD_HASHERS = list(_hashers())
