package bunsql

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"latchkey/application/ports"
	"latchkey/domain/credentials"
)

// Limits counts attempts in latchkey_limit, under digests of the keys: a copy of
// the database does not tell who tried to sign in from where. It belongs to the
// transactions of the Transactor: what is rolled back was not counted.
type Limits struct{ db *DB }

var (
	_ ports.Limits     = (*Limits)(nil)
	_ ports.ManyLimits = (*Limits)(nil)
)

// NewLimits returns the counted attempts of the database.
func NewLimits(db *DB) *Limits { return &Limits{db: db} }

const (
	selectAttempts = `SELECT at FROM latchkey_limit WHERE key = $1 ORDER BY at`
	insertAttempt  = `INSERT INTO latchkey_limit (key, at, expires) VALUES ($1, $2, $3)`
	deleteAttempts = `DELETE FROM latchkey_limit WHERE key IN ($1, $2, $3, $4)`
	deleteNewest   = `DELETE FROM latchkey_limit WHERE id = (
		SELECT id FROM latchkey_limit WHERE key = $1 ORDER BY at DESC, id DESC LIMIT 1)`
)

// attemptRow is a row of latchkey_limit.
type attemptRow struct {
	At djangoTime `bun:"at"`
}

func digest(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:])
}

// Take records an attempt at now unless the limit is used up, and returns how
// long to wait. It counts and records in one transaction, so that requests sent
// at the same moment cannot all pass on one count.
func (l *Limits) Take(ctx context.Context, key string, limit credentials.Limit, now time.Time) (wait time.Duration, err error) {
	if limit.Unlimited() {
		return 0, nil
	}
	err = l.db.inTx(ctx, func(ctx context.Context) error {
		if err := l.db.hold(ctx, heldLimit, key); err != nil {
			return err
		}
		times, err := l.attempts(ctx, key)
		if err != nil {
			return err
		}
		wait = limit.Wait(limit.Recent(times, now), now)
		if wait > 0 {
			return nil
		}
		return l.record(ctx, key, limit, now)
	})
	return wait, err
}

func (l *Limits) attempts(ctx context.Context, key string) ([]time.Time, error) {
	var rows []attemptRow
	if err := l.db.read(ctx, selectAttempts, digest(key)).Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("bunsql: read attempts: %w", err)
	}
	times := make([]time.Time, len(rows))
	for i, row := range rows {
		times[i] = row.At.Time
	}
	return times, nil
}

func (l *Limits) record(ctx context.Context, key string, limit credentials.Limit, now time.Time) error {
	// This keeps the table bounded by what is still in a window: each attempt that
	// is recorded takes up to a hundred others away.
	if _, err := l.db.write(ctx, l.db.queries.pruneAttempts, djangoTime{now}).Exec(ctx); err != nil {
		return fmt.Errorf("bunsql: prune attempts: %w", err)
	}
	expires := djangoTime{now.Add(limit.Per)}
	if _, err := l.db.write(ctx, insertAttempt, digest(key), djangoTime{now}, expires).Exec(ctx); err != nil {
		return fmt.Errorf("bunsql: record attempt: %w", err)
	}
	return nil
}

// GiveBack drops the newest attempt under key. It holds the key, as Take does: two
// that looked at the same moment would else drop the same one.
func (l *Limits) GiveBack(ctx context.Context, key string) error {
	return l.db.inTx(ctx, func(ctx context.Context) error {
		if err := l.db.hold(ctx, heldLimit, key); err != nil {
			return err
		}
		if _, err := l.db.write(ctx, deleteNewest, digest(key)).Exec(ctx); err != nil {
			return fmt.Errorf("bunsql: give an attempt back: %w", err)
		}
		return nil
	})
}

// Count returns how many attempts under key are in the window.
func (l *Limits) Count(ctx context.Context, key string, limit credentials.Limit, now time.Time) (int, error) {
	times, err := l.attempts(ctx, key)
	return len(limit.Recent(times, now)), err
}

// Forget drops the attempts under key.
func (l *Limits) Forget(ctx context.Context, key string) error {
	return l.ForgetAll(ctx, []string{key})
}
