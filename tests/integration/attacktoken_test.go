package integration

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"
)

// minted is the victim's access token with other claims, signed as the header says.
func (s *attackService) minted(t *testing.T, method jwt.SigningMethod, key any, header, over map[string]any) string {
	t.Helper()
	claims := attackParsed(t, s.victim.own.access)
	now := s.Clock.Now()
	claims["iat"], claims["exp"] = now.Unix(), now.Add(time.Minute).Unix()
	maps.Copy(claims, over)
	maps.DeleteFunc(claims, func(_ string, value any) bool { return value == nil })
	token := jwt.NewWithClaims(method, claims)
	maps.Copy(token.Header, header)
	maps.DeleteFunc(token.Header, func(_ string, value any) bool { return value == nil })
	signed, err := token.SignedString(key)
	require.NoError(t, err)
	return signed
}

// ours is signed with the service's own key, so that nothing but what is over is wrong.
func (s *attackService) ours(t *testing.T, header, over map[string]any) string {
	t.Helper()
	return s.minted(t, jwt.SigningMethodHS256, []byte(attackSigningKey), header, over)
}

// requireNobody demands that no token lets anybody in, or is called good.
func (s *attackService) requireNobody(t *testing.T, tokens map[string]string) {
	t.Helper()
	require.Equal(t, http.StatusOK, s.bearer(t, s.ours(t, nil, nil)), "the token that they are made from is good")
	for name, token := range tokens {
		require.Equal(t, http.StatusUnauthorized, s.bearer(t, token), name)
		for _, path := range []string{"token/verify/", "token/refresh/"} {
			answer := s.post(t, path, map[string]string{"token": token, "refresh": token})
			require.Contains(t, []int{http.StatusUnauthorized, http.StatusBadRequest}, answer.status, "%s %s: %s", path, name, answer.text)
		}
	}
}

func attackPart(value any) string {
	text, ok := value.(string)
	if !ok {
		encoded, err := json.Marshal(value)
		if err != nil {
			panic(err)
		}
		text = string(encoded)
	}
	return base64.RawURLEncoding.EncodeToString([]byte(text))
}

// attackSigned signs any text for a header and any for the claims.
func attackSigned(t *testing.T, header, claims string) string {
	t.Helper()
	text := attackPart(header) + "." + attackPart(claims)
	signature, err := jwt.SigningMethodHS256.Sign(text, []byte(attackSigningKey))
	require.NoError(t, err)
	return text + "." + base64.RawURLEncoding.EncodeToString(signature)
}

var attackTokens = []attack{
	{"a token without a signature", "RFC 8725, 2.1 (alg none)", func(t *testing.T, s *attackService) {
		claims := attackParsed(t, s.victim.own.access)
		tokens := map[string]string{"the library's": s.minted(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, nil, nil)}
		for _, alg := range []any{"none", "None", "NONE", "nOnE", "", " none", "none\x00", nil, 0, []string{"none"}, map[string]any{}} {
			for _, signature := range []string{"", "AA", strings.Split(s.victim.own.access, ".")[2]} {
				name, err := json.Marshal(alg)
				require.NoError(t, err)
				tokens[string(name)+" "+signature] = attackPart(map[string]any{"alg": alg, "typ": "JWT"}) + "." + attackPart(claims) + "." + signature
			}
		}
		s.requireNobody(t, tokens)
	}},
	{"a token by a guessed or empty key", "RFC 8725, 2.2; CWE-798", func(t *testing.T, s *attackService) {
		tokens := map[string]string{}
		for _, key := range []string{"", "secret", "django-insecure", "\x00", attackSigningKey + "x", attackSigningKey[1:]} {
			tokens[key] = s.minted(t, jwt.SigningMethodHS256, []byte(key), nil, nil)
		}
		s.requireNobody(t, tokens)
	}},
	{"a token by another algorithm with the same key", "RFC 8725, 3.1", func(t *testing.T, s *attackService) {
		s.requireNobody(t, map[string]string{
			"HS384":             s.minted(t, jwt.SigningMethodHS384, []byte(attackSigningKey), nil, nil),
			"HS512":             s.minted(t, jwt.SigningMethodHS512, []byte(attackSigningKey), nil, nil),
			"HS256 called ES":   s.ours(t, map[string]any{"alg": "ES256"}, nil),
			"HS256 called hs":   s.ours(t, map[string]any{"alg": "hs256"}, nil),
			"RS256, own key":    s.minted(t, jwt.SigningMethodRS256, s.google.key, nil, nil),
			"ES256K, not there": s.ours(t, map[string]any{"alg": "ES256K"}, nil),
		})
	}},
	{"an HMAC with the public key", "CVE-2016-5431, CVE-2015-9235 (RS to HS); jwttoken.TestThePublicKeyIsNoSecret", func(t *testing.T, _ *attackService) {
		for _, algorithm := range []string{"ES256", "RS256", "EdDSA"} {
			s := attackBoot(t, map[string]string{"ALGORITHM": algorithm, "SIGNING_KEY": attackPrivateKey(t, algorithm)})
			published := s.call(t, "GET", "/.well-known/jwks.json", "")
			require.Equal(t, http.StatusOK, published.status)
			require.NotContains(t, published.body, `"d":`, "the private key")
			for name, public := range attackPublicTexts(t, published.body) {
				for _, method := range []jwt.SigningMethod{jwt.SigningMethodHS256, jwt.SigningMethodHS384, jwt.SigningMethodHS512} {
					kid := attackHeader(t, s.victim.own.access)["kid"]
					require.Equal(t, http.StatusUnauthorized, s.bearer(t, s.minted(t, method, public, map[string]any{"kid": kid}, nil)), "%s %s", algorithm, name)
				}
			}
			require.Equal(t, http.StatusOK, s.bearer(t, s.victim.own.access))
		}
	}},
	{"a key that the token brings or points to", "RFC 8725, 2.9, 3.10; CVE-2018-0114 (jwk); CWE-918", func(t *testing.T, s *attackService) {
		asked := 0
		listener := attackListen(t, func() { asked++ })
		tokens := map[string]string{}
		for _, header := range []map[string]any{
			{"jku": listener}, {"x5u": listener}, {"jwk": map[string]any{"kty": "oct", "k": attackPart("evil")}}, {"x5c": []string{"MIIB"}}, {"kid": listener},
			{"jwk": map[string]any{"kty": "oct", "k": ""}, "jku": listener, "kid": ""},
		} {
			name, err := json.Marshal(header)
			require.NoError(t, err)
			tokens[string(name)] = s.minted(t, jwt.SigningMethodHS256, []byte("evil"), header, nil)
		}
		s.requireNobody(t, tokens)
		require.Zero(t, asked, "nothing is fetched for a stranger")
	}},
	{"a kid that is a path or a query", "RFC 8725, 3.10; CWE-22; CWE-89", func(t *testing.T, s *attackService) {
		tokens := map[string]string{}
		for _, kid := range []any{"../../../../dev/null", "/proc/sys/kernel/randomize_va_space", "x' UNION SELECT ''--", "|id", "", "\x00", 7, nil, []string{"a"}} {
			for _, key := range []string{"", "2", "\n"} {
				name, err := json.Marshal([]any{kid, key})
				require.NoError(t, err)
				tokens[string(name)] = s.minted(t, jwt.SigningMethodHS256, []byte(key), map[string]any{"kid": kid}, nil)
			}
		}
		s.requireNobody(t, tokens)
	}},
	{"a header that must be understood", "RFC 7515, 4.1.11 (crit); RFC 7797 (b64); CVE-2025-59420", func(t *testing.T, s *attackService) {
		s.requireNobody(t, map[string]string{
			"crit":       s.ours(t, map[string]any{"crit": []string{"exp"}}, nil),
			"unknown":    s.ours(t, map[string]any{"crit": []string{"evil"}, "evil": true}, nil),
			"empty crit": s.ours(t, map[string]any{"crit": []string{}}, nil),
			"b64":        s.ours(t, map[string]any{"b64": false, "crit": []string{"b64"}}, nil),
			"encrypted":  s.ours(t, map[string]any{"enc": "A128GCM", "alg": "dir"}, nil),
		})
	}},
	{"a token with members twice", "RFC 8725, 2.6; RFC 8259, 4", func(t *testing.T, s *attackService) {
		claims, err := json.Marshal(attackParsed(t, s.ours(t, nil, nil)))
		require.NoError(t, err)
		s.requireNobody(t, map[string]string{
			"algorithms":       attackSigned(t, `{"alg":"none","alg":"HS384","typ":"JWT"}`, string(claims)),
			"not JSON":         attackSigned(t, `{"alg":"HS256"`, string(claims)),
			"two values":       attackSigned(t, `{"alg":"HS256","typ":"JWT"}`, string(claims)+string(claims)),
			"claims in a list": attackSigned(t, `{"alg":"HS256","typ":"JWT"}`, "["+string(claims)+"]"),
		})
	}},
	{"a token out of its time", "RFC 7519, 4.1.4, 4.1.5; CWE-613", func(t *testing.T, s *attackService) {
		now := s.Clock.Now()
		tokens := map[string]string{}
		for name, over := range map[string]map[string]any{
			"expired": {"exp": now.Add(-time.Second).Unix()}, "expires now": {"exp": now.Unix()}, "never": {"exp": nil}, "a text": {"exp": "9999999999"}, "null and infinity": {"exp": json.Number("1e999")},
			"negative": {"exp": -1}, "a list": {"exp": []int{9999999999}}, "true": {"exp": true}, "not yet": {"nbf": now.Add(time.Hour).Unix()}, "from the future": {"iat": now.Add(time.Hour).Unix()},
		} {
			if name == "null and infinity" {
				claims, err := json.Marshal(attackParsed(t, s.ours(t, nil, map[string]any{"exp": nil})))
				require.NoError(t, err)
				tokens[name] = attackSigned(t, `{"alg":"HS256","typ":"JWT"}`, strings.TrimSuffix(string(claims), "}")+`,"exp":1e999}`)
				continue
			}
			tokens[name] = s.ours(t, nil, over)
		}
		s.requireNobody(t, tokens)
	}},
	{"a token of another kind", "RFC 8725, 2.8, 3.11 (cross-JWT confusion)", func(t *testing.T, s *attackService) {
		for name, over := range map[string]map[string]any{"refresh": {"token_type": "refresh"}, "sliding": {"token_type": "sliding"}, "none": {"token_type": nil}, "case": {"token_type": "Access"}, "a list": {"token_type": []string{"access"}}} {
			require.Equal(t, http.StatusUnauthorized, s.bearer(t, s.ours(t, nil, over)), name)
		}
		require.Equal(t, http.StatusUnauthorized, s.bearer(t, s.victim.own.refresh), "a refresh token is no access token")
		require.Equal(t, http.StatusUnauthorized, s.post(t, "token/refresh/", map[string]string{"refresh": s.ours(t, nil, nil)}).status, "nor the other way round")
		require.Equal(t, http.StatusUnauthorized, s.bearer(t, s.google.honest(t, nil)), "a provider's token is not ours")
		s.requireRefused(t, s.post(t, "google/", map[string]string{"id_token": s.ours(t, nil, nil)}))
	}},
	{"a token for somebody else's audience", "RFC 7519, 4.1.1, 4.1.3; RFC 8725, 3.8, 3.9", func(t *testing.T, _ *attackService) {
		s := attackBoot(t, map[string]string{"AUDIENCE": "ours", "ISSUER": "https://ours.example"})
		tokens := map[string]string{}
		for name, over := range map[string]map[string]any{
			"none": {"aud": nil}, "another": {"aud": "theirs"}, "a prefix": {"aud": "our"}, "empty list": {"aud": []string{}}, "an object": {"aud": map[string]any{"ours": 1}},
			"no issuer": {"iss": nil}, "another issuer": {"iss": "https://evil.example"}, "a slash": {"iss": "https://ours.example/"}, "a list of issuers": {"iss": []string{"https://ours.example"}},
		} {
			tokens[name] = s.ours(t, nil, over)
		}
		s.requireNobody(t, tokens)
	}},
	{"a signature cut short, padded or spelled in another way", "RFC 7515, 2; CWE-347", func(t *testing.T, s *attackService) {
		good := s.ours(t, nil, nil)
		parts := strings.Split(good, ".")
		last := parts[2][len(parts[2])-1]
		tokens := map[string]string{
			"cut": good[:len(good)-4], "none": parts[0] + "." + parts[1] + ".", "two parts": parts[0] + "." + parts[1], "four parts": good + ".", "five parts": good + ".a.b",
			"padded": good + "=", "a line": good[:len(good)-1] + "\\n" + good[len(good)-1:], "+ for -": parts[0] + "." + parts[1] + "." + strings.Repeat("+", len(parts[2])),
			"another last bit": good[:len(good)-1] + attackNeighbour(last), "JSON": `{"payload":"` + parts[1] + `","protected":"` + parts[0] + `","signature":"` + parts[2] + `"}`,
			"the first part twice": parts[0] + "." + parts[0] + "." + parts[2], "empty": "..", "dots": ".....",
		}
		s.requireNobody(t, tokens)
	}},
	{"a token for an id that is no id", "CWE-843; CWE-89", func(t *testing.T, s *attackService) {
		tokens := map[string]string{}
		for _, id := range []any{nil, "", "0", "-1", 1.5, true, []int{1}, map[string]any{"id": 1}, "1 OR 1=1", "1e0", "0x1", "9223372036854775808", "null"} {
			name, err := json.Marshal(id)
			require.NoError(t, err)
			tokens[string(name)] = s.ours(t, nil, map[string]any{"user_id": id})
		}
		for name, token := range tokens {
			require.Equal(t, http.StatusUnauthorized, s.bearer(t, token), name)
		}
	}},
	{"a token as long as a book", "CWE-400", func(t *testing.T, s *attackService) {
		long := s.ours(t, nil, map[string]any{"x": strings.Repeat("a", 500_000)})
		require.Equal(t, http.StatusUnauthorized, s.post(t, "token/verify/", map[string]string{"token": long}).status)
		s.call(t, "GET", attackBase+"user/", "", "Cookie: access="+strings.Repeat("a.", 5000)).refused(t, "a cookie of dots")
	}},
	{"credentials in the query", "RFC 9700, 4.3.2; CWE-598", func(t *testing.T, s *attackService) {
		for _, query := range []string{"token=" + s.victim.own.key, "access_token=" + s.victim.own.access, "Authorization=Token%20" + s.victim.own.key, "sessionid=" + s.victim.own.cookies["sessionid"]} {
			require.Equal(t, http.StatusUnauthorized, s.call(t, "GET", attackBase+"user/?"+query, "").status, query)
		}
	}},
	{"a token's beginning, or another case of it", "CWE-208; CWE-287", func(t *testing.T, s *attackService) {
		key := s.victim.own.key
		for _, token := range []string{key[:39], key + "0", strings.ToUpper(key) + " ", key[:20] + "%", "%", "_", key + "\x00", "' OR 1=1--", key + "," + key} {
			if token == strings.ToUpper(key)+" " && strings.ToUpper(key) == key {
				continue // of digits alone
			}
			s.call(t, "GET", attackBase+"user/", "", "Authorization: Token "+token).refused(t, token)
		}
	}},
}
