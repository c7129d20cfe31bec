-- Attempts that count against limits: one row for each key, so that a try reads and writes
-- one. key is a SHA-256 digest in hex, times are microseconds since 1970, apart by blanks.
-- What was counted before is forgotten.

-- +goose Up
DROP INDEX latchkey_limit_key_at;
DROP INDEX latchkey_limit_expires;
DROP TABLE latchkey_limit;
CREATE TABLE latchkey_attempts (
    key text NOT NULL PRIMARY KEY,
    times text NOT NULL,
    expires datetime NOT NULL
) WITHOUT ROWID;
CREATE INDEX latchkey_attempts_expires ON latchkey_attempts (expires);

-- +goose Down
DROP TABLE latchkey_attempts;
CREATE TABLE latchkey_limit (
    id integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    key text NOT NULL,
    at datetime NOT NULL,
    expires datetime NOT NULL
);
CREATE INDEX latchkey_limit_key_at ON latchkey_limit (key, at);
CREATE INDEX latchkey_limit_expires ON latchkey_limit (expires);
