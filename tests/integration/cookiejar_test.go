package integration

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"latchkey/tests/kit"
)

// jarHost is the host that the browser of these tests believes to talk to.
const jarHost = "app.example.com"

// jarSetting is what cookies are made of.
type jarSetting struct {
	access, refresh, session                   string
	sameSite, domain, refreshPath, sessionPath string
	secure, csrf, blacklist, httpOnly          bool
}

var jarSettings = rapid.Custom(func(t *rapid.T) jarSetting {
	s := jarSetting{
		access:      rapid.SampledFrom([]string{"access", "my.access", "__Secure-a", "__Host-a"}).Draw(t, "access"),
		refresh:     rapid.SampledFrom([]string{"refresh", "r!#$%&'*+-.^_|~9", "__Secure-r", "__Host-r"}).Draw(t, "refresh"),
		session:     rapid.SampledFrom([]string{"sessionid", "__Secure-s"}).Draw(t, "session"),
		sameSite:    rapid.SampledFrom([]string{"Strict", "Lax", "None", "none-set"}).Draw(t, "SameSite"),
		domain:      rapid.SampledFrom([]string{"none", "example.com", ".example.com", "app.example.com"}).Draw(t, "domain"),
		refreshPath: rapid.SampledFrom([]string{"/", "/dj-rest-auth", "/dj-rest-auth/", "/dj-rest-auth/token/", "/dj-rest-auth/token/refresh/"}).Draw(t, "path"),
		sessionPath: rapid.SampledFrom([]string{"/", "/dj-rest-auth/"}).Draw(t, "session path"),
		secure:      rapid.Bool().Draw(t, "secure"),
		csrf:        rapid.Bool().Draw(t, "csrf"),
		blacklist:   rapid.Bool().Draw(t, "blacklist"),
		httpOnly:    rapid.Bool().Draw(t, "httponly"),
	}
	return s.sound()
})

// sound changes what the service would refuse at its start, because a browser
// drops such cookies.
func (s jarSetting) sound() jarSetting {
	names := s.access + s.refresh + s.session
	if s.sameSite == "None" || strings.Contains(names, "__") {
		s.secure = true
	}
	if strings.Contains(names, "__Host-") {
		s.domain = "none"
	}
	if strings.HasPrefix(s.refresh, "__Host-") {
		s.refreshPath = "/"
	}
	return s
}

func (s jarSetting) settings(scheme string) map[string]string {
	return map[string]string{
		"USE_JWT": "true", "AUTH_CLASSES": "jwt,session", "RATE_LIMITS": "off", "ACCOUNT_EMAIL_VERIFICATION": "none",
		"PUBLIC_URL": scheme + "://" + jarHost, "JWT_AUTH_COOKIE": s.access, "JWT_AUTH_REFRESH_COOKIE": s.refresh,
		"JWT_AUTH_SAMESITE": s.sameSite, "SESSION_COOKIE_SAMESITE": s.sameSite, "JWT_AUTH_COOKIE_DOMAIN": s.domain,
		"SESSION_COOKIE_DOMAIN": s.domain, "JWT_AUTH_REFRESH_COOKIE_PATH": s.refreshPath, "SESSION_COOKIE_PATH": s.sessionPath,
		"SESSION_COOKIE_NAME": s.session, "JWT_AUTH_COOKIE_USE_CSRF": fmt.Sprint(s.csrf), "TOKEN_BLACKLIST": fmt.Sprint(s.blacklist),
		"JWT_AUTH_HTTPONLY": fmt.Sprint(s.httpOnly), "JWT_AUTH_SECURE": fmt.Sprint(s.secure),
		"SESSION_COOKIE_SECURE": fmt.Sprint(s.secure), "CSRF_COOKIE_SECURE": fmt.Sprint(s.secure),
	}
}

// jarBrowser is a client with a jar, before the service.
type jarBrowser struct {
	client *http.Client
	origin *url.URL
}

// jarOpen puts the service behind a proxy that ends TLS where cookies are Secure.
func jarOpen(t *testing.T, s jarSetting) *jarBrowser {
	t.Helper()
	scheme, serve := "http", httptest.NewServer
	if s.secure {
		scheme, serve = "https", httptest.NewTLSServer
	}
	service := kit.App(t, kit.Settings(s.settings(scheme)))
	inside, err := url.Parse(service.URL)
	require.NoError(t, err)
	outside := serve(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(inside)
		r.Out.Host = r.In.Host
	}})
	t.Cleanup(outside.Close)
	address := outside.Listener.Addr().String()
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	transport := &http.Transport{
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true},
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, address)
		},
	}
	t.Cleanup(transport.CloseIdleConnections)
	return &jarBrowser{client: &http.Client{Jar: jar, Transport: transport}, origin: &url.URL{Scheme: scheme, Host: jarHost, Path: "/"}}
}

// post sends JSON as a front end does, with the CSRF token out of the jar.
func (b *jarBrowser) post(t *testing.T, path string, body map[string]string) *http.Response {
	t.Helper()
	text, err := json.Marshal(body)
	require.NoError(t, err)
	request, err := http.NewRequest(http.MethodPost, b.origin.JoinPath("dj-rest-auth", path).String()+"/", bytes.NewReader(text))
	require.NoError(t, err)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Origin", b.origin.Scheme+"://"+b.origin.Host)
	request.Header.Set("X-CSRFToken", b.held()["csrftoken"])
	response, err := b.client.Do(request)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	return response
}

// held are the cookies that the jar would send anywhere.
func (b *jarBrowser) held() map[string]string {
	held := map[string]string{}
	for _, path := range []string{"/", "/dj-rest-auth/logout/", "/dj-rest-auth/token/refresh/"} {
		for _, cookie := range b.client.Jar.Cookies(b.origin.JoinPath(path)) {
			held[cookie.Name] = cookie.Value
		}
	}
	return held
}

// cookiesOf are the cookies of an answer by name; none may be set twice.
func cookiesOf(t *testing.T, response *http.Response) map[string]*http.Cookie {
	t.Helper()
	named := map[string]*http.Cookie{}
	for _, cookie := range response.Cookies() {
		require.NotContains(t, named, cookie.Name)
		named[cookie.Name] = cookie
	}
	return named
}

// TestALogoutLeavesNoCookieBehind holds whether the logout is answered with 200 or,
// by a blacklist that misses the refresh token, with 401.
func TestALogoutLeavesNoCookieBehind(t *testing.T) {
	tried := 0
	rapid.Check(t, func(r *rapid.T) {
		setting := jarSettings.Draw(r, "setting")
		tried++
		if !t.Run(fmt.Sprintf("setting %d", tried), func(t *testing.T) { jarLogout(t, setting) }) {
			r.Fatalf("%+v", setting)
		}
	})
}

func jarLogout(t *testing.T, s jarSetting) {
	browser := jarOpen(t, s)
	ours := []string{s.access, s.refresh, s.session}
	registered := browser.post(t, "registration", map[string]string{
		"username": "alice", "email": "alice@example.com", "password1": accessPassword, "password2": accessPassword,
	})
	require.Equal(t, http.StatusCreated, registered.StatusCode)
	login := browser.post(t, "login", map[string]string{"username": "alice", "password": accessPassword})
	require.Equal(t, http.StatusOK, login.StatusCode)
	set := cookiesOf(t, login)
	for _, name := range ours {
		require.NotEmpty(t, browser.held()[name], name)
	}
	logout := browser.post(t, "logout", map[string]string{})
	require.Contains(t, []int{http.StatusOK, http.StatusUnauthorized}, logout.StatusCode)
	deleted := cookiesOf(t, logout)
	for _, name := range ours {
		require.NotContains(t, browser.held(), name)
		s.requireDeletion(t, set[name], deleted[name])
	}
	s.requireSet(t, set)
}

// requireSet checks the attributes of the login's cookies against the setting.
func (s jarSetting) requireSet(t *testing.T, set map[string]*http.Cookie) {
	t.Helper()
	domain := strings.TrimPrefix(strings.TrimPrefix(s.domain, "none"), ".")
	for name, path := range map[string]string{s.access: "/", s.refresh: s.refreshPath, s.session: s.sessionPath} {
		require.Equal(t, path, set[name].Path, name)
		require.Equal(t, domain, set[name].Domain, name)
		require.Equal(t, s.secure, set[name].Secure, name)
		require.Equal(t, jarSameSites[s.sameSite], set[name].SameSite, name)
		require.Equal(t, s.httpOnly || name == s.session, set[name].HttpOnly, name)
	}
}

var jarSameSites = map[string]http.SameSite{
	"Strict": http.SameSiteStrictMode, "Lax": http.SameSiteLaxMode, "None": http.SameSiteNoneMode, "none-set": 0,
}

// requireDeletion: a browser deletes the cookie of the same name, domain and path, and
// takes no notice of a line that it would not take a cookie from (RFC 6265bis, 5.7).
func (s jarSetting) requireDeletion(t *testing.T, set, deleted *http.Cookie) {
	t.Helper()
	require.NotNil(t, deleted, set.Name)
	require.Equal(t, set.Path, deleted.Path, set.Name)
	require.Equal(t, set.Domain, deleted.Domain, set.Name)
	require.Equal(t, set.SameSite, deleted.SameSite, set.Name)
	require.Empty(t, deleted.Value, set.Name)
	require.Negative(t, deleted.MaxAge, set.Name)
	require.True(t, deleted.Expires.Before(time.Now()), set.Name)
	if s.sameSite == "None" || strings.HasPrefix(set.Name, "__") {
		require.True(t, deleted.Secure, set.Name)
	}
}
