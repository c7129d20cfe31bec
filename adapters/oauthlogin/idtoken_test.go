package oauthlogin

import (
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/require"

	"latchkey/domain/identities"
	"latchkey/domain/secret"
)

// honest are the claims of a good token.
func honest() map[string]any {
	return map[string]any{
		"iss": "https://accounts.google.com", "aud": "client", "sub": "g-1", "azp": "client",
		"iat": began.Add(-time.Hour).Unix(), "exp": began.Add(time.Hour).Unix(),
		"email": "ada@example.com", "email_verified": true, "name": "Ada L", "given_name": "Ada", "family_name": "L",
	}
}

// googleBench is Google with one RSA key, "k1".
func googleBench(t testing.TB, change func(*Config)) (*bench, *site) {
	t.Helper()
	s := newSite(t)
	s.json("/certs", json.RawMessage(jwks(t, map[string]crypto.PublicKey{"k1": rsaKey().Public()})))
	c := Config{Kind: KindGoogle, CertsURL: s.URL + "/certs", AccessTokenURL: s.URL + "/token", IdentityURL: s.URL + "/me", Audiences: []string{"android"}}
	if change != nil {
		change(&c)
	}
	return newBench(t, c), s
}

func signed(t testing.TB, claims map[string]any) string {
	t.Helper()
	return sign(t, jose.RS256, rsaKey(), "k1", claims)
}

func TestAGoodIDTokenSaysWhoSomebodyIs(t *testing.T) {
	b, s := googleBench(t, nil)
	profile, err := b.vouch(t, identities.Proof{IDToken: secret.New(signed(t, honest())), AccessToken: secret.New("x")})
	require.NoError(t, err)
	require.Equal(t, identities.Key{Provider: "google", Subject: "g-1"}, profile.Key)
	require.Equal(t, []identities.Email{{Address: "ada@example.com", Verified: true, Past: true, Primary: true}}, profile.Emails)
	require.True(t, profile.Token.Access.Empty(), "nothing shows whose access token it is")
	require.Equal(t, "Ada", profile.FirstName)
	require.Equal(t, "L", profile.LastName)
	require.Empty(t, profile.Once.ID, "it names no id of its own")
	require.Empty(t, s.at("/me"), "the access token is not looked at")
}

func TestIDTokensThatAreStillGood(t *testing.T) {
	for name, changed := range map[string]map[string]any{
		"an old one":                   {"iat": began.Add(-3 * 365 * 24 * time.Hour).Unix()},
		"a minute of different clocks": {"exp": began.Add(-59 * time.Second).Unix(), "iat": began.Add(-time.Hour).Unix()},
		"iat ahead of our clock":       {"iat": began.Add(59 * time.Second).Unix()},
		"for another client of ours":   {"aud": "android", "azp": nil},
		"for both clients of ours":     {"aud": []string{"client", "android"}, "azp": "android"},
		"the issuer without https":     {"iss": "accounts.google.com"},
		"fractions of seconds":         {"exp": float64(began.Add(time.Hour).Unix()) + 0.5},
		"no azp":                       {"azp": nil},
	} {
		t.Run(name, func(t *testing.T) {
			b, _ := googleBench(t, nil)
			_, err := b.vouch(t, idToken(signed(t, with(honest(), changed))))
			require.NoError(t, err)
		})
	}
}

func TestIDTokensThatTheProviderSignedForSomethingElse(t *testing.T) {
	b, _ := googleBench(t, nil)
	for name, changed := range map[string]map[string]any{
		"another issuer":                {"iss": "https://evil.example"},
		"an issuer with a slash":        {"iss": "https://accounts.google.com/"},
		"an issuer that begins alike":   {"iss": "https://accounts.google.com.evil.example"},
		"no issuer":                     {"iss": nil},
		"issuers in a list":             {"iss": []string{"https://accounts.google.com"}},
		"another app":                   {"aud": "someone-else"},
		"another app, asked by us":      {"aud": "someone-else", "azp": "client"},
		"no audience":                   {"aud": nil},
		"an empty audience":             {"aud": ""},
		"an empty list":                 {"aud": []string{}},
		"asked by another app":          {"azp": "someone-else"},
		"several, and nobody asked":     {"aud": []string{"client", "someone-else"}, "azp": nil},
		"several, another asked":        {"aud": []string{"client", "someone-else"}, "azp": "someone-else"},
		"expired":                       {"exp": began.Add(-61 * time.Second).Unix()},
		"expired this very second":      {"exp": began.Add(-60 * time.Second).Unix()},
		"no end":                        {"exp": nil},
		"an end in words":               {"exp": "2100-01-01"},
		"an end beyond time":            {"exp": 1e300},
		"no beginning":                  {"iat": nil},
		"from the future":               {"iat": began.Add(61 * time.Second).Unix()},
		"not good yet":                  {"nbf": began.Add(61 * time.Second).Unix()},
		"nobody":                        {"sub": nil},
		"an empty subject":              {"sub": ""},
		"a subject beyond the column":   {"sub": strings.Repeat("é", identities.SubjectMaxLength+1)},
		"a subject with a NUL":          {"sub": "g-1\x00"},
		"a subject with a line's end":   {"sub": "g-1\n"},
		"a subject under a wrong name":  {"sub": nil, "SUB": "g-1"},
		"the end under a wrong name":    {"exp": nil, "EXP": began.Add(time.Hour).Unix()},
		"an audience that is an object": {"aud": map[string]any{"client": true}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := b.vouch(t, idToken(signed(t, with(honest(), changed))))
			require.ErrorIs(t, err, identities.ErrProofRefused)
		})
	}
	_, err := b.vouch(t, idToken(signed(t, with(honest(), map[string]any{"sub": strings.Repeat("é", identities.SubjectMaxLength)}))))
	require.NoError(t, err, "the longest subject")
}

// encoded writes a token of these parts.
func encoded(header, claims any, signature string) string {
	part := func(value any) string {
		text, _ := json.Marshal(value)
		return base64.RawURLEncoding.EncodeToString(text)
	}
	return part(header) + "." + part(claims) + "." + signature
}

func TestForgedIDTokensAreRefused(t *testing.T) {
	good := signed(t, honest())
	parts := strings.Split(good, ".")
	der, err := x509.MarshalPKIXPublicKey(rsaKey().Public())
	require.NoError(t, err)
	text := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
	mine := jose.JSONWebKey{Key: otherRSA(), KeyID: "k1"}
	embedding, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: mine}, &jose.SignerOptions{EmbedJWK: true})
	require.NoError(t, err)
	claims, err := json.Marshal(honest())
	require.NoError(t, err)
	embedded, err := embedding.Sign(claims)
	require.NoError(t, err)
	own, err := embedded.CompactSerialize()
	require.NoError(t, err)

	for name, forged := range map[string]string{
		"no text":                     " ",
		"no token":                    "x",
		"three empty parts":           "..",
		"five parts":                  good + ".a.b",
		"alg none":                    encoded(map[string]any{"alg": "none", "kid": "k1"}, honest(), ""),
		"alg None":                    encoded(map[string]any{"alg": "None", "kid": "k1"}, honest(), parts[2]),
		"no alg":                      encoded(map[string]any{"kid": "k1"}, honest(), parts[2]),
		"the public key as a secret":  sign(t, jose.HS256, text, "k1", honest()),
		"its DER as a secret":         sign(t, jose.HS256, der, "k1", honest()),
		"its modulus as a secret":     sign(t, jose.HS256, rsaKey().N.Bytes(), "k1", honest()),
		"another key":                 sign(t, jose.RS256, otherRSA(), "k1", honest()),
		"another key, brought along":  own,
		"another algorithm":           sign(t, jose.RS512, rsaKey(), "k1", honest()),
		"another sort of key":         sign(t, jose.ES256, ecKey(), "k1", honest()),
		"a key that there is not":     sign(t, jose.RS256, rsaKey(), "k9", honest()),
		"no signature":                parts[0] + "." + parts[1] + ".",
		"another's signature":         parts[0] + "." + parts[1] + "." + strings.Split(sign(t, jose.RS256, otherRSA(), "k1", honest()), ".")[2],
		"other claims":                encoded(map[string]any{"alg": "RS256", "kid": "k1"}, with(honest(), map[string]any{"sub": "g-2"}), parts[2]),
		"beyond measure":              signed(t, with(honest(), map[string]any{"padding": strings.Repeat("x", idTokenMost)})),
		"padded base64":               parts[0] + "." + parts[1] + "." + parts[2] + "==",
		"an unknown critical header":  encoded(map[string]any{"alg": "RS256", "kid": "k1", "crit": []string{"exp"}, "exp": 1}, honest(), parts[2]),
		"the serialization as JSON":   `{"protected":"` + parts[0] + `","payload":"` + parts[1] + `","signature":"` + parts[2] + `"}`,
		"claims that are no object":   sign(t, jose.RS256, rsaKey(), "k1", []string{"sub"}),
		"claims that are null":        sign(t, jose.RS256, rsaKey(), "k1", nil),
		"claims that are a text":      sign(t, jose.RS256, rsaKey(), "k1", "sub"),
		"signed by hand, not a token": base64.RawURLEncoding.EncodeToString([]byte("{")) + "." + parts[1] + "." + parts[2],
	} {
		t.Run(name, func(t *testing.T) {
			b, _ := googleBench(t, nil)
			_, err := b.vouch(t, idToken(forged))
			require.ErrorIs(t, err, identities.ErrProofRefused)
			require.NotContains(t, b.log.String(), parts[2], "the log tells why, and no token")
		})
	}
}

// spelled returns the same token in other base64: the bits behind the last byte are
// not looked at by all decoders.
func spelled(t *testing.T, token string) []string {
	t.Helper()
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	parts := strings.Split(token, ".")
	var all []string
	for i, part := range parts {
		if len(part)%4 == 0 {
			continue
		}
		last := strings.IndexByte(alphabet, part[len(part)-1])
		other := append([]string{}, parts...)
		other[i] = part[:len(part)-1] + string(alphabet[last^1])
		all = append(all, strings.Join(other, "."))
	}
	require.NotEmpty(t, all)
	return all
}

func TestATokenHasOneSpelling(t *testing.T) {
	b, _ := googleBench(t, func(c *Config) { c.SingleUse = true })
	token := signed(t, honest())
	first, err := b.vouch(t, idToken(token))
	require.NoError(t, err)
	require.NotEmpty(t, first.Once.ID)
	for _, other := range spelled(t, token) {
		_, err := b.vouch(t, idToken(other))
		require.ErrorIs(t, err, identities.ErrProofRefused, "in another spelling it would be another token, and good again")
	}
}

func TestTheProvidersAlgorithmsAloneCount(t *testing.T) {
	s := newSite(t)
	s.json("/keys", json.RawMessage(jwks(t, map[string]crypto.PublicKey{"ec": ecKey().Public(), "rsa": rsaKey().Public()})))
	s.json("/.well-known/openid-configuration", map[string]any{
		"issuer": s.URL, "jwks_uri": s.URL + "/keys", "token_endpoint": s.URL + "/token", "authorization_endpoint": s.URL + "/authorize",
		"id_token_signing_alg_values_supported": []string{"ES256", "HS256", "none"},
	})
	claims := with(honest(), map[string]any{"iss": s.URL})
	b := newBench(t, Config{Kind: KindOIDC, Issuer: s.URL})
	_, err := b.vouch(t, idToken(sign(t, jose.ES256, ecKey(), "ec", claims)))
	require.NoError(t, err)
	for name, forged := range map[string]string{
		"RS256 by a key of the set": sign(t, jose.RS256, rsaKey(), "rsa", claims),
		"RS256 under the EC key":    sign(t, jose.RS256, rsaKey(), "ec", claims),
		"HS256, though listed":      sign(t, jose.HS256, ecKey().X.FillBytes(make([]byte, 32)), "ec", claims),
		"none, though listed":       encoded(map[string]any{"alg": "none", "kid": "ec"}, claims, ""),
		"another key":               sign(t, jose.ES256, newEC(), "ec", claims),
		"no kid, and two keys":      sign(t, jose.ES256, ecKey(), "", claims),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := b.vouch(t, idToken(forged))
			require.ErrorIs(t, err, identities.ErrProofRefused)
		})
	}
}

func TestATokenWithoutKidNeedsASingleKey(t *testing.T) {
	b, _ := googleBench(t, nil)
	_, err := b.vouch(t, idToken(sign(t, jose.RS256, rsaKey(), "", honest())))
	require.NoError(t, err)
	_, err = b.vouch(t, idToken(sign(t, jose.RS256, otherRSA(), "", honest())))
	require.ErrorIs(t, err, identities.ErrProofRefused)
}

func TestANonceMustStandInTheToken(t *testing.T) {
	b, s := googleBench(t, nil)
	for name, c := range map[string]struct {
		stands any
		good   bool
	}{
		"the same":  {"n-1", true},
		"none":      {nil, false},
		"empty":     {"", false},
		"another":   {"n-2", false},
		"in a list": {[]string{"n-1"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			proof := idToken(signed(t, with(honest(), map[string]any{"nonce": c.stands})))
			proof.Nonce = "n-1"
			_, err := b.vouch(t, proof)
			if c.good {
				require.NoError(t, err)
			} else {
				require.ErrorIs(t, err, identities.ErrProofRefused)
			}
		})
	}
	s.json("/token", map[string]any{"access_token": "a", "token_type": "Bearer"})
	proof := code("c")
	proof.Nonce = "n-1"
	_, err := b.vouch(t, proof)
	require.ErrorIs(t, err, identities.ErrProofRefused, "a code whose answer has no id_token")
}

func TestAnAccessTokenThatCameAlongMustBelongToTheIDToken(t *testing.T) {
	b, _ := googleBench(t, nil)
	sum := sha256.Sum256([]byte("mine"))
	token := signed(t, with(honest(), map[string]any{"at_hash": base64.RawURLEncoding.EncodeToString(sum[:16])}))
	for access, good := range map[string]bool{"mine": true, "another's": false, "": true} {
		_, err := b.vouch(t, identities.Proof{IDToken: secret.New(token), AccessToken: secret.New(access)})
		if good {
			require.NoError(t, err, access)
		} else {
			require.ErrorIs(t, err, identities.ErrProofRefused, access)
		}
	}
}

func TestWhatMayBeUsedOnce(t *testing.T) {
	once := func(changed map[string]any, nonce string, single bool) identities.Once {
		b, _ := googleBench(t, func(c *Config) { c.SingleUse = single })
		proof := idToken(signed(t, with(honest(), changed)))
		proof.Nonce = nonce
		profile, err := b.vouch(t, proof)
		require.NoError(t, err)
		return profile.Once
	}
	byID := once(map[string]any{"jti": "1"}, "", false)
	require.Len(t, byID.ID, 64)
	require.GreaterOrEqual(t, byID.Life, 2*time.Hour, "from iat to exp")
	require.Equal(t, byID.ID, once(map[string]any{"jti": "1", "sub": "g-2"}, "", true).ID)
	require.NotEqual(t, byID.ID, once(map[string]any{"jti": "2"}, "", false).ID)
	byNonce := once(map[string]any{"nonce": "1"}, "1", false)
	require.NotEmpty(t, byNonce.ID)
	require.NotEqual(t, byID.ID, byNonce.ID, "an id and a nonce that read alike are different things")
	require.Empty(t, once(map[string]any{"nonce": "1"}, "", false).ID, "nobody asked for the nonce")
	require.Empty(t, once(nil, "", false).ID)
	whole := once(nil, "", true)
	require.NotEmpty(t, whole.ID)
	require.NotEqual(t, whole.ID, once(map[string]any{"sub": "g-2"}, "", true).ID)
}

func TestATokenOfOurOwnExchangeIsNotUsedUp(t *testing.T) {
	b, s := googleBench(t, nil)
	token := signed(t, with(honest(), map[string]any{"jti": "1"}))
	s.json("/token", map[string]any{"access_token": "a", "refresh_token": "r", "token_type": "Bearer", "expires_in": 60, "id_token": token})
	profile, err := b.vouch(t, code("c"))
	require.NoError(t, err)
	require.Empty(t, profile.Once.ID, "the code was")
	require.Equal(t, "a", profile.Token.Access.Reveal())
	require.Equal(t, "r", profile.Token.Secret.Reveal())
}

func TestAForgedTokenOfTheTokenEndpointIsRefused(t *testing.T) {
	b, s := googleBench(t, nil)
	s.json("/token", map[string]any{"access_token": "a", "token_type": "Bearer", "id_token": sign(t, jose.RS256, otherRSA(), "k1", honest())})
	_, err := b.vouch(t, code("c"))
	require.ErrorIs(t, err, identities.ErrProofRefused)
}

// An address at another's domain was verified once; the domain may have been sold since.
func TestGoogleSpeaksForItsOwnMailboxesOnly(t *testing.T) {
	for name, c := range map[string]struct {
		changed map[string]any
		past    bool
	}{
		"another domain":   {map[string]any{}, true},
		"gmail":            {map[string]any{"email": "Ada@GMail.com"}, false},
		"Workspace":        {map[string]any{"hd": "example.com"}, false},
		"looks like gmail": {map[string]any{"email": "ada@notgmail.com"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			b, _ := googleBench(t, nil)
			profile, err := b.vouch(t, idToken(signed(t, with(honest(), c.changed))))
			require.NoError(t, err)
			require.Equal(t, c.past, profile.Emails[0].Past)
		})
	}
}

func TestATokenForAsGoodAsEverIsRememberedAsLong(t *testing.T) {
	b, _ := googleBench(t, nil)
	profile, err := b.vouch(t, idToken(signed(t, with(honest(), map[string]any{"jti": "1", "iat": 0, "exp": yearTenThousand}))))
	require.NoError(t, err)
	require.Greater(t, profile.Once.Life, 199*365*24*time.Hour)
}
