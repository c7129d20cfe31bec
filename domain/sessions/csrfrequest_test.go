package sessions

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/domain/fault"
)

func sent(text string) Sent { return Sent{Text: text, Present: true} }

// goodCSRF is a request that the check lets pass.
func goodCSRF(change func(*CSRFRequest)) CSRFRequest {
	r := CSRFRequest{Cookie: sent(csrfSecret), HeaderToken: sent(csrfSecret), HeaderName: "X-CSRFToken", Host: "testserver"}
	change(&r)
	return r
}

func requireCSRF(t *testing.T, name, reason string, change func(*CSRFRequest)) {
	t.Helper()
	err := CheckCSRF(goodCSRF(change))
	if reason == "" {
		require.NoError(t, err, name)
		return
	}
	require.ErrorIs(t, err, ErrCSRF, name)
	require.Equal(t, fault.Forbidden, fault.KindOf(err))
	require.EqualError(t, err, "CSRF Failed: "+reason, name)
}

func TestTokensOfARequest(t *testing.T) {
	other := strings.ToUpper(csrfSecret)
	cases := []struct {
		name, reason string
		change       func(*CSRFRequest)
	}{
		{"header", "", func(r *CSRFRequest) {}},
		{"masked header", "", func(r *CSRFRequest) { r.HeaderToken.Text = csrfVectors[0].token }},
		{"masked cookie", "", func(r *CSRFRequest) { r.Cookie.Text = csrfVectors[0].token }},
		{"form", "", func(r *CSRFRequest) { r.FormToken, r.HeaderToken = csrfSecret, Sent{} }},
		{"form before header", "CSRF token from POST incorrect.", func(r *CSRFRequest) { r.FormToken = other }},
		{"form length", "CSRF token from POST has incorrect length.", func(r *CSRFRequest) { r.FormToken = "x" }},
		{"form characters", "CSRF token from POST has invalid characters.", func(r *CSRFRequest) { r.FormToken = strings.Repeat("!", 32) }},
		{"no cookie", "CSRF cookie not set.", func(r *CSRFRequest) { r.Cookie = Sent{} }},
		{"no cookie and no token", "CSRF cookie not set.", func(r *CSRFRequest) { r.Cookie, r.HeaderToken = Sent{}, Sent{} }},
		{"empty cookie", "CSRF cookie has incorrect length.", func(r *CSRFRequest) { r.Cookie.Text = "" }},
		{"short cookie", "CSRF cookie has incorrect length.", func(r *CSRFRequest) { r.Cookie.Text, r.HeaderToken.Text = "bad", "bad" }},
		{"strange cookie", "CSRF cookie has invalid characters.", func(r *CSRFRequest) { r.Cookie.Text = strings.Repeat("!", 32) }},
		{"no token", "CSRF token missing.", func(r *CSRFRequest) { r.HeaderToken = Sent{} }},
		{"empty header", "CSRF token from the 'X-Csrftoken' HTTP header has incorrect length.", func(r *CSRFRequest) { r.HeaderToken = sent("") }},
		{"wrong header", "CSRF token from the 'X-Csrftoken' HTTP header incorrect.", func(r *CSRFRequest) { r.HeaderToken.Text = other }},
		{"strange header", "CSRF token from the 'X-Csrftoken' HTTP header has invalid characters.", func(r *CSRFRequest) { r.HeaderToken.Text = strings.Repeat("é", 32) }},
		{"other header name", "CSRF token from the 'Csrf2X-My_Tok' HTTP header incorrect.", func(r *CSRFRequest) { r.HeaderName, r.HeaderToken.Text = "CSRF2x-MY_TOK", other }},
	}
	for _, c := range cases {
		requireCSRF(t, c.name, c.reason, c.change)
	}
}

func TestOrigins(t *testing.T) {
	trusted := []string{"https://app.example.com", "https://*.wild.example", "http://*.plain.example:8000", "https://*"}
	cases := []struct {
		origin, host string
		secure, good bool
	}{
		{"http://testserver", "testserver", false, true},
		{"https://testserver", "testserver", true, true},
		{"https://testserver", "testserver", false, false},
		{"http://testserver", "testserver", true, false},
		{"http://testserver:8000", "testserver:8000", false, true},
		{"http://testserver:8001", "testserver:8000", false, false},
		{"http://", "", false, false},
		{"null", "testserver", false, false},
		{"", "testserver", false, false},
		{"http://evil.example", "testserver", false, false},
		{"https://app.example.com", "testserver", false, true},
		{"http://app.example.com", "testserver", false, false},
		{"https://app.example.com:444", "testserver", false, false},
		{"https://app.example.com.evil.example", "testserver", false, false},
		{"https://wild.example", "testserver", false, true},
		{"https://a.b.wild.example", "testserver", false, true},
		{"https://evilwild.example", "testserver", false, false},
		{"http://a.wild.example", "testserver", false, false},
		{"http://a.plain.example:8000", "testserver", false, true},
		{"http://a.plain.example", "testserver", false, false},
		{"https://evil.example#.wild.example", "testserver", false, false},
		{"https://evil.example/.wild.example", "testserver", false, false},
		{`https://evil.example\.wild.example`, "testserver", false, false},
		{"https://x@a.wild.example", "testserver", false, false},
		{"https://[::1", "testserver", false, false},
	}
	for _, c := range cases {
		reason := ""
		if !c.good {
			reason = "Origin checking failed - " + c.origin + " does not match any trusted origins."
		}
		requireCSRF(t, c.origin, reason, func(r *CSRFRequest) {
			r.Origin, r.Host, r.Secure, r.TrustedOrigins = sent(c.origin), c.host, c.secure, trusted
		})
	}
}

func TestAGoodOriginReplacesTheRefererButNotTheToken(t *testing.T) {
	requireCSRF(t, "no referer", "", func(r *CSRFRequest) { r.Secure, r.Origin = true, sent("https://testserver") })
	requireCSRF(t, "no token", "CSRF token missing.", func(r *CSRFRequest) {
		r.Origin, r.HeaderToken = sent("http://testserver"), Sent{}
	})
	requireCSRF(t, "origin before cookie", "Origin checking failed - null does not match any trusted origins.", func(r *CSRFRequest) {
		r.Origin, r.Cookie = sent("null"), Sent{}
	})
}

func TestReferersOfSecureRequests(t *testing.T) {
	const (
		malformed = "Referer checking failed - Referer is malformed."
		insecure  = "Referer checking failed - Referer is insecure while host is secure."
	)
	bad := func(referer string) string {
		return "Referer checking failed - " + referer + " does not match any trusted origins."
	}
	cases := []struct{ referer, host, domain, reason string }{
		{"https://testserver/a?b#c", "testserver", "", ""},
		{"https://testserver/%zz", "testserver", "", ""},
		{"https://testserver", "TestServer", "", ""},
		{"HTTPS://testserver:8443/", "testserver:8443", "", ""},
		{"https://testserver:8443/", "testserver", "", bad("https://testserver:8443/")},
		{"https://app.example.com/x", "testserver", "", ""},
		{"https://a.wild.example/x", "testserver", "", ""},
		{"https://evil.example/testserver", "testserver", "", bad("https://evil.example/testserver")},
		{"https://testserver/", "", "", bad("https://testserver/")},
		{"http://testserver/", "testserver", "", insecure},
		{"", "testserver", "", malformed},
		{"testserver", "testserver", "", malformed},
		{"https://", "testserver", "", malformed},
		{"//testserver/", "testserver", "", malformed},
		{"https://testserver@evil.example/", "testserver", "", malformed},
		{"https://sub.cookie.example/", "testserver", ".cookie.example", ""},
		{"https://sub.cookie.example:8443/", "testserver:8443", ".cookie.example", ""},
		{"https://testserver/", "testserver", ".cookie.example", bad("https://testserver/")},
	}
	for _, c := range cases {
		requireCSRF(t, c.referer, c.reason, func(r *CSRFRequest) {
			r.Secure, r.Referer, r.Host, r.CookieDomain = true, sent(c.referer), c.host, c.domain
			r.TrustedOrigins = []string{"https://app.example.com", "https://*.wild.example"}
		})
	}
	requireCSRF(t, "missing", "Referer checking failed - no Referer.", func(r *CSRFRequest) { r.Secure = true })
	requireCSRF(t, "plain http does not look at it", "", func(r *CSRFRequest) { r.Referer = sent("http://evil.example/") })
}

// No Origin may pass by its shape: only our own and those below the trusted domain.
func FuzzOrigin(f *testing.F) {
	for _, seed := range []string{"https://testserver", "https://a.wild.example", "null", "https://evil.example#.wild.example", `https://e\.wild.example`, "https://[::1]"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, origin string) {
		err := CheckCSRF(goodCSRF(func(r *CSRFRequest) {
			r.Secure, r.Origin, r.TrustedOrigins = true, sent(origin), []string{"https://*.wild.example"}
		}))
		if err != nil {
			require.ErrorIs(t, err, ErrCSRF)
			return
		}
		scheme, rest, _ := strings.Cut(origin, "://")
		require.Equal(t, "https", strings.ToLower(scheme))
		require.Regexp(t, `^(testserver$|([^/?#@\\]*\.)?wild\.example($|[/?#]))`, rest)
	})
}
