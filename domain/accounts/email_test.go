package accounts_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"latchkey/domain/accounts"
)

var goodEmails = []string{
	// Recorded from dj-rest-auth 7.1.
	"a@b.co", "A.B@Example.COM", "a@exämple.com", strings.Repeat("x", 64) + "@example.com",
	strings.Repeat("x", 308) + "@example.com", "a@" + strings.Repeat("d", 63) + ".com", "trim@example.com",
	"a@[127.0.0.1]", "a@localhost", `"q"@example.com`, "x.y+z@example.com", "UPPER@example.com",
	// Django's EmailValidator.
	"!#$%&'*+/=?^_`{}|~-@example.com", `"quoted@sign"@example.com`, `"quoted\ blank"@example.com`, `"\""@example.com`, `""@example.com`,
	"\"\\\t\"@example.com", "a@a.b-c.de", "a@xn--bcher-kva.example", "a@a.xn--p1ai", "a@a.xn--" + strings.Repeat("b", 59), "a@漢字.漢字", "a@a.b-c",
	"a@[::1]", "a@[::ffff:1.2.3.4]", "a@[FE80::1]", "a@1.2.3.com",
}

var badEmails = []string{
	// Recorded from dj-rest-auth 7.1.
	"bad", "a@b", "a b@c.de", "ä@example.com", strings.Repeat("x", 309) + "@example.com",
	"a@" + strings.Repeat("d", 64) + ".com", "a\x00@example.com", "not an email", `"a b"@b.co`,
	// Django's EmailValidator.
	"", "@", "a@", "@b.co", "a@@b.co", "a@b@c.co", ".a@b.co", "a.@b.co", "a..b@b.co", "a@.b.co", "a@b..co", "a@b.co.", "a@b.c",
	"a@-b.co", "a@a.---a", "a@b-.co", "a@b.-co", "a@b.co-", "a@b_c.co", "a@b c.co", "a@b.c0", "a@1.2.3.4", "a@LOCALHOST", "a@localhost.",
	"a@a.xn--", "a@a.xn--" + strings.Repeat("b", 60), "a(c)@b.co", "<a@b.co>", "a,b@b.co", `a"b@b.co`, `"a@b.co`, `"a"b"@b.co`, `"a\"@b.co`, "a@b.co\xff",
	"a@[]", "a@[", "a@]", "a@[1.2.3]", "a@[01.2.3.4]", "a@[256.1.1.1]", "a@[::1%eth0]", "a@[1.2.3.4", "a@[IPv6:::1]", "a@[12345::]",
	// Line breaks, which would smuggle a header into a mail.
	"a@b.co\n", "\na@b.co", "a@b.co\r\nBcc: x@y.zz", "a\n@b.co", "\"a\nb\"@b.co", "\"a\r\"@b.co", "\"a\\\nb\"@b.co", "a@b\n.co",
}

func TestParseEmailKeepsDjangosGrammar(t *testing.T) {
	for _, text := range goodEmails {
		email, err := accounts.ParseEmail(text)
		require.NoError(t, err, "%q", text)
		require.Equal(t, text, string(email))
	}
	for _, text := range badEmails {
		email, err := accounts.ParseEmail(text)
		require.ErrorIs(t, err, accounts.ErrEmailInvalid, "%q", text)
		require.Empty(t, email)
	}
}

func TestParseEmailRefusesCharactersThatPassForOthers(t *testing.T) {
	// Django takes these.
	for why, text := range map[string]string{
		"long s in the local part":         "me\u017fs@example.com",
		"dotless i in the local part":      "m\u0131ke@example.com",
		"Kelvin sign in the local part":    "mi\u212ae@example.com",
		"dotted capital I in the domain":   "mike@g\u0130thub.com",
		"Kelvin sign in the domain":        "mike@\u212aernel.org",
		"zero-width blank in the domain":   "mike@git\u200bhub.com",
		"line separator in the domain":     "mike@github\u2028.com",
		"direction override in the domain": "mike@\u202ebuhtig.com",
	} {
		_, err := accounts.ParseEmail(text)
		require.ErrorIs(t, err, accounts.ErrEmailInvalid, why)
	}
}

// checkEmail demands what every accepted address promises.
func checkEmail(t require.TestingT, text string) {
	email, err := accounts.ParseEmail(text)
	if err != nil {
		require.ErrorIs(t, err, accounts.ErrEmailInvalid)
		require.Empty(t, email)
		return
	}
	require.Equal(t, text, string(email), "an address is kept as it was given")
	require.True(t, utf8.ValidString(text))
	require.LessOrEqual(t, utf8.RuneCountInString(text), 320)
	require.False(t, strings.ContainsAny(text, "\r\n\x00\u2028\u2029"), "no line break, no NUL")
	local, domain := email.LocalPart(), text[strings.LastIndexByte(text, '@')+1:]
	require.Equal(t, text, local+"@"+domain)
	require.NotEmpty(t, local)
	require.NotEmpty(t, domain)
	lower, err := accounts.ParseEmail(string(email.Lower()))
	require.NoError(t, err, "lower case is well-formed too")
	require.Equal(t, lower, lower.Lower())
}

func TestParseEmailHoldsItsPromises(t *testing.T) {
	part := rapid.StringOfN(rapid.RuneFrom([]rune("abzAZ019.-_+'@\"\\ \r\n\x00\u00e4\u0130\u017f\u212a\u2028漢[]:%,")), 0, 12, -1)
	domain := rapid.OneOf(part, rapid.SampledFrom([]string{"example.com", "localhost", "exämple.com", "[::1]", "a.xn--p1ai"}))
	rapid.Check(t, func(t *rapid.T) {
		checkEmail(t, part.Draw(t, "local")+"@"+domain.Draw(t, "domain"))
	})
}

func FuzzParseEmail(f *testing.F) {
	for _, text := range append(goodEmails, badEmails...) {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) { checkEmail(t, text) })
}

func TestLowerAndLocalPart(t *testing.T) {
	require.Equal(t, accounts.Email("a.b@exämple.com"), accounts.Email("A.B@EXÄMPLE.com").Lower())
	require.Equal(t, "A.B", accounts.Email("A.B@Example.com").LocalPart())
	require.Equal(t, `"a@b"`, accounts.Email(`"a@b"@example.com`).LocalPart())
	require.Empty(t, accounts.Email("").LocalPart(), "an account may have no address")
}
