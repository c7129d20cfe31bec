package integration

import (
	"maps"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

// accessWay is a way to obtain or keep access. by is the credential that its
// holder changes the password and logs out with.
type accessWay struct {
	use func(p *accessPerson, t *testing.T) int
	by  accessBy
}

var accessWays = map[string]accessWay{
	"API token":      {func(p *accessPerson, t *testing.T) int { return p.user(t, accessByToken) }, accessByToken},
	"session":        {func(p *accessPerson, t *testing.T) int { return p.user(t, accessBySession) }, accessBySession},
	"stolen session": {(*accessPerson).useStolen, accessBySession},
	"access header":  {func(p *accessPerson, t *testing.T) int { return p.user(t, accessByHeader) }, accessByHeader},
	"access cookie":  {func(p *accessPerson, t *testing.T) int { return p.user(t, accessByCookie) }, accessByCookie},
	"refresh body":   {(*accessPerson).refreshBody, accessByHeader},
	"refresh cookie": {(*accessPerson).refreshCookie, accessByCookie},
	"reset link":     {func(p *accessPerson, t *testing.T) int { return p.reset(t, p.resetLink, "Th1rd-pass-99") }, accessBySession},
	"e-mail key":     {(*accessPerson).useEmailKey, accessBySession},
	"old password":   {(*accessPerson).usePassword, accessBySession},
}

// useStolen presents a copy of the session cookie from before the event.
func (p *accessPerson) useStolen(t *testing.T) int {
	t.Helper()
	return p.send(t, accessRequest{method: http.MethodGet, path: "user/", cookies: map[string]string{"sessionid": p.stolen}}).status
}

func (p *accessPerson) refreshBody(t *testing.T) int {
	t.Helper()
	return p.post(t, "token/refresh/", map[string]string{"refresh": p.own.refresh}).status
}

func (p *accessPerson) refreshCookie(t *testing.T) int {
	t.Helper()
	return p.send(t, accessRequest{method: http.MethodPost, path: "token/refresh/", cookies: map[string]string{"refresh": p.own.refresh}}).status
}

func (p *accessPerson) useEmailKey(t *testing.T) int {
	t.Helper()
	return p.post(t, "registration/verify-email/", map[string]string{"key": p.emailKey}).status
}

func (p *accessPerson) usePassword(t *testing.T) int {
	t.Helper()
	return p.post(t, "login/", map[string]string{"username": p.name, "password": accessPassword}).status
}

// otherBy is the credential of a login that gives tokens or only a session.
func (p *accessPerson) otherBy() accessBy {
	if p.other.access == "" {
		return accessBySession
	}
	return accessByHeader
}

// accessEvents are what can happen to an account, in the order of the table's columns.
var accessEvents = []struct {
	name   string
	happen func(t *testing.T, p *accessPerson, way accessWay)
}{
	{"nothing", func(*testing.T, *accessPerson, accessWay) {}},
	{"disabled", func(t *testing.T, p *accessPerson, _ accessWay) { p.disable(t) }},
	{"deleted", func(t *testing.T, p *accessPerson, _ accessWay) { p.remove(t) }},
	{"password changed by the same caller", func(t *testing.T, p *accessPerson, way accessWay) { p.change(t, &p.own, way.by) }},
	{"password changed by another login", func(t *testing.T, p *accessPerson, _ accessWay) { p.change(t, &p.other, p.otherBy()) }},
	{"password reset", func(t *testing.T, p *accessPerson, _ accessWay) {
		require.Equal(t, http.StatusOK, p.reset(t, p.requestReset(t), accessSecond))
	}},
	{"logged out", func(t *testing.T, p *accessPerson, way accessWay) { p.logout(t, p.own, way.by) }},
	{"another login logged out", func(t *testing.T, p *accessPerson, _ accessWay) { p.logout(t, p.other, p.otherBy()) }},
}

func accessJoin(some ...map[string]string) map[string]string {
	all := map[string]string{}
	for _, one := range some {
		maps.Copy(all, one)
	}
	return all
}

// accessStatuses are what a way answers after: nothing; the account was disabled;
// deleted; its password was changed by the same caller; by another login; reset; the
// holder logged out; another login logged out.
type accessStatuses [8]int

type accessPromise struct {
	way    string
	answer accessStatuses
}

// accessEverywhere is promised under all settings. A session is bound to the
// password: who changes it goes on with a new key, and a copy of the old one is
// worth nothing. A key from a mail proves the address, whatever else happened, and lets nobody in.
var accessEverywhere = []accessPromise{
	{"session", accessStatuses{200, 401, 401, 200, 401, 401, 401, 200}},
	{"stolen session", accessStatuses{200, 401, 401, 401, 401, 401, 401, 200}},
	{"reset link", accessStatuses{200, 400, 400, 400, 400, 400, 200, 200}},
	{"e-mail key", accessStatuses{200, 200, 404, 200, 200, 200, 200, 200}},
	{"old password", accessStatuses{200, 400, 400, 400, 400, 400, 200, 200}},
}

var accessSecure = accessJoin(accessJWT, map[string]string{
	"PRESET": "secure", "ALLOWED_HOSTS": "127.0.0.1", "PUBLIC_URL": "https://127.0.0.1",
})

var accessProfiles = []struct {
	name     string
	settings map[string]string
	promises []accessPromise
}{
	// A token is the account's and outlives new passwords; any logout ends it for all.
	{"compat, API tokens", nil, []accessPromise{
		{"API token", accessStatuses{200, 401, 401, 200, 200, 200, 401, 401}},
	}},
	// Nothing keeps track of JSON web tokens: only the account's own state counts.
	{"compat, JWT", accessJWT, []accessPromise{
		{"API token", accessStatuses{200, 401, 401, 200, 200, 200, 401, 401}},
		{"access header", accessStatuses{200, 401, 401, 200, 200, 200, 200, 200}},
		{"access cookie", accessStatuses{200, 401, 401, 200, 200, 200, 200, 200}},
		{"refresh body", accessStatuses{200, 401, 401, 200, 200, 200, 200, 200}},
		{"refresh cookie", accessStatuses{200, 401, 401, 200, 200, 200, 200, 200}},
	}},
	// A logout ends the refresh token that came along, and no more than that.
	{"JWT, blacklist", accessJoin(accessJWT, map[string]string{"TOKEN_BLACKLIST": "true"}), []accessPromise{
		{"API token", accessStatuses{200, 401, 401, 200, 200, 200, 401, 401}},
		{"access header", accessStatuses{200, 401, 401, 200, 200, 200, 200, 200}},
		{"access cookie", accessStatuses{200, 401, 401, 200, 200, 200, 200, 200}},
		{"refresh body", accessStatuses{200, 401, 401, 200, 200, 200, 401, 200}},
		{"refresh cookie", accessStatuses{200, 401, 401, 200, 200, 200, 401, 200}},
	}},
	// A new password ends the refresh tokens of the others, but not access tokens.
	{"JWT, families", accessJoin(accessJWT, map[string]string{"REFRESH_TOKEN_FAMILIES": "true", "ROTATE_REFRESH_TOKENS": "true"}), []accessPromise{
		{"API token", accessStatuses{200, 401, 401, 200, 200, 200, 401, 401}},
		{"access header", accessStatuses{200, 401, 401, 200, 200, 200, 200, 200}},
		{"access cookie", accessStatuses{200, 401, 401, 200, 200, 200, 200, 200}},
		{"refresh body", accessStatuses{200, 401, 401, 200, 401, 401, 401, 200}},
		{"refresh cookie", accessStatuses{200, 401, 401, 200, 401, 401, 401, 200}},
	}},
	// And with the session its access tokens end at once.
	{"JWT, CHECK_SESSION", accessJoin(accessJWT, map[string]string{"CHECK_SESSION": "true"}), []accessPromise{
		{"API token", accessStatuses{200, 401, 401, 200, 200, 200, 401, 401}},
		{"access header", accessStatuses{200, 401, 401, 200, 401, 401, 401, 200}},
		{"access cookie", accessStatuses{200, 401, 401, 200, 401, 401, 401, 200}},
		{"refresh body", accessStatuses{200, 401, 401, 200, 401, 401, 401, 200}},
		{"refresh cookie", accessStatuses{200, 401, 401, 200, 401, 401, 401, 200}},
	}},
	// Tokens end with the password that they were given for, the caller's own too.
	{"JWT, CHECK_REVOKE_TOKEN", accessJoin(accessJWT, map[string]string{"CHECK_REVOKE_TOKEN": "true"}), []accessPromise{
		{"API token", accessStatuses{200, 401, 401, 200, 200, 200, 401, 401}},
		{"access header", accessStatuses{200, 401, 401, 401, 401, 401, 200, 200}},
		{"access cookie", accessStatuses{200, 401, 401, 401, 401, 401, 200, 200}},
		{"refresh body", accessStatuses{200, 401, 401, 401, 401, 401, 200, 200}},
		{"refresh cookie", accessStatuses{200, 401, 401, 401, 401, 401, 200, 200}},
	}},
	// Everything that others hold ends with the password, and everything of a login with its logout.
	{"secure", accessSecure, []accessPromise{
		{"API token", accessStatuses{200, 401, 401, 401, 401, 401, 401, 401}},
		{"access header", accessStatuses{200, 401, 401, 401, 401, 401, 401, 200}},
		{"access cookie", accessStatuses{200, 401, 401, 401, 401, 401, 401, 200}},
		{"refresh body", accessStatuses{200, 401, 401, 401, 401, 401, 401, 200}},
		{"refresh cookie", accessStatuses{200, 401, 401, 401, 401, 401, 401, 200}},
	}},
}

func TestWhatEndsAccess(t *testing.T) {
	for _, profile := range accessProfiles {
		t.Run(profile.name, func(t *testing.T) {
			t.Parallel()
			s := accessBoot(t, profile.settings)
			for _, promise := range append(profile.promises, accessEverywhere...) {
				s.keeps(t, promise)
			}
		})
	}
}

func (s *accessService) keeps(t *testing.T, promise accessPromise) {
	t.Helper()
	way := accessWays[promise.way]
	for i, event := range accessEvents {
		p := s.person(t)
		event.happen(t, p, way)
		require.Equal(t, promise.answer[i], way.use(p, t), "%s after: %s", promise.way, event.name)
	}
}

// Without this a way could be forgotten in the table.
func TestEveryWayIsInTheTable(t *testing.T) {
	for _, profile := range accessProfiles {
		listed := map[string]bool{}
		for _, promise := range append(profile.promises, accessEverywhere...) {
			require.Contains(t, accessWays, promise.way)
			listed[promise.way] = true
		}
		if profile.settings != nil {
			require.Len(t, listed, len(accessWays), profile.name)
		}
	}
}
