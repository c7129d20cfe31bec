package bunsql

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"latchkey/application/ports"
	"latchkey/domain/credentials"
)

// Limits counts attempts in latchkey_attempts, under digests of the keys: a copy of
// the database does not tell who tried to sign in from where. It belongs to the
// transactions of the Transactor: what is rolled back was not counted.
//
// A row has all attempts under a key. It is changed only where it still is what was read,
// so that attempts sent at the same moment cannot all pass on one count, and
// nobody waits for a lock. Who comes too late reads again, and finds another one counted.
type Limits struct{ db *DB }

var _ ports.Limits = (*Limits)(nil)

// NewLimits returns the counted attempts of the database.
func NewLimits(db *DB) *Limits { return &Limits{db: db} }

const (
	selectTimes = `SELECT times FROM latchkey_attempts WHERE key = $1`
	storeTimes  = `INSERT INTO latchkey_attempts AS stored (key, times, expires) VALUES ($1, $2, $3)
		ON CONFLICT (key) DO UPDATE SET times = excluded.times, expires = excluded.expires WHERE stored.times = $4`
	dropNewest = `UPDATE latchkey_attempts SET times = $2 WHERE key = $1 AND times = $3`
	// The row stays until it expires: it is cheaper to change than to make anew.
	dropTimes = `UPDATE latchkey_attempts SET times = '' WHERE key IN ($1, $2, $3, $4)`
)

func digest(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:])
}

// read returns the attempts under key as they are stored; empty when there are none.
func (l *Limits) read(ctx context.Context, key string) (stored string, err error) {
	err = l.db.row(ctx, selectTimes, []any{digest(key)}, &stored)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("bunsql: read attempts: %w", err)
	}
	return stored, nil
}

// Take records an attempt at now unless one of the limits is used up, and returns how
// long to wait.
func (l *Limits) Take(ctx context.Context, key string, now time.Time, limits ...credentials.Limit) (time.Duration, error) {
	all := credentials.Limits(limits)
	if all.Unlimited() {
		return 0, nil
	}
	for {
		stored, err := l.read(ctx, key)
		if err != nil {
			return 0, err
		}
		times, err := decodeTimes(stored)
		if err != nil {
			return 0, err
		}
		recent := all.Recent(times, now)
		if wait := all.Wait(recent, now); wait > 0 {
			return wait, nil
		}
		expires := djangoTime{now.Add(all.Longest())}
		recorded, err := l.changed(ctx, storeTimes, digest(key), encodeTimes(append(recent, now)), expires, stored)
		if err != nil {
			return 0, err
		}
		if recorded {
			return 0, l.prune(ctx, now)
		}
	}
}

// changed runs a statement and reports whether it changed any row.
func (l *Limits) changed(ctx context.Context, query string, args ...any) (done bool, err error) {
	err = l.db.inStatement(ctx, func(ctx context.Context) error {
		result, err := l.db.write(ctx, query, args...).Exec(ctx)
		if err != nil {
			return fmt.Errorf("bunsql: change attempts: %w", err)
		}
		rows, err := result.RowsAffected()
		done = rows > 0
		return err
	})
	return done, err
}

// prune keeps the table bounded by what is still in a window: each attempt that is recorded
// takes up to a hundred rows away. Keys can be made up faster than the cleaner comes by. It is
// done also where no row came to be: or the work would tell which accounts people use.
func (l *Limits) prune(ctx context.Context, now time.Time) error {
	_, err := l.changed(ctx, l.db.queries.expiredAttempts, djangoTime{now}, sweepRows)
	return err
}

// GiveBack drops the newest attempt under key.
func (l *Limits) GiveBack(ctx context.Context, key string) error {
	for {
		stored, err := l.read(ctx, key)
		if err != nil || stored == "" {
			return err
		}
		given, err := l.changed(ctx, dropNewest, digest(key), stored[:max(strings.LastIndex(stored, timesSeparator), 0)], stored)
		if given || err != nil {
			return err
		}
	}
}

// Count returns how many attempts under key are in the window.
func (l *Limits) Count(ctx context.Context, key string, limit credentials.Limit, now time.Time) (int, error) {
	stored, err := l.read(ctx, key)
	if err != nil {
		return 0, err
	}
	times, err := decodeTimes(stored)
	return len(limit.Recent(times, now)), err
}

// forgotAtOnce is how many keys a statement forgets.
const forgotAtOnce = 4

// Forget drops the attempts under the keys.
func (l *Limits) Forget(ctx context.Context, keys ...string) error {
	for some := range slices.Chunk(keys, forgotAtOnce) {
		args := make([]any, forgotAtOnce)
		for i := range args {
			args[i] = digest(some[min(i, len(some)-1)])
		}
		if _, err := l.changed(ctx, dropTimes, args...); err != nil {
			return err
		}
	}
	return nil
}

// timesSeparator is between times, which are microseconds since 1970 in ascending order.
const timesSeparator = " "

// encodeTimes writes what Take records. Concurrent callers read the clock before they get
// there, so that the last one can be a little behind.
func encodeTimes(times []time.Time) string {
	texts, last := make([]string, len(times)), int64(0)
	for i, at := range times {
		last = max(last, at.UnixMicro())
		texts[i] = strconv.FormatInt(last, 10)
	}
	return strings.Join(texts, timesSeparator)
}

func decodeTimes(text string) ([]time.Time, error) {
	if text == "" {
		return nil, nil
	}
	var times []time.Time
	for micros := range strings.SplitSeq(text, timesSeparator) {
		at, err := strconv.ParseInt(micros, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("bunsql: read attempts: %w", err)
		}
		times = append(times, time.UnixMicro(at))
	}
	return times, nil
}
