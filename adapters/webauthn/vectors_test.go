package webauthn_test

import (
	_ "embed"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/adapters/webauthn"
	"latchkey/domain/passkeys"
)

// Ceremonies that py_webauthn, which Django's side uses, has accepted, and what it stored.
//
//go:embed testdata/vectors.json
var vectorsText []byte

type vector struct {
	Alg, Challenge          string
	Registration, Assertion json.RawMessage
	Stored                  struct {
		CredentialID string `json:"credential_id"`
		PublicKey    string `json:"public_key"`
		SignCount    uint32 `json:"sign_count"`
	}
}

func vectors(t testing.TB) []vector {
	var file struct{ Passkeys []vector }
	require.NoError(t, json.Unmarshal(vectorsText, &file))
	require.Len(t, file.Passkeys, 3)
	return file.Passkeys
}

func example(t testing.TB, challenge string) passkeys.Expected {
	raw, err := base64.RawURLEncoding.DecodeString(challenge)
	require.NoError(t, err)
	return passkeys.Expected{
		RelyingParty: passkeys.RelyingParty{ID: "example.com", Origins: []string{"https://example.com"}},
		Challenge:    raw,
		Verification: passkeys.VerificationPreferred,
	}
}

func TestWhatDjangosSideAcceptedIsAcceptedAndStoredAlike(t *testing.T) {
	ceremonies := webauthn.New()
	for _, v := range vectors(t) {
		expected := example(t, v.Challenge)
		attested, err := ceremonies.Registered(v.Registration, expected)
		require.NoError(t, err, v.Alg)
		require.Equal(t, v.Stored.CredentialID, hex.EncodeToString(attested.CredentialID))
		require.Equal(t, v.Stored.PublicKey, hex.EncodeToString(attested.PublicKey))
		require.Equal(t, v.Stored.SignCount, attested.SignCount)
		require.True(t, ceremonies.Checks(attested.PublicKey))
		require.False(t, ceremonies.Checks(attested.PublicKey[1:]))

		id, err := ceremonies.Named(v.Assertion)
		require.NoError(t, err)
		require.Equal(t, attested.CredentialID, id)
		asserted, err := ceremonies.Asserted(v.Assertion, attested.PublicKey, expected)
		require.NoError(t, err, v.Alg)
		require.Equal(t, passkeys.Asserted{SignCount: 7, UserVerified: true}, asserted)

		expected.Challenge = append([]byte{}, expected.Challenge...)
		expected.Challenge[0]++
		_, err = ceremonies.Registered(v.Registration, expected)
		require.ErrorIs(t, err, passkeys.ErrRegistrationRefused)
		_, err = ceremonies.Asserted(v.Assertion, attested.PublicKey, expected)
		require.ErrorIs(t, err, passkeys.ErrRefused)
	}
}
