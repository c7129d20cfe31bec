package ginhttp

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/domain/secret"
	"latchkey/domain/sessions"
)

func TestCookiesAreSetAndDeletedWithTheirAttributes(t *testing.T) {
	const gone = "Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0"
	for title, c := range map[string]struct {
		cookie       Cookie
		set, deleted string
	}{
		"Django's default": {
			Cookie{Name: "sessionid", Age: time.Hour, Path: "/", HTTPOnly: true, SameSite: http.SameSiteLaxMode},
			"sessionid=v; Path=/; Expires=Wed, 04 Mar 2026 13:00:00 GMT; Max-Age=3600; HttpOnly; SameSite=Lax",
			"sessionid=; Path=/; " + gone + "; SameSite=Lax",
		},
		"everything": {
			Cookie{Name: "s", Age: 90 * time.Second, Path: "/auth", Domain: "example.com", Secure: true, HTTPOnly: true, SameSite: http.SameSiteStrictMode},
			"s=v; Path=/auth; Domain=example.com; Expires=Wed, 04 Mar 2026 12:01:30 GMT; Max-Age=90; HttpOnly; Secure; SameSite=Strict",
			"s=; Path=/auth; Domain=example.com; " + gone + "; SameSite=Strict",
		},
		"no SameSite": {
			Cookie{Name: "s", Age: time.Second, Path: "/"},
			"s=v; Path=/; Expires=Wed, 04 Mar 2026 12:00:01 GMT; Max-Age=1",
			"s=; Path=/; " + gone,
		},
		// Browsers ignore the deletion of such a cookie when it is not Secure.
		"SameSite=None": {
			Cookie{Name: "s", Age: time.Second, Path: "/", Secure: true, SameSite: http.SameSiteNoneMode},
			"s=v; Path=/; Expires=Wed, 04 Mar 2026 12:00:01 GMT; Max-Age=1; Secure; SameSite=None",
			"s=; Path=/; " + gone + "; Secure; SameSite=None",
		},
		"__Host-": {
			Cookie{Name: "__Host-s", Age: time.Second, Path: "/", Secure: true},
			"__Host-s=v; Path=/; Expires=Wed, 04 Mar 2026 12:00:01 GMT; Max-Age=1; Secure",
			"__Host-s=; Path=/; " + gone + "; Secure",
		},
		"__Secure-": {
			Cookie{Name: "__Secure-s", Age: time.Second, Path: "/", Secure: true},
			"__Secure-s=v; Path=/; Expires=Wed, 04 Mar 2026 12:00:01 GMT; Max-Age=1; Secure",
			"__Secure-s=; Path=/; " + gone + "; Secure",
		},
	} {
		t.Run(title, func(t *testing.T) {
			w := httptest.NewRecorder()
			c.cookie.set(w, secret.New("v"), noon)
			c.cookie.delete(w)
			require.Equal(t, []string{c.set, c.deleted}, w.Header().Values("Set-Cookie"))
		})
	}
}

func TestALoginSetsSessionAndAFreshCSRFSecret(t *testing.T) {
	w := newWorld()
	w.grant.Session = &sessions.WebSession{Key: secret.New(goodSession), Account: 7}
	got := postJSON(loginPath, `{"username":"bob","password":" pass "}`, "Cookie", "csrftoken="+goodCSRF).to(w.api(t))
	requireAnswer(t, got, 200, `{"key":"`+goodToken+`"}`)
	require.Equal(t, goodSession, cookieNamed(t, got.Result(), "sessionid").Value)
	require.Equal(t, strings.Repeat("a", 32), cookieNamed(t, got.Result(), "csrftoken").Value, "a planted secret is worth nothing after it")
	require.Equal(t, "Cookie", got.Header().Get("Vary"))
	require.Equal(t, "pass", w.signIns[0].Password.Reveal(), "upstream trims passwords")
	require.Equal(t, "bob", w.signIns[0].Username)
}

func TestALoginWithoutTokensAnswersNothing(t *testing.T) {
	w := newWorld()
	w.grant.Token = sessions.APIToken{}
	requireAnswer(t, postJSON(loginPath, `{"password":"x"}`).to(w.api(t)), 204, "")
}

func TestACookieThatIsGoodForNothingIsDeleted(t *testing.T) {
	for cookie, deleted := range map[string]bool{
		"sessionid=unknown": true, "sessionid=": true, "sessionid=nobody": false, "sessionid=" + goodSession: false, "other=1": false,
	} {
		got := sent{method: "GET", path: userPath}.with("Cookie", cookie).to(newWorld().api(t))
		require.Equal(t, deleted, len(got.Header().Values("Set-Cookie")) == 1, cookie)
		require.Equal(t, "Cookie", got.Header().Get("Vary"))
	}
}

func TestTheSessionIsNotLookedAtWhenATokenCame(t *testing.T) {
	got := sent{method: "GET", path: userPath}.with("Cookie", "sessionid=unknown", "Authorization", "Token "+goodToken).to(newWorld().api(t))
	require.Empty(t, got.Header().Values("Set-Cookie"))
	require.Empty(t, got.Header().Get("Vary"))
}

func TestALogoutDeletesTheSessionCookieThatCame(t *testing.T) {
	const path = "/dj-rest-auth/logout/"
	got := sent{method: "POST", path: path}.with("Authorization", "Token "+goodToken, "Cookie", "sessionid="+goodSession).to(newWorld().api(t))
	requireAnswer(t, got, 200, `{"detail":"Successfully logged out."}`)
	require.Negative(t, cookieNamed(t, got.Result(), "sessionid").MaxAge)
	got = sent{method: "POST", path: path}.with("Authorization", "Token "+goodToken).to(newWorld().api(t))
	require.Empty(t, got.Header().Values("Set-Cookie"))
	requireAnswer(t, sent{method: "POST", path: path}.to(newWorld().api(t)), 400, `{"detail":"You should be logged in to logout. Check whether the token is passed."}`)
	malformed := postJSON(path, "{{{", "Authorization", "Token "+goodToken)
	require.Equal(t, 200, malformed.to(newWorld().api(t)).Code, "who wants to leave can")
}

func TestAPasswordChangeGivesTheSessionItsNewKey(t *testing.T) {
	w := newWorld()
	w.session = &sessions.WebSession{Key: secret.New("newkey")}
	got := changing("POST", asJSON, newPasswords, cookies(goodCSRF)...).with("X-CSRFToken", goodCSRF).to(w.api(t))
	require.Equal(t, "newkey", cookieNamed(t, got.Result(), "sessionid").Value)
}
