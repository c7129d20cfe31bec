package system_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/adapters/system"
)

func TestNowIsUTCWithoutNanoseconds(t *testing.T) {
	before := time.Now().Add(-time.Microsecond)
	now := system.NewClock().Now()
	require.Equal(t, time.UTC, now.Location())
	require.Zero(t, now.Nanosecond()%1000)
	require.WithinRange(t, now, before, time.Now())
}

func TestTextHasTheLengthAndTheAlphabet(t *testing.T) {
	for _, n := range []int{0, 1, 32, 1000} {
		text := system.NewRandom().Text(n, "abc7")
		require.Len(t, text, n)
		require.Empty(t, strings.Trim(text, "abc7"))
	}
}

func TestTextsDiffer(t *testing.T) {
	random := system.NewRandom()
	require.NotEqual(t, random.Text(20, "0123456789abcdef"), random.Text(20, "0123456789abcdef"))
}

// 200 characters do not divide 256: without rejection the first 56 would come
// up twice as often as the others.
func TestNoCharacterIsFavoured(t *testing.T) {
	alphabet := make([]byte, 200)
	for i := range alphabet {
		alphabet[i] = byte(i)
	}
	const each = 1000
	text := system.NewRandom().Text(each*len(alphabet), string(alphabet))
	counts := make(map[byte]int)
	for i := range len(text) {
		counts[text[i]]++
	}
	for _, c := range alphabet {
		require.InDelta(t, each, counts[c], 250, "character %d", c) // 8 standard deviations
	}
}

func TestAnAlphabetThatCannotBeDrawnFromPanics(t *testing.T) {
	for _, alphabet := range []string{"", strings.Repeat("a", 257)} {
		require.Panics(t, func() { system.NewRandom().Text(1, alphabet) })
	}
}
