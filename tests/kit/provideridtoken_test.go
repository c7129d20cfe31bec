package kit_test

import (
	"crypto/x509"
	"encoding/pem"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"

	"latchkey/tests/kit"
)

func TestIDTokensAreGoodUnlessForged(t *testing.T) {
	t.Parallel()
	c := newCorp(t)
	good, err := c.verifier.Verify(t.Context(), c.fake.IDToken(kit.Corp, map[string]any{"sub": "c-2", "email": "b@corp.example"}))
	require.NoError(t, err)
	require.Equal(t, "c-2", good.Subject)
	for name, claims := range map[string]map[string]any{
		"another issuer":   {"iss": "https://evil.example"},
		"another audience": {"aud": "another-app"},
		"no audience":      {"aud": nil},
		"expired":          {"exp": c.clock.Now().Add(-time.Second).Unix()},
		"no expiry":        {"exp": nil},
	} {
		_, err := c.verifier.Verify(t.Context(), c.fake.IDToken(kit.Corp, claims))
		require.Error(t, err, name)
	}
}

func TestATokenOfAnotherFakeIsAForgery(t *testing.T) {
	t.Parallel()
	c := newCorp(t)
	stranger := kit.Provider(t, kit.WithProviderClock(c.clock))
	_, err := c.verifier.Verify(t.Context(), stranger.IDToken(kit.Corp, map[string]any{"iss": c.fake.URL + "/oidc"}))
	require.ErrorContains(t, err, "signature")
}

func TestRotatedKeysAreWithdrawn(t *testing.T) {
	t.Parallel()
	c := newCorp(t)
	before := c.fake.IDToken(kit.Corp, nil)
	c.fake.RotateKeys()
	_, err := c.verifier.Verify(t.Context(), before)
	require.Error(t, err)
	_, err = c.verifier.Verify(t.Context(), c.fake.IDToken(kit.Corp, nil))
	require.NoError(t, err)
}

func TestGooglesIDTokensHaveACertificate(t *testing.T) {
	t.Parallel()
	provider := kit.Provider(t)
	text := provider.IDToken(kit.Google, map[string]any{"sub": "g-1"})
	certs := get(t, provider.URL+"/google/certs", "").object(t)
	verified, err := jwt.Parse(text, func(token *jwt.Token) (any, error) {
		block, _ := pem.Decode([]byte(certs[token.Header["kid"].(string)].(string)))
		certificate, err := x509.ParseCertificate(block.Bytes)
		return certificate.PublicKey, err
	}, jwt.WithIssuer("https://accounts.google.com"), jwt.WithAudience("google-client"), jwt.WithValidMethods([]string{"RS256"}))
	require.NoError(t, err)
	subject, err := verified.Claims.GetSubject()
	require.NoError(t, err)
	require.Equal(t, "g-1", subject)

	provider.RotateKeys()
	require.Empty(t, get(t, provider.URL+"/google/certs", "").object(t))
}
