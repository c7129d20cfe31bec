package oauthlogin

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"log/slog"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/require"

	"latchkey/domain/identities"
	"latchkey/domain/secret"
)

func applePEM(t testing.TB, key any) secret.String {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	return secret.New(string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})))
}

func appleClaims() map[string]any {
	return map[string]any{
		"iss": "https://appleid.apple.com", "aud": "client", "sub": "001.a", "iat": began.Unix(), "exp": began.Add(10 * time.Minute).Unix(),
		"email": "x@privaterelay.appleid.com", "email_verified": "true", "is_private_email": "true",
	}
}

func appleBench(t *testing.T) (*bench, *site) {
	t.Helper()
	s := newSite(t)
	s.json("/keys", json.RawMessage(jwks(t, map[string]crypto.PublicKey{"a": rsaKey().Public()})))
	return newBench(t, Config{
		Kind: KindApple, CertsURL: s.URL + "/keys", AccessTokenURL: s.URL + "/token", Callbacks: callbacks,
		TeamID: "TEAM", KeyID: "KEY", PrivateKey: applePEM(t, ecKey()),
	}), s
}

func TestApplesIDTokenAndTheNameThatTheAppKnows(t *testing.T) {
	b, _ := appleBench(t)
	proof := idToken(sign(t, jose.RS256, rsaKey(), "a", appleClaims()))
	proof.FirstName, proof.LastName = "Ada", "Lovelace"
	profile, err := b.vouch(t, proof)
	require.NoError(t, err)
	require.Equal(t, "001.a", profile.Key.Subject)
	require.Equal(t, []identities.Email{{Address: "x@privaterelay.appleid.com", Verified: true, Primary: true}}, profile.Emails)
	require.Equal(t, "Ada", profile.FirstName)
	require.Equal(t, "Lovelace", profile.LastName)
}

func TestAnAccessTokenOfApplesProvesNothing(t *testing.T) {
	b, s := appleBench(t)
	_, err := b.vouch(t, accessToken("t"))
	require.ErrorIs(t, err, identities.ErrProofRefused)
	require.Empty(t, s.calls())
}

func TestApplesClientSecretIsSignedAndShortLived(t *testing.T) {
	b, s := appleBench(t)
	s.json("/token", map[string]any{"access_token": "a", "token_type": "Bearer", "id_token": sign(t, jose.RS256, rsaKey(), "a", appleClaims())})
	proof := code("c")
	proof.CodeVerifier = secret.New("v")
	_, err := b.vouch(t, proof)
	require.NoError(t, err)

	form := s.at("/token")[0].form
	require.Equal(t, "client", form.Get("client_id"))
	require.Equal(t, "c", form.Get("code"))
	require.Equal(t, "v", form.Get("code_verifier"))
	require.Equal(t, callbacks[0], form.Get("redirect_uri"))
	made, err := jose.ParseSignedCompact(form.Get("client_secret"), []jose.SignatureAlgorithm{jose.ES256})
	require.NoError(t, err)
	require.Equal(t, "KEY", made.Signatures[0].Header.KeyID)
	payload, err := made.Verify(ecKey().Public())
	require.NoError(t, err)
	claims, err := parseObject(payload)
	require.NoError(t, err)
	require.Equal(t, "TEAM", claims.text("iss"))
	require.Equal(t, "client", claims.text("sub"))
	require.Equal(t, "https://appleid.apple.com", claims.text("aud"))
	made1, _ := claims.time("iat")
	ends, _ := claims.time("exp")
	require.Equal(t, began.Truncate(time.Second), made1)
	require.LessOrEqual(t, ends.Sub(made1), 10*time.Minute)
}

func TestACodeOfApplesNeedsAnIDToken(t *testing.T) {
	b, s := appleBench(t)
	s.json("/token", map[string]any{"access_token": "a", "token_type": "Bearer"})
	_, err := b.vouch(t, code("c"))
	require.ErrorIs(t, err, identities.ErrProofRefused)
}

func TestAKeyThatIsNotApplesIsFoundAtTheStart(t *testing.T) {
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	require.NoError(t, err)
	for name, key := range map[string]secret.String{
		"none": {}, "no PEM": secret.New("hunter2-hunter2"), "RSA": applePEM(t, rsaKey()), "another curve": applePEM(t, p384),
		"garbage in PEM": secret.New(string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte("hunter2-hunter2")}))),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := New([]Config{{Name: "apple", Kind: KindApple, PrivateKey: key}}, &hands{}, slog.New(slog.DiscardHandler))
			require.ErrorContains(t, err, `the provider "apple": private_key is not the .p8 file that Apple gave you`)
			require.NotContains(t, err.Error(), "hunter2")
		})
	}
}
