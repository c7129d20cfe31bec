package sessions

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// No Referer may pass by its shape: only https ones of ours and of those we trust.
func FuzzReferer(f *testing.F) {
	for _, seed := range []string{"https://testserver/a", "https://a.wild.example", "https://testserver@evil.example/", `https://evil.example\@testserver/`, "https://testserver:443", "HTTPS://TESTSERVER", "//testserver", "https:testserver", "https://[::1]/"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, referer string) {
		err := CheckCSRF(goodCSRF(func(r *CSRFRequest) {
			r.Secure, r.Referer, r.TrustedOrigins = true, sent(referer), []string{"https://*.wild.example"}
		}))
		if err != nil {
			require.ErrorIs(t, err, ErrCSRF)
			return
		}
		scheme, rest, _ := strings.Cut(referer, "://")
		require.Equal(t, "https", strings.ToLower(scheme))
		require.Regexp(t, `^(testserver($|[/?#])|([^/?#@\\]*\.)?wild\.example($|[/?#]))`, rest)
	})
}

// Whatever cookie and token somebody sends, they pass together only if they hold one secret.
func FuzzCSRFTokens(f *testing.F) {
	f.Add(csrfSecret, csrfSecret)
	f.Add(csrfVectors[0].token, csrfSecret)
	f.Add("", "")
	f.Add(strings.Repeat("a", 32), strings.Repeat("a", 64))
	f.Fuzz(func(t *testing.T, cookie, token string) {
		err := CheckCSRF(goodCSRF(func(r *CSRFRequest) { r.Cookie, r.HeaderToken = sent(cookie), sent(token) }))
		if err != nil {
			require.ErrorIs(t, err, ErrCSRF)
			return
		}
		bare, err := ParseCSRFCookie(cookie)
		require.NoError(t, err)
		same, err := ParseCSRFCookie(token)
		require.NoError(t, err, "a token is written as the cookie is")
		require.True(t, bare.Equal(same))
		require.Equal(t, url.QueryEscape(token), token, "nothing that a header could not hold")
	})
}
