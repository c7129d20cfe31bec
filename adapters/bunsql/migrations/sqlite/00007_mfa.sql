-- Second factors.

-- +goose Up

-- The table of dj_rest_auth.mfa, as Django makes it. Where Django was here first it
-- stays as it is.
CREATE TABLE IF NOT EXISTS "dj_rest_auth_mfa_authenticator" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "type" varchar(20) NOT NULL, "data" text NOT NULL CHECK ((JSON_VALID("data") OR "data" IS NULL)), "created_at" datetime NOT NULL, "last_used_at" datetime NULL, "user_id" integer NOT NULL REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE UNIQUE INDEX IF NOT EXISTS "dj_rest_auth_mfa_authenticator_user_id_type_62322d58_uniq" ON "dj_rest_auth_mfa_authenticator" ("user_id", "type");
CREATE INDEX IF NOT EXISTS "dj_rest_auth_mfa_authenticator_user_id_e953f0ca" ON "dj_rest_auth_mfa_authenticator" ("user_id");

-- The rows that "manage.py migrate" leaves for it, in a database that is ours: there all
-- migrations ran in one moment. Django's own rows stay as they are.
INSERT INTO django_content_type (app_label, model)
SELECT 'dj_rest_auth_mfa', 'authenticator'
WHERE NOT EXISTS (SELECT 1 FROM django_content_type WHERE app_label = 'dj_rest_auth_mfa' AND model = 'authenticator')
AND EXISTS (SELECT COUNT(*) FROM django_migrations WHERE app IN ('contenttypes', 'auth') HAVING COUNT(*) = 14 AND COUNT(DISTINCT applied) = 1);

WITH action (position, action) AS (VALUES (1, 'add'), (2, 'change'), (3, 'delete'), (4, 'view'))
INSERT INTO auth_permission (content_type_id, codename, name)
SELECT t.id, a.action || '_authenticator', 'Can ' || a.action || ' authenticator'
FROM django_content_type AS t CROSS JOIN action AS a
WHERE t.app_label = 'dj_rest_auth_mfa' AND t.model = 'authenticator'
AND NOT EXISTS (SELECT 1 FROM auth_permission WHERE content_type_id = t.id)
AND EXISTS (SELECT COUNT(*) FROM django_migrations WHERE app IN ('contenttypes', 'auth') HAVING COUNT(*) = 14 AND COUNT(DISTINCT applied) = 1)
ORDER BY a.position;

INSERT INTO django_migrations (app, name, applied)
SELECT 'dj_rest_auth_mfa', '0001_initial', CURRENT_TIMESTAMP
WHERE NOT EXISTS (SELECT 1 FROM django_migrations WHERE app = 'dj_rest_auth_mfa')
AND EXISTS (SELECT COUNT(*) FROM django_migrations WHERE app IN ('contenttypes', 'auth') HAVING COUNT(*) = 14 AND COUNT(DISTINCT applied) = 1);

-- What waits for a code. digest is that of the token, which is not kept; standing is
-- that of the password and the factor on which it stands.
CREATE TABLE latchkey_pending_factor (
    id integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    digest text NOT NULL,
    account_id integer NOT NULL,
    purpose text NOT NULL,
    backend text NOT NULL,
    standing text NOT NULL,
    failed integer NOT NULL,
    expires datetime NOT NULL
);
CREATE UNIQUE INDEX latchkey_pending_factor_digest ON latchkey_pending_factor (digest);
CREATE INDEX latchkey_pending_factor_account ON latchkey_pending_factor (account_id, purpose, id);
CREATE INDEX latchkey_pending_factor_expires ON latchkey_pending_factor (expires);

-- From where second factors were used. device is a SHA-256 digest in hex.
CREATE TABLE latchkey_known_device (
    id integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    account_id integer NOT NULL,
    device text NOT NULL,
    seen datetime NOT NULL,
    UNIQUE (account_id, device)
);
CREATE INDEX latchkey_known_device_seen ON latchkey_known_device (seen);

-- +goose Down
DROP TABLE latchkey_known_device;
DROP TABLE latchkey_pending_factor;
