package ginhttp

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAFormOfAnotherSitesPageSignsNobodyIn(t *testing.T) {
	const form, json = asForm, asJSON
	listed := func(o *Options) {
		o.CORS.Origins, o.TrustedOrigins = []string{"https://listed.example"}, []string{"https://*.trusted.example"}
	}
	cookieless := func(o *Options) { o.Sessions = false }
	for name, c := range map[string]struct {
		contentType string
		headers     []string
		change      func(*Options)
		refused     bool
	}{
		"another site":                   {form, []string{"Origin", "https://evil.example"}, listed, true},
		"a sandboxed frame":              {form, []string{"Origin", "null"}, listed, true},
		"a name that ends like ours":     {form, []string{"Origin", "http://evil-testserver"}, listed, true},
		"another site's file form":       {"multipart/form-data; boundary=b", []string{"Origin", "https://evil.example"}, listed, true},
		"a browser that hides the page":  {form, []string{"Sec-Fetch-Site", "cross-site"}, listed, true},
		"our own page":                   {form, []string{"Origin", "http://testserver", "Sec-Fetch-Site", "same-origin"}, listed, false},
		"a page that may":                {form, []string{"Origin", "https://listed.example", "Sec-Fetch-Site", "cross-site"}, listed, false},
		"a page that is trusted":         {form, []string{"Origin", "https://a.trusted.example"}, listed, false},
		"a program":                      {form, nil, listed, false},
		"JSON, which a browser asks for": {json, []string{"Origin", "https://evil.example"}, listed, false},
		"no cookies to plant":            {form, []string{"Origin", "https://evil.example"}, cookieless, false},
	} {
		t.Run(name, func(t *testing.T) {
			for _, path := range []string{loginPath, "/dj-rest-auth/registration/", "/dj-rest-auth/facebook/"} {
				body := "username=a&password=b&password1=c&password2=c&email=a@example.com&access_token=t"
				switch {
				case c.contentType == json:
					body = `{"username":"a","password":"b","password1":"c","password2":"c","email":"a@example.com","access_token":"t"}`
				case c.contentType != form:
					body = parts(disposition("username", "a"), disposition("password", "b"), disposition("email", "a@example.com"),
						disposition("password1", "c"), disposition("password2", "c"), disposition("access_token", "t"))
				}
				w := newWorld()
				w.registered.Account = bob()
				request := sent{method: "POST", path: path, body: body, headers: append([]string{"Content-Type", c.contentType, "Host", "testserver"}, c.headers...)}
				got := request.to(w.api(t, c.change))
				require.Equal(t, c.refused, got.Code == 403, "%s: %d %s", path, got.Code, got.Body)
				if c.refused {
					require.Contains(t, got.Body.String(), "CSRF Failed: Origin checking failed")
					require.Empty(t, w.signIns)
				}
			}
		})
	}
}
