package conformance

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/application/ports"
	"latchkey/domain/credentials"
)

// Limits tests an implementation of ports.Limits.
func Limits(t *testing.T, open func(t *testing.T) ports.Limits) {
	t.Run("attempts beyond the limit wait", func(t *testing.T) { limitRefuses(t, open(t)) })
	t.Run("refused attempts are not recorded", func(t *testing.T) { limitRefusedIsFree(t, open(t)) })
	t.Run("the window slides", func(t *testing.T) { limitSlides(t, open(t)) })
	t.Run("keys are counted apart", func(t *testing.T) { limitKeys(t, open(t)) })
	t.Run("Forget drops the attempts of one key", func(t *testing.T) { limitForget(t, open(t)) })
	t.Run("the zero limit allows everything", func(t *testing.T) { limitZero(t, open(t)) })
	t.Run("of many at once no more than the limit pass", func(t *testing.T) { limitRace(t, open(t)) })
}

func take(t *testing.T, limits ports.Limits, key string, limit credentials.Limit, at time.Time) time.Duration {
	t.Helper()
	wait, err := limits.Take(t.Context(), key, limit, at)
	require.NoError(t, err)
	return wait
}

var three = credentials.Limit{Count: 3, Per: time.Minute}

func limitRefuses(t *testing.T, limits ports.Limits) {
	for range 3 {
		require.Zero(t, take(t, limits, "k", three, now))
	}
	require.Equal(t, time.Minute, take(t, limits, "k", three, now))
	require.Equal(t, 40*time.Second, take(t, limits, "k", three, now.Add(20*time.Second)))
}

func limitRefusedIsFree(t *testing.T, limits ports.Limits) {
	for range 3 {
		take(t, limits, "k", three, now)
	}
	for range 10 {
		require.NotZero(t, take(t, limits, "k", three, now.Add(59*time.Second)))
	}
	require.Zero(t, take(t, limits, "k", three, now.Add(time.Minute)))
}

func limitSlides(t *testing.T, limits ports.Limits) {
	for i := range 3 {
		require.Zero(t, take(t, limits, "k", three, now.Add(time.Duration(i)*20*time.Second)))
	}
	require.Equal(t, 10*time.Second, take(t, limits, "k", three, now.Add(50*time.Second)))
	require.Zero(t, take(t, limits, "k", three, now.Add(60*time.Second)), "the first has left the window")
	require.NotZero(t, take(t, limits, "k", three, now.Add(60*time.Second)), "the others have not")
}

func limitKeys(t *testing.T, limits ports.Limits) {
	for range 3 {
		take(t, limits, "k", three, now)
	}
	for _, other := range []string{"K", "k ", "", "%", "k\x00"} {
		require.Zero(t, take(t, limits, other, three, now), "%q", other)
	}
}

func limitForget(t *testing.T, limits ports.Limits) {
	for range 3 {
		take(t, limits, "k", three, now)
		take(t, limits, "other", three, now)
	}
	require.NoError(t, limits.Forget(t.Context(), "k"))
	require.NoError(t, limits.Forget(t.Context(), "unknown"))
	require.Zero(t, take(t, limits, "k", three, now))
	require.NotZero(t, take(t, limits, "other", three, now))
}

func limitZero(t *testing.T, limits ports.Limits) {
	for range 20 {
		require.Zero(t, take(t, limits, "k", credentials.Limit{}, now))
	}
	require.Zero(t, take(t, limits, "k", credentials.Limit{Count: 1, Per: time.Hour}, now), "and records nothing")
}

// Guessers send their requests at the same moment, hoping that all are counted
// before any is recorded.
func limitRace(t *testing.T, limits ports.Limits) {
	five := credentials.Limit{Count: 5, Per: time.Minute}
	var allowed atomic.Int64
	for _, err := range race(50, func(i int) error {
		wait, err := limits.Take(t.Context(), "k", five, now.Add(time.Duration(i)*time.Microsecond))
		if wait == 0 && err == nil {
			allowed.Add(1)
		}
		return err
	}) {
		require.NoError(t, err)
	}
	require.EqualValues(t, 5, allowed.Load())
	require.NotZero(t, take(t, limits, "k", five, now.Add(59*time.Second)), "all five are counted")
	require.Zero(t, take(t, limits, "k", five, now.Add(61*time.Second)))
}
