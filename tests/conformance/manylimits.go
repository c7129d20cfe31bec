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
var shortAndLong = []credentials.Limit{three, {}, {Count: 4, Per: time.Hour}}

func limitsInTurn(t *testing.T, limits ports.Limits) {
	takeEach := func(at time.Time) time.Duration {
		wait, err := ports.TakeEach(t.Context(), limits, "k", shortAndLong, at)
		require.NoError(t, err)
		return wait
	}
	for range 3 {
		require.Zero(t, takeEach(now))
	}
	require.Equal(t, time.Minute, takeEach(now))
	require.Zero(t, takeEach(now.Add(time.Minute)), "the long one was not asked behind the short one")
	require.Equal(t, 58*time.Minute, takeEach(now.Add(2*time.Minute)))
	require.Zero(t, take(t, limits, "other", three, now))
}

func limitsForgotten(t *testing.T, limits ports.Limits) {
	hour := credentials.Limit{Count: 9, Per: time.Hour}
	var keys []string
	for i := range 6 {
		keys = append(keys, fmt.Sprint("k", i))
		take(t, limits, keys[i], hour, now)
	}
	require.NoError(t, ports.ForgetAll(t.Context(), limits, nil))
	require.NoError(t, ports.ForgetAll(t.Context(), limits, keys[:5]))
	for i, key := range keys {
		left, err := limits.Count(t.Context(), key, hour, now)
		require.NoError(t, err)
		require.Equal(t, i/5, left, key)
	}
}

func limitsInTurnRace(t *testing.T, limits ports.Limits) {
	var allowed atomic.Int64
	for _, err := range race(racers, func(int) error {
		wait, err := ports.TakeEach(t.Context(), limits, "k", shortAndLong, now)
		if err == nil && wait == 0 {
			allowed.Add(1)
		}
		return err
	}) {
		require.NoError(t, err)
	}
	require.EqualValues(t, 3, allowed.Load())
	for i, key := range ports.PartsOf("k", shortAndLong) {
		left, err := limits.Count(t.Context(), key, shortAndLong[2*i], now)
		require.NoError(t, err)
		require.Equal(t, 3, left)
	}
}
