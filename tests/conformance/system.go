package conformance

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/application/ports"
)

// Clock tests an implementation of ports.Clock.
func Clock(t *testing.T, clock ports.Clock) {
	t.Run("the time is UTC without nanoseconds", func(t *testing.T) {
		now := clock.Now()
		require.Equal(t, time.UTC, now.Location())
		require.Zero(t, now.Nanosecond()%1000)
	})
}

// Random tests an implementation of ports.Random.
func Random(t *testing.T, random ports.Random) {
	t.Run("a text has its length and its alphabet", func(t *testing.T) {
		for _, n := range []int{0, 1, 100} {
			text := random.Text(n, "xyz")
			require.Len(t, text, n)
			require.Empty(t, strings.Trim(text, "xyz"))
		}
	})
	t.Run("no text comes twice", func(t *testing.T) {
		seen := make(map[string]bool)
		for range 1000 {
			seen[random.Text(20, "0123456789abcdef")] = true
		}
		require.Len(t, seen, 1000)
	})
	t.Run("no character is favoured", func(t *testing.T) {
		const letters, each = "abcdefghijklmnopqrstuvwxyz0123456789", 2000
		text := random.Text(each*len(letters), letters)
		for _, letter := range letters {
			require.InDelta(t, each, strings.Count(text, string(letter)), 360, "8 standard deviations")
		}
	})
}
