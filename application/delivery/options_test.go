package delivery

import (
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestDelaysStayWithinTheirBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		random := rapid.Float64Range(0, 0.999999).Draw(t, "random")
		attempts := rapid.IntRange(0, 1<<40).Draw(t, "attempts")
		options, err := Options{Random: func() float64 { return random }}.withDefaults()
		require.NoError(t, err)
		delay := options.delay(attempts)
		require.LessOrEqual(t, delay, time.Hour)
		require.GreaterOrEqual(t, delay, 5*time.Second*3/4)
		options.Random = func() float64 { return 0 }
		require.LessOrEqual(t, options.delay(attempts), options.delay(attempts+1))
	})
}

func TestDefaultAttemptsLastAboutADay(t *testing.T) {
	options, err := Options{Random: func() float64 { return 0.5 }}.withDefaults()
	require.NoError(t, err)
	var total time.Duration
	for attempt := 1; attempt < options.MaxAttempts; attempt++ {
		total += options.delay(attempt)
	}
	require.InDelta(t, 24, total.Hours(), 2)
}

func TestReasonsCanBeStored(t *testing.T) {
	for _, text := range []string{"a\x00b", "a\xffb", strings.Repeat("é", 4000), "x" + strings.Repeat("é", 4000)} {
		stored := reason(errors.New(text))
		require.True(t, utf8.ValidString(stored))
		require.NotContains(t, stored, "\x00")
		require.LessOrEqual(t, len(stored), 500)
		require.NotEmpty(t, stored)
	}
}
