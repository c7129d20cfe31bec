-- What Django's tables have no place for.

-- +goose Up

-- Work to do after a commit. payload is JSON. dead_at is set when it was given up.
CREATE TABLE latchkey_outbox (
    id integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    topic text NOT NULL,
    payload text NOT NULL,
    due datetime NOT NULL,
    attempts integer NOT NULL,
    reason text NOT NULL,
    created datetime NOT NULL,
    dead_at datetime NULL
);
CREATE INDEX latchkey_outbox_due ON latchkey_outbox (dead_at, due);

-- Attempts that count against a limit. key is a SHA-256 digest in hex.
CREATE TABLE latchkey_limit (
    id integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    key text NOT NULL,
    at datetime NOT NULL,
    expires datetime NOT NULL
);
CREATE INDEX latchkey_limit_key_at ON latchkey_limit (key, at);
CREATE INDEX latchkey_limit_expires ON latchkey_limit (expires);

-- Names and addresses are looked up without regard to case. Django's indexes
-- compare exactly, and every sign-in would read the whole table.
CREATE INDEX latchkey_auth_user_username ON auth_user (username COLLATE NOCASE);
CREATE INDEX latchkey_auth_user_email ON auth_user (email COLLATE NOCASE);
CREATE INDEX latchkey_account_emailaddress_email ON account_emailaddress (email COLLATE NOCASE);
