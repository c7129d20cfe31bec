-- +goose Up

-- Names with letters beyond ASCII, by their length: their case is compared by us.
CREATE INDEX latchkey_username_beyond_ascii ON auth_user (length(username)) WHERE username GLOB '*[^ -~]*';

-- +goose Down
DROP INDEX latchkey_username_beyond_ascii;
