package jwttoken

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/domain/secret"
)

func pemOf(t *testing.T, kind string) func(der []byte, err error) string {
	return func(der []byte, err error) string {
		t.Helper()
		require.NoError(t, err)
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
	}
}

func publicOf(t *testing.T, public crypto.PublicKey) string {
	t.Helper()
	return pemOf(t, "PUBLIC KEY")(x509.MarshalPKIXPublicKey(public))
}

func newEC(t *testing.T, curve elliptic.Curve) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	require.NoError(t, err)
	return key
}

func newRSAKey(t *testing.T, bits int) *rsa.PrivateKey {
	t.Helper()
	t.Setenv("GODEBUG", "rsa1024min=0")
	key, err := rsa.GenerateKey(rand.Reader, bits)
	require.NoError(t, err)
	return key
}

func TestKeysAreReadInTheFormsOfOpenSSL(t *testing.T) {
	ec, rsaKey := newEC(t, elliptic.P256()), newRSAKey(t, 2048)
	sec1 := pemOf(t, "EC PRIVATE KEY")(x509.MarshalECPrivateKey(ec))
	pkcs1 := pemOf(t, "RSA PRIVATE KEY")(x509.MarshalPKCS1PrivateKey(rsaKey), nil)
	parameters := pemOf(t, "EC PARAMETERS")([]byte{6, 8, 42, 134, 72, 206, 61, 3, 1, 7}, nil)
	for name, c := range map[string]struct{ algorithm, signing, verifying string }{
		"PKCS #8":                  {"ES256", pemOf(t, "PRIVATE KEY")(x509.MarshalPKCS8PrivateKey(ec)), ""},
		"SEC 1":                    {"ES256", sec1, publicOf(t, ec.Public())},
		"SEC 1, parameters before": {"ES256", parameters + sec1, ""},
		"text around":              {"ES256", "A key:\n" + sec1 + "\nbye", ""},
		"other line breaks":        {"ES256", strings.ReplaceAll(sec1, "\n", "\r\n"), ""},
		"PKCS #1":                  {"RS256", pkcs1, pemOf(t, "RSA PUBLIC KEY")(x509.MarshalPKCS1PublicKey(&rsaKey.PublicKey), nil)},
		"PKCS #1, PSS":             {"PS512", pkcs1, publicOf(t, rsaKey.Public())},
		"any text":                 {"HS512", " \x00é", ""},
		"VERIFYING_KEY of a text":  {"HS256", "text", "does not count"},
	} {
		t.Run(name, func(t *testing.T) {
			key, err := ParseKey(c.algorithm, secret.New(c.signing), secret.New(c.verifying))
			require.NoError(t, err)
			require.Equal(t, c.algorithm, key.Algorithm)
			require.Empty(t, key.ID)
			token, err := tokensOf(key, Options{}).Sign(someClaims())
			require.NoError(t, err)
			_, err = tokensOf(key, Options{}).Verify(token, now)
			require.NoError(t, err)
		})
	}
}

func TestKeysThatDoNotFitAreRefused(t *testing.T) {
	ec, small := newEC(t, elliptic.P256()), newRSAKey(t, 1024)
	es256 := pemOf(t, "EC PRIVATE KEY")(x509.MarshalECPrivateKey(ec))
	p224 := pemOf(t, "EC PRIVATE KEY")(x509.MarshalECPrivateKey(newEC(t, elliptic.P224())))
	public, other := publicOf(t, ec.Public()), publicOf(t, newEC(t, elliptic.P256()).Public())
	x25519, err := newEC(t, elliptic.P256()).ECDH()
	require.NoError(t, err)
	legacy := "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAAAA\n-----END RSA PRIVATE KEY-----\n"
	for name, c := range map[string]struct{ algorithm, signing, verifying, want string }{
		"no algorithm":          {"", someSecret, "", "HS256, HS384, HS512, RS256"},
		"none":                  {"none", someSecret, "", `ALGORITHM "none" is unknown`},
		"None":                  {"None", someSecret, "", "is unknown"},
		"small letters":         {"hs256", someSecret, "", "is unknown"},
		"an empty secret":       {"HS256", "", "", "SIGNING_KEY is empty"},
		"a public key":          {"HS256", public, "", "write a random text"},
		"a private key":         {"HS384", es256, "", "write a random text"},
		"a certificate":         {"HS512", " \n-----BEGIN CERTIFICATE-----", "", "write a random text"},
		"an SSH key":            {"HS256", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5", "", "write a random text"},
		"another SSH key":       {"HS256", "\necdsa-sha2-nistp256 AAAA", "", "write a random text"},
		"no key":                {"RS256", "", "", "write the private key in PEM"},
		"a secret for RSA":      {"RS256", someSecret, "", "write the private key in PEM"},
		"line breaks lost":      {"ES256", strings.ReplaceAll(es256, "\n", `\n`), "", "with its line breaks"},
		"damaged":               {"ES256", strings.Replace(es256, "M", "N", 1), "", "write the private key in PEM"},
		"a strange block":       {"ES256", strings.ReplaceAll(es256, "EC PRIVATE", "STRANGE"), "", "write the private key in PEM"},
		"only parameters":       {"ES256", pemOf(t, "EC PARAMETERS")([]byte{1}, nil), "", "write the private key in PEM"},
		"a public key to sign":  {"ES256", public, "", "which signs nothing"},
		"encrypted":             {"ES256", strings.ReplaceAll(es256, "EC PRIVATE", "ENCRYPTED PRIVATE"), "", "passphrase"},
		"encrypted, old form":   {"RS256", legacy, "", "passphrase"},
		"a key to agree by":     {"EdDSA", pemOf(t, "PRIVATE KEY")(x509.MarshalPKCS8PrivateKey(x25519)), "", "Ed25519"},
		"EC for RSA":            {"RS256", es256, "", "takes an RSA key"},
		"EC for Ed25519":        {"EdDSA", es256, "", "takes an Ed25519 key"},
		"RSA for EC":            {"ES256", someMaterial(t, "RS256").Reveal(), "", "P-256"},
		"the wrong curve":       {"ES384", es256, "", "P-384"},
		"another wrong curve":   {"ES256", someMaterial(t, "ES512").Reveal(), "", "P-256"},
		"a curve of no one":     {"ES256", p224, "", "P-256"},
		"a short RSA key":       {"RS256", pemOf(t, "RSA PRIVATE KEY")(x509.MarshalPKCS1PrivateKey(small), nil), "", "at least 2048 bits; this one has 1024"},
		"a short key for PSS":   {"PS256", pemOf(t, "RSA PRIVATE KEY")(x509.MarshalPKCS1PrivateKey(small), nil), "", "at least 2048"},
		"another's public key":  {"ES256", es256, other, "not the public key of SIGNING_KEY"},
		"of another kind":       {"ES256", es256, publicOf(t, small.Public()), "not the public key of SIGNING_KEY"},
		"no PEM to verify":      {"ES256", es256, "hello", "VERIFYING_KEY for ES256: write the public key"},
		"a private key, verify": {"ES256", es256, es256, "write the public key"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ParseKey(c.algorithm, secret.New(c.signing), secret.New(c.verifying))
			require.ErrorContains(t, err, c.want)
			for _, line := range strings.Fields(c.signing + " " + c.verifying) {
				if len(line) > 20 {
					require.NotContains(t, err.Error(), line, "a part of the key")
				}
			}
		})
	}
}

func TestKeysCannotBePrinted(t *testing.T) {
	key := sharedKeyOf(t, "HS256", someSecret)
	set := NewKeySet(key)
	for _, holder := range []any{key, &key, set, set.loaded.Load(), New(set, Options{}), entry{ID: "x", Material: material{secret.New(someSecret)}}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%q"} {
			shown := fmt.Sprintf(verb, holder)
			require.NotContains(t, shown, someSecret)
			require.NotContains(t, shown, fmt.Sprintf("%x", someSecret))
			require.NotContains(t, shown, strings.Trim(fmt.Sprint([]byte(someSecret)), "[]"))
		}
	}
	shown, err := json.Marshal(key)
	require.NoError(t, err)
	require.JSONEq(t, `{"ID":"","Algorithm":"HS256"}`, string(shown))
}
