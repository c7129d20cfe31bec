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
	insertTimes = `INSERT INTO latchkey_attempts (key, times, expires) VALUES ($1, $2, $3) ON CONFLICT (key) DO NOTHING`
	updateTimes = `UPDATE latchkey_attempts SET times = $2, expires = $3 WHERE key = $1 AND times = $4`
	dropNewest  = `UPDATE latchkey_attempts SET times = $2 WHERE key = $1 AND times = $3`
	// The row stays until it expires: whoever signs in every day needs no new one.
	dropTimes = `UPDATE latchkey_attempts SET times = '' WHERE key IN ($1, $2, $3, $4)`
)

func digest(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:])
}

// attempts is the row of a key.
type attempts struct {
	times string // as written by encodeTimes
	there bool
}

func (l *Limits) read(ctx context.Context, key string) (row attempts, err error) {
	err = l.db.row(ctx, selectTimes, []any{digest(key)}, &row.times)
	if errors.Is(err, sql.ErrNoRows) {
		return attempts{}, nil
	}
	if err != nil {
		return attempts{}, fmt.Errorf("bunsql: read attempts: %w", err)
	}
	return attempts{times: row.times, there: true}, nil
}

// Take records an attempt at now unless one of the limits is used up, and returns how
// long to wait.
func (l *Limits) Take(ctx context.Context, key string, now time.Time, limits ...credentials.Limit) (time.Duration, error) {
	all := credentials.Limits(limits)
	if all.Unlimited() {
		return 0, nil
	}
	for {
		row, err := l.read(ctx, key)
		if err != nil {
			return 0, err
		}
		times, err := decodeTimes(row.times)
		if err != nil {
			return 0, err
		}
		recent := all.Recent(times, now)
		if wait := all.Wait(recent, now); wait > 0 {
			return wait, nil
		}
		recorded, err := l.record(ctx, key, row, encodeTimes(append(recent, now)), now, now.Add(all.Longest()))
		if recorded || err != nil {
			return 0, err
		}
	}
}

// record reports false when the row is not what was read any more.
func (l *Limits) record(ctx context.Context, key string, read attempts, times string, now, expires time.Time) (bool, error) {
	if read.there {
		return l.changed(ctx, updateTimes, digest(key), times, djangoTime{expires}, read.times)
	}
	added, err := l.changed(ctx, insertTimes, digest(key), times, djangoTime{expires})
	if err != nil || !added {
		return false, err
	}
	return true, l.prune(ctx, now)
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

// prune keeps the table bounded by what is still in a window: each new row takes up to a
// hundred others away. Keys can be made up faster than the cleaner comes by.
func (l *Limits) prune(ctx context.Context, now time.Time) error {
	if _, err := l.db.write(ctx, l.db.queries.expiredAttempts, djangoTime{now}, sweepRows).Exec(ctx); err != nil {
		return fmt.Errorf("bunsql: prune attempts: %w", err)
	}
	return nil
}

// GiveBack drops the newest attempt under key.
func (l *Limits) GiveBack(ctx context.Context, key string) error {
	for {
		row, err := l.read(ctx, key)
		if err != nil || row.times == "" {
			return err
		}
		rest, _, _ := cutLast(row.times, timesSeparator)
		given, err := l.changed(ctx, dropNewest, digest(key), rest, row.times)
		if given || err != nil {
			return err
		}
	}
}

// Count returns how many attempts under key are in the window.
func (l *Limits) Count(ctx context.Context, key string, limit credentials.Limit, now time.Time) (int, error) {
	row, err := l.read(ctx, key)
	if err != nil {
		return 0, err
	}
	times, err := decodeTimes(row.times)
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

func cutLast(text, separator string) (before, after string, found bool) {
	if at := strings.LastIndex(text, separator); at >= 0 {
		return text[:at], text[at+len(separator):], true
	}
	return "", text, false
}
