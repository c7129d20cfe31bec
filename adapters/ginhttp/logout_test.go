package ginhttp

import (
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/domain/secret"
	"latchkey/domain/sessions"
)

const (
	logoutPath = "/dj-rest-auth/logout/"
	farewell   = `{"detail":"Successfully logged out."}`
	nothing    = "-" // no refresh token is handed on
)

// Where the cookie alone carries the token, nothing else counts. Otherwise the cookie
// comes before the body, and with a blacklist the body before the cookie, as upstream has it.
func TestWhichRefreshTokenALogoutEnds(t *testing.T) {
	for _, c := range []struct {
		title, body, cookie string
		// What is handed on; "-" is nothing.
		plain, blacklist, hidden string
	}{
		{"nothing", `{}`, "", nothing, nothing, nothing},
		{"no body", ``, "", nothing, nothing, nothing},
		{"body", `{"refresh":"b"}`, "", "b", "b", nothing},
		{"cookie", `{}`, "c", "c", "c", "c"},
		{"body and cookie", `{"refresh":"b"}`, "c", "c", "b", "c"},
		{"null", `{"refresh":null}`, "", "", "", nothing},
		{"blank", `{"refresh":""}`, "", "", "", nothing},
		{"a list", `{"refresh":["b"]}`, "", "", "", nothing},
		{"blanks around", `{"refresh":" b "}`, "", " b ", " b ", nothing},
		{"the other name", `{"refresh_token":"b"}`, "", nothing, nothing, nothing},
	} {
		for setting, want := range map[*JWT]string{
			{}: c.plain, {Blacklist: true}: c.blacklist,
			{HidesRefresh: true}: c.hidden, {HidesRefresh: true, Blacklist: true}: c.hidden, {Transport: TransportCookie, Blacklist: true}: c.hidden,
			{HidesRefresh: true, Transport: TransportBoth}: c.plain, {HidesRefresh: true, Transport: TransportBody, Blacklist: true}: c.blacklist,
		} {
			request := postJSON(logoutPath, c.body, "Authorization", "Bearer "+goodAccess)
			if c.cookie != "" {
				request = request.with("Cookie", "refresh="+c.cookie+"; access=a")
			}
			tracked, untracked := newJWTWorld(), newJWTWorld()
			options := adjusting(func(j *JWT) {
				j.Revokes, j.HidesRefresh, j.Blacklist, j.Transport = true, setting.HidesRefresh, setting.Blacklist, setting.Transport
			})
			got := request.to(tracked.api(t, withJWT, options))
			requireAnswer(t, got, 200, farewell)
			require.Equal(t, []string{"access=", "refresh="}, cookiesSet(t, got.Result()))
			require.Equal(t, want, handedOn(tracked.signOuts[0].Refresh), "%s, %+v", c.title, setting)
			require.Equal(t, "family", tracked.signOuts[0].Caller.Family)
			require.Equal(t, c.cookie != "", tracked.signOuts[0].Access.Reveal() == "a")
			requireAnswer(t, request.to(untracked.api(t, withJWT)), 200, farewell)
			require.Nil(t, untracked.signOuts[0].Refresh, "nothing keeps track of tokens")
		}
	}
}

func handedOn(token *secret.String) string {
	if token == nil {
		return nothing
	}
	return token.Reveal()
}

func TestALogoutTakesTheRefreshTokenByTheNamesOfItsDialect(t *testing.T) {
	for names, want := range map[Dialect]string{DialectV4: nothing, DialectV3: "b", DialectBoth: "b"} {
		w := newJWTWorld()
		api := w.api(t, withJWT, adjusting(func(j *JWT) { j.Revokes, j.Blacklist, j.Names = true, true, names }))
		require.Equal(t, 200, postForm(logoutPath, "refresh_token=b").to(api).Code)
		require.Equal(t, want, handedOn(w.signOuts[0].Refresh))
	}
}

func TestAnybodyCanLeaveWithTokens(t *testing.T) {
	w := newJWTWorld()
	for _, request := range []sent{postJSON(logoutPath, `{}`), postJSON(logoutPath, `{}`, "Cookie", "access=stale; refresh=stale"), {method: "POST", path: logoutPath}} {
		got := request.to(w.api(t, withJWT))
		requireAnswer(t, got, 200, farewell)
		require.Equal(t, []string{"access=", "refresh="}, cookiesSet(t, got.Result()))
	}
	const untouched = `{"detail":"Neither cookies or blacklist are enabled, so the token has not been deleted server side. ` +
		`Please make sure the token is deleted client side."}`
	got := postJSON(logoutPath, `{"refresh":"b"}`, "Authorization", "Bearer "+goodAccess).to(w.api(t, withJWT, adjusting(withoutCookies)))
	requireAnswer(t, got, 200, untouched)
	require.Empty(t, got.Header().Values("Set-Cookie"))
	revoking := w.api(t, withJWT, adjusting(func(j *JWT) { withoutCookies(j); j.Revokes = true }))
	requireAnswer(t, postJSON(logoutPath, `{}`).to(revoking), 200, farewell)
}

func TestARefusedLogoutDeletesTheCookiesAllTheSame(t *testing.T) {
	for _, c := range []struct {
		refusal error
		hides   bool
		status  int
		body    string
	}{
		{sessions.ErrJWTMissing, false, 401, `{"detail":"Refresh token was not included in request data."}`},
		{sessions.ErrJWTMissing, true, 401, `{"detail":"Refresh token was not included in cookie data."}`},
		{sessions.ErrJWTInvalid, false, 401, `{"detail":"Token is invalid"}`},
		{sessions.ErrJWTExpired, true, 401, `{"detail":"Token is expired"}`},
		{sessions.ErrJWTRevoked, true, 401, `{"detail":"Token is blacklisted"}`},
		{sessions.ErrJWTWrongType, false, 401, `{"detail":"Token has wrong type"}`},
		{errDatabaseDown, false, 500, `{"detail":"A server error occurred."}`},
	} {
		w := newJWTWorld()
		w.err = c.refusal
		api := w.api(t, withJWT, func(o *Options) { o.Sessions = true }, adjusting(func(j *JWT) { j.Revokes, j.Blacklist, j.HidesRefresh = true, true, c.hides }))
		got := postJSON(logoutPath, `{}`, "Cookie", "sessionid=nobody").to(api)
		requireAnswer(t, got, c.status, c.body)
		require.Equal(t, []string{"access=", "refresh=", "sessionid="}, cookiesSet(t, got.Result()))
		require.Empty(t, got.Header().Get("WWW-Authenticate"), "recorded from dj-rest-auth 7.1")
	}
}

// A body that cannot be read keeps nobody from leaving, and is told where it
// should have held the refresh token.
func TestALogoutWithAnUnreadableBody(t *testing.T) {
	for _, request := range []sent{
		postJSON(logoutPath, `{{{`), postJSON(logoutPath, `[]`), postJSON(logoutPath, `null`), {method: "POST", path: logoutPath, body: "x", headers: []string{"Content-Type", "text/plain"}},
	} {
		w := newJWTWorld()
		request = request.with("Authorization", "Bearer "+goodAccess, "Cookie", "sessionid="+goodSession)
		revoking := func(o *Options) { o.Sessions, o.JWT.Revokes = true, true }
		requireAnswer(t, request.to(w.api(t, withJWT, revoking)), 200, farewell)

		w.err = sessions.ErrJWTMissing
		got := request.to(w.api(t, withJWT, revoking, adjusting(func(j *JWT) { j.Blacklist = true })))
		require.Contains(t, []int{400, 415}, got.Code)
		require.NotContains(t, got.Body.String(), "not included")
		require.Equal(t, []string{"access=", "refresh=", "sessionid="}, cookiesSet(t, got.Result()))
		require.Len(t, w.signOuts, 2)
		require.Equal(t, goodSession, w.signOuts[1].SessionKey.Reveal())
		require.False(t, w.signOuts[1].Caller.Anonymous())

		w.err = errDatabaseDown
		require.Equal(t, 500, request.to(w.api(t, withJWT, revoking, adjusting(func(j *JWT) { j.Blacklist = true }))).Code, "nothing has ended")
	}
}
