package integration

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/tests/kit"
)

// socialGate holds a provider's answers back until it is opened.
type socialGate struct {
	arrived chan struct{}
	opened  chan struct{}
}

func newSocialGate() *socialGate {
	return &socialGate{arrived: make(chan struct{}, 100), opened: make(chan struct{})}
}

// hold is a misbehaviour: the answer is a proper one, when it comes.
func (g *socialGate) hold(w http.ResponseWriter, r *http.Request, proper http.Handler) {
	g.arrived <- struct{}{}
	select {
	case <-g.opened:
		proper.ServeHTTP(w, r)
	case <-r.Context().Done():
	}
}

// wait waits until so many requests are held.
func (g *socialGate) wait(t *testing.T, held int) {
	t.Helper()
	for range held {
		select {
		case <-g.arrived:
		case <-time.After(browserPatience):
			t.Fatal("the provider was not asked")
		}
	}
}

// TestSocialAHangingProviderHoldsNobodyElseUp does everything else while sign-ins hang, which
// go on only after that.
func TestSocialAHangingProviderHoldsNobodyElseUp(t *testing.T) {
	socialLeavesNothing(t, func(t *testing.T) {
		s := socialBoot(t, socialTimeout("1m"))
		s.provider.AddPerson(kit.Google, "g-token", map[string]any{"id": "g1"})
		s.provider.AddPerson(kit.GitHub, "gh-token", map[string]any{"id": 501, "login": "hubert"})
		name := s.register(t)
		gate := newSocialGate()
		s.provider.Misbehave("/google/", 1000, gate.hold)
		s.provider.Misbehave("/oidc/", 1000, gate.hold)
		ended := make(chan []socialOutcome, 1)
		var requests []accessRequest
		for range socialRacers { // one asks corp for its document, and the others wait for that one
			requests = append(requests, socialPost("google/", map[string]string{"access_token": "g-token"}),
				accessRequest{method: http.MethodGet, path: "corp/authorize/"})
		}
		go func() { ended <- s.atOnce(requests) }()
		gate.wait(t, socialRacers+1)

		key := map[string]string{"Authorization": "Token " + s.login(t, name, accessPassword).key}
		for _, path := range []string{"user/", "socialaccounts/", "google/authorize/"} {
			answer := s.send(t, accessRequest{method: http.MethodGet, path: path, header: key})
			require.Equal(t, http.StatusOK, answer.status, answer.text)
		}
		s.register(t)
		other := s.post(t, "github/", map[string]string{"access_token": "gh-token"})
		require.Equal(t, http.StatusOK, other.status, other.text)
		require.Empty(t, ended)

		close(gate.opened)
		for _, outcome := range <-ended {
			require.NoError(t, outcome.err)
			require.Equal(t, http.StatusOK, outcome.status, outcome.text)
		}
		s.requireRows(t, 4, 2)
	})
}

// TestSocialKnownKeysServeWhileNewOnesAreAwaited: one sign-in asks for the keys, which have
// grown old, and those beside it do not wait for the answer.
func TestSocialKnownKeysServeWhileNewOnesAreAwaited(t *testing.T) {
	s := socialBoot(t, socialTimeout("1m"))
	post := func() socialOutcome {
		return s.ask(socialPost("google/", map[string]string{"id_token": s.provider.IDToken(kit.Google, nil)}))
	}
	require.Equal(t, http.StatusOK, post().status)
	s.Clock.Advance(socialOld)
	gate := newSocialGate()
	s.provider.Misbehave("/google/certs", 1000, gate.hold)
	asked := make(chan socialOutcome, 1)
	go func() { asked <- post() }()
	gate.wait(t, 1)
	for range socialRacers {
		outcome := post()
		require.NoError(t, outcome.err)
		require.Equal(t, http.StatusOK, outcome.status, outcome.text)
	}
	require.Empty(t, asked)
	close(gate.opened)
	require.Equal(t, http.StatusOK, (<-asked).status)
}

// TestSocialClientsThatGoAwayLeaveNothingBehind: those who wait for a provider that hangs are
// many, and go. So does the service.
func TestSocialClientsThatGoAwayLeaveNothingBehind(t *testing.T) {
	socialLeavesNothing(t, func(t *testing.T) {
		s := socialBoot(t, socialTimeout("1s"))
		gate := newSocialGate()
		s.provider.Misbehave("/", 1000, gate.hold)
		ctx, leave := context.WithCancel(t.Context())
		left := make(chan error, 3*socialRacers)
		for range socialRacers {
			for _, body := range []string{
				`{"access_token": "a-token"}`, `{"code": "a-code"}`, `{"id_token": "` + s.provider.IDToken(kit.Google, nil) + `"}`,
			} {
				go func() { left <- socialGo(ctx, s, body) }()
			}
		}
		gate.wait(t, socialRacers)
		leave()
		for range cap(left) {
			require.ErrorIs(t, <-left, context.Canceled)
		}
	})
}

func socialGo(ctx context.Context, s *socialService, body string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.URL+"/dj-rest-auth/google/", strings.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := s.Client.Do(request)
	if err != nil {
		return err
	}
	return response.Body.Close()
}
