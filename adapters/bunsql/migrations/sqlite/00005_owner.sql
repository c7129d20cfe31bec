-- +goose Up

-- From a token to its account without the token's own row, which lies elsewhere in the
-- file: one of the three searches that every authenticated request makes.
CREATE INDEX latchkey_token_owner ON authtoken_token (key, user_id);

-- +goose Down
DROP INDEX latchkey_token_owner;
