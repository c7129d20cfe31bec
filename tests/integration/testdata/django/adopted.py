"""The settings of a Django whose database is adopted, and what its people leave there."""
import json
import os
import sys

SECRET_KEY = os.environ["SECRET_KEY"]
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions"] + [
    app for app in os.environ["APPS"].split() if app]
MIDDLEWARE = ["allauth.account.middleware.AccountMiddleware"] if os.environ.get("MIDDLEWARE") else []
SITE_ID = 1
ROOT_URLCONF = "adopted"
urlpatterns = []
DATABASES = {"default": json.loads(os.environ["DJANGO_DATABASE"])}


def fill():
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.auth.models import User
    from django.contrib.sessions.backends.db import SessionStore

    ann = User.objects.create_user("ann", "ann@example.com", "correct-horse-9")
    session = SessionStore()
    session[SESSION_KEY] = str(ann.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = ann.get_session_auth_hash()
    session.save()
    if "allauth.account" in INSTALLED_APPS:
        from allauth.account.models import EmailAddress
        EmailAddress.objects.create(user=ann, email=ann.email, primary=True, verified=True)
    print(session.session_key)


def check():
    """Work as Django does on the tables that are there."""
    from django.contrib.auth import authenticate
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.db.migrations.executor import MigrationExecutor
    from django.db import connection

    executor = MigrationExecutor(connection)
    assert not executor.migration_plan(executor.loader.graph.leaf_nodes()), "migrations are waiting"
    call_command("check")
    User.objects.create_user("bob", "bob@example.com", "battery-staple-9")
    assert authenticate(username="bob", password="battery-staple-9").username == "bob"


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "adopted"
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    import django
    django.setup()
    if sys.argv[1] == "migrate":
        from django.core.management import call_command
        call_command("migrate", verbosity=0)
    else:
        globals()[sys.argv[1]]()
