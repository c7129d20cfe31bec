package bunsql

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
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
// long to wait.
func (l *Limits) Take(ctx context.Context, key string, limit credentials.Limit, now time.Time) (wait time.Duration, err error) {
	return l.TakeInTurn(ctx, []string{key}, []credentials.Limit{limit}, now)
}

// TakeInTurn is Take under each of the keys. It counts and records in one transaction, so that
// requests sent at the same moment cannot all pass on one count, and the disk is waited
// for once. Whoever takes from the same keys holds them in the same order.
func (l *Limits) TakeInTurn(ctx context.Context, keys []string, limits []credentials.Limit, now time.Time) (wait time.Duration, err error) {
	if !slices.ContainsFunc(limits, func(limit credentials.Limit) bool { return !limit.Unlimited() }) {
		return 0, nil
	}
	err = l.db.inTx(ctx, func(ctx context.Context) error {
		for i, key := range keys {
			if wait, err = l.take(ctx, key, limits[i], now); err != nil || wait > 0 {
				return err
			}
		}
		return l.prune(ctx, now)
	})
	return wait, err
}

func (l *Limits) take(ctx context.Context, key string, limit credentials.Limit, now time.Time) (time.Duration, error) {
	if limit.Unlimited() {
		return 0, nil
	}
	if err := l.db.hold(ctx, heldLimit, key); err != nil {
		return 0, err
	}
	times, err := l.attempts(ctx, key)
	if err != nil {
		return 0, err
	}
	if wait := limit.Wait(limit.Recent(times, now), now); wait > 0 {
		return wait, nil
	}
	return 0, l.record(ctx, key, limit, now)
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
	expires := djangoTime{now.Add(limit.Per)}
	if _, err := l.db.write(ctx, insertAttempt, digest(key), djangoTime{now}, expires).Exec(ctx); err != nil {
		return fmt.Errorf("bunsql: record attempt: %w", err)
	}
	return nil
}

// prune keeps the table bounded by what is still in a window: attempts that are recorded
// take up to a hundred others away.
func (l *Limits) prune(ctx context.Context, now time.Time) error {
	if _, err := l.db.write(ctx, l.db.queries.pruneAttempts, djangoTime{now}).Exec(ctx); err != nil {
		return fmt.Errorf("bunsql: prune attempts: %w", err)
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

// forgotAtOnce is how many keys a statement forgets.
const forgotAtOnce = 4

// ForgetAll drops the attempts under the keys.
func (l *Limits) ForgetAll(ctx context.Context, keys []string) error {
	for some := range slices.Chunk(keys, forgotAtOnce) {
		args := make([]any, forgotAtOnce)
		for i := range args {
			args[i] = digest(some[min(i, len(some)-1)])
		}
		err := l.db.inStatement(ctx, func(ctx context.Context) error {
			_, err := l.db.write(ctx, deleteAttempts, args...).Exec(ctx)
			return err
		})
		if err != nil {
			return fmt.Errorf("bunsql: forget attempts: %w", err)
		}
	}
	return nil
}
