package ginhttp

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/domain/secret"
	"latchkey/domain/sessions"
)

const (
	notProvided  = `{"detail":"Authentication credentials were not provided."}`
	tokenInvalid = `{"detail":"Given token not valid for any token type","code":"token_not_valid",` +
		`"messages":[{"token_class":"AccessToken","token_type":"access","message":"Token is invalid"}]}`
	twoValues = `{"detail":"Authorization header must contain two space-delimited values","code":"bad_authorization_header"}`
)

// The case of the scheme counts, and what is not ours is left to others; both as in simplejwt.
func TestTheBearerHeader(t *testing.T) {
	api := newJWTWorld().api(t, withJWT)
	for header, want := range map[string]string{
		"":                                notProvided,
		" \t ":                            notProvided,
		"Basic Ym9iOnB3":                  notProvided,
		"Token " + goodAccess:             notProvided,
		"JWT " + goodAccess:               notProvided,
		"bearer " + goodAccess:            notProvided,
		"BEARER " + goodAccess:            notProvided,
		"Bearer" + goodAccess:             notProvided,
		goodAccess:                        notProvided,
		"Bearer":                          twoValues,
		"Bearer  ":                        twoValues,
		"Bearer a b":                      twoValues,
		"Bearer " + goodAccess + " x":     twoValues,
		"Bearer Bearer " + goodAccess:     twoValues,
		"Bearer x":                        tokenInvalid,
		"Bearer " + goodRefresh:           tokenInvalid,
		"Bearer \"" + goodAccess + "\"":   tokenInvalid,
		"Bearer " + goodAccess + ",x":     tokenInvalid,
		"Bearer \xff\x00":                 tokenInvalid,
		"Bearer " + goodAccess:            bobJSON,
		" Bearer \t " + goodAccess + "\t": bobJSON,
	} {
		got := sent{method: "GET", path: userPath}.with("Authorization", header).to(api)
		public := postJSON(loginPath, `{"password":"x"}`, "Authorization", header).to(api)
		if want == bobJSON {
			requireAnswer(t, got, 200, want)
			require.Equal(t, 200, public.Code)
			continue
		}
		requireAnswer(t, got, 401, want)
		require.Equal(t, []string{`Bearer realm="api"`}, got.Header().Values("WWW-Authenticate"), "%q", header)
		require.Equal(t, want != notProvided, public.Code == 401, "a bad credential is refused where none is needed: %q", header)
	}
}

func TestTheWordsBeforeTheTokenAreASetting(t *testing.T) {
	api := newJWTWorld().api(t, withJWT, adjusting(func(j *JWT) { j.HeaderTypes = []string{"JWT", "Bearer", "x-y"} }))
	for _, word := range []string{"JWT", "Bearer", "x-y"} {
		requireAnswer(t, sent{method: "GET", path: userPath}.with("Authorization", word+" "+goodAccess).to(api), 200, bobJSON)
	}
	got := sent{method: "GET", path: userPath}.with("Authorization", "jwt "+goodAccess).to(api)
	requireAnswer(t, got, 401, notProvided)
	require.Equal(t, `JWT realm="api"`, got.Header().Get("WWW-Authenticate"), "the challenge names the first")
}

// Recorded from dj-rest-auth 7.1.
func TestAnyAuthorizationHeaderHidesTheCookie(t *testing.T) {
	api := newJWTWorld().api(t, withJWT, func(o *Options) { o.Schemes = []Scheme{SchemeJWT, SchemeToken} })
	with := func(cookie string, headers ...string) sent {
		return sent{method: "GET", path: userPath}.with("Cookie", cookie).with(headers...)
	}
	requireAnswer(t, with("access="+goodAccess).to(api), 200, bobJSON)
	requireAnswer(t, with("access=bad").to(api), 401, tokenInvalid)
	requireAnswer(t, with("access=").to(api), 401, tokenInvalid)
	requireAnswer(t, with("refresh="+goodAccess).to(api), 401, notProvided)
	requireAnswer(t, with("Access="+goodAccess).to(api), 401, notProvided)
	for header, want := range map[string]string{
		"": notProvided, "Basic x": notProvided, "Bearer bad": tokenInvalid, "Bearer": twoValues, "Bearer " + goodAccess: bobJSON, "Token " + goodToken: bobJSON,
	} {
		require.Equal(t, want, with("access="+goodAccess, "Authorization", header).to(api).Body.String(), "%q", header)
		require.Equal(t, want, with("access=bad", "Authorization", header).to(api).Body.String(), "%q", header)
	}
	nameless := newJWTWorld().api(t, withJWT, adjusting(withoutCookies))
	requireAnswer(t, with("access="+goodAccess).to(nameless), 401, notProvided)
	requireAnswer(t, with("="+goodAccess).to(nameless), 401, notProvided)
}

func TestWhyAnAccessTokenIsRefused(t *testing.T) {
	messages := func(text string) string {
		return strings.Replace(tokenInvalid, `"message":"Token is invalid"`, `"message":"`+text+`"`, 1)
	}
	coded := func(text, code string) string { return `{"detail":"` + text + `","code":"` + code + `"}` }
	for _, c := range []struct {
		refusal error
		body    string
	}{
		{sessions.ErrJWTExpired, messages("Token is expired")},
		{sessions.ErrJWTNoExpiry, messages("Token has no 'exp' claim")},
		{sessions.ErrJWTNoID, messages("Token has no id")},
		{sessions.ErrJWTNoType, messages("Token has no type")},
		{sessions.ErrJWTWrongType, messages("Token has wrong type")},
		{sessions.ErrJWTNoAccount, coded("Token contained no recognizable user identification", "token_not_valid")},
		{sessions.ErrAccountNotFound, coded("User not found", "user_not_found")},
		{sessions.ErrAccountInactive, coded("User is inactive", "user_inactive")},
		{sessions.ErrPasswordChanged, coded("The user's password has been changed.", "password_changed")},
		{sessions.ErrSessionEnded, coded("The session has ended.", "session_ended")},
	} {
		w := newJWTWorld()
		w.tokens.refusals = map[string]error{"bad": c.refusal}
		for _, credential := range [][]string{{"Authorization", "Bearer bad"}, {"Cookie", "access=bad"}} {
			got := sent{method: "GET", path: userPath}.with(credential...).to(w.api(t, withJWT))
			requireAnswer(t, got, 401, c.body)
			require.Equal(t, `Bearer realm="api"`, got.Header().Get("WWW-Authenticate"))
		}
	}
}

// DRF sends the challenge of the first scheme, and 403 where that one has none.
func TestTheFirstSchemeDecidesTheChallengeOfABadToken(t *testing.T) {
	for first, want := range map[Scheme]struct {
		status    int
		challenge string
	}{SchemeJWT: {401, `Bearer realm="api"`}, SchemeToken: {401, "Token"}, SchemeSession: {403, ""}} {
		api := newJWTWorld().api(t, withJWT, func(o *Options) { o.Schemes = []Scheme{first, SchemeJWT} })
		got := sent{method: "GET", path: userPath}.with("Authorization", "Bearer x").to(api)
		requireAnswer(t, got, want.status, tokenInvalid)
		require.Equal(t, want.challenge, got.Header().Get("WWW-Authenticate"))
	}
}

// A browser sends the cookie that it has: who wants to sign in, or to leave, must be
// able to with an expired token in the jar.
func TestAStaleCookieCountsAsAbsentAtPublicEndpoints(t *testing.T) {
	for _, stale := range []error{sessions.ErrJWTExpired, sessions.ErrJWTInvalid, sessions.ErrAccountInactive, sessions.ErrPasswordChanged, sessions.ErrSessionEnded} {
		w := newJWTWorld()
		w.tokens.refusals = map[string]error{"stale": stale}
		api := w.api(t, withJWT, adjusting(func(j *JWT) { j.CookieCSRF = true }))
		for path, body := range map[string]string{
			loginPath: `{"username":"bob","password":"x"}`, "/dj-rest-auth/logout/": `{}`, "/dj-rest-auth/password/reset/": `{"email":"bob@example.com"}`,
			"/dj-rest-auth/registration/": `{"username":"bob","email":"b@example.com","password1":"x","password2":"x"}`,
		} {
			got := postJSON(path, body, "Cookie", "access=stale").to(api)
			require.Less(t, got.Code, 300, "%s with %s: %s", path, stale, got.Body)
		}
		require.True(t, w.signOuts[0].Caller.Anonymous())
		require.Equal(t, 401, postJSON(changePath, newPasswords, "Cookie", "access=stale").to(newJWTWorld().api(t, withJWT)).Code)
		require.Equal(t, 401, postJSON(loginPath, `{"password":"x"}`, "Authorization", "Bearer stale").to(api).Code, "a header is meant")
	}
}

func TestAnOutageIsNoStaleCookie(t *testing.T) {
	for _, path := range []string{loginPath, changePath} {
		w := newJWTWorld()
		got := postJSON(path, `{"password":"x"}`, "Cookie", "access="+brokenToken).to(w.api(t, withJWT))
		requireAnswer(t, got, 500, `{"detail":"A server error occurred."}`)
		require.Contains(t, w.log.String(), errDatabaseDown.Error())
		require.Empty(t, w.signIns)
	}
}

// accessCookies are the cookies of a browser that is signed in by token.
func accessCookies(csrf string) []string {
	return []string{"Cookie", "access=" + goodAccess + "; csrftoken=" + csrf}
}

func TestUnsafeRequestsByAccessCookieNeedACSRFTokenWhereSet(t *testing.T) {
	masked := sessions.MaskCSRF(secret.New(goodCSRF), strings.Repeat("m", sessions.CSRFSecretLength))
	other := strings.Repeat("o", sessions.CSRFSecretLength)
	const inForm = "new_password1=a&new_password2=a&csrfmiddlewaretoken="
	for title, c := range map[string]struct {
		request sent
		refusal string
	}{
		"no token":       {changing("POST", asJSON, newPasswords, accessCookies(goodCSRF)...), "CSRF token missing."},
		"no cookie":      {changing("POST", asJSON, newPasswords, "Cookie", "access="+goodAccess, "X-CSRFToken", goodCSRF), "CSRF cookie not set."},
		"another token":  {changing("POST", asJSON, newPasswords, accessCookies(goodCSRF)...).with("X-CSRFToken", other), "CSRF token from the 'X-Csrftoken' HTTP header incorrect."},
		"header":         {changing("POST", asJSON, newPasswords, accessCookies(goodCSRF)...).with("X-CSRFToken", goodCSRF), ""},
		"masked header":  {changing("POST", asJSON, newPasswords, accessCookies(goodCSRF)...).with("X-CSRFToken", masked), ""},
		"form field":     {changing("POST", asForm, inForm+masked, accessCookies(goodCSRF)...), ""},
		"bad form field": {changing("POST", asForm, inForm+other, accessCookies(goodCSRF)...), "CSRF token from POST incorrect."},
		"forged form":    {changing("POST", asForm, inForm, accessCookies(goodCSRF)...), "CSRF token missing."},
		"smuggled JSON":  {changing("POST", "text/plain", newPasswords, accessCookies(goodCSRF)...), "CSRF token missing."},
		"own origin":     {changing("POST", asJSON, newPasswords, accessCookies(goodCSRF)...).with("X-CSRFToken", goodCSRF, "Origin", "http://example.com"), ""},
		"foreign origin": {
			changing("POST", asJSON, newPasswords, accessCookies(goodCSRF)...).with("X-CSRFToken", goodCSRF, "Origin", "https://evil.example"),
			"Origin checking failed - https://evil.example does not match any trusted origins.",
		},
		"null origin": {
			changing("POST", asJSON, newPasswords, accessCookies(goodCSRF)...).with("X-CSRFToken", goodCSRF, "Origin", "null"),
			"Origin checking failed - null does not match any trusted origins.",
		},
		"by header": {changing("POST", asJSON, newPasswords, "Authorization", "Bearer "+goodAccess, "Origin", "https://evil.example"), ""},
	} {
		t.Run(title, func(t *testing.T) {
			api := newJWTWorld().api(t, withJWT, adjusting(func(j *JWT) { j.CookieCSRF = true }))
			got := c.request.to(api)
			if c.refusal == "" {
				requireAnswer(t, got, 200, `{"detail":"New password has been saved."}`)
				return
			}
			requireAnswer(t, got, 403, `{"detail":"CSRF Failed: `+c.refusal+`"}`)
			require.Empty(t, got.Header().Get("WWW-Authenticate"))
		})
	}
	unchecked := newJWTWorld().api(t, withJWT)
	require.Equal(t, 200, changing("POST", asJSON, newPasswords, "Cookie", "access="+goodAccess).to(unchecked).Code, "upstream's default")
}

func TestWhichRequestsAreCheckedForCSRF(t *testing.T) {
	const absent = "username=bob"
	for title, c := range map[string]struct {
		method, path, cookie, header string
		cookieCSRF, unauthenticated  bool // which setting has it refused
	}{
		"GET":                        {method: "GET", path: userPath, cookie: "access=" + goodAccess},
		"HEAD":                       {method: "HEAD", path: userPath, cookie: "access=" + goodAccess},
		"OPTIONS":                    {method: "OPTIONS", path: userPath, cookie: "access=" + goodAccess},
		"PATCH":                      {method: "PATCH", path: userPath, cookie: "access=" + goodAccess, cookieCSRF: true, unauthenticated: true},
		"PUT":                        {method: "PUT", path: userPath, cookie: "access=" + goodAccess, cookieCSRF: true, unauthenticated: true},
		"a bad cookie":               {method: "PATCH", path: userPath, cookie: "access=bad", cookieCSRF: true, unauthenticated: true},
		"no cookie":                  {method: "PATCH", path: userPath, unauthenticated: true},
		"login while signed in":      {method: "POST", path: loginPath, cookie: "access=" + goodAccess, cookieCSRF: true, unauthenticated: true},
		"login with a stale cookie":  {method: "POST", path: loginPath, cookie: "access=bad", unauthenticated: true},
		"login with nothing":         {method: "POST", path: loginPath, unauthenticated: true},
		"login with a header":        {method: "POST", path: loginPath, header: "Basic x"},
		"logout by cookie":           {method: "POST", path: "/dj-rest-auth/logout/", cookie: "access=" + goodAccess, cookieCSRF: true, unauthenticated: true},
		"logout by refresh cookie":   {method: "POST", path: "/dj-rest-auth/logout/", cookie: "refresh=" + goodRefresh, cookieCSRF: true, unauthenticated: true},
		"logout, refresh and stale":  {method: "POST", path: "/dj-rest-auth/logout/", cookie: "access=bad; refresh=" + goodRefresh, cookieCSRF: true, unauthenticated: true},
		"logout by header":           {method: "POST", path: "/dj-rest-auth/logout/", cookie: "refresh=" + goodRefresh, header: "Bearer " + goodAccess},
		"logout with nothing":        {method: "POST", path: "/dj-rest-auth/logout/", unauthenticated: true},
		"refresh looks at nobody":    {method: "POST", path: "/dj-rest-auth/token/refresh/", cookie: "refresh=" + goodRefresh},
		"a header beside the cookie": {method: "PATCH", path: userPath, cookie: "access=" + goodAccess, header: "Bearer " + goodAccess},
	} {
		for setting, refused := range map[*JWT]bool{
			{}: false, {CookieCSRF: true}: c.cookieCSRF, {CSRFUnauthenticated: true}: c.unauthenticated, {CookieCSRF: true, CSRFUnauthenticated: true}: c.unauthenticated,
		} {
			request := sent{method: c.method, path: c.path, body: absent}.with("Content-Type", asForm)
			if c.cookie != "" {
				request = request.with("Cookie", c.cookie)
			}
			if c.header != "" {
				request = request.with("Authorization", c.header)
			}
			w := newJWTWorld()
			got := request.to(w.api(t, withJWT, adjusting(func(j *JWT) {
				j.CookieCSRF, j.CSRFUnauthenticated = setting.CookieCSRF, setting.CSRFUnauthenticated
			})))
			require.Equal(t, refused, got.Code == 403, "%s, %+v: %s", title, setting, got.Body)
			if refused {
				requireAnswer(t, got, 403, `{"detail":"CSRF Failed: CSRF cookie not set."}`)
				require.Empty(t, w.signOuts)
				require.Empty(t, w.updates)
			}
		}
	}
}

func TestAMalformedCSRFCookieIsReplacedForTokensToo(t *testing.T) {
	api := newJWTWorld().api(t, withJWT, adjusting(func(j *JWT) { j.CookieCSRF = true }))
	got := changing("POST", asJSON, newPasswords, accessCookies("broken")...).with("X-CSRFToken", "broken").to(api)
	requireAnswer(t, got, 403, `{"detail":"CSRF Failed: CSRF cookie has incorrect length."}`)
	require.Equal(t, strings.Repeat("a", 32), cookieNamed(t, got.Result(), "csrftoken").Value)
}
