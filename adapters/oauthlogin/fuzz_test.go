package oauthlogin

import (
	"bytes"
	"context"
	"crypto"
	"encoding/json"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/require"

	"latchkey/domain/identities"
)

// FuzzIDToken holds the verifier to its promise: of whatever is no token that the
// provider signed, it says nothing.
func FuzzIDToken(f *testing.F) {
	b, _ := googleBench(f, nil)
	good := signed(f, honest())
	for _, seed := range append([]string{good, good + ".", "..", encoded(map[string]any{"alg": "none"}, honest(), "")},
		sign(f, jose.RS256, otherRSA(), "k1", honest()), `{"payload":"","signatures":[]}`) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, token string) {
		profile, err := b.Vouch(context.Background(), "google", idToken(token))
		if token == good {
			require.NoError(t, err)
			return
		}
		require.Error(t, err)
		require.Zero(t, profile.Key)
	})
}

// FuzzClaims holds what is made of a provider's answer to what the rest relies on.
func FuzzClaims(f *testing.F) {
	for _, seed := range []string{`{"sub":"1"}`, `{"sub":1e5,"email":"a@example.com","email_verified":"true"}`, `{"a":{"b":[1,{"c":null}]}}`, `{"x":"\u0000\ud800"}`, `[]`} {
		f.Add([]byte(seed))
	}
	p := provider{Config: Config{Name: "p"}}
	f.Fuzz(func(t *testing.T, text []byte) {
		claims, err := parseObject(text)
		if err != nil {
			return
		}
		_, _ = claims.time("exp")
		_ = claims.texts("aud")
		profile, err := p.finished(openIDProfile(claims))
		if err != nil {
			require.ErrorIs(t, err, identities.ErrProofRefused)
			return
		}
		require.NotEmpty(t, profile.Key.Subject)
		require.True(t, json.Valid(profile.Extra))
		require.LessOrEqual(t, len(profile.Extra), extraMost)
		require.False(t, bytes.Contains(profile.Extra, []byte(`\u0000`)))
	})
}

// FuzzKeys reads key sets of a provider gone mad.
func FuzzKeys(f *testing.F) {
	f.Add(jwks(f, map[string]crypto.PublicKey{"rsa": rsaKey().Public(), "ec": ecKey().Public()}))
	f.Add([]byte(`{"k":"-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n"}`))
	f.Add([]byte(`{"keys":[{"kty":"oct","k":"AAAA"},{"kty":"RSA","n":"","e":""},{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		found, err := parseKeys(text)
		if err != nil {
			return
		}
		require.LessOrEqual(t, len(found), keysMost)
		for _, key := range found {
			require.True(t, key.IsPublic(), "a secret key would make HMAC of it")
		}
	})
}
