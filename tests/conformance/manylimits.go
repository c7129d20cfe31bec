package conformance

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/application/ports"
	"latchkey/domain/credentials"
)

// shortAndLong are two limits of one thing, and one that is none.
var shortAndLong = credentials.Limits{three, {}, {Count: 4, Per: time.Hour}}

func limitsOfOneKey(t *testing.T, limits ports.Limits) {
	takeBoth := func(at time.Time) time.Duration {
		wait, err := limits.Take(t.Context(), "k", at, shortAndLong...)
		require.NoError(t, err)
		return wait
	}
	for range 3 {
		require.Zero(t, takeBoth(now))
	}
	require.Equal(t, time.Minute, takeBoth(now))
	require.Zero(t, takeBoth(now.Add(time.Minute)), "what the short one refuses counts for none")
	require.Equal(t, 58*time.Minute, takeBoth(now.Add(2*time.Minute)))
	require.Zero(t, takeBoth(now.Add(time.Hour)), "three have left the long window")
	require.Zero(t, takeBoth(now.Add(time.Hour)), "and what it refused counts for none")
	require.Zero(t, take(t, limits, "other", three, now))
}

func limitsForgotten(t *testing.T, limits ports.Limits) {
	hour := credentials.Limit{Count: 9, Per: time.Hour}
	var keys []string
	for i := range 6 {
		keys = append(keys, fmt.Sprint("k", i))
		take(t, limits, keys[i], hour, now)
	}
	require.NoError(t, limits.Forget(t.Context()))
	require.NoError(t, limits.Forget(t.Context(), keys[:5]...))
	for i, key := range keys {
		left, err := limits.Count(t.Context(), key, hour, now)
		require.NoError(t, err)
		require.Equal(t, i/5, left, key)
	}
}

func limitsOfOneKeyRace(t *testing.T, limits ports.Limits) {
	var allowed atomic.Int64
	for _, err := range race(racers, func(int) error {
		wait, err := limits.Take(t.Context(), "k", now, shortAndLong...)
		if err == nil && wait == 0 {
			allowed.Add(1)
		}
		return err
	}) {
		require.NoError(t, err)
	}
	require.EqualValues(t, 3, allowed.Load())
	for _, limit := range []credentials.Limit{shortAndLong[0], shortAndLong[2]} {
		left, err := limits.Count(t.Context(), "k", limit, now)
		require.NoError(t, err)
		require.Equal(t, 3, left)
	}
}
