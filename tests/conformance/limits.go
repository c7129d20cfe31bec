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
	t.Run("GiveBack drops one attempt, the newest", func(t *testing.T) { limitGiveBack(t, open(t)) })
	t.Run("an attempt has to fit into each limit", func(t *testing.T) { limitsOfOneKey(t, open(t)) })
	t.Run("several keys are forgotten", func(t *testing.T) { limitsForgotten(t, open(t)) })
	t.Run("of many at once no more than each limit pass", func(t *testing.T) { limitsOfOneKeyRace(t, open(t)) })
	t.Run("Count records nothing", func(t *testing.T) { limitCount(t, open(t)) })
	t.Run("what is given back at once is given back for each", func(t *testing.T) { limitGiveBackRace(t, open(t)) })
	t.Run("the zero limit allows everything", func(t *testing.T) { limitZero(t, open(t)) })
	t.Run("of many at once no more than the limit pass", func(t *testing.T) { limitRace(t, open(t)) })
}

func take(t *testing.T, limits ports.Limits, key string, limit credentials.Limit, at time.Time) time.Duration {
	t.Helper()
	wait, err := limits.Take(t.Context(), key, at, limit)
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

func limitGiveBack(t *testing.T, limits ports.Limits) {
	require.NoError(t, limits.GiveBack(t.Context(), "k"), "there is nothing to give back")
	for i := range 3 {
		take(t, limits, "k", three, now.Add(time.Duration(i)*20*time.Second))
		take(t, limits, "other", three, now)
	}
	require.NoError(t, limits.GiveBack(t.Context(), "k"))
	require.Zero(t, take(t, limits, "k", three, now.Add(41*time.Second)))
	require.Equal(t, 18*time.Second, take(t, limits, "k", three, now.Add(42*time.Second)), "the first two are counted, and the new one")
	require.NotZero(t, take(t, limits, "other", three, now))
	for range 4 {
		require.NoError(t, limits.GiveBack(t.Context(), "k"))
	}
	for range 3 {
		require.Zero(t, take(t, limits, "k", three, now.Add(43*time.Second)))
	}
}

func limitCount(t *testing.T, limits ports.Limits) {
	count := func(at time.Time) int {
		n, err := limits.Count(t.Context(), "k", three, at)
		require.NoError(t, err)
		return n
	}
	require.Zero(t, count(now))
	take(t, limits, "k", three, now)
	take(t, limits, "k", three, now.Add(time.Second))
	for range 5 {
		require.Equal(t, 2, count(now.Add(2*time.Second)))
	}
	require.Equal(t, 1, count(now.Add(time.Minute)), "the first has left the window")
	require.Zero(t, count(now.Add(time.Minute+time.Second)))
	require.Zero(t, take(t, limits, "k", three, now.Add(3*time.Second)), "looking is not trying")
}

func limitGiveBackRace(t *testing.T, limits ports.Limits) {
	many := credentials.Limit{Count: racers, Per: time.Minute}
	for range racers {
		take(t, limits, "k", many, now)
	}
	for _, err := range race(racers, func(int) error { return limits.GiveBack(t.Context(), "k") }) {
		require.NoError(t, err)
	}
	left, err := limits.Count(t.Context(), "k", many, now)
	require.NoError(t, err)
	require.Zero(t, left)
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
	for _, err := range race(200, func(i int) error {
		wait, err := limits.Take(t.Context(), "k", now.Add(time.Duration(i)*time.Microsecond), five)
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
