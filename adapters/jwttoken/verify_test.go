package jwttoken

import (
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/domain/secret"
	"latchkey/domain/sessions"
)

type verdict struct {
	name, header, payload string
	want                  error
}

func judgeAll(t *testing.T, options Options, verdicts []verdict) {
	t.Helper()
	tokens := someTokens(t, options)
	for _, v := range verdicts {
		t.Run(v.name, func(t *testing.T) {
			header := v.header
			if header == "" {
				header = plainHeader
			}
			_, err := tokens.Verify(secret.New(minted(someSecret, header, v.payload)), now)
			require.Equal(t, v.want, err)
		})
	}
}

func inSeconds(n int64) string { return fmt.Sprint(now.Unix() + n) }

// Recorded from dj-rest-auth 7.1 with simplejwt 5.5.1 and PyJWT 2.15.1.
func TestTokensAreJudgedAsRecorded(t *testing.T) {
	with := func(name, value string) string { return stating(map[string]string{name: value}) }
	judgeAll(t, Options{}, []verdict{
		{"good", "", stating(nil), nil},
		{"expired", "", with("exp", inSeconds(-1)), sessions.ErrJWTExpired},
		{"expired long ago", "", with("exp", inSeconds(-86400)), sessions.ErrJWTExpired},
		{"far future", "", with("exp", inSeconds(1_000_000_000)), nil},
		{"no exp", "", with("exp", ""), sessions.ErrJWTNoExpiry},
		{"no iat", "", with("iat", ""), nil},
		{"future iat", "", with("iat", inSeconds(3600)), sessions.ErrJWTInvalid},
		{"no jti", "", with("jti", ""), sessions.ErrJWTNoID},
		{"no type", "", with("token_type", ""), nil},
		{"no user", "", with("user_id", ""), nil},
		{"user int", "", with("user_id", "1"), nil},
		{"user null", "", with("user_id", "null"), nil},
		{"user list", "", with("user_id", "[1]"), nil},
		{"nbf future", "", with("nbf", inSeconds(3600)), sessions.ErrJWTInvalid},
		{"nbf past", "", with("nbf", inSeconds(-3600)), nil},
		{"exp text", "", with("exp", `"soon"`), sessions.ErrJWTInvalid},
		{"exp float", "", with("exp", "4102444800.5"), nil},
		{"iat text", "", with("iat", `"x"`), sessions.ErrJWTInvalid},
		{"sub int", "", with("sub", "5"), sessions.ErrJWTInvalid},
		{"with aud", "", with("aud", `"someone"`), nil},
		{"with iss", "", with("iss", `"someone"`), nil},
		{"alg none", `{"alg":"none","typ":"JWT"}`, stating(nil), sessions.ErrJWTInvalid},
		{"alg None", `{"alg":"None","typ":"JWT"}`, stating(nil), sessions.ErrJWTInvalid},
		{"alg RS256", `{"alg":"RS256","typ":"JWT"}`, stating(nil), sessions.ErrJWTInvalid},
		{"crit", `{"alg":"HS256","typ":"JWT","crit":["x"],"x":1}`, stating(nil), sessions.ErrJWTInvalid},
		{"an unknown typ", `{"alg":"HS256","typ":"YYY"}`, stating(nil), nil},
		{"kid", `{"alg":"HS256","typ":"JWT","kid":"../../etc/passwd"}`, stating(nil), nil},
	})
	for _, name := range []string{"HS384", "HS512"} {
		token, err := tokensOf(sharedKeyOf(t, name, someSecret), Options{}).Sign(someClaims())
		require.NoError(t, err)
		_, err = someTokens(t, Options{}).Verify(token, now)
		require.ErrorIs(t, err, sessions.ErrJWTInvalid, "the same secret with %s", name)
	}
}

func TestIssuerAndAudienceAreJudgedAsRecorded(t *testing.T) {
	with := func(iss, aud string, exp int64) string {
		return stating(map[string]string{"iss": iss, "aud": aud, "exp": inSeconds(exp)})
	}
	const iss, aud = `"https://issuer.example"`, `"api.example"`
	options := Options{Issuer: "https://issuer.example", Audience: []string{"api.example"}, Leeway: 30 * time.Second}
	verdicts := []verdict{
		{"ok", "", with(iss, aud, 300), nil},
		{"within leeway", "", with(iss, aud, -10), nil},
		{"past leeway", "", with(iss, aud, -40), sessions.ErrJWTExpired},
		{"no iss", "", with("", aud, 300), sessions.ErrJWTInvalid},
		{"bad iss", "", with(`"x"`, aud, 300), sessions.ErrJWTInvalid},
		{"no aud", "", with(iss, "", 300), sessions.ErrJWTInvalid},
		{"bad aud", "", with(iss, `"x"`, 300), sessions.ErrJWTInvalid},
		{"aud list", "", with(iss, `["x","api.example"]`, 300), nil},
		// Beyond what was recorded:
		{"iss list", "", with(`["https://issuer.example"]`, aud, 300), sessions.ErrJWTInvalid},
		{"iss as a prefix", "", with(`"https://issuer.example.evil"`, aud, 300), sessions.ErrJWTInvalid},
		{"iss in capitals", "", with(`"HTTPS://ISSUER.EXAMPLE"`, aud, 300), sessions.ErrJWTInvalid},
		{"aud null", "", with(iss, "null", 300), sessions.ErrJWTInvalid},
		{"aud empty", "", with(iss, `""`, 300), sessions.ErrJWTInvalid},
		{"aud empty list", "", with(iss, `[]`, 300), sessions.ErrJWTInvalid},
		{"aud list with a number", "", with(iss, `["api.example",1]`, 300), sessions.ErrJWTInvalid},
		{"aud list in a list", "", with(iss, `[["api.example"]]`, 300), sessions.ErrJWTInvalid},
		{"aud object", "", with(iss, `{"api.example":1}`, 300), sessions.ErrJWTInvalid},
		{"another's and expired", "", with(iss, `"x"`, -300), sessions.ErrJWTInvalid},
	}
	judgeAll(t, options, verdicts)
	options.Audience = []string{"web.example", "api.example"}
	judgeAll(t, options, verdicts)
}

func TestTimesHaveBounds(t *testing.T) {
	with := func(name, value string) string { return stating(map[string]string{name: value}) }
	times := func(name, value string, want error) verdict {
		return verdict{name + " " + value, "", with(name, value), want}
	}
	expired, invalid := error(sessions.ErrJWTExpired), error(sessions.ErrJWTInvalid)
	// now is half a second past a full one.
	judgeAll(t, Options{}, []verdict{
		times("exp", inSeconds(1), nil),
		times("exp", inSeconds(0), expired),
		times("iat", inSeconds(0), nil),
		times("iat", inSeconds(1), invalid),
		times("nbf", inSeconds(0), nil),
		times("nbf", inSeconds(1), invalid),
		times("exp", "253402300799", nil),     // the last second of the year 9999
		times("exp", "253402300800", invalid), // beyond what Python and databases hold
		times("exp", "1e400", invalid),        // infinity: no end
		times("exp", "-1e400", invalid),
		times("exp", "1e300", invalid), // overflows an integer
		times("exp", "18446744073709551616", invalid),
		times("exp", "-62135596800", expired), // Go's zero time is no missing end
		times("exp", "-5", expired),
		times("exp", "0", expired),
		times("exp", "1e-400", expired),
		times("exp", "2e9", nil),
		times("exp", `"4102444800"`, invalid), // a number as text
		times("exp", "null", invalid),
		times("exp", "true", invalid), // int(True) is 1 in Python
		times("exp", "[4102444800]", invalid),
		times("exp", `{"$gt":0}`, invalid),
		times("nbf", "null", invalid),
		times("nbf", `"0"`, invalid),
		times("nbf", "1e400", invalid),
		times("iat", "null", invalid),
		times("iat", "-1e400", invalid),
		times("iat", "1.5", nil),
	})
	leeway := Options{Leeway: 30 * time.Second}
	judgeAll(t, leeway, []verdict{
		times("exp", inSeconds(-29), nil),
		times("exp", inSeconds(-30), expired),
		times("iat", inSeconds(30), nil),
		times("iat", inSeconds(31), invalid),
		times("nbf", inSeconds(30), nil),
		times("nbf", inSeconds(31), invalid),
	})
}

func TestWhatIsWrongForGoodIsToldFirst(t *testing.T) {
	judgeAll(t, Options{}, []verdict{
		{"expired and not yet", "", stating(map[string]string{"exp": "5", "nbf": inSeconds(9)}), sessions.ErrJWTInvalid},
		{"expired, sub no text", "", stating(map[string]string{"exp": "5", "sub": "1"}), sessions.ErrJWTInvalid},
		{"expired without id", "", stating(map[string]string{"exp": "5", "jti": ""}), sessions.ErrJWTExpired},
		{"neither end nor id", "", stating(map[string]string{"exp": "", "jti": ""}), sessions.ErrJWTNoExpiry},
		{"no end, id no text", "", stating(map[string]string{"exp": "", "jti": "1"}), sessions.ErrJWTInvalid},
		{"id null", "", stating(map[string]string{"jti": "null"}), sessions.ErrJWTInvalid},
		{"id empty", "", stating(map[string]string{"jti": `""`}), sessions.ErrJWTNoID},
		{"sub null", "", stating(map[string]string{"sub": "null"}), sessions.ErrJWTInvalid},
		{"sub text", "", stating(map[string]string{"sub": `"1"`}), nil},
	})
}

func TestTheKindIsTheCallersToJudge(t *testing.T) {
	for value, want := range map[string]error{
		`"access"`: nil, `"refresh"`: sessions.ErrJWTWrongType, `"sliding"`: sessions.ErrJWTWrongType, "": sessions.ErrJWTNoType,
		"null": sessions.ErrJWTWrongType, "5": sessions.ErrJWTWrongType, `""`: sessions.ErrJWTWrongType, `["access"]`: sessions.ErrJWTWrongType,
	} {
		claims, err := someTokens(t, Options{}).Verify(secret.New(minted(someSecret, plainHeader, stating(map[string]string{"token_type": value}))), now)
		require.NoError(t, err)
		if err := claims.Must(sessions.KindAccess); want != nil {
			require.ErrorIs(t, err, want, value)
		} else {
			require.NoError(t, err, value)
		}
	}
}

// Every header here is over a good signature by our own key, so that only the
// header can be what is refused.
func TestHeadersAreJudged(t *testing.T) {
	long := strings.Repeat("k", 2000)
	var verdicts []verdict
	add := func(want error, headers ...string) {
		for _, header := range headers {
			verdicts = append(verdicts, verdict{header[:min(len(header), 60)], header, stating(nil), want})
		}
	}
	add(nil,
		`{"alg":"HS256"}`,
		`{"alg":"HS256","typ":"jwt"}`, `{"alg":"HS256","typ":"Jwt"}`, `{"alg":"HS256","typ":"application/jwt"}`,
		` { "typ" : "JWT" , "alg" : "HS256" } `,
		// The last of several members counts, for us as for Python.
		`{"alg":"none","alg":"HS256"}`,
		// Without a key file, kids name nothing.
		`{"alg":"HS256","kid":""}`, `{"alg":"HS256","kid":"'; DROP TABLE keys --"}`, `{"alg":"HS256","kid":"`+long+`"}`,
		// A key that comes with the token, or a place to fetch it from, is not looked at.
		`{"alg":"HS256","jwk":{"kty":"oct","k":"`+encoded("theirs")+`"}}`,
		`{"alg":"HS256","jku":"http://127.0.0.1:1/jwks"}`, `{"alg":"HS256","x5u":"file:///etc/passwd"}`, `{"alg":"HS256","x5c":["MII"]}`,
	)
	add(sessions.ErrJWTInvalid,
		// The algorithm "none", in every spelling.
		`{"alg":"none"}`, `{"alg":"None"}`, `{"alg":"NONE"}`, `{"alg":"nOnE"}`,
		`{"alg":"HS256","alg":"none"}`,
		// Other algorithms, and names that only look alike.
		`{"alg":"HS384"}`, `{"alg":"RS256"}`, `{"alg":"hs256"}`, `{"alg":"HS256 "}`, `{"alg":"HS256\u0000"}`,
		`{"alg":["HS256"]}`, `{"alg":{"HS256":1}}`, `{"alg":null}`, `{"alg":""}`, `{"alg":256}`, `{}`, `{"typ":"JWT"}`,
		// Names of members are told by case.
		`{"ALG":"HS256"}`, `{"Alg":"HS256"}`,
		// Critical extensions.
		`{"alg":"HS256","crit":["b64"],"b64":false}`, `{"alg":"HS256","crit":[]}`, `{"alg":"HS256","crit":null}`,
		// Tokens of another kind by the same key.
		`{"alg":"HS256","typ":"at+jwt"}`, `{"alg":"HS256","typ":"AT+JWT"}`, `{"alg":"HS256","typ":"application/at+jwt"}`,
		`{"alg":"HS256","typ":"logout+jwt"}`, `{"alg":"HS256","typ":"dpop+jwt"}`, `{"alg":"HS256","typ":"secevent+jwt"}`,
		`{"alg":"HS256","typ":"JOSE"}`, `{"alg":"HS256","typ":"jose"}`, `{"alg":"HS256","typ":"JOSE+JSON"}`,
		`{"alg":"HS256","typ":"text/plain"}`, `{"alg":"HS256","typ":null}`, `{"alg":"HS256","typ":["JWT"]}`, `{"alg":"HS256","typ":1}`,
		// A kid is a text.
		`{"alg":"HS256","kid":1}`, `{"alg":"HS256","kid":null}`, `{"alg":"HS256","kid":["a"]}`,
		// No JSON object.
		``, `null`, `"HS256"`, `[]`, `{"alg":"HS256"`, `{"alg":"HS256"}{}`, `{"alg":"HS256"} x`, `{"alg":"HS256","x":NaN}`,
		"{\"alg\":\"HS256\",\"x\":\"\xff\"}", "\xef\xbb\xbf"+`{"alg":"HS256"}`, "{\"alg\":\"HS256\",}",
		`{"alg":"HS256","x":`+strings.Repeat("[", 2000)+strings.Repeat("]", 1999)+`}`,
	)
	for i := range verdicts {
		verdicts[i].name = fmt.Sprint(i, " ", verdicts[i].name)
		if verdicts[i].header == "" {
			verdicts[i].header = " " // stands for the empty header, which judgeAll fills in
		}
	}
	judgeAll(t, Options{}, verdicts)
}

func TestPayloadsAreJudged(t *testing.T) {
	good := stating(nil)
	open := strings.TrimSuffix(good, "}")
	judgeAll(t, Options{}, []verdict{
		{"white space", "", "\r\n " + good + "\n", nil},
		{"of two members the last counts", "", open + `,"exp":5}`, sessions.ErrJWTExpired},
		{"names are told by case", "", open + `,"EXP":5,"Exp":"x"}`, nil},
		{"deep", "", open + `,"x":` + strings.Repeat("[", 2500) + strings.Repeat("]", 2500) + `}`, nil},
		{"empty", "", "", sessions.ErrJWTInvalid},
		{"null", "", "null", sessions.ErrJWTInvalid},
		{"a list", "", "[" + good + "]", sessions.ErrJWTInvalid},
		{"a text", "", `"x"`, sessions.ErrJWTInvalid},
		{"a number", "", "1", sessions.ErrJWTInvalid},
		{"an empty object", "", "{}", sessions.ErrJWTNoExpiry},
		{"two objects", "", good + "{}", sessions.ErrJWTInvalid},
		{"something behind", "", good + "x", sessions.ErrJWTInvalid},
		{"a NUL behind", "", good + "\x00", sessions.ErrJWTInvalid},
		{"cut off", "", open, sessions.ErrJWTInvalid},
		{"NaN", "", stating(map[string]string{"exp": "NaN"}), sessions.ErrJWTInvalid},
		{"Infinity", "", stating(map[string]string{"exp": "Infinity"}), sessions.ErrJWTInvalid},
		{"hexadecimal", "", stating(map[string]string{"exp": "0xffffffff"}), sessions.ErrJWTInvalid},
		{"not UTF-8", "", stating(map[string]string{"jti": "\"\xff\""}), sessions.ErrJWTInvalid},
		{"a JSON text in JSON", "", `"{\"exp\":4102444800}"`, sessions.ErrJWTInvalid},
	})
}

func TestTextsThatAreNoTokenAreRefused(t *testing.T) {
	tokens := someTokens(t, Options{})
	good := minted(someSecret, plainHeader, stating(nil))
	head, rest, _ := strings.Cut(good, ".")
	body, signature, _ := strings.Cut(rest, ".")
	mac := hs256(someSecret, head+"."+body)
	for name, token := range map[string]string{
		"empty":           "",
		"x":               "x",
		"two parts":       "a.b",
		"three letters":   "a.b.c",
		"two dots":        "..",
		"four parts":      good + ".",
		"five parts":      good + ".x.y", // the shape of an encrypted token
		"null":            "null",
		"not ASCII":       "ÿþ",
		"NUL":             good + "\x00",
		"a blank before":  " " + good,
		"a blank behind":  good + " ",
		"with its scheme": "Bearer " + good,
		// The decoder skips line breaks: one token would have many texts.
		"a line break behind":     good + "\n",
		"a line break inside":     head + "." + body[:4] + "\r\n" + body[4:] + "." + signature,
		"a line break, signature": head + "." + body + "." + signature[:4] + "\n" + signature[4:],
		// Stripped and shortened signatures.
		"no signature":             head + "." + body + ".",
		"no signature, none":       encoded(`{"alg":"none"}`) + "." + body + ".",
		"an empty text for a hash": head + "." + body + ".AA",
		"half a signature":         head + "." + body + "." + base64.RawURLEncoding.EncodeToString(mac[:16]),
		"a longer signature":       head + "." + body + "." + base64.RawURLEncoding.EncodeToString(append(mac, 0)),
		"the hash in hexadecimal":  head + "." + body + "." + fmt.Sprintf("%x", mac),
		// Other spellings of the good signature.
		"padding":               good + "=",
		"standard base64":       head + "." + body + "." + base64.StdEncoding.EncodeToString(mac),
		"bits left over":        good[:len(good)-1] + string(good[len(good)-1]+1),
		"one character changed": good[:len(good)-5] + map[bool]string{true: "B", false: "A"}[good[len(good)-5] == 'A'] + good[len(good)-4:],
		// A signature over something else.
		"another payload":      head + "." + encoded(stating(map[string]string{"user_id": `"2"`})) + "." + signature,
		"another header":       encoded(`{"alg":"HS256"}`) + "." + body + "." + signature,
		"header and body swap": body + "." + head + "." + signature,
		"another secret":       minted("not-"+someSecret, plainHeader, stating(nil)),
		"no secret":            minted("", plainHeader, stating(nil)),
		"too long":             minted(someSecret, plainHeader, stating(map[string]string{"x": `"` + strings.Repeat("x", 6200) + `"`})),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := tokens.Verify(secret.New(token), now)
			require.ErrorIs(t, err, sessions.ErrJWTInvalid)
		})
	}
	_, err := tokens.Verify(secret.New(good), now)
	require.NoError(t, err, "what all of these were made from")
}

// Texts far longer than a token are turned away without a copy of them.
func TestHugeTextsCostNothing(t *testing.T) {
	tokens := someTokens(t, Options{})
	for name, text := range map[string]string{
		"a million dots":   strings.Repeat(".", 1_000_000),
		"a million braces": encoded(strings.Repeat("{", 1_000_000)) + "..",
		"many dots":        strings.Repeat(".", largestToken),
	} {
		token := secret.New(text)
		cost := testing.AllocsPerRun(10, func() { _, _ = tokens.Verify(token, now) })
		require.Zero(t, cost, name)
	}
}

// Who knows the public key, and everybody does, signs with it as if it were a
// shared secret.
func TestThePublicKeyIsNoSecret(t *testing.T) {
	for _, name := range []string{"RS256", "PS256", "ES256", "EdDSA"} {
		key := someKey(t, name)
		der, err := x509.MarshalPKIXPublicKey(key.public)
		require.NoError(t, err)
		text := string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
		for _, public := range []string{text, strings.TrimSpace(text), string(der)} {
			_, err := tokensOf(key, Options{}).Verify(secret.New(minted(public, plainHeader, stating(nil))), now)
			require.ErrorIs(t, err, sessions.ErrJWTInvalid, name)
			claimed := `{"alg":"` + name + `"}`
			_, err = tokensOf(key, Options{}).Verify(secret.New(minted(public, claimed, stating(nil))), now)
			require.ErrorIs(t, err, sessions.ErrJWTInvalid, name)
		}
		_, err = ParseKey("HS256", secret.New(text), secret.String{})
		require.ErrorContains(t, err, "must not use as its secret")
	}
}

// An ECDSA signature of zeros was good in a famous implementation (CVE-2022-21449).
func TestSignaturesOfZerosAreRefused(t *testing.T) {
	for _, name := range Algorithms() {
		tokens := tokensOf(someKey(t, name), Options{})
		for _, size := range []int{0, 1, 32, 48, 64, 96, 132, 256, 384} {
			signed := encoded(`{"alg":"`+name+`"}`) + "." + encoded(stating(nil))
			token := signed + "." + base64.RawURLEncoding.EncodeToString(make([]byte, size))
			_, err := tokens.Verify(secret.New(token), now)
			require.ErrorIs(t, err, sessions.ErrJWTInvalid, "%s, %d bytes", name, size)
		}
	}
}
