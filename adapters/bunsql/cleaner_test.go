package bunsql

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/domain/credentials"
)

// fill writes n expired rows of each kind; every token is revoked.
func fill(t testing.TB, db *DB, n int) {
	t.Helper()
	const numbers = `WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < $1) `
	for _, query := range []string{
		`INSERT INTO django_session SELECT printf('%032d', n), 'sealed', '2020-01-01 00:00:00' FROM number`,
		`INSERT INTO token_blacklist_outstandingtoken (token, jti, expires_at) SELECT 'a.b.c', n, '2020-01-01 00:00:00' FROM number`,
		`INSERT INTO token_blacklist_blacklistedtoken (token_id, blacklisted_at) SELECT n, '2020-01-01 00:00:00' FROM number`,
		`INSERT INTO latchkey_family SELECT n, NULL, '2020-01-01 00:00:00', NULL, 'c', NULL, '2020-01-01 00:00:00', '', '2020-01-01 00:00:00' FROM number`,
		`INSERT INTO latchkey_outbox (topic, payload, due, attempts, reason, created, dead_at)
			SELECT 't', '{}', '2020-01-01 00:00:00', 1, '', '2020-01-01 00:00:00', '2020-01-01 00:00:00' FROM number`,
		`INSERT INTO latchkey_attempts (key, times, expires) SELECT n, '', '2020-01-01 00:00:00' FROM number`,
		`INSERT INTO latchkey_passkey_challenge SELECT n, 'c', NULL, '2020-01-01 00:00:00', NULL FROM number`,
		`INSERT INTO latchkey_passkey SELECT n, 1, 0, 0, 0 FROM number`,
		`INSERT INTO latchkey_passkey_handle SELECT n, 'h' FROM number`,
	} {
		execute(t, db, numbers+query, n)
	}
}

const filledKinds = 9

// left is how many rows are in the tables that are cleaned.
func left(t testing.TB, db *DB) string {
	t.Helper()
	return texts(t, db, `SELECT (SELECT COUNT(*) FROM django_session) + (SELECT COUNT(*) FROM token_blacklist_outstandingtoken)
		+ (SELECT COUNT(*) FROM token_blacklist_blacklistedtoken) + (SELECT COUNT(*) FROM latchkey_family)
		+ (SELECT COUNT(*) FROM latchkey_outbox) + (SELECT COUNT(*) FROM latchkey_attempts)
		+ (SELECT COUNT(*) FROM latchkey_passkey_challenge) + (SELECT COUNT(*) FROM latchkey_passkey)
		+ (SELECT COUNT(*) FROM latchkey_passkey_handle)`)[0]
}

func TestEveryTableIsCleaned(t *testing.T) {
	db := migrated(t)
	const each = sweepRows + 7 // more than one sweep
	fill(t, db, each)
	total := 0
	for _, limit := range []int{1, sweepRows + 1, 10_000} {
		deleted, err := NewCleaner(db).Clean(t.Context(), now, now, limit)
		require.NoError(t, err)
		total += deleted
		require.Equal(t, min(limit, filledKinds*each-(total-deleted)), deleted)
	}
	require.Equal(t, filledKinds*each, total)
	require.Equal(t, "0", left(t, db))
}

// A single row of room must not leave a revoked token that counts as a good one.
func TestATokenIsNotCleanedBeforeItsRevocation(t *testing.T) {
	db := migrated(t)
	fill(t, db, 3)
	execute(t, db, `DELETE FROM django_session`)
	for _, want := range []string{"2 3", "2 2", "1 2", "1 1", "0 1", "0 0"} {
		deleted, err := NewCleaner(db).Clean(t.Context(), now, time.Time{}, 1)
		require.NoError(t, err)
		require.Equal(t, 1, deleted)
		got := texts(t, db, `SELECT (SELECT COUNT(*) FROM token_blacklist_blacklistedtoken) || ' '
			|| (SELECT COUNT(*) FROM token_blacklist_outstandingtoken)`)
		require.Equal(t, []string{want}, got)
	}
}

func TestAttemptsThatCountAreNotCleaned(t *testing.T) {
	db := migrated(t)
	weekly := credentials.Limit{Count: 1, Per: 7 * 24 * time.Hour}
	_, err := NewLimits(db).Take(t.Context(), "k", now, weekly)
	require.NoError(t, err)
	at := now.Add(6 * 24 * time.Hour)
	deleted, err := NewCleaner(db).Clean(t.Context(), at, at, 10)
	require.NoError(t, err)
	require.Zero(t, deleted)
	wait, err := NewLimits(db).Take(t.Context(), "k", at, weekly)
	require.NoError(t, err)
	require.Equal(t, 24*time.Hour, wait)
}

// Another goroutine waits for a sweep at most, and another process, which has to
// ask again and again, finds the pause between two.
func TestWritersAreNotLockedOutByCleaning(t *testing.T) {
	db := migrated(t)
	other := openIn(t, filepath.Dir(db.config.File), Config{})
	fill(t, db, 2000)
	done := make(chan error, 1)
	go func() {
		_, err := NewCleaner(db).Clean(t.Context(), now, now, 1_000_000)
		done <- err
	}()
	var longest time.Duration
	writes := 0
	for cleaning := true; cleaning; writes++ {
		for _, writer := range []*DB{db, other} {
			begin := time.Now()
			execute(t, writer, `UPDATE django_site SET name = 'x'`)
			longest = max(longest, time.Since(begin))
		}
		select {
		case err := <-done:
			require.NoError(t, err)
			cleaning = false
		default:
		}
	}
	require.Equal(t, "0", left(t, db))
	require.Greater(t, writes, 10, "others wrote while the cleaner worked")
	require.Less(t, longest, 4*time.Second, "of the ten that a writer waits")
}

func TestCleaningEndsWithItsContext(t *testing.T) {
	db := migrated(t)
	fill(t, db, 1000)
	ctx, cancel := context.WithTimeout(t.Context(), 5*sweepPause)
	defer cancel()
	deleted, err := NewCleaner(db).Clean(ctx, now, now, 1_000_000)
	require.Error(t, err)
	require.ErrorIs(t, ctx.Err(), context.DeadlineExceeded)
	require.Less(t, deleted, filledKinds*1000)
}
