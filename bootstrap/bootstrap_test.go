package bootstrap

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/fx"

	"latchkey/bootstrap/config"
)

// testSettings are cheap hashes and a new data folder.
func testSettings(t *testing.T, more ...string) config.Config {
	t.Helper()
	cfg, err := config.Load("", append([]string{
		"LATCHKEY_PASSWORD_HASHERS=pbkdf2_sha256:1200",
		"LATCHKEY_DATA_DIR=" + filepath.Join(t.TempDir(), "data"),
		"LATCHKEY_EMAIL_URL=file://" + t.TempDir(),
		"LATCHKEY_LOG_LEVEL=error",
	}, more...))
	require.NoError(t, err)
	return cfg
}

// boot starts the service for the length of the test and returns its API.
func boot(t *testing.T, cfg config.Config, opts ...fx.Option) http.Handler {
	t.Helper()
	var handler http.Handler
	app := New(append([]fx.Option{Configured(cfg), Handler(&handler)}, opts...)...)
	require.NoError(t, app.Start(t.Context()))
	t.Cleanup(func() { require.NoError(t, app.Stop(context.Background())) })
	return handler
}

// call sends JSON and returns the status and the answer.
func call(t *testing.T, api http.Handler, method, path, token string, body map[string]string) (int, string) {
	t.Helper()
	content, err := json.Marshal(body)
	require.NoError(t, err)
	request := httptest.NewRequest(method, "/dj-rest-auth/"+path, bytes.NewReader(content))
	request.Header.Set("Content-Type", "application/json")
	if token != "" {
		request.Header.Set("Authorization", "Token "+token)
	}
	answer := httptest.NewRecorder()
	api.ServeHTTP(answer, request)
	return answer.Code, answer.Body.String()
}

const adasPassword = "correct-horse-9"

func registerAda(t *testing.T, api http.Handler) (int, string) {
	t.Helper()
	return call(t, api, http.MethodPost, "registration/", "", map[string]string{
		"username": "ada", "email": "ada@example.com", "password1": adasPassword, "password2": adasPassword,
	})
}

func signInAda(t *testing.T, api http.Handler) (int, string) {
	t.Helper()
	return call(t, api, http.MethodPost, "login/", "", map[string]string{"username": "ada", "password": adasPassword})
}

// keyOf returns the API token in an answer.
func keyOf(t *testing.T, answer string) string {
	t.Helper()
	var body struct{ Key string }
	require.NoError(t, json.Unmarshal([]byte(answer), &body))
	require.NotEmpty(t, body.Key)
	return body.Key
}

func TestTheAssemblyIsComplete(t *testing.T) {
	var handler http.Handler
	require.NoError(t, fx.ValidateApp(service, Listen(), Handler(&handler)))
}

func TestTheAssembledServiceRegistersAndSignsIn(t *testing.T) {
	api := boot(t, testSettings(t))
	status, answer := registerAda(t, api)
	require.Equal(t, http.StatusCreated, status, answer)
	status, answer = signInAda(t, api)
	require.Equal(t, http.StatusOK, status, answer)
}

func TestAWrongEnvironmentStopsTheStartWithEverySentence(t *testing.T) {
	t.Setenv("LATCHKEY_SESION_LOGIN", "true")
	t.Setenv("LATCHKEY_TOKEN_MODEL", "tokens")
	t.Setenv("LATCHKEY_SECRET_KEY", "")
	app := New(Listen())
	var problems config.Problems
	require.ErrorAs(t, app.Err(), &problems)
	require.Len(t, problems, 3)
	for _, name := range []string{"SESION_LOGIN", "TOKEN_MODEL", "SECRET_KEY"} {
		require.Contains(t, app.Err().Error(), name)
	}
	require.Error(t, app.Start(t.Context()))
}

func TestAnAddressInUseStopsTheStart(t *testing.T) {
	taken := freeListener(t)
	app := New(Configured(testSettings(t, "LATCHKEY_LISTEN="+taken.Addr().String())), Listen())
	require.ErrorContains(t, app.Start(t.Context()), "address already in use")
}

func freeListener(t *testing.T) net.Listener {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	return listener
}

func TestStopClosesEverything(t *testing.T) {
	before := runtime.NumGoroutine()
	listener := freeListener(t)
	address := listener.Addr().String()
	require.NoError(t, listener.Close())
	cfg := testSettings(t, "LATCHKEY_LISTEN="+address)

	app := New(Configured(cfg), Listen())
	require.NoError(t, app.Start(t.Context()))
	client := &http.Client{Transport: &http.Transport{}}
	answer, err := client.Get("http://" + address + "/dj-rest-auth/user/")
	require.NoError(t, err)
	require.Equal(t, http.StatusUnauthorized, answer.StatusCode)
	require.NoError(t, answer.Body.Close())
	require.FileExists(t, cfg.Database.SQLite+"-wal", "the database is open")
	require.NoError(t, app.Stop(context.Background()))
	client.CloseIdleConnections()

	require.NoFileExists(t, cfg.Database.SQLite+"-wal", "the database was closed")
	_, err = new(net.Dialer).DialContext(t.Context(), "tcp", address)
	require.Error(t, err)
	for end := time.Now().Add(3 * time.Second); runtime.NumGoroutine() > before && time.Now().Before(end); {
		time.Sleep(10 * time.Millisecond)
	}
	require.LessOrEqual(t, runtime.NumGoroutine(), before, "goroutines are left over")
}

// logged is a log that may be written while it is read.
type logged struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func TestTheLogHoldsNoSecret(t *testing.T) {
	log := &logged{}
	cfg := testSettings(t)
	api := boot(t, cfg, fx.Decorate(func() *slog.Logger {
		return slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}))
	_, answer := registerAda(t, api)
	token := keyOf(t, answer)
	call(t, api, http.MethodGet, "user/", token, nil)
	key, err := os.ReadFile(filepath.Join(cfg.Server.DataDir, secretKeyFile))
	require.NoError(t, err)

	require.NotEmpty(t, log.String())
	for name, secret := range map[string]string{
		"the signing key": strings.TrimSpace(string(key)), "a password": adasPassword, "a token": token,
	} {
		require.NotContains(t, log.String(), secret, name)
	}
}
