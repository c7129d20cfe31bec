package integration

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const (
	// faultDeadline is the service's REQUEST_TIMEOUT, and faultBound what a busy machine
	// may add to it before somebody is said to have hung.
	faultDeadline = 2 * time.Second
	faultBound    = faultDeadline + 6*time.Second

	faultDown    = `{"detail":"Service temporarily unavailable, try again later."}`
	faultUnknown = `{"detail":"Service temporarily unavailable. It is not known whether this was done: check before you try again."}`
)

// faultSettings make requests end soon, and nobody be limited.
var faultSettings = []string{
	processCheap, "RATE_LIMITS=off", "REQUEST_TIMEOUT=2", "DATABASE_MAX_CONNECTIONS=8",
	"SECRET_KEY=of-the-tests-and-long-enough-for-them-0123456789-0123456789",
}

// faultAnswer is what a client sees.
type faultAnswer struct {
	status int // 0: no answer
	body   string
	retry  int // seconds
	took   time.Duration
}

func (p *process) ask(method, path, token string, body map[string]string) faultAnswer {
	content, _ := json.Marshal(body)
	request, err := http.NewRequestWithContext(context.Background(), method, "http://"+p.address+path, bytes.NewReader(content))
	if err != nil {
		return faultAnswer{body: err.Error()}
	}
	request.Header.Set("Content-Type", "application/json")
	if token != "" {
		request.Header.Set("Authorization", "Token "+token)
	}
	begun := time.Now()
	response, err := p.client.Do(request)
	if err != nil {
		return faultAnswer{body: err.Error(), took: time.Since(begun)}
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return faultAnswer{body: err.Error(), took: time.Since(begun)}
	}
	retry, _ := strconv.Atoi(response.Header.Get("Retry-After"))
	return faultAnswer{status: response.StatusCode, body: string(text), retry: retry, took: time.Since(begun)}
}

// requireAlive checks that the process says it lives, whatever is broken around it.
func (p *process) requireAlive(t *testing.T) {
	t.Helper()
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		answer := p.ask(method, "/healthz", "", nil)
		require.Equal(t, http.StatusOK, answer.status, answer.body)
	}
}

// requireReady waits until the process says that it can take requests.
func (p *process) requireReady(t *testing.T) {
	t.Helper()
	var answer faultAnswer
	require.Eventually(t, func() bool {
		answer = p.ask(http.MethodGet, "/readyz", "", nil)
		return answer.status == http.StatusOK && answer.body == `{"status":"ready"}`
	}, 30*time.Second, 50*time.Millisecond, "it is not ready")
	require.Equal(t, http.StatusOK, p.ask(http.MethodHead, "/readyz", "", nil).status)
}

// requireUnready waits until the process says what does not work, and no more than that.
func (p *process) requireUnready(t *testing.T, part string) {
	t.Helper()
	var answer faultAnswer
	require.Eventually(t, func() bool {
		answer = p.ask(http.MethodGet, "/readyz", "", nil)
		return answer.status != http.StatusOK
	}, 30*time.Second, 50*time.Millisecond, "it says that it is ready")
	require.Equal(t, http.StatusServiceUnavailable, answer.status, answer.body)
	require.Equal(t, fmt.Sprintf(`{"status":"unavailable","failing":[%q]}`, part), answer.body)
	require.Equal(t, 1, answer.retry)
}

// requireDown checks that an answer is the deliberate refusal.
func requireDown(t *testing.T, what string, answer faultAnswer, bodies ...string) {
	t.Helper()
	require.Equal(t, http.StatusServiceUnavailable, answer.status, "%s: %s", what, answer.body)
	require.Contains(t, append(bodies, faultDown), answer.body, what)
	require.Positive(t, answer.retry, what)
	require.Less(t, answer.took, faultBound, what)
}

// faultWrites are requests that change something; one that is asked twice does no harm.
func faultWrites(person *processPerson, token string) map[string]func(p *process) faultAnswer {
	next := person.current + "-next"
	return map[string]func(p *process) faultAnswer{
		"login": func(p *process) faultAnswer {
			return p.ask(http.MethodPost, "/dj-rest-auth/login/", "", map[string]string{"username": person.name, "password": person.current})
		},
		"registration": func(p *process) faultAnswer {
			return p.ask(http.MethodPost, "/dj-rest-auth/registration/", "", map[string]string{
				"username": person.name + "-2", "email": person.name + "-2@example.com", "password1": next, "password2": next,
			})
		},
		"change": func(p *process) faultAnswer {
			return p.ask(http.MethodPost, "/dj-rest-auth/password/change/", token, map[string]string{"new_password1": next, "new_password2": next})
		},
		"reset": func(p *process) faultAnswer {
			return p.ask(http.MethodPost, "/dj-rest-auth/password/reset/", "", map[string]string{"email": person.name + "@example.com"})
		},
		"profile": func(p *process) faultAnswer {
			return p.ask(http.MethodPatch, "/dj-rest-auth/user/", token, map[string]string{"first_name": "Ada"})
		},
	}
}

func faultReads(token string) map[string]func(p *process) faultAnswer {
	return map[string]func(p *process) faultAnswer{
		"user": func(p *process) faultAnswer { return p.ask(http.MethodGet, "/dj-rest-auth/user/", token, nil) },
	}
}

// all sends every request at the same moment, and each several times: more than there
// are connections to the database.
func (p *process) all(requests map[string]func(p *process) faultAnswer, times int) map[string][]faultAnswer {
	answers := map[string][]faultAnswer{}
	var mu sync.Mutex
	var asking sync.WaitGroup
	for name, request := range requests {
		for range times {
			asking.Go(func() {
				answer := request(p)
				mu.Lock()
				defer mu.Unlock()
				answers[name] = append(answers[name], answer)
			})
		}
	}
	asking.Wait()
	return answers
}

// outages counts the lines that tell of a database that does not work.
func (p *process) outages() int {
	return strings.Count(p.errors.String(), "the database does not work")
}

// requireQuietLog checks that an outage was told once, and that nothing else went wrong.
func (p *process) requireQuietLog(t *testing.T) {
	t.Helper()
	log := p.errors.String()
	require.Equal(t, 1, p.outages(), log)
	require.NotContains(t, log, "status=500")
	require.NotContains(t, log, "panic")
	require.NotContains(t, log, "status=499", "nobody hung up")
}
