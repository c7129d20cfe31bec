package oauthlogin

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/require"

	"latchkey/domain/identities"
)

// keyServer serves a key set that can be changed, or be out of order.
type keyServer struct {
	*site
	mu      sync.Mutex
	body    []byte
	status  int
	maxAge  string
	waiting chan struct{} // closed: answers; nil: at once
	fetches atomic.Int32
}

func newKeyServer(t *testing.T, keys map[string]crypto.PublicKey) *keyServer {
	t.Helper()
	s := &keyServer{site: newSite(t)}
	s.publish(t, keys)
	s.mux.HandleFunc("/certs", func(w http.ResponseWriter, _ *http.Request) {
		s.fetches.Add(1)
		s.mu.Lock()
		body, status, maxAge, waiting := s.body, s.status, s.maxAge, s.waiting
		s.mu.Unlock()
		if waiting != nil {
			<-waiting
		}
		if maxAge != "" {
			w.Header().Set("Cache-Control", "public, max-age="+maxAge+", must-revalidate")
		}
		w.WriteHeader(status)
		_, _ = w.Write(body)
	})
	return s
}

func (s *keyServer) publish(t *testing.T, keys map[string]crypto.PublicKey) {
	t.Helper()
	s.serve(http.StatusOK, jwks(t, keys))
}

func (s *keyServer) serve(status int, body []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.status, s.body = status, body
}

func (s *keyServer) bench(t *testing.T) *bench {
	t.Helper()
	return newBench(t, Config{Kind: KindGoogle, CertsURL: s.URL + "/certs", Timeout: 300 * time.Millisecond})
}

// lasting are claims of a token that outlives every test.
func lasting() map[string]any {
	return with(honest(), map[string]any{"exp": began.Add(100 * 24 * time.Hour).Unix()})
}

func TestKeysAreFetchedOnce(t *testing.T) {
	s := newKeyServer(t, map[string]crypto.PublicKey{"k1": rsaKey().Public()})
	b := s.bench(t)
	require.Zero(t, s.fetches.Load(), "nothing is called before it is needed")
	token := sign(t, jose.RS256, rsaKey(), "k1", lasting())
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			_, err := b.vouch(t, idToken(token))
			require.NoError(t, err)
		})
	}
	all.Wait()
	require.EqualValues(t, 1, s.fetches.Load(), "many at once wait for one call")
}

func TestARotatedKeyIsPickedUp(t *testing.T) {
	s := newKeyServer(t, map[string]crypto.PublicKey{"k1": rsaKey().Public()})
	b := s.bench(t)
	_, err := b.vouch(t, idToken(sign(t, jose.RS256, rsaKey(), "k1", lasting())))
	require.NoError(t, err)

	s.publish(t, map[string]crypto.PublicKey{"k2": otherRSA().Public()})
	b.clock.turn(61 * time.Second)
	_, err = b.vouch(t, idToken(sign(t, jose.RS256, otherRSA(), "k2", lasting())))
	require.NoError(t, err)
	_, err = b.vouch(t, idToken(sign(t, jose.RS256, rsaKey(), "k1", lasting())))
	require.ErrorIs(t, err, identities.ErrProofRefused, "the key that was given up is no good any more")
}

func TestAKeyThatWasGivenUpIsForgottenInTime(t *testing.T) {
	for maxAge, life := range map[string]time.Duration{
		"": time.Hour, "7200": 2 * time.Hour, "1": 5 * time.Minute, "99999999": 24 * time.Hour, "x": time.Hour,
	} {
		t.Run("max-age "+maxAge, func(t *testing.T) {
			s := newKeyServer(t, map[string]crypto.PublicKey{"k1": rsaKey().Public()})
			s.maxAge = maxAge
			b := s.bench(t)
			token := idToken(sign(t, jose.RS256, rsaKey(), "k1", lasting()))
			_, err := b.vouch(t, token)
			require.NoError(t, err)
			s.publish(t, map[string]crypto.PublicKey{"k2": otherRSA().Public()})
			b.clock.turn(life - time.Second)
			_, err = b.vouch(t, token)
			require.NoError(t, err)
			b.clock.turn(2 * time.Second)
			_, err = b.vouch(t, token)
			require.ErrorIs(t, err, identities.ErrProofRefused)
		})
	}
}

func TestKeysThatStrangersMakeUpAreNotAskedForAgainAndAgain(t *testing.T) {
	s := newKeyServer(t, map[string]crypto.PublicKey{"k1": rsaKey().Public()})
	b := s.bench(t)
	for i := range 100 {
		_, err := b.vouch(t, idToken(sign(t, jose.RS256, otherRSA(), "made-up-"+strconv.Itoa(i), lasting())))
		require.ErrorIs(t, err, identities.ErrProofRefused)
		b.clock.turn(time.Second)
	}
	require.LessOrEqual(t, s.fetches.Load(), int32(11), "100 tokens in 100 seconds: at the start, and every ten seconds")
}

func TestAProviderWhoseKeysCannotBeHadSaysNothingAboutTheProof(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		body   string
	}{
		"500": {500, "{}"}, "404": {404, "{}"}, "HTML": {200, "<html>"}, "a list": {200, "[]"}, "cut off": {200, `{"keys":[`},
		"empty": {200, ""}, "no keys": {200, `{"keys":[]}`}, "another object": {200, `{"message":"slow down"}`}, "nothing in it": {200, `{}`}, "too many calls": {429, "{}"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newKeyServer(t, nil)
			s.serve(c.status, []byte(c.body))
			_, err := s.bench(t).vouch(t, idToken(sign(t, jose.RS256, rsaKey(), "k1", lasting())))
			require.ErrorIs(t, err, identities.ErrProviderUnavailable)
		})
	}
}

func TestTheLastGoodKeysServeForADayWhileTheProviderIsAway(t *testing.T) {
	s := newKeyServer(t, map[string]crypto.PublicKey{"k1": rsaKey().Public()})
	b := s.bench(t)
	token := idToken(sign(t, jose.RS256, rsaKey(), "k1", lasting()))
	_, err := b.vouch(t, token)
	require.NoError(t, err)
	s.serve(http.StatusInternalServerError, nil)
	b.clock.turn(23 * time.Hour)
	_, err = b.vouch(t, token)
	require.NoError(t, err)
	b.clock.turn(2 * time.Hour)
	_, err = b.vouch(t, token)
	require.ErrorIs(t, err, identities.ErrProviderUnavailable)
	s.publish(t, map[string]crypto.PublicKey{"k1": rsaKey().Public()})
	b.clock.turn(10 * time.Second)
	_, err = b.vouch(t, token)
	require.NoError(t, err, "and it comes back within seconds")
}

func TestAKeyServerThatHangsDoesNotHoldEverybodyOneAfterTheOther(t *testing.T) {
	s := newKeyServer(t, map[string]crypto.PublicKey{"k1": rsaKey().Public()})
	s.waiting = make(chan struct{})
	t.Cleanup(func() { close(s.waiting) })
	b := s.bench(t)
	token := idToken(sign(t, jose.RS256, rsaKey(), "k1", lasting()))
	start := time.Now()
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			_, err := b.vouch(t, token)
			require.ErrorIs(t, err, identities.ErrProviderUnavailable)
		})
	}
	all.Wait()
	require.EqualValues(t, 1, s.fetches.Load())
	require.Less(t, time.Since(start), 5*time.Second, "20 calls that time out would take 6 seconds")
}

func TestKeySetsAreReadWithCare(t *testing.T) {
	public := jose.JSONWebKey{Key: rsaKey().Public(), KeyID: "good"}
	encrypting := jose.JSONWebKey{Key: rsaKey().Public(), KeyID: "enc", Use: "enc"}
	private := jose.JSONWebKey{Key: rsaKey(), KeyID: "private"}
	secretKey := jose.JSONWebKey{Key: []byte("0123456789abcdef0123456789abcdef"), KeyID: "oct"}
	list := []any{public, encrypting, private, secretKey, map[string]any{"kty": "new", "kid": "new"}, 5, nil}
	text, err := json.Marshal(map[string]any{"keys": list})
	require.NoError(t, err)
	found, err := parseKeys(text)
	require.NoError(t, err)
	var kids []string
	for _, key := range found {
		kids = append(kids, key.KeyID)
	}
	require.Equal(t, []string{"good"}, kids)
}

func TestGooglesCertificatesAreKeysToo(t *testing.T) {
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: began.Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, rsaKey().Public(), rsaKey())
	require.NoError(t, err)
	text, err := json.Marshal(map[string]string{
		"k1": string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})), "k2": "no certificate",
	})
	require.NoError(t, err)
	s := newKeyServer(t, nil)
	s.serve(http.StatusOK, text)
	b := s.bench(t)
	_, err = b.vouch(t, idToken(sign(t, jose.RS256, rsaKey(), "k1", lasting())))
	require.NoError(t, err)
	_, err = b.vouch(t, idToken(sign(t, jose.RS256, rsaKey(), "k2", lasting())))
	require.ErrorIs(t, err, identities.ErrProofRefused)
}

// A provider that answers with something else for a while must not put its keys out of use.
func TestASetWithoutKeysTakesNoGoodOneAway(t *testing.T) {
	s := newKeyServer(t, map[string]crypto.PublicKey{"k1": rsaKey().Public()})
	b := s.bench(t)
	token := idToken(sign(t, jose.RS256, rsaKey(), "k1", lasting()))
	_, err := b.vouch(t, token)
	require.NoError(t, err)
	s.serve(http.StatusOK, []byte(`{"keys":[]}`))
	b.clock.turn(2 * time.Hour)
	_, err = b.vouch(t, token)
	require.NoError(t, err)
}

func TestWhileAProviderHangsOneWaitsAndTheOthersGoOnWithTheOldKeys(t *testing.T) {
	release, hanging := make(chan struct{}), make(chan struct{})
	c := cache[string]{clock: &hands{now: began}, fetch: func(context.Context) (string, time.Duration, error) {
		return "old", time.Hour, nil
	}}
	enough := func(string) bool { return true }
	_, err := c.get(t.Context(), enough)
	require.NoError(t, err)
	c.clock.(*hands).turn(2 * time.Hour)
	c.fetch = func(context.Context) (string, time.Duration, error) {
		close(hanging)
		<-release
		return "new", time.Hour, nil
	}
	first := make(chan string)
	go func() {
		value, _ := c.get(context.Background(), enough)
		first <- value
	}()
	<-hanging
	for range 10 {
		value, err := c.get(t.Context(), enough)
		require.NoError(t, err)
		require.Equal(t, "old", value)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = c.get(ended, func(value string) bool { return value == "new" })
	require.ErrorIs(t, err, context.Canceled, "whoever cannot go on may leave")
	close(release)
	require.Equal(t, "new", <-first)
}
