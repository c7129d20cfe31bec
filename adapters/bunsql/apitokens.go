package bunsql

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/secret"
	"latchkey/domain/sessions"
)

// APITokens keeps API tokens in authtoken_token.
type APITokens struct {
	db       *DB
	accounts *Accounts
}

var _ ports.APITokens = (*APITokens)(nil)

// NewAPITokens returns the API tokens of the database.
func NewAPITokens(db *DB) *APITokens { return &APITokens{db: db, accounts: NewAccounts(db)} }

const (
	selectToken = `SELECT key, created FROM authtoken_token WHERE user_id = $1`
	// insertToken changes nothing in a row that is there, and returns it.
	insertToken = `INSERT INTO authtoken_token (key, created, user_id) VALUES ($1, $2, $3)
		ON CONFLICT (user_id) DO UPDATE SET user_id = excluded.user_id RETURNING key, created`
	deleteToken = `DELETE FROM authtoken_token WHERE user_id = $1`
)

// tokenRow is a row of authtoken_token.
type tokenRow struct {
	Key     string     `bun:"key"`
	Created djangoTime `bun:"created"`
}

// Owner returns the account that the key stands for, or sessions.ErrTokenUnknown.
func (t *APITokens) Owner(ctx context.Context, key secret.String) (*accounts.Account, error) {
	account, err := t.accounts.one(ctx, t.db.queries.ownerOfToken, key.Reveal())
	if errors.Is(err, sql.ErrNoRows) {
		return nil, sessions.ErrTokenUnknown
	}
	return account, err
}

// Issue stores fresh unless its account has a token already, and returns the
// token that the account then has.
func (t *APITokens) Issue(ctx context.Context, fresh sessions.APIToken) (sessions.APIToken, error) {
	// Nearly every account has its token since its first sign-in: look before
	// queueing for the right to write.
	token, err := t.of(ctx, fresh.Account)
	if !errors.Is(err, sql.ErrNoRows) {
		return token, err
	}
	err = t.db.inTx(ctx, func(ctx context.Context) error {
		var row tokenRow
		created := djangoTime{fresh.Created}
		err := t.db.write(ctx, insertToken, fresh.Key.Reveal(), created, int64(fresh.Account)).Scan(ctx, &row)
		if err != nil {
			return fmt.Errorf("bunsql: store token: %w", err)
		}
		token = row.token(fresh.Account)
		return nil
	})
	return token, err
}

// of returns the account's token, or sql.ErrNoRows.
func (t *APITokens) of(ctx context.Context, account accounts.ID) (sessions.APIToken, error) {
	var row tokenRow
	if err := t.db.read(ctx, selectToken, int64(account)).Scan(ctx, &row); err != nil {
		return sessions.APIToken{}, fmt.Errorf("bunsql: read token: %w", err)
	}
	return row.token(account), nil
}

func (r tokenRow) token(account accounts.ID) sessions.APIToken {
	return sessions.APIToken{Key: secret.New(r.Key), Account: account, Created: r.Created.Time}
}

// Revoke deletes the account's token.
func (t *APITokens) Revoke(ctx context.Context, account accounts.ID) error {
	_, err := t.db.write(ctx, deleteToken, int64(account)).Exec(ctx)
	if err != nil {
		return fmt.Errorf("bunsql: delete token: %w", err)
	}
	return nil
}
