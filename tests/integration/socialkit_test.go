package integration

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"latchkey/tests/kit"
)

// socialService is a service whose providers are fakes on the same clock.
type socialService struct {
	*accessService
	provider *kit.FakeProvider
}

// socialBoot lets edit change what stands below a provider in the YAML file.
func socialBoot(t *testing.T, edit func(name kit.ProviderName, keys map[string]any), more ...kit.Option) *socialService {
	t.Helper()
	clock := kit.NewClock(time.Now())
	provider := kit.Provider(t, kit.WithProviderClock(clock))
	file := socialFile(t, provider, edit)
	return &socialService{
		accessService: accessBootWith(t, append(more, kit.WithClock(clock), kit.WithFile(file)), map[string]string{"LOG_LEVEL": "error"}), // bad days fill the log
		provider:      provider,
	}
}

func socialFile(t *testing.T, provider *kit.FakeProvider, edit func(kit.ProviderName, map[string]any)) string {
	t.Helper()
	var settings struct {
		Providers map[kit.ProviderName]map[string]any `json:"socialaccount_providers"`
	}
	require.NoError(t, json.Unmarshal(provider.Config(), &settings))
	for name, keys := range settings.Providers {
		edit(name, keys)
	}
	text, err := json.Marshal(settings)
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "latchkey.yaml")
	require.NoError(t, os.WriteFile(file, text, 0o600))
	return file
}

// socialTimeout gives up on every provider after this time.
func socialTimeout(after string) func(kit.ProviderName, map[string]any) {
	return func(_ kit.ProviderName, keys map[string]any) { keys["timeout"] = after }
}

// socialLeavesNothing has the test close what it opened, and looks whether anything still runs.
func socialLeavesNothing(t *testing.T, run func(t *testing.T)) {
	t.Helper()
	before := goleak.IgnoreCurrent()
	t.Run("and leaves nothing running", run)
	goleak.VerifyNone(t, before)
}

// count returns how many rows a table has.
func (s *socialService) count(t *testing.T, table string) int {
	t.Helper()
	var rows int
	require.NoError(t, s.db.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM "+table).Scan(&rows))
	return rows
}

func (s *socialService) requireRows(t *testing.T, accounts, identities int) {
	t.Helper()
	require.Equal(t, accounts, s.count(t, "auth_user"), "accounts")
	require.Equal(t, identities, s.count(t, "socialaccount_socialaccount"), "identities")
}

// socialOutcome is an answer that was asked for beside others.
type socialOutcome struct {
	accessAnswer
	retryAfter string
	err        error
}

// socialHeaders lets the kit's client have its answer's header kept.
type socialHeaders struct {
	http.RoundTripper
	kept http.Header
}

// RoundTrip implements http.RoundTripper.
func (h *socialHeaders) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := h.RoundTripper.RoundTrip(r)
	if err == nil {
		h.kept = answer.Header
	}
	return answer, err
}

// ask may be called by any goroutine.
func (s *socialService) ask(r accessRequest) (outcome socialOutcome) {
	headers := &socialHeaders{RoundTripper: s.Client.Transport}
	service, own := *s.Service, *s.accessService
	service.Client = &http.Client{Transport: headers, Timeout: s.Client.Timeout}
	own.Service = &service
	outcome.accessAnswer, outcome.err = own.try(r)
	outcome.retryAfter = headers.kept.Get("Retry-After")
	return outcome
}

// atOnce sends all the requests at the same time and returns their answers in order.
func (s *socialService) atOnce(requests []accessRequest) []socialOutcome {
	outcomes := make([]socialOutcome, len(requests))
	start := make(chan struct{})
	var all sync.WaitGroup
	for i, request := range requests {
		all.Go(func() {
			<-start
			outcomes[i] = s.ask(request)
		})
	}
	close(start)
	all.Wait()
	return outcomes
}

// socialPost is a sign-in at a provider.
func socialPost(path string, body map[string]string) accessRequest {
	return accessRequest{method: http.MethodPost, path: path, body: body}
}
