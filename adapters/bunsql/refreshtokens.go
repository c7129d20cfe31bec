package bunsql

import (
	"context"
	"fmt"
	"time"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/secret"
	"latchkey/domain/sessions"
)

// RefreshTokens keeps refresh tokens in the tables of simplejwt's blacklist app: a
// token that was given out in token_blacklist_outstandingtoken, and one that is
// worthless in token_blacklist_blacklistedtoken as well. The whole token stands
// there, because simplejwt keeps it; nothing reads it back.
type RefreshTokens struct{ db *DB }

var _ ports.RefreshTokens = (*RefreshTokens)(nil)

// NewRefreshTokens returns the refresh tokens of the database.
func NewRefreshTokens(db *DB) *RefreshTokens { return &RefreshTokens{db: db} }

const (
	// insertOutstanding leaves user_id NULL when the account is not there, as
	// Django does when it deletes one: that must not keep a token from being revoked.
	insertOutstanding = `INSERT INTO token_blacklist_outstandingtoken (token, jti, created_at, expires_at, user_id)
		VALUES ($1, $2, $3, $4, (SELECT id FROM auth_user WHERE id = $5)) ON CONFLICT (jti) DO NOTHING`
	insertBlacklisted = `INSERT INTO token_blacklist_blacklistedtoken (blacklisted_at, token_id)
		SELECT $1, id FROM token_blacklist_outstandingtoken WHERE jti = $2 ON CONFLICT (token_id) DO NOTHING`
	insertBlacklistedAll = `INSERT INTO token_blacklist_blacklistedtoken (blacklisted_at, token_id)
		SELECT $1, id FROM token_blacklist_outstandingtoken WHERE user_id = $2 AND jti <> $3 ON CONFLICT (token_id) DO NOTHING`
	countBlacklisted = `SELECT COUNT(*) FROM token_blacklist_outstandingtoken AS o
		JOIN token_blacklist_blacklistedtoken AS b ON b.token_id = o.id WHERE o.jti = $1`
)

// Record notes that the token was given to the account.
func (r *RefreshTokens) Record(ctx context.Context, token secret.String, claims sessions.Claims, account accounts.ID) error {
	return r.record(ctx, token, claims, account, claims.IssuedAt)
}

func (r *RefreshTokens) record(ctx context.Context, token secret.String, claims sessions.Claims, account accounts.ID, created time.Time) error {
	_, err := r.db.write(ctx, insertOutstanding, token.Reveal(), claims.ID,
		djangoTime{created}, djangoTime{claims.Expires}, int64(account)).Exec(ctx)
	if err != nil {
		return fmt.Errorf("bunsql: record refresh token: %w", err)
	}
	return nil
}

// Revoke makes the token worthless, or returns sessions.ErrJWTRevoked when it was
// before. The unique token_id decides which of many calls was the first.
func (r *RefreshTokens) Revoke(ctx context.Context, token secret.String, claims sessions.Claims, account accounts.ID, now time.Time) error {
	return r.db.inTx(ctx, func(ctx context.Context) error {
		if err := r.record(ctx, token, claims, account, now); err != nil {
			return err
		}
		result, err := r.db.write(ctx, insertBlacklisted, djangoTime{now}, claims.ID).Exec(ctx)
		if err != nil {
			return fmt.Errorf("bunsql: revoke refresh token: %w", err)
		}
		added, err := result.RowsAffected()
		if err == nil && added == 0 {
			return sessions.ErrJWTRevoked
		}
		return err
	})
}

// Revoked reports whether the token of that id is worthless.
func (r *RefreshTokens) Revoked(ctx context.Context, id string) (bool, error) {
	var count int
	if err := r.db.row(ctx, countBlacklisted, []any{id}, &count); err != nil {
		return false, fmt.Errorf("bunsql: look for a revoked token: %w", err)
	}
	return count > 0, nil
}

// RevokeAll makes every recorded token of the account worthless but the one with the id keep.
func (r *RefreshTokens) RevokeAll(ctx context.Context, account accounts.ID, keep string, now time.Time) error {
	if _, err := r.db.write(ctx, insertBlacklistedAll, djangoTime{now}, int64(account), keep).Exec(ctx); err != nil {
		return fmt.Errorf("bunsql: revoke refresh tokens: %w", err)
	}
	return nil
}
