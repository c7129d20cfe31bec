package djangosign

import (
	"encoding/json"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/domain/accounts"
	"latchkey/domain/factors"
	"latchkey/domain/secret"
)

// factorVectors were made by dj_rest_auth.mfa.
type factorVectors struct {
	SecretKey  string `json:"SECRET_KEY"`
	Activation []struct {
		PK     int64
		Secret string
		Time   int64
		Token  string
	} `json:"activation_token"`
	Stored []struct{ Secret, Stored string } `json:"stored_secret"`
}

func readFactorVectors(t *testing.T) (factorVectors, Keys) {
	t.Helper()
	text, err := os.ReadFile("testdata/vectors-mfa.json")
	require.NoError(t, err)
	var all factorVectors
	require.NoError(t, json.Unmarshal(text, &all))
	require.NotEmpty(t, all.Activation)
	require.NotEmpty(t, all.Stored)
	keys, err := NewKeys(secret.New(all.SecretKey))
	require.NoError(t, err)
	return all, keys
}

func TestActivationTokensAreThoseOfUpstream(t *testing.T) {
	all, keys := readFactorVectors(t)
	seals := NewActivationSeals(keys)
	for _, v := range all.Activation {
		made := time.Unix(v.Time, 0).UTC()
		sealed := seals.Seal(factors.Activation{Account: accounts.ID(v.PK), Secret: secret.New(v.Secret), Made: made})
		require.Equal(t, v.Token, sealed.Reveal())
		opened, err := seals.Open(sealed)
		require.NoError(t, err)
		require.Equal(t, accounts.ID(v.PK), opened.Account)
		require.Equal(t, v.Secret, opened.Secret.Reveal())
		require.Equal(t, made, opened.Made)
	}
}

func TestOnlyOurOwnActivationTokensAreRead(t *testing.T) {
	all, keys := readFactorVectors(t)
	good := all.Activation[0].Token
	foreign, err := NewKeys(secret.New("another"))
	require.NoError(t, err)
	other := NewActivationSeals(foreign).Seal(factors.Activation{Account: 1, Made: time.Unix(0, 0)}).Reveal()
	resigned := newSigner(keys, "django.core.signing").sign("e30", time.Unix(0, 0))
	for _, bad := range []string{"", "a:b:c", good + "x", "x" + good, other, resigned, string(make([]byte, 2000))} {
		_, err := NewActivationSeals(keys).Open(secret.New(bad))
		require.ErrorIs(t, err, factors.ErrActivationTokenInvalid, bad)
	}
}

func TestStoredSecretsAreThoseOfUpstream(t *testing.T) {
	all, keys := readFactorVectors(t)
	for _, v := range all.Stored {
		require.Equal(t, v.Stored, NewSecretSeals(keys).Seal(secret.New(v.Secret)))
		require.True(t, NewSecretSeals(keys).Signed(v.Stored))
		for _, unsigned := range []string{"", v.Secret, v.Secret + ":signed-with-an-older-key", v.Stored + "x"} {
			require.False(t, NewSecretSeals(keys).Signed(unsigned))
		}
		for _, stored := range []string{v.Stored, v.Secret, v.Secret + ":signed-with-an-older-key"} {
			require.Equal(t, v.Secret, NewSecretSeals(keys).Open(stored).Reveal(), "nobody is locked out by a signature")
		}
	}
}
