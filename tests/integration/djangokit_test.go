package integration

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/quotedprintable"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/tests/kit"
)

// djangoPassword is everybody's.
const djangoPassword = "Str0ng-pass-77"

// djangoSides are Django and Latchkey on one database.
type djangoSides struct {
	django   *djangoProbe
	database djangoDatabase
	data     string // Latchkey's folder
	provider *kit.FakeProvider
	plain    *process // API tokens and sessions
	jwt      *process // JSON web tokens with simplejwt's blacklist
	people   int
}

// djangoJWT are the settings that correspond to SIMPLE_JWT of the site.
var djangoJWT = []string{"USE_JWT=true", "TOKEN_BLACKLIST=true", "ROTATE_REFRESH_TOKENS=true", "BLACKLIST_AFTER_ROTATION=true"}

// djangoLaunching keeps two services that start together from being given one port: a
// port is free again between the moment it is chosen and the one it is listened on.
var djangoLaunching sync.Mutex

// launch starts Latchkey on the shared database and waits until it answers.
func (s *djangoSides) launch(t *testing.T, settings ...string) *process {
	t.Helper()
	shared := []string{
		"DATABASE_URL=" + s.database.url, "SECRET_KEY=" + djangoSecretKey, "RATE_LIMITS=off", "EMAIL_URL=file://" + s.mails(),
		"PASSWORD_RESET_CONFIRM_URL=http://app.example/reset/{uid}/{token}", "ACCOUNT_EMAIL_CONFIRMATION_URL=http://app.example/confirm/{key}",
	}
	if !strings.Contains(strings.Join(settings, " "), "PASSWORD_HASHERS=") {
		shared = append(shared, processCheap+",pbkdf2_sha1,argon2,bcrypt_sha256,bcrypt,scrypt")
	}
	djangoLaunching.Lock()
	defer djangoLaunching.Unlock()
	p := processLaunchWith(t, s.data, []string{"--config", s.provider.File(t)}, append(shared, settings...)...)
	p.waitForAnswer(t)
	require.Empty(t, p.ended, "%s", &p.errors)
	return p
}

// brief starts Latchkey with other settings for the length of one subtest.
func (s *djangoSides) brief(t *testing.T, settings ...string) *process {
	t.Helper()
	p := s.launch(t, settings...)
	t.Cleanup(func() { p.signal(t, os.Interrupt); require.Zero(t, p.wait(t)) })
	return p
}

func (s *djangoSides) mails() string { return filepath.Join(s.data, "mails") }

// name returns a user name that nobody has.
func (s *djangoSides) name() string {
	s.people++
	return fmt.Sprintf("person%d", s.people)
}

func djangoEmail(name string) string { return name + "@example.com" }

// made returns a user whom Django made, with an address that allauth knows.
func (s *djangoSides) made(t *testing.T, verified bool) string {
	t.Helper()
	name := s.name()
	s.django.do(t, "create_user", with{
		"username": name, "password": djangoPassword, "email": djangoEmail(name), "verified": verified,
	})
	return name
}

// registered returns a user who registered at Latchkey, and the API token.
func (s *djangoSides) registered(t *testing.T) (name, key string) {
	t.Helper()
	name = s.name()
	status, answer := s.plain.register(name, djangoPassword)
	require.Equal(t, http.StatusCreated, status, answer)
	return name, processKey(answer)
}

// djangoCall is a request to Latchkey.
type djangoCall struct {
	method, path     string
	body             map[string]string
	headers, cookies map[string]string
}

// djangoAnswer is what Latchkey answers.
type djangoAnswer struct {
	status  int
	body    map[string]any
	cookies map[string]string
	text    string
}

func (a djangoAnswer) member(name string) string {
	text, _ := a.body[name].(string)
	return text
}

func djangoSend(t *testing.T, p *process, call djangoCall) djangoAnswer {
	t.Helper()
	content, err := json.Marshal(call.body)
	require.NoError(t, err)
	request, err := http.NewRequestWithContext(t.Context(), call.method, p.url(call.path), bytes.NewReader(content))
	require.NoError(t, err)
	request.Header.Set("Content-Type", "application/json")
	for name, value := range call.headers {
		request.Header.Set(name, value)
	}
	for name, value := range call.cookies {
		request.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	response, err := p.client.Do(request)
	require.NoError(t, err, "%s", &p.errors)
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	answer := djangoAnswer{status: response.StatusCode, text: string(text), cookies: map[string]string{}}
	_ = json.Unmarshal(text, &answer.body) // what is no object has no members
	for _, cookie := range response.Cookies() {
		answer.cookies[cookie.Name] = cookie.Value
	}
	return answer
}

// djangoPost sends JSON without credentials.
func djangoPost(t *testing.T, p *process, path string, body map[string]string) djangoAnswer {
	t.Helper()
	return djangoSend(t, p, djangoCall{method: http.MethodPost, path: path, body: body})
}

// djangoLogin logs in at Latchkey, which must succeed.
func djangoLogin(t *testing.T, p *process, name string) djangoAnswer {
	t.Helper()
	answer := djangoPost(t, p, "login/", map[string]string{"username": name, "password": djangoPassword})
	require.Equal(t, http.StatusOK, answer.status, answer.text)
	return answer
}

// djangoCaller returns the name of the account that Latchkey takes the caller for, empty with a 401.
func djangoCaller(t *testing.T, p *process, headers, cookies map[string]string) string {
	t.Helper()
	answer := djangoSend(t, p, djangoCall{method: http.MethodGet, path: "user/", headers: headers, cookies: cookies})
	if answer.status == http.StatusUnauthorized {
		return ""
	}
	require.Equal(t, http.StatusOK, answer.status, answer.text)
	return answer.member("username")
}

func djangoByToken(key string) map[string]string {
	return map[string]string{"Authorization": "Token " + key}
}

func djangoByJWT(access string) map[string]string {
	return map[string]string{"Authorization": "Bearer " + access}
}

func djangoBySession(key string) map[string]string { return map[string]string{"sessionid": key} }

var djangoLink = regexp.MustCompile(`http://app\.example/\S+`)

// linkTo waits for a mail with a link of that kind and returns the link's parts.
func (s *djangoSides) linkTo(t *testing.T, to, kind string) []string {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if links := s.linksTo(t, to, kind); len(links) > 0 {
			return links[0]
		}
	}
	t.Fatalf("no %s mail to %s: %s", kind, to, s.plain.errors.String())
	return nil
}

// linksTo returns the parts of all such links so far.
func (s *djangoSides) linksTo(t *testing.T, to, kind string) (links [][]string) {
	t.Helper()
	letters, err := filepath.Glob(filepath.Join(s.mails(), "*.eml"))
	require.NoError(t, err)
	for _, letter := range letters {
		raw, err := os.ReadFile(letter)
		require.NoError(t, err)
		text, _ := io.ReadAll(quotedprintable.NewReader(bytes.NewReader(raw))) // what lies before the link is readable
		link := djangoLink.FindString(string(text))
		if rest, found := strings.CutPrefix(link, "http://app.example/"+kind+"/"); found && strings.Contains(string(raw), to) {
			links = append(links, strings.Split(rest, "/"))
		}
	}
	return links
}
