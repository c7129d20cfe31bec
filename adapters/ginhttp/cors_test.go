package ginhttp

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// sharing are the options of a service that pages of these origins may use.
func sharing(credentials bool, origins ...string) func(*Options) {
	return func(o *Options) { o.CORS = CORS{Origins: origins, Credentials: credentials} }
}

// corsHeaders are the headers of CORS in an answer.
func corsHeaders(header http.Header) map[string]string {
	found := map[string]string{}
	for name, values := range header {
		if short, ours := strings.CutPrefix(name, "Access-Control-"); ours {
			found[short] = strings.Join(values, "|")
		}
	}
	return found
}

// varies are the request headers that an answer depends on.
func varies(header http.Header) []string {
	return strings.Split(strings.ReplaceAll(strings.Join(header.Values("Vary"), ","), " ", ""), ",")
}

func TestWhichOriginsMayReadAnAnswer(t *testing.T) {
	const app = "https://app.example"
	for _, c := range []struct {
		allowed, origin, mayRead string
	}{
		{app, app, app},
		{app, "https://app.example.evil.example", ""},
		{app, "https://evil.example", ""},
		{app, "http://app.example", ""},
		{app, "https://app.example:8443", ""},
		{app, "https://sub.app.example", ""},
		{app, "https://notapp.example", ""},
		{app, "null", ""},
		{app, "", ""},
		{app, "*", ""},
		{app, "https://evil.example, " + app, ""},
		{"https://*.example", "https://app.example", "https://app.example"},
		{"https://*.example", "https://a.b.example", "https://a.b.example"},
		{"https://*.example", "https://example", ""},
		{"https://*.example", "https://evilexample", ""},
		{"https://*.example", "http://app.example", ""},
		{"https://*.example", "null", ""},
		{"http://localhost:3000", "http://localhost:3000", "http://localhost:3000"},
		{"http://localhost:3000", "http://localhost:3001", ""},
		{"http://localhost:3000", "http://localhost", ""},
	} {
		api := newJWTWorld().api(t, withJWT, sharing(true, c.allowed))
		got := sent{method: "GET", path: userPath}.with("Cookie", "access="+goodAccess, "Origin", c.origin).to(api)
		requireAnswer(t, got, 200, bobJSON) // the service is guarded by CSRF checks, reading by the browser
		require.Equal(t, c.mayRead, got.Header().Get("Access-Control-Allow-Origin"), "%+v", c)
		require.Equal(t, c.mayRead != "", got.Header().Get("Access-Control-Allow-Credentials") == "true", "%+v", c)
		require.Contains(t, varies(got.Header()), "Origin", "a cache must not hand one origin the answer to another")
	}
}

func TestAnyOriginNeverMeansWithCookies(t *testing.T) {
	api := newJWTWorld().api(t, withJWT, sharing(false, "*"))
	for _, origin := range []string{"https://evil.example", "null"} {
		got := sent{method: "GET", path: userPath}.with("Authorization", "Bearer "+goodAccess, "Origin", origin).to(api)
		require.Equal(t, map[string]string{"Allow-Origin": "*", "Expose-Headers": "Retry-After, Www-Authenticate, X-Request-Id"}, corsHeaders(got.Header()))
	}
}

func TestWhatAPageMayReadBesideTheBody(t *testing.T) {
	api := newJWTWorld().api(t, withJWT, sharing(true, "https://app.example"))
	refused := sent{method: "GET", path: userPath}.with("Origin", "https://app.example").to(api)
	require.Equal(t, 401, refused.Code)
	require.Equal(t, map[string]string{
		"Allow-Origin": "https://app.example", "Allow-Credentials": "true", "Expose-Headers": "Retry-After, Www-Authenticate, X-Request-Id",
	}, corsHeaders(refused.Header()), "a refusal can be read, too")
	for _, request := range []sent{{method: "GET", path: "/nope"}, {method: "GET", path: csrfPath}, postJSON(loginPath, "{")} {
		require.Equal(t, "https://app.example", request.with("Origin", "https://app.example").to(api).Header().Get("Access-Control-Allow-Origin"), request.path)
	}
}

// asking is the preflight that a browser sends before a request with these headers.
func asking(origin, method, headers string) sent {
	preflight := sent{method: "OPTIONS", path: changePath}.with("Origin", origin, "Access-Control-Request-Method", method)
	if headers != "" {
		preflight = preflight.with("Access-Control-Request-Headers", headers)
	}
	return preflight
}

func TestAPreflightIsAnsweredWithoutCredentials(t *testing.T) {
	const app = "https://app.example"
	w := newJWTWorld()
	api := w.api(t, withJWT, sharing(true, app), adjusting(func(j *JWT) { j.CSRFUnauthenticated = true }))
	for headers, asked := range map[string]string{
		"": "", "content-type": "content-type", "authorization,content-type,x-csrftoken": "authorization,content-type,x-csrftoken", "accept,x-token-transport": "accept,x-token-transport",
	} {
		for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH"} {
			got := asking(app, method, headers).to(api)
			require.Equal(t, 204, got.Code)
			require.Empty(t, got.Body.String())
			want := map[string]string{"Allow-Origin": app, "Allow-Credentials": "true", "Allow-Methods": method, "Max-Age": "600"}
			if asked != "" {
				want["Allow-Headers"] = asked
			}
			require.Equal(t, want, corsHeaders(got.Header()))
			require.Subset(t, varies(got.Header()), []string{"Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers"})
		}
	}
	require.Empty(t, w.tokens.asked)
	require.Empty(t, w.log.String(), "the API was not asked")
}

func TestWhatAPreflightIsRefused(t *testing.T) {
	const app = "https://app.example"
	api := newJWTWorld().api(t, withJWT, sharing(true, app))
	for title, preflight := range map[string]sent{
		"another origin": asking("https://evil.example", "POST", "content-type"),
		"null origin":    asking("null", "POST", "content-type"),
		"DELETE":         asking(app, "DELETE", ""),
		"another header": asking(app, "POST", "x-forwarded-for"),
		"one of two":     asking(app, "POST", "content-type,x-forwarded-for"),
	} {
		require.Empty(t, corsHeaders(preflight.to(api).Header()), title)
	}
	other := newJWTWorld().api(t, withJWT, sharing(true, app), func(o *Options) { o.CSRFHeader = "X-My-Token" })
	require.Equal(t, "x-my-token", corsHeaders(asking(app, "POST", "x-my-token").to(other).Header())["Allow-Headers"])
	require.Empty(t, corsHeaders(asking(app, "POST", "x-csrftoken").to(other).Header()))
}

func TestVaryNamesOriginAndCookie(t *testing.T) {
	w := newJWTWorld()
	api := w.api(t, withJWT, sharing(true, "https://app.example"))
	for _, request := range []sent{
		{method: "GET", path: csrfPath}, {method: "GET", path: userPath}, postJSON("/dj-rest-auth/registration/", bobsRegistration),
		{method: "GET", path: resetPagePath}, {method: "GET", path: confirmPagePath},
	} {
		for _, origin := range []string{"https://app.example", "https://evil.example"} {
			require.Subset(t, varies(request.with("Origin", origin).to(api).Header()), []string{"Origin", "Cookie"}, request.path)
		}
	}
}

func TestWithoutTheSettingThereIsNoCORS(t *testing.T) {
	for _, api := range []*API{newJWTWorld().api(t, withJWT), newJWTWorld().api(t, withJWT, sharing(true))} {
		got := sent{method: "GET", path: userPath}.with("Cookie", "access="+goodAccess, "Origin", "https://app.example").to(api)
		requireAnswer(t, got, 200, bobJSON)
		require.Empty(t, corsHeaders(got.Header()))
		require.Empty(t, got.Header().Get("Vary"))
		preflight := asking("https://app.example", "POST", "content-type").to(api)
		require.Empty(t, corsHeaders(preflight.Header()))
		require.Equal(t, 401, preflight.Code, "an OPTIONS request like any other")
	}
}
