package ginhttp

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPathsWithAndWithoutTheFinalSlash(t *testing.T) {
	api := newWorld().api(t)
	for path, status := range map[string]int{
		"/dj-rest-auth/login": 405, "/dj-rest-auth/login/": 405, "/dj-rest-auth/logout": 405, "/dj-rest-auth/user": 401, "/dj-rest-auth/user/": 401,
		"/dj-rest-auth/password/change": 401, "/dj-rest-auth/password/reset": 405, "/dj-rest-auth/password/reset/confirm": 405,
		"/dj-rest-auth/registration": 301, "/dj-rest-auth/registration/": 405, "/dj-rest-auth/registration/verify-email": 405,
		"/dj-rest-auth/registration/resend-email/": 405, "/dj-rest-auth/facebook": 301, "/dj-rest-auth/facebook/": 405,
		"/dj-rest-auth/socialaccounts": 301, "/dj-rest-auth/socialaccounts/": 401, "/dj-rest-auth/socialaccounts/5/disconnect": 301,
		"/dj-rest-auth/socialaccounts/5/disconnect/": 401, "/dj-rest-auth/socialaccounts/x/disconnect/": 404, "/dj-rest-auth/socialaccounts/x/disconnect": 404,
		"/dj-rest-auth/socialaccounts/-5/disconnect/": 404, "/dj-rest-auth/socialaccounts//disconnect/": 404, "/dj-rest-auth/socialaccounts/5%2f/disconnect/": 404,
		"/dj-rest-auth/facebook/authorize": 200, "/dj-rest-auth/facebook/authorize/": 200,
		"/dj-rest-auth/twitter/connect": 301, "/dj-rest-auth/twitter/connect/": 401, "/dj-rest-auth/google/": 404,
		"/": 404, "/dj-rest-auth": 404, "/dj-rest-auth/": 404, "/dj-rest-auth/LOGIN/": 404, "/dj-rest-auth/login//": 404, "//dj-rest-auth/login/": 404,
		"/dj-rest-auth/x/../login/": 404, "/dj-rest-auth/./login/": 404, "/dj-rest-auth/login/x": 404, "/dj-rest-auth/xlogin/": 404, "/dj-rest-auth/login%20/": 404,
		"/dj-rest-auth/%2e%2e/dj-rest-auth/login/": 404, "/dj-rest-auth/login%00/": 404, "/dj-rest-auth/login;x/": 404,
	} {
		got := sent{method: "GET", path: path}.to(api)
		require.Equal(t, status, got.Code, path)
		if status == 404 {
			require.Equal(t, `{"detail":"Not found."}`, got.Body.String(), path)
		}
	}
}

func TestOtherMethodsAreRefusedWithTheAllowHeaderOfUpstream(t *testing.T) {
	api := newWorld().api(t)
	for path, allow := range map[string]string{
		"/dj-rest-auth/login/":                        "POST, OPTIONS",
		"/dj-rest-auth/logout/":                       "GET, POST, HEAD, OPTIONS",
		"/dj-rest-auth/user/":                         "GET, PUT, PATCH, HEAD, OPTIONS",
		"/dj-rest-auth/password/change/":              "POST, OPTIONS",
		"/dj-rest-auth/password/reset/":               "POST, OPTIONS",
		"/dj-rest-auth/password/reset/confirm/":       "POST, OPTIONS",
		"/dj-rest-auth/registration/":                 "POST, OPTIONS",
		"/dj-rest-auth/registration/verify-email/":    "POST, OPTIONS, HEAD",
		"/dj-rest-auth/registration/resend-email/":    "POST, OPTIONS",
		"/dj-rest-auth/facebook/connect/":             "POST, OPTIONS",
		"/dj-rest-auth/socialaccounts/":               "GET, HEAD, OPTIONS",
		"/dj-rest-auth/socialaccounts/12/disconnect/": "POST, OPTIONS",
	} {
		for _, method := range []string{"DELETE", "TRACE", "CONNECT", "PROPFIND", "BREW", "get", "X-Y_Z"} {
			got := sent{method: method, path: path}.with("Authorization", "Token "+goodToken).to(api)
			requireAnswer(t, got, 405, `{"detail":"Method \"`+method+`\" not allowed."}`)
			require.Equal(t, []string{allow}, got.Header().Values("Allow"), method+" "+path)
		}
	}
	page := sent{method: "PROPFIND", path: "/password-reset/confirm/7/x/"}.to(api)
	requireAnswer(t, page, 405, `{"detail":"Method \"PROPFIND\" not allowed."}`)
	require.Equal(t, 404, sent{method: "PROPFIND", path: "/nope"}.to(api).Code)
}

func TestHEADIsAnsweredWhereGETIs(t *testing.T) {
	api := newWorld().api(t)
	require.Equal(t, 200, sent{method: "HEAD", path: userPath}.with("Authorization", "Token "+goodToken).to(api).Code)
	require.Equal(t, 401, sent{method: "HEAD", path: userPath}.to(api).Code)
	require.Equal(t, 405, sent{method: "HEAD", path: loginPath}.to(api).Code)
	for _, method := range []string{"GET", "HEAD"} {
		logout := sent{method: method, path: "/dj-rest-auth/logout/"}.with("Authorization", "Token "+goodToken)
		require.Equal(t, 405, logout.to(api).Code)
		require.Equal(t, 200, logout.to(newWorld().api(t, func(o *Options) { o.LogoutOnGet = true })).Code)
	}
}

func TestTheRedirectToTheSlashStaysHere(t *testing.T) {
	api := newWorld().api(t)
	for target, location := range map[string]string{
		"/dj-rest-auth/registration":                            "/dj-rest-auth/registration/",
		"/dj-rest-auth/registration?next=//evil.example":        "/dj-rest-auth/registration/?next=//evil.example",
		"/dj-rest-auth/registration?a=%0d%0aSet-Cookie:x=1":     "/dj-rest-auth/registration/?a=%0d%0aSet-Cookie:x=1",
		"http://evil.example/dj-rest-auth/facebook/connect?x=1": "/dj-rest-auth/facebook/connect/?x=1",
		"/dj-rest-auth/socialaccounts/5/disconnect":             "/dj-rest-auth/socialaccounts/5/disconnect/",
	} {
		for _, method := range []string{"GET", "POST", "DELETE"} {
			got := sent{method: method, path: target}.to(api)
			require.Equal(t, 301, got.Code)
			require.Equal(t, location, got.Header().Get("Location"))
			require.Empty(t, got.Body.String())
		}
	}
}

func TestPlainLeavesOutRegistrationAndSocialEndpoints(t *testing.T) {
	api := newWorld().api(t, func(o *Options) { o.Plain = true })
	for _, path := range []string{"registration/", "registration/verify-email/", "registration/resend-email/", "account-confirm-email/", "facebook/", "registration/account-confirm-email/x/"} {
		require.Equal(t, 404, sent{method: "POST", path: "/dj-rest-auth/" + path}.to(api).Code, path)
	}
	require.Equal(t, 200, sent{method: "OPTIONS", path: loginPath}.to(api).Code)
}

func TestMetadataIsThatOfDRF(t *testing.T) {
	const parses = `"renders":["application/json"],"parses":["application/json","application/x-www-form-urlencoded","multipart/form-data"]`
	const password = `"required":true,"read_only":false,"label":"New password`
	api := newWorld().api(t, func(o *Options) { o.OldPassword = true })
	as := func(path string) string {
		got := sent{method: "OPTIONS", path: path}.with("Authorization", "Token "+goodToken).to(api)
		require.Equal(t, 200, got.Code)
		return got.Body.String()
	}
	require.Equal(t, `{"name":"Logout","description":"Sign out: delete the API token and end the session.",`+parses+`}`, as("/dj-rest-auth/logout/"))
	require.Equal(t, `{"name":"Password Change","description":"Set a new password.",`+parses+`,"actions":{"POST":{`+
		`"old_password":{"type":"string","required":true,"read_only":false,"label":"Old password","max_length":128},`+
		`"new_password1":{"type":"string",`+password+`1","max_length":128},"new_password2":{"type":"string",`+password+`2","max_length":128}}}}`, as(changePath))
	require.Contains(t, as(userPath), `"actions":{"PUT":{"pk":{"type":"integer","required":false,"read_only":true,"label":"ID"},"username":{"type":"string","required":true,`)
	require.Contains(t, as(userPath), `"email":{"type":"email","required":false,"read_only":true,"label":"Email address"}`)
	require.Contains(t, as("/dj-rest-auth/registration/"), `"username":{"type":"string","required":true,"read_only":false,"label":"Username","min_length":1,"max_length":150}`)
	require.Equal(t, 401, sent{method: "OPTIONS", path: userPath}.to(api).Code, "who may not call it is told nothing")
}

func TestEveryAnswerHasTheSecurityHeaders(t *testing.T) {
	api := newWorld().api(t, func(o *Options) { o.AllowedHosts = []string{"example.com"} })
	for _, request := range []sent{
		{method: "GET", path: "/nope"}, {method: "GET", path: userPath}, {method: "POST", path: loginPath}, {method: "OPTIONS", path: loginPath},
		{method: "GET", path: "/dj-rest-auth/registration"}, {method: "GET", path: "/password-reset/confirm/7/good-token/"},
		sent{method: "GET", path: "/"}.with("Host", "evil.example"), {method: "BREW", path: loginPath},
	} {
		header := request.to(api).Header()
		for name, want := range map[string]string{
			"X-Frame-Options": "DENY", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin",
			"Cross-Origin-Opener-Policy": "same-origin", "Cache-Control": "no-store", "X-Request-Id": strings.Repeat("0", requestIDLength),
		} {
			require.Equal(t, []string{want}, header.Values(name), request.path)
		}
	}
}
