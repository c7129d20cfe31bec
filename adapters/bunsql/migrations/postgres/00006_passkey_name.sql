-- What the owner wants the passkey to be called that a challenge is for. A challenge of an
-- instance from before has none.

-- +goose Up
ALTER TABLE latchkey_passkey_challenge ADD COLUMN name text NULL;

-- +goose Down
ALTER TABLE latchkey_passkey_challenge DROP COLUMN name;
