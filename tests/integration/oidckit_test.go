package integration

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/zitadel/oidc/v3/example/server/exampleop"
	"github.com/zitadel/oidc/v3/example/server/storage"

	"latchkey/tests/kit"
)

// What the provider knows: one client, and a person who signs in at its page.
const (
	oidcClient   = "latchkey"
	oidcSecret   = "s3cret-of-the-client"
	oidcUser     = "test-user@127.0.0.1"
	oidcPassword = "verysecure"
	oidcSubject  = "id1"
	oidcEmail    = "test-user@zitadel.ch"
)

// oidcProvider starts a provider that is nobody's fake: a certified library serves it. It
// returns its issuer.
func oidcProvider(t *testing.T, callbacks ...string) string {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	issuer := "http://" + server.Listener.Addr().String()
	clients := map[string]*storage.Client{oidcClient: storage.WebClient(oidcClient, oidcSecret, callbacks...)}
	kept := storage.NewStorageWithClients(storage.NewUserStore(issuer), clients)
	server.Config.Handler = exampleop.SetupServer(issuer, kept, nil, false)
	server.Start()
	t.Cleanup(server.Close)
	return issuer
}

// oidcFile is what a reader of the README writes, and nothing else.
func oidcFile(t *testing.T, issuer string, callbacks ...string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "latchkey.yaml")
	text := fmt.Sprintf(`socialaccount_providers:
  corp:
    kind: oidc
    issuer: %s
    client_id: %s
    secret: %s
    callback_url: [%s]
`, issuer, oidcClient, oidcSecret, strings.Join(callbacks, ", "))
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	return file
}

// oidcApp serves a page for the provider to send people back to, and returns two
// callback URLs below it.
func oidcApp(t *testing.T) (first, second string) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "back at the app")
	}))
	t.Cleanup(server.Close)
	return server.URL + "/auth/corp/callback", server.URL + "/auth/corp/other"
}

// oidcVisitor is somebody's browser: it keeps cookies and follows redirects.
type oidcVisitor struct {
	client  *http.Client
	service *kit.Service
}

func oidcVisit(t *testing.T, service *kit.Service) *oidcVisitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return &oidcVisitor{client: &http.Client{Jar: jar, Transport: transport}, service: service}
}

// call makes a request to the API with the browser's cookies, as a front end does: with the
// CSRF token, without which nobody who is still signed in may post.
func (v *oidcVisitor) call(t *testing.T, method, path string, body map[string]string, header ...string) accessAnswer {
	t.Helper()
	text, err := json.Marshal(body)
	require.NoError(t, err)
	request, err := http.NewRequestWithContext(t.Context(), method, v.service.URL+"/dj-rest-auth/"+path, strings.NewReader(string(text)))
	require.NoError(t, err)
	request.Header.Set("Content-Type", "application/json")
	for _, cookie := range v.client.Jar.Cookies(request.URL) {
		if cookie.Name == "csrftoken" {
			request.Header.Set("X-CSRFToken", cookie.Value)
		}
	}
	for i := 0; i < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	response, err := v.client.Do(request)
	require.NoError(t, err)
	defer func() { _ = response.Body.Close() }()
	read, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	answer := accessAnswer{status: response.StatusCode, text: string(read), cookies: cookiesOf(t, response)}
	_ = json.Unmarshal(read, &answer.body)
	return answer
}

// oidcBegun is a sign-in that was begun, and the cookie that binds it to the browser.
type oidcBegun struct {
	page, state string
	cookie      *http.Cookie
}

func (v *oidcVisitor) begin(t *testing.T, query string) oidcBegun {
	t.Helper()
	answer := v.call(t, http.MethodGet, "corp/authorize/"+query, nil)
	require.Equal(t, http.StatusOK, answer.status, answer.text)
	require.Len(t, answer.cookies, 1)
	begun := oidcBegun{page: answer.string("authorization_url"), state: answer.string("state")}
	for _, begun.cookie = range answer.cookies {
		require.True(t, begun.cookie.HttpOnly)
	}
	return begun
}

var (
	oidcFormAction = regexp.MustCompile(`<form method="POST" action="([^"]+)"`)
	oidcFormID     = regexp.MustCompile(`name="id" value="([^"]+)"`)
)

// signIn goes through the provider's page and returns what the callback page was told.
func (v *oidcVisitor) signIn(t *testing.T, page string) url.Values {
	t.Helper()
	status, said, back := v.submit(t, page)
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, "back at the app", said)
	require.NotEmpty(t, back.Query().Get("code"))
	return back.Query()
}

// submit fills the provider's form in, and returns where that leads.
func (v *oidcVisitor) submit(t *testing.T, page string) (status int, said string, at *url.URL) {
	t.Helper()
	status, form, at := v.open(t, http.MethodGet, page, nil)
	require.Equal(t, http.StatusOK, status, form)
	action, id := oidcFormAction.FindStringSubmatch(form), oidcFormID.FindStringSubmatch(form)
	require.NotNil(t, action, form)
	require.NotNil(t, id, form)
	target, err := at.Parse(action[1])
	require.NoError(t, err)
	return v.open(t, http.MethodPost, target.String(), url.Values{
		"id": {id[1]}, "username": {oidcUser}, "password": {oidcPassword},
	})
}

// open returns a page and where it is, behind all redirects; of a redirect that is not
// followed, where it leads.
func (v *oidcVisitor) open(t *testing.T, method, address string, form url.Values) (status int, text string, at *url.URL) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(form.Encode()))
	require.NoError(t, err)
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := v.client.Do(request)
	require.NoError(t, err)
	defer func() { _ = response.Body.Close() }()
	read, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	if next, err := response.Location(); err == nil {
		return response.StatusCode, string(read), next
	}
	return response.StatusCode, string(read), response.Request.URL
}

// present posts what the provider sent along.
func (v *oidcVisitor) present(t *testing.T, code, state string) accessAnswer {
	t.Helper()
	return v.call(t, http.MethodPost, "corp/", map[string]string{"code": code, "state": state})
}

// keep puts a cookie into the browser, also one that the service has deleted.
func (v *oidcVisitor) keep(t *testing.T, cookie *http.Cookie) {
	t.Helper()
	at, err := url.Parse(v.service.URL)
	require.NoError(t, err)
	v.client.Jar.SetCookies(at, []*http.Cookie{cookie})
}

// login signs in from the beginning to the end and returns the API token.
func (v *oidcVisitor) login(t *testing.T) string {
	t.Helper()
	begun := v.begin(t, "")
	back := v.signIn(t, begun.page)
	require.Equal(t, begun.state, back.Get("state"))
	answer := v.present(t, back.Get("code"), back.Get("state"))
	require.Equal(t, http.StatusOK, answer.status, answer.text)
	require.Len(t, answer.string("key"), 40)
	return answer.string("key")
}
