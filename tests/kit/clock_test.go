package kit_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/tests/kit"
)

func TestAClockStandsStillUntilItIsMoved(t *testing.T) {
	start := time.Date(2026, 11, 24, 12, 0, 0, 123456789, time.FixedZone("east", 3600))
	clock := kit.NewClock(start)
	require.Equal(t, time.Date(2026, 11, 24, 11, 0, 0, 123456000, time.UTC), clock.Now())
	require.Equal(t, clock.Now(), clock.Now())

	clock.Advance(90 * time.Minute)
	require.Equal(t, time.Date(2026, 11, 24, 12, 30, 0, 123456000, time.UTC), clock.Now())

	clock.Set(start)
	require.Equal(t, time.Date(2026, 11, 24, 11, 0, 0, 123456000, time.UTC), clock.Now())
}
