package accounts_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"latchkey/domain/accounts"
)

var goodUsernames = []string{
	// Recorded from dj-rest-auth 7.1.
	"a", "a@b.c", "a+b-c_d.e", "zoë", "漢字", "ａｌｉｃｅ", "²³", "²", "admin", "null", "-", ".", "@", "123", "1.5", strings.Repeat("a", 150),
	// Python's \w.
	"_", "½", "Ⅷ", "①", "٣", "ß", "ǅ", "ʰ", "ª", "\U0001d4d0",
}

var badUsernames = []string{
	// Recorded from dj-rest-auth 7.1.
	"with space", "sla/sh", "a\x00b", "a\nb", "a'b", "<b>", "\u200b", "🎉",
	// Python's \w.
	"", " ", "a\n", "a\u0301", "\u0e31", "a\u00a0b", "a\u202eb", "\u20ac", "‿", "a*", "a\\", "a:b", "a,b", "\ufeffa", "a\xff", "\xed\xa0\x80",
}

func TestParseUsernameFollowsPythonsWordCharacters(t *testing.T) {
	for _, text := range goodUsernames {
		name, err := accounts.ParseUsername(text)
		require.NoError(t, err, "%+q", text)
		require.Equal(t, text, string(name))
	}
	for _, text := range badUsernames {
		name, err := accounts.ParseUsername(text)
		require.ErrorIs(t, err, accounts.ErrUsernameInvalid, "%+q", text)
		require.Empty(t, name)
	}
}

// checkUsername demands what every accepted name promises.
func checkUsername(t require.TestingT, text string) {
	name, err := accounts.ParseUsername(text)
	if err != nil {
		require.ErrorIs(t, err, accounts.ErrUsernameInvalid)
		return
	}
	require.Equal(t, text, string(name), "a name is kept as it was given")
	require.NotEmpty(t, text)
	require.True(t, utf8.ValidString(text))
	require.False(t, strings.ContainsAny(text, " \t\r\n\x00/\\<>'\"&\u00a0\u200b\u202e"))
	require.Equal(t, name.Folded(), accounts.Username(strings.ToLower(text)).Folded())
}

func TestParseUsernameHoldsItsPromises(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		checkUsername(t, rapid.OneOf(rapid.String(), rapid.StringMatching(`[\w.@+ -]{0,10}`)).Draw(t, "name"))
	})
}

func FuzzParseUsername(f *testing.F) {
	for _, text := range append(goodUsernames, badUsernames...) {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) { checkUsername(t, text) })
}

func TestNamesThatDifferInCaseAreOne(t *testing.T) {
	for _, text := range []string{"ALICE", "Alice", "alice"} {
		require.Equal(t, "alice", accounts.Username(text).Folded())
	}
	require.Equal(t, accounts.Username("ZOË").Folded(), accounts.Username("zoë").Folded())
	require.NotEqual(t, accounts.Username("zoë").Folded(), accounts.Username("zoe").Folded())
}

func TestTheBlacklistIgnoresCase(t *testing.T) {
	// Recorded from dj-rest-auth 7.1.
	rules := accounts.UsernameRules{Blacklist: []string{"admin", "Root"}}
	for _, text := range []string{"admin", "ADMIN", "root", "Root"} {
		require.ErrorIs(t, rules.Permits(accounts.Username(text)), accounts.ErrUsernameBlacklisted, text)
	}
	require.NoError(t, rules.Permits("administrator"))
	require.NoError(t, accounts.UsernameRules{}.Permits("admin"))
}

func TestNormalizeStoresTheCasingOfTheDeployment(t *testing.T) {
	require.Equal(t, accounts.Username("mixedcase"), accounts.UsernameRules{}.Normalize("MixedCase"))
	require.Equal(t, accounts.Username("MixedCase"), accounts.UsernameRules{PreserveCasing: true}.Normalize("MixedCase"))
}
