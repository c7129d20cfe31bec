package credentials_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"latchkey/domain/credentials"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func TestParseLimitReadsRates(t *testing.T) {
	for text, want := range map[string]credentials.Limit{
		"5/min":       {Count: 5, Per: time.Minute},
		"1/s":         {Count: 1, Per: time.Second},
		"100/hour":    {Count: 100, Per: time.Hour},
		"1000/day":    {Count: 1000, Per: 24 * time.Hour},
		" 3 / minute": {Count: 3, Per: time.Minute},
	} {
		limit, err := credentials.ParseLimit(text)
		require.NoError(t, err, text)
		require.Equal(t, want, limit, text)
		require.False(t, limit.Unlimited())
	}
}

func TestParseLimitSaysWhatToWrite(t *testing.T) {
	for _, text := range []string{"", "5", "5/", "/min", "five/min", "0/min", "-1/min", "5/week", "5/month", "5/Min", "5/10s", "1.5/s", "99999999999999999999/s"} {
		limit, err := credentials.ParseLimit(text)
		require.ErrorContains(t, err, "is no rate; write a number from 1 on, a slash, and s, m, h or d, as in 5/min", text)
		require.Zero(t, limit)
	}
}

func FuzzParseLimit(f *testing.F) {
	f.Add("5/min")
	f.Add("0/day")
	f.Fuzz(func(t *testing.T, text string) {
		limit, err := credentials.ParseLimit(text)
		require.Equal(t, err != nil, limit.Unlimited(), "a rate never turns the limit off")
	})
}

func TestRecentKeepsWhatIsInTheWindow(t *testing.T) {
	limit := credentials.Limit{Count: 3, Per: time.Minute}
	ago := func(d time.Duration) time.Time { return noon.Add(-d) }
	times := []time.Time{ago(time.Hour), ago(time.Minute), ago(time.Minute - 1), ago(0)}
	require.Equal(t, times[2:], limit.Recent(times, noon), "an attempt leaves after the whole period, as with DRF")
	require.Empty(t, limit.Recent(times, noon.Add(time.Minute)))
	require.Empty(t, limit.Recent(nil, noon))
}

func TestAttemptsOfAClockThatWasAheadDoNotCount(t *testing.T) {
	limit := credentials.Limit{Count: 1, Per: time.Minute}
	soon := noon.Add(time.Minute)
	require.Equal(t, []time.Time{noon, soon}, limit.Recent([]time.Time{noon, soon, noon.Add(time.Minute + 1), noon.Add(time.Hour)}, noon))
	require.Empty(t, limit.Recent([]time.Time{noon.Add(time.Hour)}, noon))
}

func TestWaitLastsUntilAnAttemptLeavesTheWindow(t *testing.T) {
	limit := credentials.Limit{Count: 2, Per: time.Minute}
	at := func(seconds int) time.Time { return noon.Add(time.Duration(seconds) * time.Second) }
	require.Zero(t, limit.Wait(nil, at(0)))
	require.Zero(t, limit.Wait([]time.Time{at(0)}, at(1)))
	require.Equal(t, 50*time.Second, limit.Wait([]time.Time{at(0), at(10)}, at(10)))
	lowered := []time.Time{at(0), at(5), at(10), at(15)}
	require.Equal(t, 50*time.Second, limit.Wait(lowered, at(20)), "three must leave")
	require.Equal(t, time.Nanosecond, limit.Wait([]time.Time{at(0), at(1)}, at(60)), "a refusal never says to come at once")
}

func TestNoLimitNeverWaits(t *testing.T) {
	for _, limit := range []credentials.Limit{{}, {Count: 5}, {Per: time.Minute}, {Count: -1, Per: time.Minute}} {
		require.True(t, limit.Unlimited())
		require.Zero(t, limit.Wait([]time.Time{noon, noon, noon}, noon))
	}
}

// history draws a limit, attempts in ascending order and a time after them.
func history(t *rapid.T) (credentials.Limit, []time.Time, time.Time) {
	limit := credentials.Limit{
		Count: rapid.IntRange(1, 6).Draw(t, "count"),
		Per:   time.Duration(rapid.IntRange(1, 100).Draw(t, "per")) * time.Second,
	}
	now, times := noon, []time.Time(nil)
	for _, pause := range rapid.SliceOfN(rapid.IntRange(0, 60), 1, 12).Draw(t, "pauses") {
		now = now.Add(time.Duration(pause) * time.Second)
		times = append(times, now)
	}
	return limit, times, now.Add(time.Duration(rapid.IntRange(0, 60).Draw(t, "later")) * time.Second)
}

func TestRecentIsTheWindow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit, times, now := history(t)
		inWindow := slices.DeleteFunc(slices.Clone(times), func(at time.Time) bool { return now.Sub(at) >= limit.Per })
		require.Equal(t, inWindow, append([]time.Time{}, limit.Recent(times, now)...))
	})
}

func TestWaitingAsToldIsEnoughAndNotTooMuch(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit, times, now := history(t)
		recent := limit.Recent(times, now)
		wait := limit.Wait(recent, now)
		require.Equal(t, len(recent) >= limit.Count, wait > 0)
		require.LessOrEqual(t, wait, limit.Per)
		then := now.Add(wait)
		require.Zero(t, limit.Wait(limit.Recent(times, then), then))
		if wait > 0 {
			sooner := then.Add(-1)
			require.Positive(t, limit.Wait(limit.Recent(times, sooner), sooner))
		}
	})
}

func TestWaitShrinksAsTimeGoesAndGrowsWithAttempts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit, times, now := history(t)
		later := now.Add(time.Duration(rapid.IntRange(0, 100).Draw(t, "pass")) * time.Second)
		wait := limit.Wait(limit.Recent(times, now), now)
		require.LessOrEqual(t, limit.Wait(limit.Recent(times, later), later), wait)
		more := append(slices.Clone(times), now)
		require.GreaterOrEqual(t, limit.Wait(limit.Recent(more, now), now), wait)
	})
}

func TestWaitIsDRFsWhenTheLimitIsJustUsedUp(t *testing.T) {
	// SimpleRateThrottle.wait: what is left of the window of the oldest attempt
	// over count - attempts + 1. It is asked only when the limit is used up.
	rapid.Check(t, func(t *rapid.T) {
		limit, times, now := history(t)
		recent := limit.Recent(times, now)
		if len(recent) != limit.Count {
			return
		}
		remaining := limit.Per - now.Sub(recent[0])
		available := limit.Count - len(recent) + 1
		require.Equal(t, remaining/time.Duration(available), limit.Wait(recent, now))
	})
}

func TestLimitsOfTheSameAttemptsAllHaveToHaveRoom(t *testing.T) {
	both := credentials.Limits{{Count: 2, Per: time.Minute}, {}, {Count: 3, Per: time.Hour}}
	ago := func(d time.Duration) time.Time { return noon.Add(-d) }
	require.False(t, both.Unlimited())
	require.Equal(t, time.Hour, both.Longest())
	times := []time.Time{ago(time.Hour), ago(30 * time.Minute), ago(20 * time.Second), ago(0)}
	require.Equal(t, times[1:], both.Recent(times, noon))
	require.Equal(t, 30*time.Minute, both.Wait(times[1:], noon), "the longer wait")
	require.Equal(t, 40*time.Second, both.Wait(times[2:], noon))
	require.Zero(t, both.Wait(times[3:], noon))

	require.True(t, credentials.Limits{}.Unlimited())
	require.True(t, credentials.Limits{{}}.Unlimited())
	require.Zero(t, credentials.Limits{{}}.Wait(times, noon))
}
