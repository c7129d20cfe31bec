package conformance

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"latchkey/application/ports"
	"latchkey/domain/fault"
	"latchkey/domain/identities"
	"latchkey/domain/secret"
)

// ProviderSample is a provider that is configured, and proofs to try with it.
type ProviderSample struct {
	Provider string
	// Good proves who somebody is, twice.
	Good identities.Proof
	// Refused proves nothing: it is forged, or another app's.
	Refused identities.Proof
}

// IdentityProviders tests an implementation of ports.IdentityProviders with one of
// the providers that it has.
func IdentityProviders(t *testing.T, providers ports.IdentityProviders, sample ProviderSample) {
	t.Run("an unknown provider is unknown everywhere", func(t *testing.T) { providerUnknown(t, providers, sample) })
	t.Run("a good proof tells who somebody is", func(t *testing.T) { providerVouches(t, providers, sample) })
	t.Run("no proof is missed", func(t *testing.T) { providerProofMissing(t, providers, sample) })
	t.Run("a bad proof is refused", func(t *testing.T) { providerProofRefused(t, providers, sample) })
	t.Run("an ended context is no refusal", func(t *testing.T) { providerCanceled(t, providers, sample) })
	t.Run("a callback is chosen when none is wanted", func(t *testing.T) { providerCallback(t, providers, sample) })
	t.Run("an authorization URL carries the request", func(t *testing.T) { providerAuthorization(t, providers, sample) })
}

func providerUnknown(t *testing.T, providers ports.IdentityProviders, sample ProviderSample) {
	require.True(t, providers.Configured(sample.Provider))
	for _, name := range []string{"", "nobody", strings.ToUpper(sample.Provider), sample.Provider + " ", "../" + sample.Provider} {
		require.False(t, providers.Configured(name), "%q", name)
		for _, proof := range []identities.Proof{sample.Good, sample.Refused, {}} {
			profile, err := providers.Vouch(t.Context(), name, proof)
			require.ErrorIs(t, err, identities.ErrProviderUnknown, "%q", name)
			require.Zero(t, profile)
		}
		_, err := providers.AuthorizationURL(t.Context(), name, identities.Request{State: "s"})
		require.ErrorIs(t, err, identities.ErrProviderUnknown, "%q", name)
		_, err = providers.Callback(name, "")
		require.ErrorIs(t, err, identities.ErrProviderUnknown, "%q", name)
	}
}

func providerVouches(t *testing.T, providers ports.IdentityProviders, sample ProviderSample) {
	first, err := providers.Vouch(t.Context(), sample.Provider, sample.Good)
	require.NoError(t, err)
	require.Equal(t, sample.Provider, first.Key.Provider)
	require.NotEmpty(t, first.Key.Subject)
	require.LessOrEqual(t, utf8.RuneCountInString(first.Key.Subject), identities.SubjectMaxLength)
	require.True(t, json.Valid(first.Extra))
	extra := string(first.Extra)
	clear(first.Extra)

	second, err := providers.Vouch(t.Context(), sample.Provider, sample.Good)
	require.NoError(t, err)
	require.Equal(t, first.Key, second.Key)
	require.Equal(t, first.Emails, second.Emails)
	require.JSONEq(t, extra, string(second.Extra), "what was handed out is not what is known")
}

func providerProofMissing(t *testing.T, providers ports.IdentityProviders, sample ProviderSample) {
	for _, proof := range []identities.Proof{
		{}, {AccessToken: secret.New("")}, {TokenSecret: secret.New("x"), CodeVerifier: secret.New("x"), FirstName: "Ann"},
	} {
		profile, err := providers.Vouch(t.Context(), sample.Provider, proof)
		require.ErrorIs(t, err, identities.ErrProofMissing)
		require.Zero(t, profile)
	}
}

func providerProofRefused(t *testing.T, providers ports.IdentityProviders, sample ProviderSample) {
	profile, err := providers.Vouch(t.Context(), sample.Provider, sample.Refused)
	require.ErrorIs(t, err, identities.ErrProofRefused)
	require.Zero(t, profile)
}

// Who hangs up is not told that their proof was bad, and nothing is counted against it.
func providerCanceled(t *testing.T, providers ports.IdentityProviders, sample ProviderSample) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	profile, err := providers.Vouch(ctx, sample.Provider, sample.Good)
	require.ErrorIs(t, err, context.Canceled)
	var refusal *fault.Fault
	require.NotErrorAs(t, err, &refusal)
	require.Zero(t, profile)
}

func providerCallback(t *testing.T, providers ports.IdentityProviders, sample ProviderSample) {
	chosen, err := providers.Callback(sample.Provider, "")
	require.NoError(t, err)
	require.NotEmpty(t, chosen)
	again, err := providers.Callback(sample.Provider, chosen)
	require.NoError(t, err)
	require.Equal(t, chosen, again)
}

func providerAuthorization(t *testing.T, providers ports.IdentityProviders, sample ProviderSample) {
	callback, err := providers.Callback(sample.Provider, "")
	require.NoError(t, err)
	text, err := providers.AuthorizationURL(t.Context(), sample.Provider,
		identities.Request{CallbackURL: callback, State: "a state&", Nonce: "a nonce", Challenge: "challenge"})
	require.NoError(t, err)
	parsed, err := url.Parse(text)
	require.NoError(t, err)
	require.Equal(t, "https", parsed.Scheme)
	require.Equal(t, "a state&", parsed.Query().Get("state"))
	require.Equal(t, callback, parsed.Query().Get("redirect_uri"))
}

// decodedParts returns what stands in the parts of a text that are base64url.
func decodedParts(text string) (parts []string) {
	for part := range strings.SplitSeq(text, ":") {
		if decoded, err := base64.RawURLEncoding.DecodeString(part); err == nil {
			parts = append(parts, string(decoded))
		}
	}
	return parts
}
