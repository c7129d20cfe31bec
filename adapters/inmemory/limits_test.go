package inmemory

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/domain/credentials"
)

var (
	now    = time.Date(2026, time.March, 4, 5, 6, 7, 0, time.UTC)
	minute = credentials.Limit{Count: 2, Per: time.Minute}
)

func take(t testing.TB, limits *Limits, key string, limit credentials.Limit, at time.Time) time.Duration {
	wait, err := limits.Take(t.Context(), key, at, limit)
	require.NoError(t, err)
	return wait
}

func TestInventedKeysDoNotFillTheMemory(t *testing.T) {
	limits := NewLimits()
	for i := range maxAttempts + 1000 {
		take(t, limits, fmt.Sprint(i), minute, now)
	}
	require.Equal(t, maxAttempts, limits.attempts)
	require.Len(t, limits.byKey, maxAttempts)
	require.Len(t, limits.byExpiry, maxAttempts)
}

func TestManyAttemptsUnderOneKeyDoNotFillTheMemory(t *testing.T) {
	limits := NewLimits()
	much := credentials.Limit{Count: 10 * maxAttempts, Per: time.Hour}
	for range maxAttempts + 1000 {
		take(t, limits, "key", much, now)
	}
	require.LessOrEqual(t, limits.attempts, maxAttempts)
}

func TestAFullMemoryGivesUpWhatExpiresFirst(t *testing.T) {
	limits := NewLimits()
	hour := credentials.Limit{Count: 1, Per: time.Hour}
	take(t, limits, "victim", hour, now)
	for i := range maxAttempts {
		take(t, limits, fmt.Sprint(i), minute, now.Add(time.Second))
	}
	require.NotZero(t, take(t, limits, "victim", hour, now.Add(2*time.Second)))
}

func TestAFreshAttemptKeepsTheOlderOnes(t *testing.T) {
	limits := NewLimits()
	take(t, limits, "victim", minute, now)
	take(t, limits, "other", minute, now.Add(time.Second))
	take(t, limits, "victim", minute, now.Add(30*time.Second))
	for i := range maxAttempts - 2 {
		take(t, limits, fmt.Sprint(i), minute, now.Add(40*time.Second))
	}
	require.NotZero(t, take(t, limits, "victim", minute, now.Add(41*time.Second)))
}

func TestForgottenAndExpiredAttemptsAreNotCountedAsKept(t *testing.T) {
	limits := NewLimits()
	for range 2 {
		take(t, limits, "a", minute, now)
		take(t, limits, "b", minute, now)
	}
	require.Equal(t, 4, limits.attempts)
	require.NoError(t, limits.Forget(t.Context(), "a"))
	require.Equal(t, 2, limits.attempts)
	take(t, limits, "b", minute, now.Add(time.Hour))
	require.Equal(t, 1, limits.attempts)
	require.Len(t, limits.byKey, 1)
}

// Callers read the clock before they queue for the lock.
func TestAttemptsMayComeOutOfOrder(t *testing.T) {
	limits := NewLimits()
	take(t, limits, "k", minute, now.Add(time.Second))
	take(t, limits, "k", minute, now)
	require.NotZero(t, take(t, limits, "k", minute, now.Add(60*time.Second)))
	require.Zero(t, take(t, limits, "k", minute, now.Add(61*time.Second)))
}

func BenchmarkTake(b *testing.B) {
	limits, key := NewLimits(), strings.Repeat("k", 40)
	limit := credentials.Limit{Count: 5, Per: time.Minute}
	for i := 0; b.Loop(); i++ {
		_, _ = limits.Take(b.Context(), key, now.Add(time.Duration(i)*time.Second), limit)
	}
}

func BenchmarkTakeFull(b *testing.B) {
	limits := NewLimits()
	for i := 0; b.Loop(); i++ {
		_, _ = limits.Take(b.Context(), fmt.Sprint(i), now, minute)
	}
}
