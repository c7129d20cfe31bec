package accounts_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"latchkey/domain/accounts"
)

func TestUsernameBaseTakesTheFirstUsableHint(t *testing.T) {
	for _, c := range []struct {
		hints []string
		want  accounts.Username
	}{
		// Recorded from dj-rest-auth 7.1.
		{[]string{"", "", "newbie@example.com"}, "newbie"},
		{[]string{"", "", "x.y+z@example.com"}, "x.y+z"},
		{[]string{"", "", "UPPER@example.com"}, "upper"},
		// allauth's _generate_unique_username_base.
		{nil, "user"},
		{[]string{"", " \t", "@home", "漢字", "🎉", "'<>'"}, "user"},
		{[]string{"漢字", "Smith", "a@example.com"}, "smith"},
		{[]string{"Mary  Ann", "Smith"}, "mary_ann"},
		{[]string{"\u00a0 Mary\u00a0Ann\n"}, "mary_ann"},
		{[]string{"O'Brien"}, "obrien"},
		{[]string{"Ångström"}, "angstrom"},
		{[]string{"A\u030angstro\u0308m"}, "angstrom"},
		{[]string{"Nguyễn Đức"}, "nguyen_uc"},
		{[]string{"Łukasz Žižek"}, "ukasz_zizek"},
		{[]string{"Søren Weiß"}, "sren_wei"},
		{[]string{"İstanbul"}, "istanbul"},
		{[]string{"Ａｌｉｃｅ＠home"}, "alice"},
		{[]string{"a/b\x00c\r\nd"}, "abc_d"},
		{[]string{"a\xffb"}, "ab"},
		{[]string{strings.Repeat("ab", 100)}, accounts.Username(strings.Repeat("ab", 75))},
	} {
		require.Equal(t, c.want, accounts.UsernameBase(c.hints...), "%+q", c.hints)
	}
}

func TestWithSuffixFitsTheColumn(t *testing.T) {
	require.Equal(t, accounts.Username("newbie42"), accounts.Username("newbie").WithSuffix("42"))
	require.Equal(t, accounts.Username("newbie"), accounts.Username("newbie").WithSuffix(""))
	long := accounts.Username(strings.Repeat("ü", 150))
	require.Equal(t, strings.Repeat("ü", 146)+"1234", string(long.WithSuffix("1234")))
	require.Equal(t, strings.Repeat("ü", 148)+"99", string(long[:2*148].WithSuffix("99")))
}

func TestAMadeUpNameIsAlwaysAllowed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		hints := rapid.SliceOfN(rapid.String(), 0, 4).Draw(t, "hints")
		base := accounts.UsernameBase(hints...)
		suffixed := base.WithSuffix(rapid.StringMatching(`[0-9]{0,7}`).Draw(t, "digits"))
		for _, name := range []accounts.Username{base, suffixed} {
			_, err := accounts.ParseUsername(string(name))
			require.NoError(t, err)
			require.LessOrEqual(t, utf8.RuneCountInString(string(name)), accounts.UsernameMaxLength)
			require.Equal(t, name.Folded(), string(name))
			require.NotContains(t, string(name), "@")
			require.False(t, strings.ContainsFunc(string(name), func(r rune) bool { return r > unicode.MaxASCII }))
		}
	})
}

func FuzzUsernameBase(f *testing.F) {
	f.Add("Mary Ann")
	f.Add("Ａ＠b")
	f.Fuzz(func(t *testing.T, hint string) {
		_, err := accounts.ParseUsername(string(accounts.UsernameBase(hint)))
		require.NoError(t, err)
	})
}
