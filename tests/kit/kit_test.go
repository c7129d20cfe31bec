package kit_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/application/ports"
	"latchkey/bootstrap"
	"latchkey/tests/kit"
)

const password = "Str0ng-pass-77"

func register(t *testing.T, service *kit.Service, name string) {
	t.Helper()
	response, err := service.Client.PostForm(service.URL+"/dj-rest-auth/registration/", url.Values{
		"username": {name}, "email": {name + "@example.com"}, "password1": {password}, "password2": {password},
	})
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.Equal(t, http.StatusCreated, response.StatusCode)
}

func signIn(t *testing.T, service *kit.Service, name string) map[string]string {
	t.Helper()
	response, err := service.Client.PostForm(service.URL+"/dj-rest-auth/login/", url.Values{"username": {name}, "password": {password}})
	require.NoError(t, err)
	defer func() { _ = response.Body.Close() }()
	require.Equal(t, http.StatusOK, response.StatusCode)
	var body map[string]string
	require.NoError(t, json.NewDecoder(response.Body).Decode(&body))
	return body
}

func TestAppRegistersMailsAndSignsIn(t *testing.T) {
	service := kit.App(t)
	register(t, service, "alice")

	letter := service.Mailbox.Next(t, "Alice@example.com")
	require.Equal(t, "alice@example.com", letter.To)
	require.NotEmpty(t, letter.HTML)
	require.Len(t, letter.Links(), 1)
	require.Contains(t, letter.Links()[0], service.URL)
	require.Equal(t, letter.Links(), service.Mailbox.Links())
	service.Mailbox.None(t, "alice@example.com")

	require.Len(t, signIn(t, service, "alice")["key"], 40)
}

func TestSettingsChangeTheService(t *testing.T) {
	service := kit.App(t,
		kit.Settings(map[string]string{"ACCOUNT_EMAIL_VERIFICATION": "optional", "SITE_NAME": "Example"}),
		kit.Settings(map[string]string{"ACCOUNT_EMAIL_VERIFICATION": "none"}))
	register(t, service, "alice")
	service.Mailbox.None(t, "alice@example.com")
}

func TestAFileHoldsWhatTheEnvironmentCannot(t *testing.T) {
	file := filepath.Join(t.TempDir(), "latchkey.yaml")
	require.NoError(t, os.WriteFile(file, []byte("base_path: /accounts/\nsite_name: from the file\n"), 0o600))
	service := kit.App(t, kit.WithFile(file))
	response, err := service.Client.Get(service.URL + "/accounts/login/")
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.Equal(t, http.StatusMethodNotAllowed, response.StatusCode)
}

func TestLettersGoToTheirReader(t *testing.T) {
	service := kit.App(t)
	register(t, service, "alice")
	register(t, service, "bob")
	require.Len(t, service.Mailbox.Unread(t, "BOB@example.com"), 1)
	require.Empty(t, service.Mailbox.Unread(t, "bob@example.com"))
	service.Mailbox.None(t, "bob@example.com")
	require.Equal(t, "alice@example.com", service.Mailbox.Next(t, "alice@example.com").To)
	require.Len(t, service.Mailbox.Links(), 2)
}

// failing records the verdict that a helper gives in its place.
type failing struct {
	testing.TB
	errors int
}

func (f *failing) Errorf(string, ...any) { f.errors++ }

func TestNoneSeesAMail(t *testing.T) {
	service := kit.App(t)
	register(t, service, "alice")
	verdict := &failing{TB: t}
	service.Mailbox.None(verdict, "alice@example.com")
	require.Equal(t, 1, verdict.errors)
}

func TestADatabaseOutlivesItsService(t *testing.T) {
	first := kit.App(t)
	register(t, first, "alice")
	second := kit.App(t, kit.WithDatabase(first.Database))
	require.Equal(t, first.Database, second.Database)
	require.NotEmpty(t, signIn(t, second, "alice")["key"])
}

func TestTheServiceGoesByTheClock(t *testing.T) {
	clock := kit.NewClock(time.Date(2020, 2, 29, 23, 59, 59, 0, time.UTC))
	service := kit.App(t, kit.WithClock(clock), kit.Settings(map[string]string{"THROTTLE_RATE": "1/min"}))
	require.Same(t, clock, service.Clock)
	login := func() int {
		response, err := service.Client.PostForm(service.URL+"/dj-rest-auth/login/", url.Values{})
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		return response.StatusCode
	}
	require.Equal(t, http.StatusBadRequest, login())
	require.Equal(t, http.StatusTooManyRequests, login())
	clock.Advance(61 * time.Second)
	require.Equal(t, http.StatusBadRequest, login())
}

// firstLetter shows that a port is replaced.
type firstLetter struct{ ports.Random }

func (firstLetter) Text(n int, alphabet string) string {
	text := make([]byte, n)
	for i := range text {
		text[i] = alphabet[0]
	}
	return string(text)
}

func TestFxOptionsReachTheService(t *testing.T) {
	service := kit.App(t, kit.WithFx(bootstrap.Override[ports.Random](firstLetter{})))
	register(t, service, "alice")
	require.Regexp(t, "^0{40}$", signIn(t, service, "alice")["key"])
}
