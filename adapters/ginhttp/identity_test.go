package ginhttp

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/domain/secret"
	"latchkey/domain/sessions"
)

const changePath = "/dj-rest-auth/password/change/"

// cookies are those of a browser that is signed in.
func cookies(csrf string) []string {
	return []string{"Cookie", "sessionid=" + goodSession + "; csrftoken=" + csrf}
}

func changing(method, contentType, body string, headers ...string) sent {
	return sent{method: method, path: changePath, body: body, headers: append([]string{"Content-Type", contentType}, headers...)}
}

const newPasswords = `{"new_password1":"a","new_password2":"a"}`

func TestUnsafeRequestsByCookieNeedACSRFToken(t *testing.T) {
	masked := sessions.MaskCSRF(secret.New(goodCSRF), strings.Repeat("m", sessions.CSRFSecretLength))
	other := strings.Repeat("o", sessions.CSRFSecretLength)
	inForm := "new_password1=a&new_password2=a&csrfmiddlewaretoken="
	for title, c := range map[string]struct {
		request sent
		refusal string
	}{
		"no token":          {changing("POST", asJSON, newPasswords, cookies(goodCSRF)...), "CSRF token missing."},
		"no cookie":         {changing("POST", asJSON, newPasswords, "Cookie", "sessionid="+goodSession, "X-CSRFToken", goodCSRF), "CSRF cookie not set."},
		"another token":     {changing("POST", asJSON, newPasswords, cookies(goodCSRF)...).with("X-CSRFToken", other), "CSRF token from the 'X-Csrftoken' HTTP header incorrect."},
		"short token":       {changing("POST", asJSON, newPasswords, cookies(goodCSRF)...).with("X-CSRFToken", "x"), "CSRF token from the 'X-Csrftoken' HTTP header has incorrect length."},
		"empty header":      {changing("POST", asJSON, newPasswords, cookies(goodCSRF)...).with("X-CSRFToken", ""), "CSRF token from the 'X-Csrftoken' HTTP header has incorrect length."},
		"header":            {changing("POST", asJSON, newPasswords, cookies(goodCSRF)...).with("X-CSRFToken", goodCSRF), ""},
		"masked header":     {changing("POST", asJSON, newPasswords, cookies(goodCSRF)...).with("X-CSRFToken", masked), ""},
		"form field":        {changing("POST", asForm, inForm+goodCSRF, cookies(goodCSRF)...), ""},
		"bad form field":    {changing("POST", asForm, inForm+other, cookies(goodCSRF)...), "CSRF token from POST incorrect."},
		"bad field, header": {changing("POST", asForm, inForm+other, cookies(goodCSRF)...).with("X-CSRFToken", goodCSRF), "CSRF token from POST incorrect."},
		"field of JSON": {
			changing("POST", asJSON, `{"csrfmiddlewaretoken":"`+goodCSRF+`","new_password1":"a","new_password2":"a"}`, cookies(goodCSRF)...),
			"CSRF token missing.",
		},
		"multipart field": {
			changing("POST", "multipart/form-data; boundary=b", parts(disposition("csrfmiddlewaretoken", goodCSRF), disposition("new_password1", "a"), disposition("new_password2", "a")), cookies(goodCSRF)...), "",
		},
		"token in the query": {sent{method: "POST", path: changePath + "?csrfmiddlewaretoken=" + goodCSRF}.with(cookies(goodCSRF)...), "CSRF token missing."},
		"own origin":         {changing("POST", asJSON, newPasswords, cookies(goodCSRF)...).with("X-CSRFToken", goodCSRF, "Origin", "http://example.com"), ""},
		"foreign origin": {
			changing("POST", asJSON, newPasswords, cookies(goodCSRF)...).with("X-CSRFToken", goodCSRF, "Origin", "https://evil.example"),
			"Origin checking failed - https://evil.example does not match any trusted origins.",
		},
	} {
		t.Run(title, func(t *testing.T) {
			got := c.request.to(newWorld().api(t))
			if c.refusal == "" {
				requireAnswer(t, got, 200, `{"detail":"New password has been saved."}`)
				return
			}
			requireAnswer(t, got, 403, `{"detail":"CSRF Failed: `+c.refusal+`"}`)
			require.Equal(t, "Cookie", got.Header().Get("Vary"))
		})
	}
}

func TestTheFormFieldCountsForPOSTOnly(t *testing.T) {
	api := newWorld().api(t)
	body := "username=bob&csrfmiddlewaretoken=" + goodCSRF
	for _, method := range []string{"PUT", "PATCH", "DELETE", "PROPFIND", "CONNECT"} {
		request := sent{method: method, path: userPath, body: body}.with(cookies(goodCSRF)...).with("Content-Type", asForm)
		requireAnswer(t, request.to(api), 403, `{"detail":"CSRF Failed: CSRF token missing."}`)
		require.NotEqual(t, 403, request.with("X-CSRFToken", goodCSRF).to(api).Code, method)
	}
}

func TestSafeMethodsAndTokensNeedNoCSRFToken(t *testing.T) {
	api := newWorld().api(t)
	for _, method := range []string{"GET", "HEAD", "OPTIONS", "TRACE"} {
		got := sent{method: method, path: userPath}.with(cookies("")...).to(api)
		require.NotEqual(t, 403, got.Code, method)
	}
	byToken := changing("POST", asJSON, newPasswords, cookies(goodCSRF)...).with("Authorization", "Token "+goodToken)
	require.Equal(t, 200, byToken.to(api).Code, "no other site can make a browser send the header")
	anonymous := changing("POST", asJSON, newPasswords, "Cookie", "sessionid=nobody")
	require.Equal(t, 401, anonymous.to(api).Code)
}

func TestSecureRequestsByCookieNeedAReferer(t *testing.T) {
	secure := func(o *Options) { o.Secure = true }
	request := changing("POST", asJSON, newPasswords, cookies(goodCSRF)...).with("X-CSRFToken", goodCSRF)
	requireAnswer(t, request.to(newWorld().api(t, secure)), 403, `{"detail":"CSRF Failed: Referer checking failed - no Referer."}`)
	require.Equal(t, 200, request.with("Referer", "https://example.com/form").to(newWorld().api(t, secure)).Code)
	require.Equal(t, 403, request.with("Referer", "https://evil.example/").to(newWorld().api(t, secure)).Code)
	trusting := func(o *Options) { o.Secure, o.TrustedOrigins = true, []string{"https://app.example"} }
	require.Equal(t, 200, request.with("Referer", "https://app.example/x").to(newWorld().api(t, trusting)).Code)
	require.Equal(t, 200, request.with("Origin", "https://app.example").to(newWorld().api(t, trusting)).Code)
}

func TestAMalformedCSRFCookieIsReplaced(t *testing.T) {
	got := changing("POST", asJSON, newPasswords, cookies("broken")...).with("X-CSRFToken", "broken").to(newWorld().api(t))
	require.Equal(t, 403, got.Code)
	require.Equal(t, strings.Repeat("a", 32), cookieNamed(t, got.Result(), "csrftoken").Value)
	got = changing("POST", asJSON, newPasswords, cookies(goodCSRF)...).to(newWorld().api(t))
	require.Empty(t, got.Header().Values("Set-Cookie"), "a good one stays")
}

func cookieNamed(t *testing.T, r *http.Response, name string) *http.Cookie {
	t.Helper()
	for _, cookie := range r.Cookies() {
		if cookie.Name == name {
			return cookie
		}
	}
	require.Fail(t, "no cookie "+name)
	return nil
}
