package integration

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/tests/kit"
)

// waysPeople are two people with a social login and a passkey each; ann has a second factor, too.
type waysPeople struct {
	*quirkService
	ann      enrolled
	keys     map[string]string // API tokens from before the factor
	passkeys map[string]*kit.Authenticator
}

func waysSettle(t *testing.T) *waysPeople {
	t.Helper()
	w := &waysPeople{quirkService: quirkBoot(t, nil), keys: map[string]string{}, passkeys: map[string]*kit.Authenticator{}}
	for _, name := range []string{"ann", "bob"} {
		w.keys[name] = w.register(name)
		w.want(http.StatusOK, "facebook/connect/", w.keys[name], map[string]any{"access_token": "fb-" + name})
		w.passkeys[name] = w.passkey(w.keys[name])
	}
	shared, codes := w.activate(w.keys["ann"])
	w.ann = enrolled{"ann", w.keys["ann"], shared, codes}
	return w
}

// as is a service with other settings for the same people.
func (w *waysPeople) as(settings map[string]string) *waysPeople {
	all := map[string]string{"AUTH_CLASSES": "token,jwt,session"}
	maps.Copy(all, settings)
	other := *w
	other.quirkService = quirkBoot(w.t, all, kit.WithDatabase(w.Database), kit.WithClock(w.Clock))
	return &other
}

// within has failures told of a subtest.
func (w *waysPeople) within(t *testing.T) *waysPeople {
	service, other := *w.quirkService, *w
	service.t, other.quirkService = t, &service
	return &other
}

// wayIn is one way to a session, a token or JSON web tokens.
type wayIn struct {
	name, path string
	strict     bool // there is no such path without the final slash
	proves     bool // it proves two factors by itself
	connects   bool // it takes somebody who is signed in
	body       func(w *waysPeople, name string) map[string]any
}

var waysIn = []wayIn{
	{name: "password", path: "login/", body: func(_ *waysPeople, name string) map[string]any {
		return map[string]any{"username": name, "password": factorPassword}
	}},
	{name: "social login", path: "facebook/", strict: true, body: bySocial},
	{name: "connecting a social login", path: "facebook/connect/", strict: true, connects: true, body: bySocial},
	{name: "passkey", path: "passkeys/login/complete/", body: func(w *waysPeople, name string) map[string]any {
		return w.shown(map[string]any{}, w.passkeys[name], unverified)
	}},
	{name: "passkey that has verified its owner", path: "passkeys/login/complete/", proves: true, body: func(w *waysPeople, name string) map[string]any {
		return w.shown(map[string]any{"username": name}, w.passkeys[name])
	}},
}

func bySocial(_ *waysPeople, name string) map[string]any {
	return map[string]any{"access_token": "fb-" + name}
}

var waysModes = map[string]map[string]string{
	"tokens and sessions": nil,
	"sessions":            {"TOKEN_MODEL": "none", "SESSION_LOGIN": "true"},
	"JSON web tokens":     {"USE_JWT": "true", "JWT_AUTH_HTTPONLY": "false", "SESSION_LOGIN": "false", "MFA_ENDS_OLDER_REFRESH": "true"},
	"cookies":             {"USE_JWT": "true", "JWT_AUTH_COOKIE": "access", "JWT_AUTH_REFRESH_COOKIE": "refresh", "JWT_TRANSPORT": "cookie", "SESSION_LOGIN": "false"},
}

// TestEveryWayInGoesThroughOneGate tries each way in, in each mode, with and without the
// final slash, for somebody with a second factor and for somebody without. Upstream's
// login without the slash, its social and its passkey logins give a session for the first proof alone.
func TestEveryWayInGoesThroughOneGate(t *testing.T) {
	settled := waysSettle(t)
	for mode, settings := range waysModes {
		w := settled.as(settings)
		for _, way := range waysIn {
			for _, path := range []string{way.path, strings.TrimSuffix(way.path, "/")} {
				t.Run(mode+": "+way.name+" at "+path, func(t *testing.T) { w.try(t, way, path) })
			}
		}
	}
}

func (w *waysPeople) try(t *testing.T, way wayIn, path string) {
	w = w.within(t)
	for _, name := range []string{"ann", "bob"} {
		credential := ""
		if way.connects {
			credential = w.keys[name]
		}
		status, answer := w.post(path, credential, way.body(w, name))
		switch {
		case way.strict && path != way.path:
			require.Equal(t, http.StatusMovedPermanently, status, answer)
		case name == "bob" || way.proves:
			requireSignedIn(t, status, answer)
		default:
			require.Equal(t, http.StatusOK, status, answer)
			require.Equal(t, true, answer["mfa_required"])
			require.Len(t, answer, 2, "no key, no tokens, no cookie: %v", answer)
			w.completes(t, path, answer["ephemeral_token"])
		}
	}
}

// completes uses a code of a time of its own.
func (w *waysPeople) completes(t *testing.T, path string, token any) {
	w.Clock.Advance(2 * factorRules.Period)
	second := "mfa/verify/"
	if !strings.HasSuffix(path, "/") {
		second = "mfa/verify"
	}
	status, answer := w.post(second, "", map[string]any{"ephemeral_token": token, "code": w.code(w.ann, 0)})
	requireSignedIn(t, status, answer)
}

func requireSignedIn(t *testing.T, status int, answer map[string]any) {
	t.Helper()
	cookies, _ := answer["cookies"].([]string)
	_, key := answer["key"]
	_, access := answer["access"]
	require.NotContains(t, answer, "mfa_required")
	require.Contains(t, []int{http.StatusOK, http.StatusNoContent}, status, answer) // 204 of sessions alone
	require.True(t, key || access || slices.Contains(cookies, "sessionid") || slices.Contains(cookies, "access"), "%v", answer)
}

// A refresh token from before the factor goes on without it for as long as it is rotated.
func TestARefreshTokenIsNoWayPastTheFactor(t *testing.T) {
	s := quirkBoot(t, waysModes["JSON web tokens"])
	ann := s.register("ann")
	before := s.want(http.StatusOK, "login/", "", map[string]any{"username": "ann", "password": factorPassword})
	s.activate(ann)
	for _, path := range []string{"token/refresh/", "token/refresh"} {
		s.want(http.StatusUnauthorized, path, "", map[string]any{"refresh": before["refresh"]})
	}
}

// A new password by mail signs nobody in.
func TestAResetIsNoWayIn(t *testing.T) {
	for mode, settings := range waysModes {
		t.Run(mode, func(t *testing.T) {
			s := quirkBoot(t, settings)
			for _, name := range []string{"ann", "bob"} {
				status, answer := s.post("registration/", "", map[string]any{
					"username": name, "email": name + "@example.com", "password1": factorPassword, "password2": factorPassword,
				})
				require.Less(t, status, http.StatusBadRequest, answer)
			}
			s.exec(`INSERT INTO dj_rest_auth_mfa_authenticator (user_id, type, data, created_at)
				SELECT id, 'totp', '{"secret": "JBSWY3DPEHPK3PXPGEZDGNBVGY3TQOJQ"}', '2026-01-02 03:04:05' FROM auth_user WHERE username = 'ann'`)
			for _, name := range []string{"ann", "bob"} {
				for _, path := range []string{"password/reset/confirm/", "password/reset/confirm"} {
					s.Clock.Advance(time.Hour) // mails to one address are limited
					uid, token := s.resetLink(name + "@example.com")
					answer := s.want(http.StatusOK, path, "", map[string]any{
						"uid": uid, "token": token, "new_password1": factorPassword, "new_password2": factorPassword,
					})
					require.Len(t, answer, 1, "no key, no tokens, no cookie: %v", answer)
				}
			}
		})
	}
}
