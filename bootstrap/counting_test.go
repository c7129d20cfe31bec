package bootstrap

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/tests/redisserver"
)

// guess tries a wrong password for ada.
func guess(t *testing.T, api http.Handler) int {
	t.Helper()
	status, _ := call(t, api, http.MethodPost, "login/", "", map[string]string{"username": "ada", "password": "wrong"})
	return status
}

func TestWithRedisTwoServicesCountWrongPasswordsTogether(t *testing.T) {
	server := redisserver.Start(t)
	one := boot(t, testSettings(t, "LATCHKEY_REDIS_URL="+server.URL()))
	other := boot(t, testSettings(t, "LATCHKEY_REDIS_URL="+server.URL()))
	for _, api := range []http.Handler{one, other, one, other, one} {
		require.Equal(t, http.StatusBadRequest, guess(t, api))
	}
	require.Equal(t, http.StatusTooManyRequests, guess(t, other))
	require.Equal(t, http.StatusTooManyRequests, guess(t, one))
}

func TestWithoutRedisServicesOnTwoDatabasesCountApart(t *testing.T) {
	one, other := boot(t, testSettings(t)), boot(t, testSettings(t))
	for range 5 {
		require.Equal(t, http.StatusBadRequest, guess(t, one))
	}
	require.Equal(t, http.StatusTooManyRequests, guess(t, one))
	require.Equal(t, http.StatusBadRequest, guess(t, other))
}

func TestWithRedisTwoServicesThrottleTogether(t *testing.T) {
	server := redisserver.Start(t)
	settings := []string{"LATCHKEY_REDIS_URL=" + server.URL(), "LATCHKEY_THROTTLE_RATE=2/min"}
	one, other := boot(t, testSettings(t, settings...)), boot(t, testSettings(t, settings...))
	require.Equal(t, http.StatusBadRequest, guess(t, one))
	require.Equal(t, http.StatusBadRequest, guess(t, other))
	require.Equal(t, http.StatusTooManyRequests, guess(t, one))
}

func TestNobodySignsInUncountedWhileRedisIsGone(t *testing.T) {
	server := redisserver.Start(t)
	api := boot(t, testSettings(t, "LATCHKEY_REDIS_URL="+server.URL(), "LATCHKEY_OLD_PASSWORD_FIELD_ENABLED=true"))
	status, answer := registerAda(t, api)
	require.Equal(t, http.StatusCreated, status, answer)
	token := keyOf(t, answer)

	server.Stop(t)
	request := httptest.NewRequest(http.MethodPost, "/dj-rest-auth/login/", strings.NewReader(`{"username":"ada","password":"`+adasPassword+`"}`))
	request.Header.Set("Content-Type", "application/json")
	refused := httptest.NewRecorder()
	api.ServeHTTP(refused, request)
	require.Equal(t, http.StatusServiceUnavailable, refused.Code)
	require.Equal(t, "5", refused.Header().Get("Retry-After"))
	require.JSONEq(t, `{"detail":"Attempts cannot be counted at the moment. Try again later."}`, refused.Body.String())
	require.Empty(t, refused.Result().Cookies())
	status, answer = call(t, api, http.MethodPost, "password/change/", token, map[string]string{
		"old_password": adasPassword, "new_password1": "another-horse-9", "new_password2": "another-horse-9",
	})
	require.Equal(t, http.StatusServiceUnavailable, status, answer)
	status, answer = call(t, api, http.MethodGet, "user/", token, nil)
	require.Equal(t, http.StatusOK, status, "who is signed in goes on: %s", answer)

	server.Start(t)
	require.Eventually(t, func() bool {
		status, _ := signInAda(t, api)
		return status == http.StatusOK
	}, 20*time.Second, 50*time.Millisecond, "it comes back by itself")
}

func TestMailsAreCountedWithWhatCausesThem(t *testing.T) {
	server := redisserver.Start(t)
	byAccount := `{"signup": false, "reset_password": "5/h/key", "login": false, "login_failed": "5/5m/key"}`
	api := boot(t, testSettings(t, "LATCHKEY_REDIS_URL="+server.URL(), "LATCHKEY_ACCOUNT_RATE_LIMITS="+byAccount))
	status, answer := registerAda(t, api)
	require.Equal(t, http.StatusCreated, status, answer)
	status, answer = call(t, api, http.MethodPost, "password/reset/", "", map[string]string{"email": "ada@example.com"})
	require.Equal(t, http.StatusOK, status, answer)
	require.Empty(t, server.Contents(t), "a transaction that is rolled back cannot take these back")
	require.Equal(t, http.StatusBadRequest, guess(t, api))
	require.NotEmpty(t, server.Contents(t))
}

func TestTheServiceStartsWithoutItsRedis(t *testing.T) {
	taken := freeListener(t)
	require.NoError(t, taken.Close())
	api := boot(t, testSettings(t, "LATCHKEY_REDIS_URL=redis://"+taken.Addr().String()))
	require.Equal(t, http.StatusServiceUnavailable, guess(t, api))
}
