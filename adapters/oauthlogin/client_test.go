package oauthlogin

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/domain/fault"
	"latchkey/domain/identities"
	"latchkey/domain/secret"
)

// plain is a provider of the simplest kind, whose one call goes to this handler.
func plain(t *testing.T, handler http.HandlerFunc) *bench {
	t.Helper()
	s := newSite(t)
	s.mux.HandleFunc("/", handler)
	return newBench(t, Config{
		Kind: KindOAuth2, AccessTokenURL: s.URL + "/token", IdentityURL: s.URL + "/me",
		UncheckedAccessTokens: true, Timeout: 400 * time.Millisecond,
	})
}

func slow(w http.ResponseWriter, r *http.Request) {
	select {
	case <-r.Context().Done():
	case <-time.After(5 * time.Second):
	}
}

func trickling(w http.ResponseWriter, r *http.Request) {
	for r.Context().Err() == nil {
		_, _ = w.Write([]byte(" "))
		w.(http.Flusher).Flush()
		time.Sleep(20 * time.Millisecond)
	}
}

func huge(w http.ResponseWriter, _ *http.Request) {
	_, _ = w.Write([]byte(`{"id":"1","padding":"` + strings.Repeat("x", 20<<20) + `"}`))
}

func hungUp(w http.ResponseWriter, _ *http.Request) {
	connection, _, _ := w.(http.Hijacker).Hijack()
	_ = connection.Close()
}

func TestAnAnswerThatIsNoAnswerSaysNothingAboutTheProof(t *testing.T) {
	elsewhere := newSite(t)
	elsewhere.json("/", map[string]any{"id": "evil"})
	says := func(status int, text string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			_, _ = w.Write([]byte(text))
		}
	}
	for name, handler := range map[string]http.HandlerFunc{
		"none in time":      slow,
		"drop by drop":      trickling,
		"20 megabytes":      huge,
		"hung up":           hungUp,
		"HTML":              says(200, "<html>oops</html>"),
		"nothing":           says(204, ""),
		"a list":            says(200, `[{"id":"1"}]`),
		"null":              says(200, `null`),
		"two objects":       says(200, `{"id":"1"}{"id":"2"}`),
		"cut off":           says(200, `{"id":"1"`),
		"not modified":      says(304, ""),
		"a redirect":        says(302, `{"id":"1"}`),
		"too many calls":    says(429, `{"id":"1"}`),
		"a redirect loop":   func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/me", http.StatusFound) },
		"another host":      func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, elsewhere.URL+"/", http.StatusFound) },
		"another host, 307": func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, elsewhere.URL+"/", 307) },
		"large headers": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X", strings.Repeat("x", 1<<20))
			_, _ = w.Write([]byte(`{"id":"1"}`))
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := plain(t, handler)
			for step, proof := range map[string]identities.Proof{"access token": accessToken("token-1"), "code": code("code-1")} {
				start := time.Now()
				_, err := b.vouch(t, proof)
				require.ErrorIs(t, err, identities.ErrProviderUnavailable, step)
				require.Equal(t, 30*time.Second, fault.Of(err)[0].Wait)
				require.Less(t, time.Since(start), 3*time.Second)
			}
			require.Contains(t, b.log.String(), "provider=oauth2")
			for _, hidden := range []string{"token-1", "code-1", "hunter2", "?"} {
				require.NotContains(t, b.log.String(), hidden)
			}
		})
	}
	require.Empty(t, elsewhere.at("/"), "no token goes elsewhere")
}

func TestAProviderThatIsNotThereIsUnavailable(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := "http://" + listener.Addr().String()
	require.NoError(t, listener.Close())
	for _, c := range []Config{
		{Kind: KindFacebook, GraphAPIURL: address}, {Kind: KindGitHub, GitHubURL: address}, {Kind: KindGoogle, IdentityURL: address, AccessTokenURL: address},
		{Kind: KindTwitter, VerifyCredentialsURL: address}, {Kind: KindOIDC, Issuer: address},
		{Kind: KindOAuth2, IdentityURL: address, AccessTokenURL: address, UncheckedAccessTokens: true},
		{Kind: KindMicrosoft, GraphAPIURL: address, AccessTokenURL: address},
	} {
		b := newBench(t, c)
		proof := accessToken("token-1")
		proof.TokenSecret = secret.New("secret-1")
		_, err := b.vouch(t, proof)
		require.ErrorIs(t, err, identities.ErrProviderUnavailable, c.Kind)
		if c.Kind != KindTwitter {
			_, err = b.vouch(t, code("code-1"))
			require.ErrorIs(t, err, identities.ErrProviderUnavailable, c.Kind)
		}
		for _, hidden := range []string{"token-1", "code-1", "hunter2", "secret-1", "access_token"} {
			require.NotContains(t, b.log.String(), hidden, c.Kind)
		}
	}
}

func TestAStatusRefusesTheProof(t *testing.T) {
	for _, status := range []int{400, 401, 403, 404, 410} {
		b := plain(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(status)
			_, _ = w.Write([]byte(`{"error":"invalid_client","error_description":"hunter2 is wrong"}`))
		})
		_, err := b.vouch(t, accessToken("t"))
		require.ErrorIs(t, err, identities.ErrProofRefused, status)
		_, err = b.vouch(t, code("c"))
		require.ErrorIs(t, err, identities.ErrCodeRefused, status)
		require.Contains(t, b.log.String(), "invalid_client", "an operator sees that the secret is wrong")
		require.NotContains(t, b.log.String(), "hunter2")
	}
}

func TestAnErrorThatHasAGoodStatusRefusesTheCode(t *testing.T) {
	b := plain(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
		_, _ = w.Write([]byte("error=bad_verification_code&access_token=x"))
	})
	_, err := b.vouch(t, code("c"))
	require.ErrorIs(t, err, identities.ErrCodeRefused)
}

func TestRedirectsOnTheSameHostAreFollowed(t *testing.T) {
	var hops atomic.Int32
	b := plain(t, func(w http.ResponseWriter, r *http.Request) {
		if hops.Add(1) <= 3 {
			http.Redirect(w, r, "/me", http.StatusFound)
			return
		}
		_, _ = w.Write([]byte(`{"id":"1"}`))
	})
	_, err := b.vouch(t, accessToken("t"))
	require.NoError(t, err)
}

func TestRedirectsGoNeitherElsewhereNorOnForEver(t *testing.T) {
	elsewhere := newSite(t)
	elsewhere.json("/", map[string]any{"id": "evil", "access_token": "evil"})
	for name, to := range map[string]string{"elsewhere": elsewhere.URL + "/", "a loop": "/"} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t)
			s.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, to, http.StatusTemporaryRedirect) })
			b := newBench(t, Config{
				Kind: KindOAuth2, IdentityURL: s.URL, AccessTokenURL: s.URL, UncheckedAccessTokens: true,
				PrivateAddresses: true, // so that nothing but the rule about redirects is in the way
			})
			for _, proof := range []identities.Proof{accessToken("t"), code("c")} {
				_, err := b.vouch(t, proof)
				require.ErrorIs(t, err, identities.ErrProviderUnavailable)
			}
			require.LessOrEqual(t, len(s.calls()), 2*(1+redirectsMost))
		})
	}
	require.Empty(t, elsewhere.calls(), "no token and no code goes elsewhere")
}

func TestWhoHasGoneGetsTheirOwnError(t *testing.T) {
	b := plain(t, slow)
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	for _, proof := range []identities.Proof{accessToken("t"), code("c")} {
		_, err := b.Vouch(ctx, b.name, proof)
		require.ErrorIs(t, err, context.Canceled)
		require.Equal(t, fault.Internal, fault.KindOf(err))
	}
	require.Empty(t, b.log.String(), "it says nothing about the provider")
}

func TestWhatNoProviderIssuesIsNotSent(t *testing.T) {
	var calls atomic.Int32
	b := plain(t, func(http.ResponseWriter, *http.Request) { calls.Add(1) })
	for _, text := range []string{"a\nb", "a\r\nX-Evil: 1", "a\x00b", "\x7f"} {
		_, err := b.vouch(t, accessToken(text))
		require.ErrorIs(t, err, identities.ErrProofRefused)
		_, err = b.vouch(t, code(text))
		require.ErrorIs(t, err, identities.ErrCodeRefused)
	}
	require.Zero(t, calls.Load())
}

func TestAFloodDoesNotPileUpConnections(t *testing.T) {
	var open, most atomic.Int32
	server := httptest.NewUnstartedServer(http.HandlerFunc(slow))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		switch state {
		case http.StateNew:
			most.Store(max(most.Load(), open.Add(1)))
		case http.StateClosed:
			open.Add(-1)
		}
	}
	server.Start()
	t.Cleanup(server.Close)
	b := newBench(t, Config{Kind: KindOAuth2, IdentityURL: server.URL, UncheckedAccessTokens: true, Timeout: 300 * time.Millisecond})
	done := make(chan error)
	for range 100 {
		go func() {
			_, err := b.Vouch(context.Background(), b.name, accessToken("t"))
			done <- err
		}()
	}
	for range 100 {
		require.ErrorIs(t, <-done, identities.ErrProviderUnavailable)
	}
	require.Less(t, most.Load(), int32(2*connectionsMost), "the server sees an end later than the next beginning")
	require.Positive(t, most.Load())
}

func TestEveryCallSaysWhoWeAre(t *testing.T) {
	s := newSite(t)
	s.json("/me", map[string]any{"id": "1"})
	s.json("/token", map[string]any{"access_token": "a"})
	b := newBench(t, Config{Kind: KindOAuth2, IdentityURL: s.URL + "/me", AccessTokenURL: s.URL + "/token"})
	_, err := b.vouch(t, code("c"))
	require.NoError(t, err)
	require.Equal(t, "latchkey", s.at("/me")[0].agent)
	require.Equal(t, "latchkey", s.at("/token")[0].agent)
}

func TestTheEnvironmentNamesNoProxy(t *testing.T) {
	t.Setenv("HTTPS_PROXY", "http://127.0.0.1:1")
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:1")
	transport := newClient(Config{}, nil).http.Transport.(limited).Transport
	require.Nil(t, transport.Proxy)
	require.Nil(t, newClient(Config{}, nil).http.Jar)
}

func TestAProvidersOwnTroubleSaysNothingAboutTheProof(t *testing.T) {
	for _, status := range []int{408, 429, 500, 502, 503} {
		b := plain(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
		_, err := b.vouch(t, accessToken("t"))
		require.ErrorIs(t, err, identities.ErrProviderUnavailable, status)
		_, err = b.vouch(t, code("c"))
		require.ErrorIs(t, err, identities.ErrProviderUnavailable, status)
	}
}

func TestWhatIsLongerThanAnyTokenIsSentToNobody(t *testing.T) {
	b := plain(t, func(http.ResponseWriter, *http.Request) { t.Error("the provider was asked") })
	_, err := b.vouch(t, accessToken(strings.Repeat("t", idTokenMost+1)))
	require.ErrorIs(t, err, identities.ErrProofRefused)
}
