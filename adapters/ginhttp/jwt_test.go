package ginhttp

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/application/authentication"
	"latchkey/domain/secret"
	"latchkey/domain/sessions"
)

const (
	refreshPath = "/dj-rest-auth/token/refresh/"
	verifyPath  = "/dj-rest-auth/token/verify/"
	bobsLogin   = `{"username":"bob","password":"x"}`
	// setBoth are the cookies of a pair.
	setAccess, setRefresh = "access=" + newAccess, "refresh=" + newRefresh
)

// loginBody is what a login answers, under the names of version 4.
func loginBody(access, refresh string) string {
	return `{"access":"` + access + `","refresh":"` + refresh + `","user":` + bobJSON + `}`
}

func TestHowTheTokensOfALoginTravel(t *testing.T) {
	both := []string{setAccess, setRefresh}
	whole, hidden := loginBody(newAccess, newRefresh), loginBody(newAccess, "")
	cookieless := func(j *JWT) { withoutCookies(j); j.HidesRefresh = true }
	hides := func(j *JWT) { j.HidesRefresh = true }
	by := func(transport Transport) func(*JWT) {
		return func(j *JWT) { j.HidesRefresh, j.Transport = true, transport }
	}
	for title, c := range map[string]struct {
		adjust  func(*JWT)
		header  string
		body    string
		cookies []string
	}{
		"cookies that scripts read":            {func(*JWT) {}, "", whole, both},
		"HttpOnly cookies":                     {hides, "", hidden, both},
		"no cookies":                           {withoutCookies, "", whole, []string{}},
		"HttpOnly without a cookie":            {cookieless, "", whole, []string{}},
		"HttpOnly without a refresh cookie":    {func(j *JWT) { j.HidesRefresh, j.RefreshCookie.Name = true, "" }, "", whole, both[:1]},
		"HttpOnly without an access cookie":    {func(j *JWT) { j.HidesRefresh, j.AccessCookie.Name = true, "" }, "", hidden, both[1:]},
		"cookie":                               {by(TransportCookie), "", loginBody("", ""), both},
		"body":                                 {by(TransportBody), "", whole, []string{}},
		"both":                                 {by(TransportBoth), "", whole, both},
		"the client asks for cookies":          {hides, "cookie", loginBody("", ""), both},
		"the client asks for the body":         {hides, "body", whole, []string{}},
		"the client asks for both":             {hides, "both", whole, both},
		"the client overrides the setting":     {by(TransportCookie), "body", whole, []string{}},
		"the body can be asked for everywhere": {cookieless, "body", whole, []string{}},
	} {
		t.Run(title, func(t *testing.T) {
			api := newJWTWorld().api(t, withJWT, adjusting(c.adjust))
			for status, request := range map[int]sent{200: postJSON(loginPath, bobsLogin), 201: postJSON("/dj-rest-auth/registration/", bobsRegistration)} {
				if c.header != "" {
					request = request.with(transportHeader, c.header)
				}
				got := request.to(api)
				requireAnswer(t, got, status, c.body)
				require.Equal(t, c.cookies, cookiesSet(t, got.Result()))
			}
		})
	}
}

const bobsRegistration = `{"username":"bob","email":"bob@example.com","password1":"x","password2":"x"}`

// A refusal must not leave an account, a session or a used-up refresh token behind.
func TestAnUnknownTransportIsRefusedBeforeAnythingIsDone(t *testing.T) {
	const refused = `{"detail":"X-Token-Transport names no transport of this service."}`
	cookieless := adjusting(withoutCookies)
	for header, adjust := range map[string]func(*Options){
		"Cookie": nil, "COOKIE": nil, "none": nil, "cookie,body": nil, " ": nil, "cookies": nil, "\x00": nil, strings.Repeat("x", 9000): nil,
		"cookie": cookieless, "both": adjusting(func(j *JWT) { j.RefreshCookie.Name = "" }),
	} {
		if adjust == nil {
			adjust = func(*Options) {}
		}
		w := newJWTWorld()
		w.grant.Session = &sessions.WebSession{Key: secret.New(goodSession), Account: 7}
		api := w.api(t, withJWT, adjust)
		for path, body := range map[string]string{loginPath: bobsLogin, "/dj-rest-auth/registration/": bobsRegistration, refreshPath: `{"refresh":"` + goodRefresh + `"}`} {
			got := postJSON(path, body, transportHeader, header).to(api)
			requireAnswer(t, got, 400, refused)
			require.Empty(t, got.Header().Values("Set-Cookie"))
		}
		require.Empty(t, w.signIns)
		require.Empty(t, w.got)
		require.Empty(t, w.tokens.asked)
	}
	tokens := postJSON(loginPath, bobsLogin, transportHeader, "nonsense").to(newWorld().api(t))
	requireAnswer(t, tokens, 200, `{"key":"`+goodToken+`"}`)
}

func TestTheNamesOfTheTokens(t *testing.T) {
	expires := func(j *JWT) { j.TellsExpirations = true }
	const at, end = `"2026-03-04T12:05:00Z"`, `"2026-03-05T12:00:00Z"`
	const access, refresh, user = `"` + newAccess + `"`, `"` + newRefresh + `"`, `"user":` + bobJSON
	for names, want := range map[Dialect]struct{ login, told, refreshed string }{
		DialectV4: {
			`{"access":` + access + `,"refresh":` + refresh + `,` + user + `}`,
			`{"access":` + access + `,"refresh":` + refresh + `,` + user + `,"access_expiration":` + at + `,"refresh_expiration":` + end + `}`,
			`{"access":` + access + `,"refresh":` + refresh + `,"access_expiration":` + at + `,"refresh_expiration":` + end + `}`,
		},
		DialectV3: {
			`{"access_token":` + access + `,"refresh_token":` + refresh + `,` + user + `}`,
			`{"access_token":` + access + `,"refresh_token":` + refresh + `,` + user + `,"access_token_expiration":` + at + `,"refresh_token_expiration":` + end + `}`,
			`{"access":` + access + `,"access_token":` + access + `,"refresh":` + refresh + `,"refresh_token":` + refresh +
				`,"access_token_expiration":` + at + `,"refresh_token_expiration":` + end + `}`,
		},
		DialectBoth: {
			`{"access":` + access + `,"access_token":` + access + `,"refresh":` + refresh + `,"refresh_token":` + refresh + `,` + user + `}`,
			`{"access":` + access + `,"access_token":` + access + `,"refresh":` + refresh + `,"refresh_token":` + refresh + `,` + user +
				`,"access_expiration":` + at + `,"access_token_expiration":` + at + `,"refresh_expiration":` + end + `,"refresh_token_expiration":` + end + `}`,
			`{"access":` + access + `,"access_token":` + access + `,"refresh":` + refresh + `,"refresh_token":` + refresh +
				`,"access_expiration":` + at + `,"access_token_expiration":` + at + `,"refresh_expiration":` + end + `,"refresh_token_expiration":` + end + `}`,
		},
	} {
		named := adjusting(func(j *JWT) { j.Names = names })
		plain, telling := newJWTWorld().api(t, withJWT, named), newJWTWorld().api(t, withJWT, named, adjusting(expires))
		requireAnswer(t, postJSON(loginPath, bobsLogin).to(plain), 200, want.login)
		requireAnswer(t, postJSON(loginPath, bobsLogin).to(telling), 200, want.told)
		refresh := postJSON(refreshPath, `{"refresh":"`+goodRefresh+`"}`)
		requireAnswer(t, refresh.to(plain), 200, want.refreshed)
		requireAnswer(t, refresh.to(telling), 200, want.refreshed)
		for field, takes := range map[string]bool{"refresh": true, "refresh_token": names != DialectV4, "refreshToken": false, "REFRESH": false} {
			got := postJSON(refreshPath, `{"`+field+`":"`+goodRefresh+`"}`).to(plain)
			require.Equal(t, takes, got.Code == 200, "%s in %s", field, names)
		}
	}
}

func TestTimesAreThoseOfDRF(t *testing.T) {
	for want, at := range map[string]time.Time{
		"2026-03-04T12:00:00Z":        noon,
		"2026-03-04T12:00:00.000001Z": noon.Add(time.Microsecond),
		"2026-03-04T12:00:00.500000Z": noon.Add(time.Second / 2).In(time.FixedZone("", 3600)),
	} {
		require.Equal(t, want, datetime(at))
	}
}

func TestASessionBeginsBesideTheTokens(t *testing.T) {
	w := newJWTWorld()
	w.grant.Session = &sessions.WebSession{Key: secret.New(goodSession), Account: 7}
	got := postJSON(loginPath, bobsLogin, "Cookie", "csrftoken="+goodCSRF).to(w.api(t, withJWT))
	require.Equal(t, []string{setAccess, setRefresh, "csrftoken=" + strings.Repeat("a", 32), "sessionid=" + goodSession}, cookiesSet(t, got.Result()))
	require.Equal(t, "Cookie", got.Header().Get("Vary"))
}

func TestThePairHasTheAttributesOfItsCookies(t *testing.T) {
	api := newJWTWorld().api(t, withJWT, adjusting(func(j *JWT) { j.RefreshCookie.Path, j.RefreshCookie.Domain = "/dj-rest-auth/", "example.com" }))
	require.Equal(t, []string{
		"access=" + newAccess + "; Path=/; Expires=Wed, 04 Mar 2026 12:05:00 GMT; Max-Age=300; HttpOnly; SameSite=Lax",
		"refresh=" + newRefresh + "; Path=/dj-rest-auth/; Domain=example.com; Expires=Thu, 05 Mar 2026 12:00:00 GMT; Max-Age=86400; HttpOnly; SameSite=Lax",
	}, postJSON(loginPath, bobsLogin).to(api).Header().Values("Set-Cookie"))
	require.Equal(t, []string{
		"access=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; SameSite=Lax",
		"refresh=; Path=/dj-rest-auth/; Domain=example.com; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; SameSite=Lax",
	}, postJSON("/dj-rest-auth/logout/", "{}").to(api).Header().Values("Set-Cookie"))
}

func TestWhichRefreshTokenIsTaken(t *testing.T) {
	const (
		missing = `{"detail":"No valid refresh token found.","code":"token_not_valid"}`
		invalid = `{"detail":"Token is invalid","code":"token_not_valid"}`
		blank   = `{"refresh":["This field may not be blank."]}`
		null    = `{"refresh":["This field may not be null."]}`
		noText  = `{"refresh":["Not a valid string."]}`
	)
	for _, c := range []struct {
		request sent
		cookie  string
		taken   string // by the use case; "-" when it was not asked
		refused string
	}{
		{postJSON(refreshPath, `{"refresh":"`+goodRefresh+`"}`), "", goodRefresh, ""},
		{postJSON(refreshPath, `{"refresh":"`+goodRefresh+`"}`), "bad", goodRefresh, ""},
		{postJSON(refreshPath, `{"refresh":"bad"}`), goodRefresh, "bad", invalid},
		{postJSON(refreshPath, `{}`), goodRefresh, goodRefresh, ""},
		{sent{method: "POST", path: refreshPath}, goodRefresh, goodRefresh, ""},
		{postForm(refreshPath, "refresh="+goodRefresh), "", goodRefresh, ""},
		{postForm(refreshPath, "refresh="), goodRefresh, goodRefresh, ""},
		{postForm(refreshPath, "refresh=+"), goodRefresh, "-", blank},
		{postForm(refreshPath, "refresh="), "", "-", missing},
		{postJSON(refreshPath, `{}`), "", "-", missing},
		{postJSON(refreshPath, `{}`), " ", "-", missing},
		{postJSON(refreshPath, `{"refresh_token":"`+goodRefresh+`"}`), "", "-", missing},
		{postJSON(refreshPath, `{"refresh":""}`), goodRefresh, "-", blank},
		{postJSON(refreshPath, `{"refresh":" \t"}`), goodRefresh, "-", blank},
		{postJSON(refreshPath, `{"refresh":null}`), goodRefresh, "-", null},
		{postJSON(refreshPath, `{"refresh":true}`), goodRefresh, "-", noText},
		{postJSON(refreshPath, `{"refresh":{}}`), "", "-", noText},
		{postJSON(refreshPath, `{"refresh":["`+goodRefresh+`"]}`), "", "-", noText},
		{postJSON(refreshPath, `{"refresh":5}`), "", "5", invalid},
		{postJSON(refreshPath, `{"refresh":" `+goodRefresh+`"}`), "", " " + goodRefresh, invalid},
		{postJSON(refreshPath, `{"refresh":"`+goodRefresh+`\n"}`), "", goodRefresh + "\n", invalid},
		{postJSON(refreshPath, `{"refresh":"bad","refresh":"`+goodRefresh+`"}`), "", goodRefresh, ""},
	} {
		w := newJWTWorld()
		if c.cookie != "" {
			c.request = c.request.with("Cookie", "refresh="+strings.TrimSpace(c.cookie))
		}
		if c.cookie == " " { // an empty cookie is one that came
			c.taken, c.refused = "", invalid
		}
		got := c.request.to(w.api(t, withJWT))
		if c.taken == "-" {
			require.Empty(t, w.tokens.asked, c.request.body)
		} else {
			require.Equal(t, []string{c.taken}, w.tokens.asked, c.request.body)
		}
		requireRefreshed(t, got, c.refused)
	}
	nameless := newJWTWorld().api(t, withJWT, adjusting(withoutCookies))
	requireAnswer(t, postJSON(refreshPath, `{}`, "Cookie", "refresh="+goodRefresh).to(nameless), 401, missing)
}

func requireRefreshed(t *testing.T, got *httptest.ResponseRecorder, refused string) {
	t.Helper()
	switch {
	case refused == "":
		require.Equal(t, 200, got.Code, got.Body.String())
		require.Equal(t, []string{setAccess, setRefresh}, cookiesSet(t, got.Result()))
	case strings.Contains(refused, "token_not_valid"):
		requireAnswer(t, got, 401, refused)
		require.Equal(t, `Bearer realm="api"`, got.Header().Get("WWW-Authenticate"))
	default:
		requireAnswer(t, got, 400, refused)
	}
}

func TestHowTheTokensOfARefreshTravel(t *testing.T) {
	const access, both = `"access":"` + newAccess + `"`, `"access":"` + newAccess + `","refresh":"` + newRefresh + `"`
	const accessEnds, refreshEnds = `,"access_expiration":"2026-03-04T12:05:00Z"`, `,"refresh_expiration":"2026-03-05T12:00:00Z"`
	for title, c := range map[string]struct {
		adjust  func(*JWT)
		rotates bool
		body    string
		cookies []string
	}{
		"rotation":                   {func(*JWT) {}, true, both + accessEnds + refreshEnds, []string{setAccess, setRefresh}},
		"rotation, HttpOnly":         {func(j *JWT) { j.HidesRefresh = true }, true, access + accessEnds, []string{setAccess, setRefresh}},
		"rotation, by cookie":        {func(j *JWT) { j.Transport = TransportCookie }, true, `"access":""` + accessEnds, []string{setAccess, setRefresh}},
		"rotation, by body":          {func(j *JWT) { j.Transport = TransportBody }, true, both + accessEnds + refreshEnds, []string{}},
		"rotation without cookies":   {withoutCookies, true, both + accessEnds + refreshEnds, []string{}},
		"no rotation":                {func(*JWT) {}, false, access + accessEnds, []string{setAccess}},
		"no rotation, HttpOnly":      {func(j *JWT) { j.HidesRefresh = true }, false, access + accessEnds, []string{setAccess}},
		"no rotation, by both":       {func(j *JWT) { j.Transport = TransportBoth }, false, access + accessEnds, []string{setAccess}},
		"no rotation, telling times": {func(j *JWT) { j.TellsExpirations = true }, false, access + accessEnds, []string{setAccess}},
	} {
		t.Run(title, func(t *testing.T) {
			w := newJWTWorld()
			if !c.rotates {
				w.tokens.pair.Refresh, w.tokens.pair.RefreshExpires = secret.String{}, time.Time{}
			}
			got := postJSON(refreshPath, `{"refresh":"`+goodRefresh+`"}`).to(w.api(t, withJWT, adjusting(c.adjust)))
			requireAnswer(t, got, 200, "{"+c.body+"}")
			require.Equal(t, c.cookies, cookiesSet(t, got.Result()))
		})
	}
}

// A script in the page can send the cookie but not read it: it must not get the
// successor of a hidden token by asking for the body.
func TestATokenFromTheCookieIsNotToldOnRequest(t *testing.T) {
	for _, asked := range []string{"", "body", "both", "nonsense"} {
		api := newJWTWorld().api(t, withJWT, adjusting(func(j *JWT) { j.HidesRefresh = true }))
		got := postJSON(refreshPath, `{}`, "Cookie", "refresh="+goodRefresh, transportHeader, asked).to(api)
		requireAnswer(t, got, 200, `{"access":"`+newAccess+`","access_expiration":"2026-03-04T12:05:00Z"}`)
		require.Equal(t, []string{setAccess, setRefresh}, cookiesSet(t, got.Result()))
	}
}

func TestWhyARefreshOrVerifiedTokenIsRefused(t *testing.T) {
	coded := func(text string) string { return `{"detail":"` + text + `","code":"token_not_valid"}` }
	for refusal, want := range map[error]string{
		sessions.ErrJWTInvalid:      coded("Token is invalid"),
		sessions.ErrJWTExpired:      coded("Token is expired"),
		sessions.ErrJWTWrongType:    coded("Token has wrong type"),
		sessions.ErrJWTNoType:       coded("Token has no type"),
		sessions.ErrJWTRevoked:      coded("Token is blacklisted"),
		sessions.ErrPasswordChanged: coded("The user's password has been changed."),
		sessions.ErrNoActiveAccount: `{"detail":"No active account found for the given token."}`,
	} {
		w := newJWTWorld()
		w.tokens.refusals = map[string]error{"bad": refusal}
		for path, body := range map[string]string{refreshPath: `{"refresh":"bad"}`, verifyPath: `{"token":"bad"}`} {
			got := postJSON(path, body).to(w.api(t, withJWT, func(o *Options) { o.Schemes = []Scheme{SchemeSession} }))
			requireAnswer(t, got, 401, want)
			require.Equal(t, `Bearer realm="api"`, got.Header().Get("WWW-Authenticate"), "whatever the schemes are")
			require.Empty(t, got.Header().Values("Set-Cookie"))
		}
	}
	for path, body := range map[string]string{refreshPath: `{"refresh":"` + brokenToken + `"}`, verifyPath: `{"token":"` + brokenToken + `"}`} {
		requireAnswer(t, postJSON(path, body).to(newJWTWorld().api(t, withJWT)), 500, `{"detail":"A server error occurred."}`)
	}
}

func TestATokenIsVerified(t *testing.T) {
	w := newJWTWorld()
	w.tokens.refusals = map[string]error{"void": authentication.ErrTokenBlacklisted}
	api := w.api(t, withJWT)
	requireAnswer(t, postJSON(verifyPath, `{"token":"`+goodAccess+`"}`).to(api), 200, `{}`)
	requireAnswer(t, postJSON(verifyPath, `{"token":" `+goodAccess+` "}`).to(api), 200, `{}`)
	requireAnswer(t, postJSON(verifyPath, `{"token":"void"}`).to(api), 400, `{"non_field_errors":["Token is blacklisted"]}`)
	requireAnswer(t, postJSON(verifyPath, `{"token":"x"}`).to(api), 401, `{"detail":"Token is invalid","code":"token_not_valid"}`)
	requireAnswer(t, postJSON(verifyPath, `{}`).to(api), 400, `{"token":["This field is required."]}`)
	requireAnswer(t, postJSON(verifyPath, `{"token":""}`).to(api), 400, `{"token":["This field may not be blank."]}`)
	requireAnswer(t, postJSON(verifyPath, `{"token":null}`).to(api), 400, `{"token":["This field may not be null."]}`)
	requireAnswer(t, postJSON(verifyPath, `{"token":[]}`).to(api), 400, `{"token":["Not a valid string."]}`)
	requireAnswer(t, postJSON(verifyPath, `{}`, "Cookie", "access="+goodAccess).to(api), 400, `{"token":["This field is required."]}`)
}

// Whoever refreshes has an expired access token in hand: it must not be in the way.
func TestTheEndpointsOfTokensLookAtNoCredentials(t *testing.T) {
	w := newJWTWorld()
	api := w.api(t, withJWT, adjusting(func(j *JWT) { j.CookieCSRF, j.CSRFUnauthenticated = true, true }))
	stale := []string{"Authorization", "Bearer stale", "Cookie", "access=stale; sessionid=unknown", "Origin", "https://evil.example"}
	refreshed := postJSON(refreshPath, `{"refresh":"`+goodRefresh+`"}`, stale...).to(api)
	require.Equal(t, 200, refreshed.Code)
	require.Equal(t, []string{setAccess, setRefresh}, cookiesSet(t, refreshed.Result()))
	require.Equal(t, 200, postJSON(verifyPath, `{"token":"`+goodAccess+`"}`, stale...).to(api).Code)
	require.Equal(t, []string{goodRefresh, goodAccess}, w.tokens.asked)
}

func TestTheEndpointsOfTokensExistWhereTokensDo(t *testing.T) {
	on, off := newJWTWorld().api(t, withJWT), newWorld().api(t)
	for _, path := range []string{refreshPath, verifyPath, refreshPath[:len(refreshPath)-1], verifyPath[:len(verifyPath)-1]} {
		got := sent{method: "GET", path: path}.to(on)
		requireAnswer(t, got, 405, `{"detail":"Method \"GET\" not allowed."}`)
		require.Equal(t, "POST, OPTIONS", got.Header().Get("Allow"))
		require.Equal(t, 404, postJSON(path, `{}`).to(off).Code)
	}
	require.Equal(t, 404, sent{method: "GET", path: keysPath}.to(off).Code)
	require.Contains(t, sent{method: "OPTIONS", path: refreshPath}.to(on).Body.String(),
		`"actions":{"POST":{"refresh":{"type":"string","required":false,"read_only":false,"label":"Refresh","help_text":"WIll override cookie."},`+
			`"access":{"type":"string","required":false,"read_only":true,"label":"Access"}}}`)
}

const keysPath = "/.well-known/jwks.json"

func TestThePublicKeysMayBeKeptForAWhile(t *testing.T) {
	api := newJWTWorld().api(t, withJWT)
	api.PublicKeys = publicKeysFake{}
	got := sent{method: "GET", path: keysPath}.to(api)
	requireAnswer(t, got, 200, `{"keys":[]}`)
	require.Equal(t, "application/json", got.Header().Get("Content-Type"))
	require.Equal(t, []string{"public, max-age=300"}, got.Header().Values("Cache-Control"))
	api.PublicKeys = publicKeysFake{err: errDatabaseDown}
	got = sent{method: "GET", path: keysPath}.to(api)
	requireAnswer(t, got, 500, `{"detail":"A server error occurred."}`)
	require.Equal(t, "no-store", got.Header().Get("Cache-Control"))
	require.Equal(t, 405, sent{method: "POST", path: keysPath}.to(api).Code)
}

// FuzzRefreshBody: whatever the body, the media type and the cookie are, the answer
// is in the API's shape, and only the one good token gets another.
func FuzzRefreshBody(f *testing.F) {
	for _, seed := range []string{
		`{"refresh":"` + goodRefresh + `"}`, `{"refresh":null}`, `{"refresh":""}`, `{"refresh":" \ud800"}`, `{"refresh_token":["x"]}`, `{"refresh_token":null}`,
		`{"refresh":1e400}`, `[]`, `null`, `"x"`, `{`, "", "refresh=" + goodRefresh, "refresh=%ff&refresh_token=", "\xff", `{"refresh_token":{}}`, `{"refresh":"a\u0000b"}`,
	} {
		f.Add(seed, asJSON, goodRefresh, "")
		f.Add(seed, asForm, "", "both")
	}
	f.Add(parts(disposition("refresh", goodRefresh)), "multipart/form-data; boundary=b", "\x00", "body")
	f.Fuzz(func(t *testing.T, body, contentType, cookie, transport string) {
		for _, names := range []Dialect{DialectV4, DialectV3, DialectBoth} {
			w := newJWTWorld()
			api := w.api(t, withJWT, adjusting(func(j *JWT) { j.Names = names }))
			r := httptest.NewRequest("POST", refreshPath, strings.NewReader(body))
			r.Header = map[string][]string{"Content-Type": {contentType}, "Cookie": {"refresh=" + cookie}, transportHeader: {transport}}
			got := httptest.NewRecorder()
			api.ServeHTTP(got, r)
			requireOrderly(t, got, w)
			good := len(w.tokens.asked) == 1 && w.tokens.asked[0] == goodRefresh
			require.Equal(t, good, got.Code == 200, got.Body.String())
			if transport != "body" || !good {
				require.Equal(t, good, len(got.Result().Cookies()) > 0)
			}
		}
	})
}
