package credentials

import (
	"bytes"
	"compress/gzip"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestUncommonAnswersAsRecorded(t *testing.T) {
	// Recorded from dj-rest-auth 7.1, except for the blanks that only the rule
	// itself takes away.
	common := []string{
		"1", "5", "12", "123", "1234567", "12345678", "a", "alice", "alice123", "iloveyou", "letmein", "montgomery",
		"p@ssw0rd", "PASSWORD", "Password1", "password", "qwertyuiop", "short1", "\u00a0password\x1f\n",
	}
	for _, text := range common {
		require.ErrorIs(t, Uncommon().Check(NewPassword(text), Subject{}), ErrTooCommon, text)
	}
	accepted := []string{
		"Str0ng-pass-77", "padded-Passw0rd", "An0ther-pass-88", "NEWBIE-99", "newbie", "newbie12", "newbienewbienewbie",
		"newbie@example.com", "Alice@Example", "alice@example.com", "burlington", "burlington.org", "eibwen",
		"example.com", "example1", "mont-gomery", "montgomery1", "monty@example.com", "xmontgomeryx", "waterhouse",
		"waterhouse77", "waterhouse@burlington", "pässwörd-ünïcode", strings.Repeat("x", 128),
	}
	for _, text := range accepted {
		require.NoError(t, Uncommon().Check(NewPassword(text), Subject{}), text)
	}
}

func TestTheListIsWholeAndSearchable(t *testing.T) {
	list := strings.Split(strings.TrimSuffix(commonPasswords(), "\n"), "\n")
	require.Len(t, list, 33096)
	require.Equal(t, len(list), len(slices.Compact(slices.Clone(list))), "entries are unique")
	require.True(t, slices.IsSorted(list))
	for _, text := range list {
		require.NotEmpty(t, text)
		require.ErrorIs(t, Uncommon().Check(NewPassword(text), Subject{}), ErrTooCommon, text)
	}
	require.NoError(t, Uncommon().Check(NewPassword(list[0]+"\n"+list[1]), Subject{}), "two entries are none")
	for _, text := range []string{"", "\n", "\x00", "\xff", list[0] + "\n"} {
		require.False(t, hasLine(commonPasswords(), text), text)
	}
	require.False(t, hasLine("", ""))
}

func TestADamagedListStopsTheProgram(t *testing.T) {
	var packed bytes.Buffer
	writer := gzip.NewWriter(&packed)
	_, err := writer.Write([]byte("a\nb"))
	require.NoError(t, err)
	require.NoError(t, writer.Close())

	require.Equal(t, "a\nb\n", unpack(packed.Bytes()))
	require.Panics(t, func() { unpack([]byte("no gzip")) })
	require.Panics(t, func() { unpack(packed.Bytes()[:packed.Len()-4]) })
}

func BenchmarkUnpack(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		unpack(commonPasswordsGzip)
	}
}

func BenchmarkUncommon(b *testing.B) {
	password := NewPassword("correct-horse-9")
	for b.Loop() {
		_ = Uncommon().Check(password, Subject{})
	}
}
