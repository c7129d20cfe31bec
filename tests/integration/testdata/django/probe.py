"""Answers questions about the database with Django's own functions.

Reads a line of JSON, {"do": name, "with": {arguments}}, and writes one: {"ok": result}, or
{"error": "Class: message"} where Django refuses. It ends with its input.
"""
import json
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
django.setup()

from allauth.account.forms import default_token_generator as allauth_resets  # noqa: E402
from allauth.account.models import EmailAddress, EmailConfirmationHMAC  # noqa: E402
from allauth.account.utils import url_str_to_user_pk, user_pk_to_url_str  # noqa: E402
from allauth.socialaccount.models import SocialAccount  # noqa: E402
from django.conf import settings  # noqa: E402
from django.contrib import auth  # noqa: E402
from django.contrib.auth.hashers import get_hashers, identify_hasher  # noqa: E402
from django.contrib.auth.hashers import check_password as check_hash, make_password  # noqa: E402
from django.contrib.auth.models import Group, Permission, User  # noqa: E402
from django.contrib.auth.tokens import default_token_generator as django_resets  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.db.models import Q, UniqueConstraint  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from django.middleware.csrf import CsrfViewMiddleware, get_token  # noqa: E402
from django.test import RequestFactory  # noqa: E402
from django.utils.encoding import force_bytes, force_str  # noqa: E402
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode  # noqa: E402
from rest_framework.authentication import TokenAuthentication  # noqa: E402
from rest_framework.authtoken.models import Token  # noqa: E402
from rest_framework_simplejwt.authentication import JWTAuthentication  # noqa: E402
from rest_framework_simplejwt.serializers import TokenRefreshSerializer  # noqa: E402
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken  # noqa: E402
from rest_framework_simplejwt.tokens import RefreshToken  # noqa: E402

COMMANDS = {}


def command(function):
    COMMANDS[function.__name__] = function
    return function


def named(username):
    return User.objects.get(username=username)


# Users, as the ORM and the admin deal with them.


@command
def create_user(username, password=None, email="", algorithm="default", verified=None, superuser=False):
    """Make a user; verified says whether allauth knows the address, and how."""
    with transaction.atomic():
        user = User.objects.create_user(username, email)
        user.password = make_password(password, hasher=algorithm)
        user.is_staff = user.is_superuser = superuser
        user.save()
        if verified is not None:
            EmailAddress.objects.create(user=user, email=email, verified=verified, primary=True)
    return user.pk


@command
def read_user(username):
    user = named(username)
    return {
        "id": user.pk,
        "email": user.email,
        "first_name": user.first_name,
        "active": user.is_active,
        "last_login": user.last_login.isoformat() if user.last_login else "",
        "usable": user.has_usable_password(),
        "algorithm": identify_hasher(user.password).algorithm if user.has_usable_password() else "",
    }


@command
def save_user(username, **fields):
    user = named(username)
    for name, value in fields.items():
        setattr(user, name, value)
    user.full_clean()
    user.save()


@command
def give_rights(username):
    """Put the user into a group and give a permission, so that both tables refer to it."""
    user = named(username)
    user.groups.add(Group.objects.get_or_create(name="staff")[0])
    user.user_permissions.add(Permission.objects.get(codename="change_user"))
    return user.has_perm("auth.change_user")


@command
def delete_user(username):
    """Delete as the admin's action does, and have the database check every foreign key."""
    User.objects.filter(username=username).delete()
    connection.check_constraints()


@command
def rows_of(username):
    """Count the rows that refer to the user."""
    user = named(username)
    return {
        "tokens": Token.objects.filter(user=user).count(),
        "addresses": EmailAddress.objects.filter(user=user).count(),
        "identities": SocialAccount.objects.filter(user=user).count(),
        "outstanding": OutstandingToken.objects.filter(user=user).count(),
        "groups": user.groups.count(),
    }


# Passwords.


@command
def algorithms():
    return [hasher.algorithm for hasher in get_hashers()]


@command
def check_password(username, password):
    """Check the hash, and that the log in form's function lets the user in."""
    known = check_hash(password, named(username).password)
    user = auth.authenticate(username=username, password=password)
    return known and user is not None and user.username == username


@command
def set_password(username, password):
    user = named(username)
    user.set_password(password)
    user.save()


# API tokens, sessions and CSRF.


@command
def make_token(username):
    return Token.objects.get_or_create(user=named(username))[0].key


@command
def read_token(key):
    return TokenAuthentication().authenticate_credentials(key)[0].username


def request_with(session_key=None, cookie=None, path="/", method="get", **headers):
    request = getattr(RequestFactory(), method)(path, **headers)
    request._dont_enforce_csrf_checks = False
    request.session = SessionStore(session_key)
    if cookie:
        request.COOKIES[settings.CSRF_COOKIE_NAME] = cookie
    return request


@command
def session_login(username):
    request = request_with()
    auth.login(request, named(username), backend=settings.AUTHENTICATION_BACKENDS[0])
    request.session.save()
    return request.session.session_key


@command
def read_session(key):
    return auth.get_user(request_with(key)).username


@command
def session_logout(key):
    auth.logout(request_with(key))


@command
def csrf_pair(cookie=None):
    """The cookie that Django sends, and the token of its forms."""
    request, middleware = request_with(cookie=cookie), CsrfViewMiddleware(lambda request: HttpResponse())
    middleware.process_request(request)
    token = get_token(request)
    response = middleware.process_response(request, HttpResponse())
    sent = response.cookies.get(settings.CSRF_COOKIE_NAME)
    return {"cookie": sent.value if sent else cookie, "token": token}


@command
def csrf_check(cookie, token):
    """Whether the middleware lets a POST with them pass."""
    request, middleware = request_with(cookie=cookie, method="post", HTTP_X_CSRFTOKEN=token), CsrfViewMiddleware(lambda request: HttpResponse())
    middleware.process_request(request)
    return middleware.process_view(request, lambda request: HttpResponse(), (), {}) is None


# Links in mails.


@command
def make_reset(username, allauth=True):
    user = named(username)
    if allauth:
        return {"token": allauth_resets.make_token(user), "uid": user_pk_to_url_str(user)}
    return {"token": django_resets.make_token(user), "uid": urlsafe_base64_encode(force_bytes(user.pk))}


@command
def check_reset(uid, token, allauth=True):
    """The user whom the link names if it is good, as dj-rest-auth's serializer decides."""
    pk = url_str_to_user_pk(uid) if allauth else force_str(urlsafe_base64_decode(uid))
    user = User.objects.get(pk=pk)
    return user.username if (allauth_resets if allauth else django_resets).check_token(user, token) else ""


@command
def make_email_key(email):
    return EmailConfirmationHMAC(EmailAddress.objects.get(email=email)).key


@command
def confirm_email(key):
    confirmation = EmailConfirmationHMAC.from_key(key)
    if confirmation is None:
        return ""
    confirmation.confirm(request_with())
    return confirmation.email_address.email


@command
def read_email(email):
    address = EmailAddress.objects.get(email=email)
    return {"username": address.user.username, "verified": address.verified, "primary": address.primary}


@command
def add_email(username, email, primary=False):
    return EmailAddress.objects.create(user=named(username), email=email, primary=primary).pk


@command
def save_email(username, email, primary):
    EmailAddress.objects.filter(user=named(username), email=email).update(primary=primary)


# JSON web tokens.


@command
def make_jwt(username):
    refresh = RefreshToken.for_user(named(username))
    return {"refresh": str(refresh), "access": str(refresh.access_token)}


@command
def read_jwt(access):
    authentication = JWTAuthentication()
    return authentication.get_user(authentication.get_validated_token(access)).username


@command
def user_id_in(access):
    return JWTAuthentication().get_validated_token(access)["user_id"]


@command
def refresh_jwt(refresh):
    return TokenRefreshSerializer().validate({"refresh": refresh})


@command
def blacklist_jwt(refresh):
    RefreshToken(refresh).blacklist()


@command
def outstanding_of(jwt_of):
    return OutstandingToken.objects.filter(user=named(jwt_of)).count()


# Identities.


@command
def make_identity(username, provider, uid, extra_data):
    return SocialAccount.objects.create(user=named(username), provider=provider, uid=uid, extra_data=extra_data).pk


@command
def read_identity(provider, uid):
    identity = SocialAccount.objects.get(provider=provider, uid=uid)
    return {"username": identity.user.username, "extra_data": identity.extra_data, "kind": type(identity.extra_data).__name__}


@command
def save_identity(provider, uid):
    SocialAccount.objects.get(provider=provider, uid=uid).save()


# The schema, by Django's introspection.


@command
def schema():
    """Every table's columns, and its constraints and indexes by their content."""
    tables = {}
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            columns = {
                column.name: [str(column.type_code), column.internal_size, column.null_ok]
                for column in connection.introspection.get_table_description(cursor, table)
            }
            constraints = connection.introspection.get_constraints(cursor, table)
            tables[table] = {"columns": columns, "constraints": {
                name: {key: found[key] for key in ("columns", "unique", "primary_key", "foreign_key", "index")}
                for name, found in constraints.items()
            }}
    return tables


@command
def holds_addresses_once():
    """Whether an address can be in one row only, be it verified or not: allauth before 0.58."""
    with connection.cursor() as cursor:
        constraints = connection.introspection.get_constraints(cursor, EmailAddress._meta.db_table)
    return any(
        found["unique"] and found["columns"] == ["email"] and name != "unique_verified_email"
        for name, found in constraints.items()
    )


@command
def take_later_indexes():
    """Change the table of addresses as allauth's migrations since 0.58 do."""
    with connection.schema_editor() as editor:
        editor.alter_unique_together(EmailAddress, set(), {("user", "email")})
        for name, column in (("unique_verified_email", "verified"), ("unique_primary_email", "primary")):
            fields = ["email"] if column == "verified" else ["user", "primary"]
            editor.add_constraint(EmailAddress, UniqueConstraint(fields=fields, condition=Q(**{column: True}), name=name))


@command
def counts():
    """How many rows each table of Django's has."""
    with connection.cursor() as cursor:
        result = {}
        for table in connection.introspection.table_names(cursor):
            if not table.startswith("latchkey"):
                cursor.execute("SELECT COUNT(*) FROM " + connection.ops.quote_name(table))
                result[table] = cursor.fetchone()[0]
        return result


def answer(line):
    question = json.loads(line)
    try:
        return {"ok": COMMANDS[question["do"]](**(question.get("with") or {}))}
    except Exception as refusal:
        return {"error": "%s: %s" % (type(refusal).__name__, refusal)}


def main():
    for line in sys.stdin:
        print(json.dumps(answer(line), default=str), flush=True)


main()
