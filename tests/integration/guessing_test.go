package integration

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/tests/kit"
	"latchkey/tests/redisserver"
)

// guessingService is a service behind a proxy that says where each request comes from.
type guessingService struct{ *kit.Service }

const (
	guessingHome     = "192.0.2.1"
	guessingStranger = "2001:db8:1:2::%x" // one /64
	guessingPassword = "correct-horse-9"
)

func (s guessingService) post(t *testing.T, from, path string, form url.Values) int {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+"/dj-rest-auth/"+path, strings.NewReader(form.Encode()))
	require.NoError(t, err)
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("X-Forwarded-For", from)
	answer, err := new(http.Client).Do(request)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	return answer.StatusCode
}

func (s guessingService) login(t *testing.T, from, name, password string) int {
	t.Helper()
	return s.post(t, from, "login/", url.Values{"username": {name}, "password": {password}})
}

// parallel sends 200 logins at the same moment and counts the answers.
func (s guessingService) parallel(t *testing.T, from func(i int) string, name, password string) map[int]int {
	t.Helper()
	statuses := make([]int, 200)
	var all sync.WaitGroup
	for i := range statuses {
		all.Go(func() { statuses[i] = s.login(t, from(i), name, password) })
	}
	all.Wait()
	counts := map[int]int{}
	for _, status := range statuses {
		counts[status]++
	}
	return counts
}

func guessingNetwork(i int) string { return fmt.Sprintf("2001:db8:%x::1", i+0x100) }

func guessingOneNetwork(i int) string { return fmt.Sprintf(guessingStranger, i) }

var guessingLink = regexp.MustCompile(`/password-reset/confirm/([^/]+)/([^/]+)/`)

// wayIn sets a new password by the link of the warning.
func (s guessingService) wayIn(t *testing.T, from, password string) {
	t.Helper()
	letter := s.Mailbox.Next(t, "ada@example.com")
	require.Contains(t, letter.Subject, "Somebody tries to guess your password")
	found := guessingLink.FindStringSubmatch(strings.Join(letter.Links(), " "))
	require.Len(t, found, 3)
	require.Equal(t, http.StatusOK, s.post(t, from, "password/reset/confirm/", url.Values{
		"uid": {found[1]}, "token": {found[2]}, "new_password1": {password}, "new_password2": {password},
	}))
}

// A farm of guessers gets five tries, and the owner gets in: at home at once, elsewhere by a mail.
func TestGuessersAreKeptOutAndOwnersAreNot(t *testing.T) {
	for name, option := range map[string]func(*testing.T) kit.Option{
		"SQLite":     func(*testing.T) kit.Option { return kit.Settings(nil) },
		"PostgreSQL": func(t *testing.T) kit.Option { return kit.WithPostgres(t) },
		"Redis": func(t *testing.T) kit.Option {
			return kit.Settings(map[string]string{"REDIS_URL": redisserver.Start(t).URL()})
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := guessingService{kit.App(t, option(t), kit.Settings(map[string]string{
				"TRUSTED_PROXIES": "127.0.0.1", "ACCOUNT_EMAIL_VERIFICATION": "none", "PASSWORD_HASHERS": "pbkdf2_sha256:1",
				"HASH_QUEUE": "1000", "HASH_QUEUE_TIMEOUT": "60", // nobody is sent away for the crowd: each guess is judged
			}))}
			require.Equal(t, http.StatusCreated, s.post(t, guessingHome, "registration/", url.Values{
				"username": {"ada"}, "email": {"ada@example.com"}, "password1": {guessingPassword}, "password2": {guessingPassword},
			}))
			for _, who := range []string{"ada", "nobody"} {
				require.Equal(t, map[int]int{400: 5, 429: 195}, s.parallel(t, guessingOneNetwork, who, "wrong"), who)
			}
			// Not even the right password is taken, from two hundred networks.
			for _, who := range []string{"ada", "nobody"} {
				require.Equal(t, map[int]int{400: 200}, s.parallel(t, guessingNetwork, who, guessingPassword), who)
			}
			require.Equal(t, http.StatusOK, s.login(t, guessingHome, "ada", guessingPassword))
			s.wayIn(t, "203.0.113.9", "another-horse-9")
			s.parallel(t, guessingNetwork, "ada", guessingPassword)
			require.Equal(t, http.StatusOK, s.login(t, "203.0.113.9", "ada", "another-horse-9"))
			s.Mailbox.None(t, "ada@example.com")
			s.Mailbox.None(t, "nobody")
		})
	}
}
