package ginhttp

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/require"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
)

// failing are the parts that do not work.
type failing []string

func (f failing) Failing(context.Context) []string { return f }

// probed is an API that takes no host and no request but those that are asked about it.
func probed(t *testing.T, w *world, parts ...string) *API {
	t.Helper()
	api := w.api(t, func(o *Options) { o.AllowedHosts = []string{"accounts.example"} })
	d := api.Dependencies
	d.Readiness = failing(parts)
	api, err := New(d, api.options)
	require.NoError(t, err)
	return api
}

func TestProbesAreAnsweredUnderAnyHostAndNotLogged(t *testing.T) {
	for name, c := range map[string]struct {
		path   string
		parts  []string
		status int
		body   string
	}{
		"alive":                 {"/healthz", nil, 200, `{"status":"ok"}`},
		"alive, though broken":  {"/healthz", []string{"database"}, 200, `{"status":"ok"}`},
		"ready":                 {"/readyz", nil, 200, `{"status":"ready"}`},
		"not ready":             {"/readyz", []string{"database", "redis"}, 503, `{"status":"unavailable","failing":["database","redis"]}`},
		"not ready: is to stop": {"/readyz", []string{"shutdown"}, 503, `{"status":"unavailable","failing":["shutdown"]}`},
	} {
		t.Run(name, func(t *testing.T) {
			for _, method := range []string{http.MethodGet, http.MethodHead} {
				w := newWorld()
				got := sent{method: method, path: c.path}.with("Host", "10.1.2.3:8000").to(probed(t, w, c.parts...))
				requireAnswer(t, got, c.status, c.body) // net/http leaves out the body for HEAD
				require.Equal(t, "application/json", got.Header().Get("Content-Type"))
				require.Equal(t, "no-store", got.Header().Get("Cache-Control"))
				require.Equal(t, c.status == 503, got.Header().Get("Retry-After") == "1")
				require.Empty(t, w.log.String())
			}
		})
	}
}

func TestProbesTakeNothing(t *testing.T) {
	api := probed(t, newWorld())
	for _, path := range []string{"/healthz", "/readyz"} {
		got := sent{method: http.MethodPost, path: path}.with("Host", "accounts.example").to(api)
		requireAnswer(t, got, 405, `{"detail":"Method \"POST\" not allowed."}`)
	}
}

func TestAnOutageIsA503WithoutItsCause(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		body string
	}{
		"of the storage":           {fmt.Errorf("bunsql: read account: %w", ports.ErrUnavailable.After(5*time.Second)), ports.ErrUnavailable.Message},
		"with an unknown outcome":  {fmt.Errorf("bunsql: commit: %w", ports.ErrOutcomeUnknown.After(5*time.Second)), ports.ErrOutcomeUnknown.Message},
		"beyond the time there is": {fmt.Errorf("hash: %w", context.DeadlineExceeded), ports.ErrUnavailable.Message},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld()
			w.authenticationFake.err = c.err
			got := postJSON(loginPath, `{"username":"bob","password":"x"}`).to(w.api(t))
			requireAnswer(t, got, 503, `{"detail":"`+c.body+`"}`)
			require.Equal(t, "5", got.Header().Get("Retry-After"))
			require.NotContains(t, w.log.String(), "bunsql")
		})
	}
}

// An outage says nothing about the input, and does not hide behind what is wrong with it.
func TestAnOutageIsNoRefusalOfAField(t *testing.T) {
	refusals, err := alsoRefused(nil, ports.ErrUnavailable)
	require.Empty(t, refusals)
	require.ErrorIs(t, err, ports.ErrUnavailable)
	_, err = alsoRefused(nil, accounts.ErrUsernameTaken)
	require.NoError(t, err)
}

// A good access token is not told to be bad because the database is gone: clients throw it away.
func TestAnOutageIsNoRefusalOfAToken(t *testing.T) {
	api := newWorld().api(t)
	require.ErrorIs(t, api.refusedAccess(ports.ErrUnavailable), ports.ErrUnavailable)
	require.ErrorIs(t, api.refusedToken(ports.ErrUnavailable), ports.ErrUnavailable)
}

func TestALinkIsNotToldToBeDeadInAnOutage(t *testing.T) {
	for _, err := range []error{ports.ErrUnavailable, context.DeadlineExceeded} {
		api := newWorld().api(t)
		api.engine.GET("/link", func(c *gin.Context) { api.showOutcome(c, err, resetPage, changedPage) })
		got := sent{method: http.MethodGet, path: "/link"}.to(api)
		require.Equal(t, 503, got.Code)
		require.Contains(t, got.Body.String(), "The link stays as it is.")
		require.NotEmpty(t, got.Header().Get("Retry-After"))
	}
}

func TestARequestHasADeadline(t *testing.T) {
	api := newWorld().api(t, func(o *Options) { o.Deadline = time.Nanosecond })
	var err error
	api.engine.GET("/slow", func(c *gin.Context) {
		<-c.Request.Context().Done()
		err = c.Request.Context().Err()
		api.refuse(c, fmt.Errorf("a driver says it in its own words: %w", http.ErrAbortHandler))
	})
	requireAnswer(t, sent{method: http.MethodGet, path: "/slow"}.to(api), 503, `{"detail":"`+ports.ErrUnavailable.Message+`"}`)
	require.ErrorIs(t, err, context.DeadlineExceeded)
}
