package inmemory

import (
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/domain/identities"
	"latchkey/domain/secret"
)

func TestProvidersKnowWhatTheyWereTaught(t *testing.T) {
	providers := NewIdentityProviders("github")
	ann := identities.Profile{Key: identities.Key{Provider: "google", Subject: "ann"}}
	bob := identities.Profile{Key: identities.Key{Provider: "google", Subject: "bob"}}
	providers.Vouches("google", "token", ann)
	providers.VouchesCode("google", "code", bob)
	for _, c := range []struct {
		provider, token, code string
		want                  identities.Profile
		err                   error
	}{
		{"google", "token", "", ann, nil},
		{"google", "", "code", bob, nil},
		{"google", "token", "code", ann, nil},
		{"google", "code", "", identities.Profile{}, identities.ErrProofRefused},
		{"google", "code", "code", identities.Profile{}, identities.ErrProofRefused},
		{"google", "", "token", identities.Profile{}, identities.ErrCodeRefused},
		{"github", "token", "", identities.Profile{}, identities.ErrProofRefused},
		{"gitlab", "token", "", identities.Profile{}, identities.ErrProviderUnknown},
	} {
		profile, err := providers.Vouch(t.Context(), c.provider, identities.Proof{AccessToken: secret.New(c.token), Code: secret.New(c.code)})
		require.ErrorIs(t, err, c.err)
		require.Equal(t, c.want, profile)
	}
}

func TestAnIDTokenAloneIsRefused(t *testing.T) {
	providers := NewIdentityProviders()
	providers.Vouches("google", "", identities.Profile{Key: identities.Key{Provider: "google", Subject: "nobody"}})
	_, err := providers.Vouch(t.Context(), "google", identities.Proof{IDToken: secret.New("x")})
	require.ErrorIs(t, err, identities.ErrProofRefused)
}
