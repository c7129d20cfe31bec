package integration

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/tests/kit"
)

// jumping is a service whose clock is not to be trusted.
type jumping struct {
	*kit.Service
	at time.Time // what the time really is
}

func jumpingClock(t *testing.T, settings map[string]string) jumping {
	t.Helper()
	at := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	service := kit.App(t, kit.WithClock(kit.NewClock(at)), kit.Settings(settings))
	return jumping{service, at}
}

func (j jumping) call(t *testing.T, path, authorization string, body map[string]string) clusterAnswer {
	t.Helper()
	content, err := json.Marshal(body)
	require.NoError(t, err)
	method := http.MethodPost
	if body == nil {
		method = http.MethodGet
	}
	request, err := http.NewRequestWithContext(t.Context(), method, j.URL+"/dj-rest-auth/"+path, bytes.NewReader(content))
	require.NoError(t, err)
	request.Header.Set("Content-Type", "application/json")
	if authorization != "" {
		request.Header.Set("Authorization", authorization)
	}
	response, err := j.Client.Do(request)
	require.NoError(t, err)
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return clusterRead(response.StatusCode, text)
}

func (j jumping) login(t *testing.T, password string) clusterAnswer {
	t.Helper()
	return j.call(t, "login/", "", map[string]string{"username": "ada", "password": password})
}

func (j jumping) register(t *testing.T) {
	t.Helper()
	answer := j.call(t, "registration/", "", faultAda)
	require.Equal(t, http.StatusCreated, answer.status, answer.text)
}

const aYear = 365 * 24 * time.Hour

// Wrong passwords that were counted while the clock was ahead lock nobody out for as long.
func TestAClockThatWasAheadLocksNobodyOut(t *testing.T) {
	j := jumpingClock(t, nil)
	j.register(t)
	j.Clock.Set(j.at.Add(aYear))
	for range 5 {
		require.Equal(t, http.StatusBadRequest, j.login(t, "wrong-horse-9").status)
	}
	require.Equal(t, http.StatusTooManyRequests, j.login(t, faultAda["password1"]).status)
	j.Clock.Set(j.at)
	require.Equal(t, http.StatusOK, j.login(t, faultAda["password1"]).status)
}

// One that was put back by a little opens no door either.
func TestAClockThatIsPutBackFreesNoGuesses(t *testing.T) {
	j := jumpingClock(t, nil)
	j.register(t)
	for range 5 {
		require.Equal(t, http.StatusBadRequest, j.login(t, "wrong-horse-9").status)
	}
	j.Clock.Set(j.at.Add(-time.Minute))
	require.Equal(t, http.StatusTooManyRequests, j.login(t, faultAda["password1"]).status)
	j.Clock.Set(j.at.Add(5 * time.Minute))
	require.Equal(t, http.StatusOK, j.login(t, faultAda["password1"]).status)
}

// A token of a clock that was ahead would be good for a year: it is good from then on.
func TestATokenOfAClockThatWasAheadIsNotGoodUntilThen(t *testing.T) {
	j := jumpingClock(t, map[string]string{"USE_JWT": "true"})
	j.register(t)
	j.Clock.Set(j.at.Add(aYear))
	pair := j.login(t, faultAda["password1"])
	require.Equal(t, http.StatusOK, j.call(t, "user/", "Bearer "+pair.Access, nil).status)
	j.Clock.Set(j.at)
	require.Equal(t, http.StatusUnauthorized, j.call(t, "user/", "Bearer "+pair.Access, nil).status)
	require.Equal(t, http.StatusUnauthorized, j.call(t, "token/refresh/", "", map[string]string{"refresh": pair.Refresh}).status)
	again := j.login(t, faultAda["password1"])
	require.Equal(t, http.StatusOK, j.call(t, "user/", "Bearer "+again.Access, nil).status)
}

func TestTheServiceIsReadyWhateverTheClockDoes(t *testing.T) {
	j := jumpingClock(t, nil)
	for _, shift := range []time.Duration{0, aYear, -aYear, time.Second, 0} {
		j.Clock.Set(j.at.Add(shift))
		response, err := j.Client.Get(j.URL + "/readyz")
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		require.Equal(t, http.StatusOK, response.StatusCode, shift)
	}
}
