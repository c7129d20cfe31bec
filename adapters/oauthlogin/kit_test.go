package oauthlogin

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"latchkey/domain/identities"
	"latchkey/domain/secret"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// began is when the tests happen.
var began = time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC)

// hands is a clock that is turned by hand.
type hands struct {
	mu  sync.Mutex
	now time.Time
}

func (h *hands) Now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

func (h *hands) turn(by time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now = h.now.Add(by)
}

// The keys of the tests are made once: RSA keys take long.
var (
	rsaKey   = sync.OnceValue(newRSA)
	otherRSA = sync.OnceValue(newRSA)
	ecKey    = sync.OnceValue(newEC)
)

func newRSA() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
}

func newEC() *ecdsa.PrivateKey {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	return key
}

// sign makes a token; an empty kid writes none.
func sign(t testing.TB, algorithm jose.SignatureAlgorithm, key any, kid string, claims any) string {
	t.Helper()
	options := &jose.SignerOptions{}
	if kid != "" {
		options = options.WithHeader("kid", kid)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: algorithm, Key: key}, options)
	require.NoError(t, err)
	text, err := json.Marshal(claims)
	require.NoError(t, err)
	signed, err := signer.Sign(text)
	require.NoError(t, err)
	compact, err := signed.CompactSerialize()
	require.NoError(t, err)
	return compact
}

// jwks writes public keys by their kid.
func jwks(t testing.TB, keys map[string]crypto.PublicKey) []byte {
	t.Helper()
	var set jose.JSONWebKeySet
	for kid, key := range keys {
		set.Keys = append(set.Keys, jose.JSONWebKey{Key: key, KeyID: kid, Use: "sig"})
	}
	text, err := json.Marshal(set)
	require.NoError(t, err)
	return text
}

// with returns the claims with others in their place; nil takes one away.
func with(claims, changed map[string]any) map[string]any {
	all := maps.Clone(claims)
	maps.Copy(all, changed)
	maps.DeleteFunc(all, func(_ string, value any) bool { return value == nil })
	return all
}

// site is a provider's server. It remembers what it was asked.
type site struct {
	*httptest.Server
	mux *http.ServeMux

	mu    sync.Mutex
	asked []seen
}

type seen struct {
	method, path, authorization, agent string
	query, form                        url.Values
	body                               string
}

func newSite(t testing.TB) *site {
	t.Helper()
	s := &site{mux: http.NewServeMux()}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.remember(r)
		s.mux.ServeHTTP(w, r)
	}))
	s.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	t.Cleanup(s.Close)
	return s
}

func (s *site) remember(r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	form, _ := url.ParseQuery(string(body))
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, seen{
		method: r.Method, path: r.URL.Path, authorization: r.Header.Get("Authorization"), agent: r.UserAgent(),
		query: r.URL.Query(), form: form, body: string(body),
	})
}

// calls returns everything that was asked.
func (s *site) calls() []seen {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.asked)
}

// at returns what the path was asked.
func (s *site) at(path string) []seen {
	var found []seen
	for _, one := range s.calls() {
		if one.path == path {
			found = append(found, one)
		}
	}
	return found
}

// json answers a path by a JSON value.
func (s *site) json(path string, value any) { s.answer(path, http.StatusOK, value) }

func (s *site) answer(path string, status int, value any) {
	s.mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(value)
	})
}

// bearer answers a path by what the access token opens, and everything else by 401.
func (s *site) bearer(path string, answers map[string]any) {
	s.mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
		value, found := answers[strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")]
		if !found {
			w.WriteHeader(http.StatusUnauthorized)
			value = map[string]any{"error": "invalid_token"}
		}
		_ = json.NewEncoder(w).Encode(value)
	})
}

// bench is a provider under test.
type bench struct {
	*Providers
	clock *hands
	log   *bytes.Buffer
	name  string
}

func newBench(t testing.TB, c Config) *bench {
	t.Helper()
	if c.Name == "" {
		c.Name = string(c.Kind)
	}
	if c.ClientID == "" {
		c.ClientID = "client"
	}
	if c.Secret.Empty() {
		c.Secret = secret.New("hunter2")
	}
	b := &bench{clock: &hands{now: began}, log: &bytes.Buffer{}, name: c.Name}
	providers, err := New([]Config{c}, b.clock, slog.New(slog.NewTextHandler(&locked{to: b.log}, nil)))
	require.NoError(t, err)
	b.Providers = providers
	t.Cleanup(providers.CloseIdle)
	return b
}

// locked lets calls that run at the same time write to one log.
type locked struct {
	mu sync.Mutex
	to io.Writer
}

func (l *locked) Write(text []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.to.Write(text)
}

func (b *bench) vouch(t testing.TB, proof identities.Proof) (identities.Profile, error) {
	t.Helper()
	return b.Vouch(t.Context(), b.name, proof)
}

// leadTo sends what is meant for the real provider to the site, with the host as the
// first part of the path.
func (b *bench) leadTo(t testing.TB, s *site) {
	t.Helper()
	target, err := url.Parse(s.URL)
	require.NoError(t, err)
	found := b.byName[b.name]
	inner := http.DefaultTransport.(*http.Transport).Clone()
	t.Cleanup(inner.CloseIdleConnections)
	found.client.http.Transport = rerouted{to: target, inner: inner}
}

type rerouted struct {
	to    *url.URL
	inner http.RoundTripper
}

func (r rerouted) RoundTrip(request *http.Request) (*http.Response, error) {
	moved := request.Clone(request.Context())
	moved.URL.Path = "/" + request.URL.Host + request.URL.Path
	moved.URL.Scheme, moved.URL.Host = r.to.Scheme, r.to.Host
	return r.inner.RoundTrip(moved)
}

func accessToken(text string) identities.Proof {
	return identities.Proof{AccessToken: secret.New(text)}
}
func code(text string) identities.Proof    { return identities.Proof{Code: secret.New(text)} }
func idToken(text string) identities.Proof { return identities.Proof{IDToken: secret.New(text)} }
