package config

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// edKey returns an Ed25519 key that is the same in every run.
func edKey(seed string) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed([]byte(seed + strings.Repeat("x", ed25519.SeedSize-len(seed))))
}

func privatePEM(key crypto.Signer) string {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	return asPEM("PRIVATE KEY", der, err)
}

func publicPEM(key crypto.Signer) string {
	der, err := x509.MarshalPKIXPublicKey(key.Public())
	return asPEM("PUBLIC KEY", der, err)
}

func asPEM(kind string, der []byte, err error) string {
	if err != nil {
		panic(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

// oneLine writes a PEM text as files of environment variables need it.
func oneLine(text string) string { return strings.ReplaceAll(text, "\n", `\n`) }

func rsaKey(t *testing.T, bits int) *rsa.PrivateKey {
	t.Helper()
	t.Setenv("GODEBUG", "rsa1024min=0")
	key, err := rsa.GenerateKey(rand.Reader, bits)
	require.NoError(t, err)
	return key
}

func ecKey(t *testing.T, curve elliptic.Curve) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	require.NoError(t, err)
	return key
}

func TestAnAlgorithmTakesOnlyItsOwnKindOfKey(t *testing.T) {
	rsaKinds := []Algorithm{RS256, RS384, RS512, PS256, PS384, PS512}
	for _, c := range []struct {
		key    crypto.Signer
		fitted []Algorithm
	}{
		{rsaKey(t, 2048), rsaKinds}, {rsaKey(t, 1024), nil},
		{ecKey(t, elliptic.P256()), []Algorithm{ES256}}, {ecKey(t, elliptic.P384()), []Algorithm{ES384}},
		{ecKey(t, elliptic.P521()), []Algorithm{ES512}}, {ecKey(t, elliptic.P224()), nil},
		{edKey("a"), []Algorithm{EdDSA}},
	} {
		for _, algorithm := range algorithms {
			if algorithm.Shared() {
				continue
			}
			_, err := Load("", variables([]string{"USE_JWT=1", "JWT_AUTH_HTTPONLY=0", "ALGORITHM=" + string(algorithm), "SIGNING_KEY=" + privatePEM(c.key)}))
			require.Equal(t, slices.Contains(c.fitted, algorithm), err == nil, "%s with %T: %v", algorithm, c.key, err)
		}
	}
}

func TestPrivateKeysAreReadInEveryForm(t *testing.T) {
	r, e := rsaKey(t, 2048), ecKey(t, elliptic.P256())
	ec, err := x509.MarshalECPrivateKey(e)
	for algorithm, text := range map[Algorithm]string{
		RS256: asPEM("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(r), nil),
		PS512: oneLine(privatePEM(r)),
		ES256: asPEM("EC PRIVATE KEY", ec, err),
		EdDSA: "\n" + privatePEM(edKey("a")) + "\n\n",
	} {
		c := env(t, "USE_JWT=1", "JWT_AUTH_HTTPONLY=0", "ALGORITHM="+string(algorithm), "SIGNING_KEY="+text)
		block, rest := pem.Decode([]byte(c.JWT.SigningKey.Reveal()))
		require.NotNil(t, block)
		require.Empty(t, rest)
		require.Empty(t, c.Warnings)
	}
}

func TestPublicKeysAreReadInEveryForm(t *testing.T) {
	r := rsaKey(t, 2048)
	for _, text := range []string{
		publicPEM(r), oneLine(publicPEM(r)), asPEM("RSA PUBLIC KEY", x509.MarshalPKCS1PublicKey(&r.PublicKey), nil),
	} {
		c := env(t, "USE_JWT=1", "JWT_AUTH_HTTPONLY=0", "ALGORITHM=RS256", "SIGNING_KEY="+privatePEM(r), "VERIFYING_KEY="+text)
		require.True(t, r.PublicKey.Equal(publicKey(c.JWT.VerifyingKey)))
	}
}

func TestAKeyInYAMLIsABlockOfText(t *testing.T) {
	indented := strings.ReplaceAll(privatePEM(edKey("a")), "\n", "\n  ")
	c, err := Load(file(t, "use_jwt: true\njwt_auth_httponly: false\nalgorithm: EdDSA\nsigning_key: |\n  "+indented+"\n"), nil)
	require.NoError(t, err)
	require.Equal(t, privatePEM(edKey("a")), c.JWT.SigningKey.Reveal())
}

func FuzzKeys(f *testing.F) {
	for _, seed := range []string{privatePEM(edKey("a")), publicPEM(edKey("a")), oneLine(publicPEM(edKey("a"))), "none", "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n", "shared"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if key, err := signingKey.parse(scalar(text)); err == nil && looksLikePEM(text) && publicHalf(key) == nil {
			t.Fatalf("%q is read and holds no private key", text)
		}
		key, err := verifyingKey.parse(scalar(text))
		if err == nil && !key.Empty() && (publicKey(key) == nil || publicHalf(key) != nil) {
			t.Fatalf("%q is read and is not one public key", text)
		}
		if err == nil && !isNone(text) {
			if again, err := verifyingKey.parse(scalar(key.Reveal())); err != nil || !again.Equal(key) {
				t.Fatalf("%q does not survive: %v", text, err)
			}
		}
	})
}
