package bench

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const password = "correct-horse-9"

// service is the release binary with somebody signed in.
type service struct {
	*child
	database database
	settings []string
	who      holder
}

// holder is what an answer gave somebody.
type holder struct {
	Key     string
	Access  string
	Refresh string
	name    string
	session string
}

// The settings that profiles have in common: one client is everybody here.
var common = []string{"SECRET_KEY=a-key-for-measurements-0123456789-abcdefghijklmnopqrstuvwxyz", "RATE_LIMITS=off", "LOG_LEVEL=error", "ALLOWED_HOSTS=*"}

// The profiles.
var (
	// cheapHash makes what a login costs beside its hash visible.
	cheapHash = []string{"PASSWORD_HASHERS=pbkdf2_sha256:1"}
	// limited counts guesses as the default does. What one address may do at all would stop a
	// measurement, and is left out.
	limited   = append(cheapHash, "RATE_LIMITS=on", `ACCOUNT_RATE_LIMITS={"signup": false, "login": false, "login_failed": "10000/m/ip,5/300s/key,50/d/key"}`)
	jwts      = []string{"USE_JWT=true"}
	rotating  = []string{"USE_JWT=true", "ROTATE_REFRESH_TOKENS=true"}
	families  = append(rotating, "REFRESH_TOKEN_FAMILIES=true")
	blacklist = append(families, "TOKEN_BLACKLIST=true", "BLACKLIST_AFTER_ROTATION=true")
)

// serve starts the release binary on the database and registers somebody.
func serve(t testing.TB, d database, settings ...string) *service {
	t.Helper()
	binary, err := released()
	require.NoError(t, err)
	c := start(t, binary, []string{"serve"}, environment(t, d, settings), func(address string) string { return "LATCHKEY_LISTEN=" + address })
	s := &service{child: c, database: d, settings: settings}
	s.who = s.register(t, fmt.Sprint("ada", serial.Add(1)))
	return s
}

// environment is the settings as variables; of two with one name the last counts.
func environment(t testing.TB, d database, settings []string) []string {
	t.Helper()
	values := map[string]string{"DATA_DIR": t.TempDir(), "DATABASE_URL": d.url, "EMAIL_URL": "file://" + t.TempDir()}
	for _, setting := range slices.Concat(common, settings) {
		name, value, _ := strings.Cut(setting, "=")
		values[name] = value
	}
	var variables []string
	for name, value := range values {
		variables = append(variables, "LATCHKEY_"+name+"="+value)
	}
	return variables
}

// register registers somebody.
func (s *service) register(t testing.TB, name string) holder {
	t.Helper()
	response, body := s.call(t, post("registration/", enrolment(name)))
	require.Equal(t, http.StatusCreated, response.StatusCode, body)
	who := holder{name: name}
	require.NoError(t, json.Unmarshal([]byte(body), &who))
	for _, cookie := range response.Cookies() {
		if cookie.Name == "sessionid" {
			who.session = cookie.Value
		}
	}
	return who
}

func enrolment(name string) map[string]string {
	return map[string]string{"username": name, "email": name + "@example.com", "password1": password, "password2": password}
}

const base = "/dj-rest-auth/"

// post is a request with a JSON body.
func post(path string, fields map[string]string) constant {
	body, err := json.Marshal(fields)
	if err != nil {
		panic(err)
	}
	return constant{method: http.MethodPost, path: base + path, body: string(body), headers: [][2]string{{"Content-Type", "application/json"}}}
}

// get is a request with a header.
func get(path, name, value string) constant {
	return constant{method: http.MethodGet, path: base + path, headers: [][2]string{{name, value}}}
}

// The requests of the holder.
func (h holder) byToken() constant   { return get("user/", "Authorization", "Token "+h.Key) }
func (h holder) bySession() constant { return get("user/", "Cookie", "sessionid="+h.session) }
func (h holder) byJWT() constant     { return get("user/", "Authorization", "Bearer "+h.Access) }
func (h holder) verify() constant    { return post("token/verify/", map[string]string{"token": h.Access}) }
func (h holder) refresh() constant {
	return post("token/refresh/", map[string]string{"refresh": h.Refresh})
}

// call sends one request by the client that everybody uses.
func (s *service) call(t testing.TB, c constant) (*http.Response, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), c.method, "http://"+s.address+c.path, bytes.NewReader([]byte(c.body)))
	require.NoError(t, err)
	for _, header := range c.headers {
		request.Header.Set(header[0], header[1])
	}
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	var body bytes.Buffer
	_, err = body.ReadFrom(response.Body)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	return response, body.String()
}

// cost is what a round cost, by request.
type cost struct {
	figures
	server, database time.Duration
}

func (c cost) cpu() time.Duration { return c.server + c.database }

// costing measures the processor time of a round.
func costing(t testing.TB, server *child, d database, round func() (figures, error)) cost {
	t.Helper()
	serverBefore, databaseBefore := cpuOf(server.pid()), d.cpu()
	made, err := round()
	require.NoError(t, err, server.errors.String())
	require.NotZero(t, made.requests)
	n := time.Duration(made.requests)
	return cost{figures: made, server: (cpuOf(server.pid()) - serverBefore) / n, database: (d.cpu() - databaseBefore) / n}
}
