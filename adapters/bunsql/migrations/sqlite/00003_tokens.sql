-- Families of refresh tokens, and what finding expired rows needs.

-- +goose Up

-- The refresh tokens that descend from one login: ids and times, never a token.
-- account_id is NULL for a token that names nobody. It has no foreign key: who
-- deletes an account, Django or an operator, need not know this table, and the
-- cleaner takes what is left. expires is when the last of the family's tokens ends.
CREATE TABLE latchkey_family (
    id text NOT NULL PRIMARY KEY,
    account_id integer NULL,
    began datetime NOT NULL,
    ended datetime NULL,
    current_id text NOT NULL,
    current_issued datetime NULL,
    current_expires datetime NOT NULL,
    previous_id text NOT NULL,
    expires datetime NOT NULL
);
CREATE INDEX latchkey_family_account ON latchkey_family (account_id);
CREATE INDEX latchkey_family_expires ON latchkey_family (expires);

-- simplejwt's table has no index by time: each cleaning would read all of it.
CREATE INDEX latchkey_outstandingtoken_expires ON token_blacklist_outstandingtoken (expires_at);
