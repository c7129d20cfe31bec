package inmemory

import (
	"context"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/secret"
	"latchkey/domain/sessions"
)

// APITokens keeps API tokens in a Store.
type APITokens struct{ store *Store }

var _ ports.APITokens = (*APITokens)(nil)

// NewAPITokens returns the store's API tokens.
func NewAPITokens(store *Store) *APITokens { return &APITokens{store: store} }

// Owner returns the account that the key stands for, or sessions.ErrTokenUnknown.
func (t *APITokens) Owner(ctx context.Context, key secret.String) (account *accounts.Account, err error) {
	err = t.store.run(ctx, func(*transaction) error {
		for _, token := range t.store.tokens.rows {
			if token.Key.Equal(key) {
				account = accounts.Restore(t.store.accounts.rows[token.Account])
				return nil
			}
		}
		return sessions.ErrTokenUnknown
	})
	return account, err
}

// Issue stores fresh unless its account has a token already, and returns the
// token that the account then has.
func (t *APITokens) Issue(ctx context.Context, fresh sessions.APIToken) (token sessions.APIToken, err error) {
	err = t.store.run(ctx, func(tx *transaction) error {
		old, ok := t.store.tokens.rows[fresh.Account]
		if ok {
			token = old
			return nil
		}
		if _, ok := t.store.accounts.rows[fresh.Account]; !ok {
			return errNoAccount
		}
		t.store.tokens.put(tx, fresh.Account, fresh)
		token = fresh
		return nil
	})
	return token, err
}

// Revoke deletes the account's token.
func (t *APITokens) Revoke(ctx context.Context, account accounts.ID) error {
	return t.store.run(ctx, func(tx *transaction) error {
		t.store.tokens.drop(tx, account)
		return nil
	})
}
