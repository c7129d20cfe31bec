-- The table of the app passkeys of dj-rest-auth, as Django makes it, and what it has no
-- place for. Where Django was here first, its table and rows stay as they are.

-- +goose Up
CREATE TABLE IF NOT EXISTS "passkeys_webauthncredential" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "name" varchar(255) NOT NULL, "credential_id" BLOB NOT NULL UNIQUE, "public_key" BLOB NOT NULL, "sign_count" integer unsigned NOT NULL CHECK ("sign_count" >= 0), "transports" text NOT NULL CHECK ((JSON_VALID("transports") OR "transports" IS NULL)), "discoverable" bool NOT NULL, "created_at" datetime NOT NULL, "last_used_at" datetime NULL, "user_id" integer NOT NULL REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE INDEX IF NOT EXISTS "passkeys_webauthncredential_user_id_4a0e0f60" ON "passkeys_webauthncredential" ("user_id");

-- What an authenticator said of a credential. It has no foreign key: who deletes the
-- credential, Django or an operator, need not know this table, and the cleaner takes
-- what is left; ids are never given twice.
CREATE TABLE latchkey_passkey (
    credential_id integer NOT NULL PRIMARY KEY,
    sign_count integer NOT NULL,
    backup_eligible bool NOT NULL,
    backed_up bool NOT NULL,
    user_verified bool NOT NULL
);

-- What authenticators know an account by, which says nothing of it. Without a foreign
-- key for the same reason.
CREATE TABLE latchkey_passkey_handle (
    account_id integer NOT NULL PRIMARY KEY,
    handle BLOB NOT NULL
);

-- Challenges that wait for their answer. key is a SHA-256 digest in hex; account_id is
-- NULL where anybody may answer.
CREATE TABLE latchkey_passkey_challenge (
    key text NOT NULL PRIMARY KEY,
    challenge BLOB NOT NULL,
    account_id integer NULL,
    expires datetime NOT NULL
);
CREATE INDEX latchkey_passkey_challenge_expires ON latchkey_passkey_challenge (expires);

-- Rows that Django leaves for an app, in tables that we made: there the migrations of
-- auth bear one time. In Django's own it is left to Django.
INSERT INTO django_migrations (app, name, applied)
SELECT 'passkeys', '0001_initial', CURRENT_TIMESTAMP
WHERE (SELECT COUNT(*) > 1 AND COUNT(DISTINCT applied) = 1 FROM django_migrations WHERE app = 'auth')
AND NOT EXISTS (SELECT 1 FROM django_migrations WHERE app = 'passkeys');

INSERT INTO django_content_type (app_label, model)
SELECT 'passkeys', 'webauthncredential'
WHERE (SELECT COUNT(*) > 1 AND COUNT(DISTINCT applied) = 1 FROM django_migrations WHERE app = 'auth')
AND NOT EXISTS (SELECT 1 FROM django_content_type WHERE app_label = 'passkeys' AND model = 'webauthncredential');

WITH action (position, action) AS (VALUES (1, 'add'), (2, 'change'), (3, 'delete'), (4, 'view'))
INSERT INTO auth_permission (content_type_id, codename, name)
SELECT t.id, a.action || '_webauthncredential', 'Can ' || a.action || ' web authn credential'
FROM django_content_type AS t CROSS JOIN action AS a
WHERE t.app_label = 'passkeys' AND t.model = 'webauthncredential'
AND (SELECT COUNT(*) > 1 AND COUNT(DISTINCT applied) = 1 FROM django_migrations WHERE app = 'auth')
AND NOT EXISTS (SELECT 1 FROM auth_permission WHERE content_type_id = t.id)
ORDER BY a.position;

-- +goose Down
DROP TABLE latchkey_passkey_challenge;
DROP TABLE latchkey_passkey_handle;
DROP TABLE latchkey_passkey;
