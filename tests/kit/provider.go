package kit

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"
)

// ProviderName is the name under which Config configures one of the providers.
type ProviderName string

// The providers that a FakeProvider plays.
const (
	Facebook ProviderName = "facebook"
	Google   ProviderName = "google"
	GitHub   ProviderName = "github"
	Twitter  ProviderName = "twitter"
	Corp     ProviderName = "corp" // an OpenID Connect provider, below /oidc
)

// FakeProvider plays social providers on a real TCP port: Facebook, Google,
// GitHub and Twitter as far as a login needs them, and an OpenID Connect provider. It refuses
// what the real ones refuse: wrong clients, proofs, signatures and codes. It is
// safe for concurrent use.
type FakeProvider struct {
	// URL is where it listens, without a slash at the end. Every provider has a folder below it.
	URL string

	t     testing.TB
	clock *Clock

	mu        sync.Mutex
	people    map[ProviderName]*directory
	certs     map[string]string // Google's, by kid, as PEM
	visitor   string            // access token of whoever sits at the browser
	grants    map[string]grant  // by code
	keys      keyring
	disorders []disorder
	requests  []ProviderRequest
}

// ProviderOption changes what Provider starts.
type ProviderOption func(*FakeProvider)

// WithProviderClock has the provider take the time from this clock. Give it the
// clock of the service, and both grow old together.
func WithProviderClock(clock *Clock) ProviderOption {
	return func(p *FakeProvider) { p.clock = clock }
}

// Provider starts a fake provider for the length of the test. Nobody has an
// account there until WithPeople or AddPerson. Its clock shows the time of its start and stands still.
func Provider(t testing.TB, options ...ProviderOption) *FakeProvider {
	t.Helper()
	p := &FakeProvider{
		t: t, clock: NewClock(time.Now()),
		people: map[ProviderName]*directory{}, certs: map[string]string{}, grants: map[string]grant{},
	}
	for _, name := range []ProviderName{Facebook, Google, GitHub, Twitter, Corp} {
		p.people[name] = newDirectory()
	}
	for _, option := range options {
		option(p)
	}
	p.listen()
	return p
}

// listen serves until the test ends. The end also ends requests that hang: a
// server waits for its handlers, and they wait for nothing else.
func (p *FakeProvider) listen() {
	running, end := context.WithCancel(context.Background())
	server := httptest.NewUnstartedServer(p.noted(p.disturbed(p.routes())))
	server.Config.BaseContext = func(net.Listener) context.Context { return running }
	server.Start()
	p.t.Cleanup(server.Close)
	p.t.Cleanup(end)
	p.URL = server.URL
}

func (p *FakeProvider) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/facebook/me", p.facebookMe)
	mux.HandleFunc("/facebook/oauth/access_token", p.facebookToken)
	mux.HandleFunc("/google/token", p.googleToken)
	mux.HandleFunc("/google/userinfo", p.googleUserinfo)
	mux.HandleFunc("/google/certs", p.googleCerts)
	mux.HandleFunc("/google/tokeninfo", p.googleTokeninfo)
	mux.HandleFunc("/github/login/oauth/access_token", p.githubToken)
	mux.HandleFunc("/github/api/v3/user", p.githubUser)
	mux.HandleFunc("/github/api/v3/user/emails", p.githubEmails)
	mux.HandleFunc("/twitter/1.1/account/verify_credentials.json", p.twitterVerify)
	mux.HandleFunc("GET /oidc/.well-known/openid-configuration", p.oidcDiscovery)
	mux.HandleFunc("GET /oidc/jwks", p.oidcKeys)
	mux.HandleFunc("GET /oidc/authorize", p.oidcAuthorize)
	mux.HandleFunc("POST /oidc/token", p.oidcToken)
	mux.HandleFunc("POST /oidc/introspect", p.oidcIntrospect)
	mux.HandleFunc("/oidc/userinfo", p.oidcUserinfo)
	mux.HandleFunc(loopPath, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, loopPath, http.StatusFound) })
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		answer(w, http.StatusNotFound, object{"error": "no such route in the fake provider", "path": r.URL.Path})
	})
	return mux
}

type object = map[string]any

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // a client that went away is its own problem
}

// unguessable returns a new code.
func unguessable() string { return rand.Text() }
