package integration

import (
	"encoding/json"
	"net/http"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/tests/kit"
	"latchkey/tests/postgres"
)

// passkeySettings are those of a service whose pages are at https://example.com.
var passkeySettings = map[string]string{"PASSKEYS": "true", "PASSKEY_RP_ID": "example.com", "PASSKEY_RP_ORIGINS": "https://example.com", "RATE_LIMITS": "off"}

// passkeyPair are two instances of the service on one database.
func passkeyPair(t *testing.T, database kit.Option) [2]*accessService {
	t.Helper()
	var pair [2]*accessService
	for i := range pair {
		pair[i] = &accessService{Service: kit.App(t, kit.Settings(passkeySettings), database)}
	}
	return pair
}

// begin and complete may meet different instances, and of many who complete one login one does.
func TestPasskeysAtSeveralInstances(t *testing.T) {
	for name, database := range map[string]func(*testing.T) kit.Option{
		"PostgreSQL": func(t *testing.T) kit.Option { return kit.WithDatabase(postgres.Empty(t)) },
		"SQLite":     func(t *testing.T) kit.Option { return kit.WithDatabase(t.TempDir() + "/shared.sqlite3") },
	} {
		t.Run(name, func(t *testing.T) {
			pair := passkeyPair(t, database(t))
			person := pair[0].register(t)
			key := pair[0].post(t, "login/", map[string]string{"username": person, "password": accessPassword}).body["key"].(string)
			by := map[string]string{"Authorization": "Token " + key}
			send := func(at int, path string, body any) accessAnswer {
				return pair[at].send(t, accessRequest{method: http.MethodPost, path: path, body: body, header: by})
			}
			passkey := kit.NewAuthenticator(t, "https://example.com")
			options := send(0, "passkeys/register/begin/", map[string]string{})
			added := send(1, "passkeys/register/complete/", map[string]any{"credential": passkey.Create(t, []byte(options.text))})
			require.Equal(t, http.StatusCreated, added.status, added.text)

			begun := pair[1].post(t, "passkeys/login/begin/", map[string]string{"username": person})
			var session struct {
				ID string `json:"session_id"`
			}
			require.NoError(t, json.Unmarshal([]byte(begun.text), &session))
			complete := map[string]any{"session_id": session.ID, "credential": passkey.Get(t, []byte(begun.text))}
			statuses := make([]int, 20)
			var group sync.WaitGroup
			for i := range statuses {
				group.Go(func() {
					answer, err := pair[i%2].try(accessRequest{method: http.MethodPost, path: "passkeys/login/complete/", body: complete})
					if err == nil {
						statuses[i] = answer.status
					}
				})
			}
			group.Wait()
			counted := map[int]int{}
			for _, status := range statuses {
				counted[status]++
			}
			require.Equal(t, map[int]int{200: 1, 400: 19}, counted)
		})
	}
}
