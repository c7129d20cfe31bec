package sessions

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"latchkey/domain/fault"
	"latchkey/domain/secret"
)

const csrfSecret = "abcdefghijklmnopqrstuvwxyzABCDEF"

// Made by Django 5.2.
var csrfVectors = []struct{ secret, mask, token string }{
	{csrfSecret, strings.Repeat("0", 32), "000000000000000000000000000000000123456789abcdefghijklmnopqrstuv"},
	{csrfSecret, strings.Repeat("a", 32), "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaabcdefghijklmnopqrstuvwxyzABCDEF"},
	{"0123456789abcdefghijklmnopqrstuv", strings.Repeat("9", 32), "99999999999999999999999999999999Z0123456789abcdefghijklmnopqrstu"},
	{strings.Repeat("Z", 32), "azAZ09azAZ09azAZ09azAZ09azAZ09az", "azAZ09azAZ09azAZ09azAZ09azAZ09azZopOPYZopOPYZopOPYZopOPYZopOPYZo"},
	{strings.Repeat("a", 32), strings.Repeat("b", 32), strings.Repeat("b", 64)},
}

func TestMaskedTokensAreDjangos(t *testing.T) {
	for _, v := range csrfVectors {
		require.Equal(t, v.token, MaskCSRF(secret.New(v.secret), v.mask))
		require.NoError(t, CheckCSRFToken(secret.New(v.secret), v.token))
		require.NoError(t, CheckCSRFToken(secret.New(v.secret), v.secret), "the bare secret is a token too")

		bare, err := ParseCSRFCookie(v.token)
		require.NoError(t, err)
		require.Equal(t, v.secret, bare.Reveal())
		bare, err = ParseCSRFCookie(v.secret)
		require.NoError(t, err)
		require.Equal(t, v.secret, bare.Reveal())
	}
}

func TestEveryMaskGivesATokenOfTheSecret(t *testing.T) {
	text := rapid.StringOfN(rapid.RuneFrom([]rune(CSRFAlphabet)), CSRFSecretLength, CSRFSecretLength, -1)
	rapid.Check(t, func(t *rapid.T) {
		bare, mask, other := text.Draw(t, "secret"), text.Draw(t, "mask"), text.Draw(t, "other")
		token := MaskCSRF(secret.New(bare), mask)
		require.Len(t, token, CSRFTokenLength)
		require.NoError(t, CheckCSRFToken(secret.New(bare), token))
		if other != bare {
			require.ErrorIs(t, CheckCSRFToken(secret.New(other), token), ErrCSRFTokenIncorrect)
		}
	})
}

func TestMalformedCookiesAndTokensAreToldApart(t *testing.T) {
	length := []string{"", "short", csrfSecret[1:], csrfSecret + "a", strings.Repeat("a", 63), strings.Repeat("a", 65), strings.Repeat("a", 100_000)}
	characters := []string{csrfSecret[1:] + "!", "!" + csrfSecret[1:], csrfSecret[:15] + "\x00\x00" + csrfSecret[17:], strings.Repeat("é", 16), strings.Repeat("-", 64)}
	for _, text := range length {
		_, err := ParseCSRFCookie(text)
		require.ErrorIs(t, err, ErrCSRFCookieLength, text)
		require.ErrorIs(t, CheckCSRFToken(secret.New(csrfSecret), text), ErrCSRFTokenLength, text)
	}
	for _, text := range characters {
		_, err := ParseCSRFCookie(text)
		require.ErrorIs(t, err, ErrCSRFCookieCharacters, text)
		require.ErrorIs(t, CheckCSRFToken(secret.New(csrfSecret), text), ErrCSRFTokenCharacters, text)
	}
}

func TestNothingMatchesAnEmptySecret(t *testing.T) {
	require.Error(t, CheckCSRFToken(secret.String{}, ""))
	require.Error(t, CheckCSRFToken(secret.String{}, csrfSecret))
}

func FuzzCSRFCookie(f *testing.F) {
	for _, v := range csrfVectors {
		f.Add(v.token)
		f.Add(v.secret)
	}
	f.Add("é")
	f.Fuzz(func(t *testing.T, text string) {
		bare, err := ParseCSRFCookie(text)
		if err != nil {
			require.Equal(t, fault.Forbidden, fault.KindOf(err))
			require.Error(t, CheckCSRFToken(secret.New(csrfSecret), text))
			return
		}
		require.Len(t, bare.Reveal(), CSRFSecretLength)
		require.NoError(t, CheckCSRFToken(bare, text))
		require.Equal(t, text, remask(bare, text), "masking again with the same mask gives the same token")
	})
}

func remask(bare secret.String, text string) string {
	if len(text) == CSRFSecretLength {
		return bare.Reveal()
	}
	return MaskCSRF(bare, text[:CSRFSecretLength])
}
