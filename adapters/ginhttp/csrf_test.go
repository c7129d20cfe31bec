package ginhttp

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/domain/secret"
	"latchkey/domain/sessions"
)

const csrfPath = "/dj-rest-auth/csrf/"

// csrfTokenIn returns the token of an answer from csrf/.
func csrfTokenIn(t *testing.T, body []byte) string {
	t.Helper()
	var answer struct{ CSRFToken string }
	require.NoError(t, json.Unmarshal(body, &answer))
	require.Equal(t, `{"csrfToken":"`+answer.CSRFToken+`"}`, string(body))
	require.Len(t, answer.CSRFToken, sessions.CSRFTokenLength)
	return answer.CSRFToken
}

// lastLetters is no randomness either.
type lastLetters struct{}

func (lastLetters) Text(n int, alphabet string) string {
	return strings.Repeat(alphabet[len(alphabet)-1:], n)
}

func TestTheCSRFTokenFitsTheCookie(t *testing.T) {
	masked := sessions.MaskCSRF(secret.New(goodCSRF), strings.Repeat("m", sessions.CSRFSecretLength))
	fresh := strings.Repeat("9", sessions.CSRFSecretLength)
	for cookie, kept := range map[string]string{
		"": fresh, "csrftoken=": fresh, "csrftoken=short": fresh, "csrftoken=" + strings.Repeat("!", 32): fresh, "csrftoken=" + goodCSRF + "x": fresh,
		"csrftoken=" + goodCSRF: goodCSRF,
		"csrftoken=" + masked:   goodCSRF, // as Django before 4.1 wrote it
	} {
		w := newJWTWorld()
		api := w.api(t, withJWT, adjusting(func(j *JWT) { j.CookieCSRF = true }))
		api.Random = lastLetters{} // a mask of first letters would mask nothing
		got := sent{method: "GET", path: csrfPath}.with("Cookie", cookie).to(api)
		require.Equal(t, 200, got.Code)
		token := csrfTokenIn(t, got.Body.Bytes())
		set := cookieNamed(t, got.Result(), "csrftoken")
		require.Equal(t, kept, set.Value, cookie)
		require.NotContains(t, got.Body.String(), goodCSRF, "the secret itself would be open to BREACH")
		require.Equal(t, []string{"Cookie"}, got.Header().Values("Vary"))
		require.Equal(t, "no-store", got.Header().Get("Cache-Control"))
		require.NoError(t, sessions.CheckCSRFToken(secret.New(kept), token))
		change := changing("POST", asJSON, newPasswords, accessCookies(kept)...)
		require.Equal(t, 200, change.with("X-CSRFToken", token).to(api).Code)
		require.Equal(t, 403, change.with("X-CSRFToken", strings.Repeat("b", sessions.CSRFTokenLength)).to(api).Code)
	}
}

func TestTheCSRFTokenIsForAnybody(t *testing.T) {
	api := newJWTWorld().api(t, withJWT, adjusting(func(j *JWT) { j.CSRFUnauthenticated = true }))
	for _, headers := range [][]string{nil, {"Authorization", "Bearer stale"}, {"Cookie", "access=stale; sessionid=unknown"}} {
		got := sent{method: "GET", path: csrfPath}.with(headers...).to(api)
		require.Equal(t, 200, got.Code)
		require.Len(t, got.Result().Cookies(), 1, "other cookies are left alone")
	}
	require.Equal(t, 200, sent{method: "GET", path: "/dj-rest-auth/csrf"}.to(api).Code)
	require.Equal(t, 200, sent{method: "HEAD", path: csrfPath}.to(api).Code)
	require.Equal(t, 200, sent{method: "GET", path: csrfPath}.to(newWorld().api(t)).Code, "sessions need it too")
	for _, method := range []string{"POST", "DELETE"} {
		got := sent{method: method, path: csrfPath}.to(api)
		require.Equal(t, 405, got.Code)
		require.Equal(t, "GET, HEAD, OPTIONS", got.Header().Get("Allow"))
		require.Empty(t, got.Header().Values("Set-Cookie"))
	}
	named := newJWTWorld().api(t, func(o *Options) { o.CSRFHeader = "X-My-Token" })
	require.Contains(t, sent{method: "OPTIONS", path: csrfPath}.to(named).Body.String(), "the header X-My-Token.")
}
