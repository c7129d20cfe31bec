package bunsql

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestTimesAreWrittenAsDjangoWritesThem(t *testing.T) {
	cairo := time.FixedZone("EET", 2*60*60)
	for want, written := range map[string]time.Time{
		"2026-03-04 05:06:07":        time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC),
		"2026-03-04 05:06:07.890000": time.Date(2026, 3, 4, 5, 6, 7, 890000000, time.UTC),
		"2026-03-04 05:06:07.000001": time.Date(2026, 3, 4, 5, 6, 7, 1999, time.UTC),
		"2026-03-04 03:06:07":        time.Date(2026, 3, 4, 5, 6, 7, 999, cairo),
		"9999-12-31 23:59:59.999999": time.Unix(1e15, 0),
		"0001-01-01 00:00:00":        time.Unix(-1e15, 0),
	} {
		value, err := djangoTime{written}.Value()
		require.NoError(t, err)
		require.Equal(t, want, value)
	}
}

func TestTheZeroTimeIsNull(t *testing.T) {
	value, err := djangoTime{}.Value()
	require.NoError(t, err)
	require.Nil(t, value)
	read := djangoTime{now}
	require.NoError(t, read.Scan(nil))
	require.True(t, read.IsZero())
}

func TestTimesAreReadFromWhateverTheDriverGives(t *testing.T) {
	local := now.In(time.FixedZone("EET", 2*60*60))
	for _, value := range []any{local, "2026-03-04 05:06:07.890123", []byte("2026-03-04 05:06:07.890123")} {
		var read djangoTime
		require.NoError(t, read.Scan(value))
		require.Equal(t, now, read.Time)
	}
	for _, value := range []any{"", "yesterday", "2026-03-04", 1.5, int64(7)} {
		require.Error(t, new(djangoTime).Scan(value), "%v", value)
	}
}

func anyTime() *rapid.Generator[time.Time] {
	return rapid.Custom(func(t *rapid.T) time.Time {
		return time.UnixMicro(rapid.Int64Range(0, 4e15).Draw(t, "microseconds")).UTC()
	})
}

// Lookups by time compare the text.
func TestTextsOfTimesSortAsTimesDo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := anyTime().Draw(t, "a"), anyTime().Draw(t, "b")
		if rapid.Bool().Draw(t, "same second") {
			b = a.Truncate(time.Second)
		}
		x, _ := djangoTime{a}.Value()
		y, _ := djangoTime{b}.Value()
		require.Equal(t, a.Before(b), x.(string) < y.(string))
	})
}

func FuzzTime(f *testing.F) {
	f.Add("2026-03-04 05:06:07.890123")
	f.Add("2026-03-04 05:06:07")
	f.Add("9999-12-31 23:59:59,9")
	f.Fuzz(func(t *testing.T, text string) {
		var read, again djangoTime
		if read.Scan(text) != nil {
			return
		}
		value, err := read.Value()
		require.NoError(t, err)
		if value != nil {
			require.NoError(t, again.Scan(value))
			require.Equal(t, read.Truncate(time.Microsecond), again.Time)
		}
	})
}

func TestTimesOfOtherProgramsAreRead(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"2026-03-04 05:06:07.5+00:00", "2026-03-04 06:06:07.5+01:00", "2026-03-04 05:06:07.5Z", "2026-03-04T05:06:07.5Z", "2026-03-04T05:06:07.5",
	} {
		var read djangoTime
		require.NoError(t, read.Scan(text))
		require.Equal(t, time.Date(2026, time.March, 4, 5, 6, 7, 500000000, time.UTC), read.Time, text)
	}
	require.Error(t, new(djangoTime).Scan("yesterday"))
}
