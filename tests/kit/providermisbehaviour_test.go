package kit_test

import (
	"context"
	"io"
	"math"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/tests/kit"
)

// spoilt is a provider whose discovery document comes out wrong, and the document's address.
func spoilt(t *testing.T, times int, how kit.Misbehaviour) (provider *kit.FakeProvider, address string) {
	t.Helper()
	provider = kit.Provider(t)
	provider.Misbehave("/oidc/.well-known", times, how)
	return provider, provider.URL + "/oidc/.well-known/openid-configuration"
}

func TestMisbehaviourKeepsToItsPathAndItsNumber(t *testing.T) {
	t.Parallel()
	provider, document := spoilt(t, 2, kit.ServerError)
	require.Equal(t, http.StatusOK, get(t, provider.URL+"/oidc/jwks", "").status)
	require.Equal(t, http.StatusInternalServerError, get(t, document, "").status)
	require.Equal(t, http.StatusInternalServerError, get(t, document, "").status)
	require.Equal(t, http.StatusOK, get(t, document, "").status)
	require.Len(t, provider.Requests(), 4)

	provider.Misbehave("/", 1, kit.HTML)
	provider.Misbehave("/", math.MaxInt, kit.Answer(http.StatusTeapot, "text/plain", "short and stout"))
	require.Equal(t, "<html>oops</html>", get(t, document, "").text)
	require.Equal(t, "short and stout", get(t, document, "").text)
	provider.Behave()
	require.Equal(t, http.StatusOK, get(t, document, "").status)
}

func TestAHugeAnswerIsHugeAndGoodJSON(t *testing.T) {
	t.Parallel()
	_, document := spoilt(t, 1, kit.Huge)
	require.Greater(t, len(get(t, document, "").object(t)["id"].(string)), 20_000_000)
}

func TestRedirects(t *testing.T) {
	t.Parallel()
	provider, document := spoilt(t, 1, kit.RedirectLoop)
	_, err := http.Get(document)
	require.ErrorContains(t, err, "stopped after 10 redirects")

	elsewhere := kit.Provider(t)
	provider.Misbehave("/oidc/token", 1, kit.RedirectTo(elsewhere.URL+"/stolen"))
	post(t, provider.URL+"/oidc/token", nil)
	require.Equal(t, []kit.ProviderRequest{{Method: "POST", Path: "/stolen"}}, elsewhere.Requests())
}

func TestAProviderThatHangsUp(t *testing.T) {
	t.Parallel()
	_, document := spoilt(t, 2, kit.HangUp) // a client may try a second time by itself
	_, err := http.Get(document)
	require.ErrorIs(t, err, io.EOF)
}

func TestAProviderThatHangsEndsWithTheClientOrTheTest(t *testing.T) {
	t.Parallel()
	_, document := spoilt(t, 2, kit.Hang)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, document, nil)
	require.NoError(t, err)
	_, err = http.DefaultClient.Do(request)
	require.ErrorIs(t, err, context.DeadlineExceeded)

	ended := make(chan error, 1)
	t.Run("a test that ends while a request hangs", func(t *testing.T) {
		provider, document := spoilt(t, 1, kit.Hang)
		go func() {
			_, err := http.Get(document)
			ended <- err
		}()
		require.Eventually(t, func() bool { return len(provider.Requests()) == 1 }, 5*time.Second, time.Millisecond)
	})
	select {
	case <-ended:
	case <-time.After(5 * time.Second):
		t.Fatal("the request still hangs")
	}
}

func TestASlowProviderAnswersProperlyInTheEnd(t *testing.T) {
	t.Parallel()
	_, document := spoilt(t, 1, kit.Slow(50*time.Millisecond))
	start := time.Now()
	require.Equal(t, http.StatusOK, get(t, document, "").status)
	require.GreaterOrEqual(t, time.Since(start), 50*time.Millisecond)
}
