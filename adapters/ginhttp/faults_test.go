package ginhttp

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/application/authentication"
	"latchkey/domain/fault"
	"latchkey/domain/sessions"
)

func TestWhatARefusalIsOnTheWire(t *testing.T) {
	of := func(kind fault.Kind, message string) *fault.Fault { return fault.New(kind, "code", message) }
	for _, c := range []struct {
		err    error
		status int
		body   string
	}{
		{of(fault.Invalid, "Bad."), 400, `{"non_field_errors":["Bad."]}`},
		{of(fault.Conflict, "Taken.").On("username"), 400, `{"username":["Taken."]}`},
		{of(fault.Expired, "Late.").On("key"), 400, `{"key":["Late."]}`},
		{fault.List{of(fault.Invalid, "1").On("b"), of(fault.Invalid, "2").On("a"), of(fault.Invalid, "3").On("b"), of(fault.Invalid, "4")}, 400,
			`{"b":["1","3"],"a":["2"],"non_field_errors":["4"]}`},
		{of(fault.NotFound, "None."), 404, `{"detail":"None."}`},
		{of(fault.Forbidden, "No."), 403, `{"detail":"No."}`},
		{of(fault.Unauthenticated, "Who?"), 401, `{"detail":"Who?"}`},
		{of(fault.Throttled, "Slow.").After(1500 * time.Millisecond), 429, `{"detail":"Request was throttled. Expected available in 2 seconds."}`},
		{of(fault.Throttled, "Slow.").After(time.Millisecond), 429, `{"detail":"Request was throttled. Expected available in 1 second."}`},
		{fmt.Errorf("wrapped: %w", of(fault.Forbidden, "No.")), 403, `{"detail":"No."}`},
		{fmt.Errorf("wrapped: %w", authentication.ErrCredentialsWrong), 400, `{"non_field_errors":["Unable to log in with provided credentials."]}`},
		{errors.New("password=hunter2 on db.internal"), 500, `{"detail":"A server error occurred."}`},
		{context.Canceled, 500, `{"detail":"A server error occurred."}`},
	} {
		w := newWorld()
		w.err = c.err
		got := postJSON(loginPath, bobsLogin).to(w.api(t))
		requireAnswer(t, got, c.status, c.body)
		require.Equal(t, "application/json", got.Header().Get("Content-Type"))
		require.Equal(t, c.status == 500, strings.Contains(w.log.String(), `"level":"ERROR"`), "%s", w.log.String())
		require.Equal(t, c.status == 401, got.Header().Get("WWW-Authenticate") == "Token")
	}
}

// sentBySomebodyGone is a request whose client has hung up.
func sentBySomebodyGone(api *API) *httptest.ResponseRecorder {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	r := httptest.NewRequest("POST", loginPath, strings.NewReader(bobsLogin)).WithContext(ctx)
	r.Header.Set("Content-Type", asJSON)
	w := httptest.NewRecorder()
	api.ServeHTTP(w, r)
	return w
}

// Otherwise a stranger could fill the error log by hanging up.
func TestAClientThatHangsUpIsNoFailureOfOurs(t *testing.T) {
	for _, failure := range []error{context.Canceled, fmt.Errorf("begin: %w", context.Canceled), errDatabaseDown} {
		w := newWorld()
		w.err = failure
		requireAnswer(t, sentBySomebodyGone(w.api(t)), 499, `{"detail":"The client closed the request."}`)
		require.NotContains(t, w.log.String(), `"level":"ERROR"`)
		require.Contains(t, w.log.String(), `"status":499`)
	}
	w := newWorld()
	w.err = authentication.ErrCredentialsWrong
	require.Equal(t, 400, sentBySomebodyGone(w.api(t)).Code, "a verdict stays one")
	w = newJWTWorld()
	require.Equal(t, 200, sentBySomebodyGone(w.api(t, withJWT)).Code, "what was done is told")
}

func TestTheChallengeIsThatOfTheFirstScheme(t *testing.T) {
	for first, want := range map[Scheme]string{SchemeToken: "Token", SchemeJWT: `Bearer realm="api"`, SchemeSession: "", "": ""} {
		api := newJWTWorld().api(t, withJWT, func(o *Options) {
			if o.Schemes = nil; first != "" {
				o.Schemes = []Scheme{first, SchemeSession}
			}
		})
		got := sent{method: "GET", path: userPath}.to(api)
		require.Equal(t, want, got.Header().Get("WWW-Authenticate"))
		require.Equal(t, want == "", got.Code == 403)
		require.Equal(t, notProvided, got.Body.String())
	}
}

// DRF's own answers to a session that ended, whatever the first scheme is.
func TestARefusalFromBelowHasTheChallengeToo(t *testing.T) {
	w := newWorld()
	w.changeErr = sessions.ErrSessionEnded
	got := changing("POST", asJSON, newPasswords, "Authorization", "Token "+goodToken).to(w.api(t))
	requireAnswer(t, got, 401, `{"detail":"The session has ended."}`)
	require.Equal(t, "Token", got.Header().Get("WWW-Authenticate"))
}

func TestAContributorsValueBeyondJSONIsAFailure(t *testing.T) {
	for _, value := range []any{math.NaN(), make(chan int), func() {}} {
		w := newJWTWorld()
		w.profile.Extra = map[string]any{"karma": value}
		for _, request := range []sent{sent{method: "GET", path: userPath}.with("Authorization", "Bearer "+goodAccess), postJSON(loginPath, bobsLogin)} {
			requireAnswer(t, request.to(w.api(t, withJWT)), 500, `{"detail":"A server error occurred."}`)
			require.Contains(t, w.log.String(), `"level":"ERROR"`)
		}
	}
}
