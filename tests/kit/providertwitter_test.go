package kit_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/dghubble/oauth1"
	"github.com/stretchr/testify/require"

	"latchkey/tests/kit"
)

func TestTwitterChecksTheSignature(t *testing.T) {
	t.Parallel()
	provider := kit.Provider(t)
	provider.AddPerson(kit.Twitter, "tw", map[string]any{"id": 901, "_secret": "s&cret +/ü"})
	for name, try := range map[string]struct {
		key, secret, token, tokenSecret string
		status                          int
	}{
		"good":                   {"tw-key", "tw-secret", "tw", "s&cret +/ü", http.StatusOK},
		"another app":            {"other", "tw-secret", "tw", "s&cret +/ü", http.StatusUnauthorized},
		"another secret":         {"tw-key", "other", "tw", "s&cret +/ü", http.StatusUnauthorized},
		"unknown token":          {"tw-key", "tw-secret", "other", "s&cret +/ü", http.StatusUnauthorized},
		"another token's secret": {"tw-key", "tw-secret", "tw", "other", http.StatusUnauthorized},
	} {
		client := oauth1.NewConfig(try.key, try.secret).Client(t.Context(), oauth1.NewToken(try.token, try.tokenSecret))
		response, err := client.Get(provider.URL + "/twitter/1.1/account/verify_credentials.json?include_email=true&q=a%20b%2B")
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		require.Equal(t, try.status, response.StatusCode, name)
	}
	address := provider.URL + "/twitter/1.1/account/verify_credentials.json"
	require.Equal(t, http.StatusUnauthorized, get(t, address, "").status)
	require.Equal(t, http.StatusUnauthorized, get(t, address, `OAuth oauth_token="tw", oauth_consumer_key="%zz"`).status)
}

// capturedHeader keeps the signature of a request and does not send it.
type capturedHeader struct{ header string }

func (c *capturedHeader) RoundTrip(r *http.Request) (*http.Response, error) {
	c.header = r.Header.Get("Authorization")
	return nil, http.ErrAbortHandler
}

func TestTwitterSignaturesHoldForOneRequestOnly(t *testing.T) {
	t.Parallel()
	provider := kit.Provider(t)
	provider.AddPerson(kit.Twitter, "tw", map[string]any{"id": 901, "_secret": "s"})
	address := provider.URL + "/twitter/1.1/account/verify_credentials.json"
	captured := &capturedHeader{}
	ctx := context.WithValue(t.Context(), oauth1.HTTPClient, &http.Client{Transport: captured})
	client := oauth1.NewConfig("tw-key", "tw-secret").Client(ctx, oauth1.NewToken("tw", "s"))
	_, err := client.Get(address + "?include_email=true")
	require.Error(t, err)

	require.Equal(t, http.StatusOK, get(t, address+"?include_email=true", captured.header).status)
	require.Equal(t, http.StatusUnauthorized, get(t, address, captured.header).status)
	require.Equal(t, http.StatusUnauthorized, get(t, address+"?include_email=false", captured.header).status)
	require.Equal(t, http.StatusUnauthorized, get(t, address+"?include_email=true&skip=1", captured.header).status)
}
