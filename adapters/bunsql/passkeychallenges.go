package bunsql

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/passkeys"
)

// PasskeyChallenges keeps challenges in latchkey_passkey_challenge, under digests of
// their keys: with a copy of the database nobody can answer one in another's place.
type PasskeyChallenges struct{ db *DB }

var _ ports.PasskeyChallenges = (*PasskeyChallenges)(nil)

// NewPasskeyChallenges returns the challenges of the database.
func NewPasskeyChallenges(db *DB) *PasskeyChallenges { return &PasskeyChallenges{db: db} }

// Put stores the challenge in place of one with the same key. Anybody may begin a
// login: each that is stored takes up to a hundred expired ones away, so that the table
// is bounded by what can still be answered.
func (c *PasskeyChallenges) Put(ctx context.Context, challenge passkeys.Challenge, now time.Time) error {
	return c.db.inTx(ctx, func(ctx context.Context) error {
		if _, err := c.db.write(ctx, c.db.queries.expiredChallenges, djangoTime{now}, sweepRows).Exec(ctx); err != nil {
			return fmt.Errorf("bunsql: prune challenges: %w", err)
		}
		account := sql.NullInt64{Int64: int64(challenge.Account), Valid: challenge.Account != 0}
		_, err := c.db.write(ctx, storeChallenge, digest(challenge.Key), challenge.Bytes, account, djangoTime{challenge.Expires}, string(challenge.Name)).Exec(ctx)
		if err != nil {
			return fmt.Errorf("bunsql: store challenge: %w", err)
		}
		return nil
	})
}

// Take deletes the challenge and returns it, or passkeys.ErrChallengeGone. One statement
// does both: of many that run at once one finds the row.
func (c *PasskeyChallenges) Take(ctx context.Context, key string, now time.Time) (passkeys.Challenge, error) {
	var row challengeRow
	err := c.db.write(ctx, takeChallenge, digest(key)).Scan(ctx, &row)
	if errors.Is(err, sql.ErrNoRows) {
		return passkeys.Challenge{}, passkeys.ErrChallengeGone
	}
	if err != nil {
		return passkeys.Challenge{}, fmt.Errorf("bunsql: take challenge: %w", err)
	}
	challenge := passkeys.Challenge{
		Key: key, Bytes: row.Challenge, Account: accounts.ID(row.AccountID.Int64), Expires: row.Expires.Time,
		Name: passkeys.Name(row.Name.String),
	}
	if !challenge.Alive(now) {
		return passkeys.Challenge{}, passkeys.ErrChallengeGone
	}
	return challenge, nil
}

// PasskeyHandles keeps user handles in latchkey_passkey_handle.
type PasskeyHandles struct{ db *DB }

var _ ports.PasskeyHandles = (*PasskeyHandles)(nil)

// NewPasskeyHandles returns the user handles of the database.
func NewPasskeyHandles(db *DB) *PasskeyHandles { return &PasskeyHandles{db: db} }

// Of returns the account's handle, nil when it has none.
func (h *PasskeyHandles) Of(ctx context.Context, account accounts.ID) ([]byte, error) {
	return h.handle(ctx, h.db.read(ctx, selectHandle, int64(account)))
}

// Issue stores fresh unless the account has a handle already, and returns the one that
// the account then has.
func (h *PasskeyHandles) Issue(ctx context.Context, account accounts.ID, fresh []byte) (handle []byte, err error) {
	handle, err = h.Of(ctx, account)
	if err != nil || handle != nil {
		return handle, err
	}
	err = h.db.inTx(ctx, func(ctx context.Context) error {
		if _, err := h.db.write(ctx, insertHandle, int64(account), fresh).Exec(ctx); err != nil {
			return fmt.Errorf("bunsql: store user handle: %w", err)
		}
		handle, err = h.Of(ctx, account)
		return err
	})
	return handle, err
}

func (*PasskeyHandles) handle(ctx context.Context, query scanner) ([]byte, error) {
	var row struct {
		Handle []byte `bun:"handle"`
	}
	err := query.Scan(ctx, &row)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("bunsql: read user handle: %w", err)
	}
	return row.Handle, nil
}

// scanner is a query.
type scanner interface {
	Scan(ctx context.Context, into ...any) error
}
