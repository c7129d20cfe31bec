package inmemory

import (
	"context"
	"time"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/secret"
	"latchkey/domain/sessions"
)

// refreshToken is a refresh token that was given out or revoked. The token itself
// is not kept: nothing asks for it.
type refreshToken struct {
	account accounts.ID
	expires time.Time
	revoked bool
}

// RefreshTokens keeps refresh tokens in a Store.
type RefreshTokens struct{ store *Store }

var _ ports.RefreshTokens = (*RefreshTokens)(nil)

// NewRefreshTokens returns the store's refresh tokens.
func NewRefreshTokens(store *Store) *RefreshTokens { return &RefreshTokens{store: store} }

// Record notes that the token was given to the account.
func (r *RefreshTokens) Record(ctx context.Context, _ secret.String, claims sessions.Claims, account accounts.ID) error {
	return r.store.run(ctx, func(tx *transaction) error {
		if _, ok := r.store.refreshes.rows[claims.ID]; !ok {
			r.store.refreshes.put(tx, claims.ID, refreshToken{account: account, expires: claims.Expires})
		}
		return nil
	})
}

// Revoke makes the token worthless, or returns sessions.ErrJWTRevoked when it was before.
func (r *RefreshTokens) Revoke(ctx context.Context, _ secret.String, claims sessions.Claims, account accounts.ID, _ time.Time) error {
	return r.store.run(ctx, func(tx *transaction) error {
		row, ok := r.store.refreshes.rows[claims.ID]
		if row.revoked {
			return sessions.ErrJWTRevoked
		}
		if !ok {
			row = refreshToken{account: account, expires: claims.Expires}
		}
		row.revoked = true
		r.store.refreshes.put(tx, claims.ID, row)
		return nil
	})
}

// Revoked reports whether the token of that id is worthless.
func (r *RefreshTokens) Revoked(ctx context.Context, id string) (revoked bool, err error) {
	err = r.store.run(ctx, func(*transaction) error {
		revoked = r.store.refreshes.rows[id].revoked
		return nil
	})
	return revoked, err
}

// RevokeAll makes every recorded token of the account worthless but the one with the id keep.
func (r *RefreshTokens) RevokeAll(ctx context.Context, account accounts.ID, keep string, _ time.Time) error {
	return r.store.run(ctx, func(tx *transaction) error {
		for id, row := range r.store.refreshes.rows {
			// Account 0 is nobody, and not one owner of all tokens without an owner.
			if account != 0 && row.account == account && id != keep {
				row.revoked = true
				r.store.refreshes.put(tx, id, row)
			}
		}
		return nil
	})
}
