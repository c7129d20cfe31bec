package integration

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"

	"latchkey/tests/kit"
)

const (
	socialKeyName = "the-key"
	socialRefused = `{"non_field_errors":["Incorrect value"]}`
)

// socialSigner has the key of a provider in its hands: it signs what it likes, with
// that key and with others.
type socialSigner struct {
	path, issuer, audience string
	method                 jwt.SigningMethod
	key, wrong             crypto.Signer
	now                    func() time.Time
}

// socialSigners boots a service that believes two signers: google's and corp's.
func socialSigners(t *testing.T, more ...kit.Option) (s *socialService, google, corp *socialSigner) {
	t.Helper()
	google = &socialSigner{path: "google/", issuer: "https://accounts.google.com", audience: "google-client", method: jwt.SigningMethodRS256, key: socialRSA(t), wrong: socialRSA(t)}
	corp = &socialSigner{path: "corp/", audience: "corp-client", method: jwt.SigningMethodES256, key: socialEC(t), wrong: socialEC(t)}
	published := map[kit.ProviderName]string{kit.Google: google.publish(t), kit.Corp: corp.publish(t)}
	s = socialBoot(t, func(name kit.ProviderName, keys map[string]any) {
		if address := published[name]; address != "" {
			keys["certs_url"] = address
		}
	}, more...)
	corp.issuer = s.provider.URL + "/oidc"
	google.now, corp.now = s.Clock.Now, s.Clock.Now
	return s, google, corp
}

func socialRSA(t *testing.T) crypto.Signer {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	return key
}

func socialEC(t *testing.T) crypto.Signer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	return key
}

// publish serves the key, and one for encryption that signs nothing.
func (f *socialSigner) publish(t *testing.T) string {
	t.Helper()
	set, err := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{
		{Key: f.key.Public(), KeyID: socialKeyName, Algorithm: f.method.Alg(), Use: "sig"},
		{Key: f.wrong.Public(), KeyID: "for-encryption", Use: "enc"},
	}})
	require.NoError(t, err)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(set) }))
	t.Cleanup(server.Close)
	return server.URL
}

// claims are those of an honest token with these over them; nil takes one away.
func (f *socialSigner) claims(over map[string]any) jwt.MapClaims {
	now := f.now()
	all := jwt.MapClaims{
		"iss": f.issuer, "aud": f.audience, "sub": "victim", "email": "victim@example.com", "email_verified": true,
		"iat": now.Unix(), "exp": now.Add(time.Hour).Unix(),
	}
	maps.Copy(all, over)
	maps.DeleteFunc(all, func(_ string, value any) bool { return value == nil })
	return all
}

// honest is a token that says what the claims say, and is signed as it should be.
func (f *socialSigner) honest(t *testing.T, over map[string]any) string {
	t.Helper()
	return f.sign(t, f.method, f.key, map[string]any{}, over)
}

func (f *socialSigner) sign(t *testing.T, method jwt.SigningMethod, key any, header, over map[string]any) string {
	t.Helper()
	token := jwt.NewWithClaims(method, f.claims(over))
	token.Header["kid"] = socialKeyName
	maps.Copy(token.Header, header)
	maps.DeleteFunc(token.Header, func(_ string, value any) bool { return value == nil })
	signed, err := token.SignedString(key)
	require.NoError(t, err)
	return signed
}

// publicTexts are what a public key looks like where it is published.
func (f *socialSigner) publicTexts(t *testing.T) map[string][]byte {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(f.key.Public())
	require.NoError(t, err)
	key := jose.JSONWebKey{Key: f.key.Public(), KeyID: socialKeyName}
	set, err := key.MarshalJSON()
	require.NoError(t, err)
	return map[string][]byte{
		"PEM": pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), "DER": der, "JWK": set,
	}
}

// forgedSignatures are tokens that say the right thing and are not the provider's.
func (f *socialSigner) forgedSignatures(t *testing.T) map[string]string {
	t.Helper()
	forged := map[string]string{
		"alg none":                   f.sign(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, nil, nil),
		"alg none, spelled NONE":     socialReheaded(t, f.honest(t, nil), map[string]any{"alg": "NONE", "kid": socialKeyName}, false),
		"no signature":               socialReheaded(t, f.honest(t, nil), map[string]any{"alg": f.method.Alg(), "kid": socialKeyName}, false),
		"a wrong key":                f.sign(t, f.method, f.wrong, nil, nil),
		"a key that it brings along": f.sign(t, f.method, f.wrong, map[string]any{"jwk": jose.JSONWebKey{Key: f.wrong.Public(), KeyID: socialKeyName}}, nil),
		"a key for encryption":       f.sign(t, f.method, f.wrong, map[string]any{"kid": "for-encryption"}, nil),
		"an unknown kid":             f.sign(t, f.method, f.key, map[string]any{"kid": "another-key"}, nil),
		"the kid of a path":          f.sign(t, f.method, f.wrong, map[string]any{"kid": "../../../../dev/null"}, nil),
		"a kid that is no text":      f.sign(t, f.method, f.key, map[string]any{"kid": 7}, nil),
		"a wrong key without kid":    f.sign(t, f.method, f.wrong, map[string]any{"kid": nil}, nil),
		"another alg in the header":  socialReheaded(t, f.honest(t, nil), map[string]any{"alg": "RS512", "kid": socialKeyName}, true),
		"claims of another token":    socialSwapped(f.honest(t, map[string]any{"sub": "attacker"}), f.honest(t, nil)),
		"padded":                     f.honest(t, nil) + "=",
		"cut off":                    f.honest(t, nil)[:40],
		"too long":                   f.honest(t, map[string]any{"more": strings.Repeat("a", 20_000)}),
	}
	for name, public := range f.publicTexts(t) {
		forged["HS256 with the public key as "+name] = f.sign(t, jwt.SigningMethodHS256, public, nil, nil)
	}
	if key, ok := f.key.(*rsa.PrivateKey); ok {
		forged["an algorithm that the provider does not use"] = f.sign(t, jwt.SigningMethodPS256, key, nil, nil)
	}
	return forged
}

// socialReheaded puts another header before the claims.
func socialReheaded(t *testing.T, token string, header map[string]any, signed bool) string {
	t.Helper()
	text, err := json.Marshal(header)
	require.NoError(t, err)
	parts := strings.Split(token, ".")
	parts[0] = base64.RawURLEncoding.EncodeToString(text)
	if !signed {
		parts[2] = ""
	}
	return strings.Join(parts, ".")
}

// socialSwapped is the first token with the claims of the second.
func socialSwapped(first, second string) string {
	parts := strings.Split(first, ".")
	parts[1] = strings.Split(second, ".")[1]
	return strings.Join(parts, ".")
}

// wrongClaims are tokens that the provider signed, for somebody else or some other time.
func (f *socialSigner) wrongClaims() map[string]map[string]any {
	now := f.now()
	at := func(by time.Duration) int64 { return now.Add(by).Unix() }
	return map[string]map[string]any{
		"another issuer":                         {"iss": "https://evil.example"},
		"the issuer with a slash":                {"iss": f.issuer + "/"},
		"no issuer":                              {"iss": nil},
		"several issuers":                        {"iss": []string{f.issuer, "https://evil.example"}},
		"another audience":                       {"aud": "another-app"},
		"no audience":                            {"aud": nil},
		"an empty audience":                      {"aud": []string{}},
		"an audience that begins like ours":      {"aud": f.audience + "-2"},
		"several audiences and another's azp":    {"aud": []string{f.audience, "another-app"}, "azp": "another-app"},
		"several audiences and no azp":           {"aud": []string{f.audience, "another-app"}},
		"our audience and another's azp":         {"azp": "another-app"},
		"expired":                                {"iat": at(-2 * time.Hour), "exp": at(-2 * time.Minute)},
		"no exp":                                 {"exp": nil},
		"an exp that is text":                    {"exp": "tomorrow"},
		"from the future":                        {"iat": at(2 * time.Minute)},
		"no iat":                                 {"iat": nil},
		"not good yet":                           {"nbf": at(2 * time.Minute)},
		"nobody":                                 {"sub": nil},
		"an empty name":                          {"sub": ""},
		"a name beyond what the column can hold": {"sub": strings.Repeat("a", 192)},
	}
}
