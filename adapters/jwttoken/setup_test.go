package jwttoken

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"maps"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/domain/secret"
	"latchkey/domain/sessions"
)

const (
	someSecret = "a-secret-of-the-tests-0123456789-abcdefghij"
	someID     = "0123456789abcdef0123456789abcdef"
)

var now = time.Date(2026, 11, 24, 12, 0, 0, 500_000_000, time.UTC)

// made keeps the generated keys, since RSA keys take long: one text for each
// kind of key.
var made sync.Map

// someMaterial returns the text of a signing key for an algorithm.
func someMaterial(t testing.TB, name string) secret.String {
	t.Helper()
	a, err := algorithmNamed(name)
	require.NoError(t, err)
	kind := strings.Replace(name, "PS", "RS", 1)
	if strings.HasPrefix(kind, "RS") {
		kind = "RS"
	}
	generated := sync.OnceValue(func() secret.String {
		text, err := generate(a)
		if err != nil {
			panic(err)
		}
		return text
	})
	found, _ := made.LoadOrStore(kind, generated)
	return found.(func() secret.String)()
}

func someKey(t testing.TB, name string) Key {
	t.Helper()
	key, err := ParseKey(name, someMaterial(t, name), secret.String{})
	require.NoError(t, err)
	return key
}

func sharedKeyOf(t testing.TB, name, text string) Key {
	t.Helper()
	key, err := ParseKey(name, secret.New(text), secret.String{})
	require.NoError(t, err)
	return key
}

// tokensOf signs and verifies with one key of the settings.
func tokensOf(key Key, options Options) *Tokens { return New(NewKeySet(key), options) }

func someTokens(t testing.TB, options Options) *Tokens {
	t.Helper()
	return tokensOf(sharedKeyOf(t, "HS256", someSecret), options)
}

func someClaims() sessions.Claims {
	at := now.Truncate(time.Second)
	return sessions.Claims{
		Kind: sessions.KindAccess, ID: someID, IssuedAt: at, Expires: at.Add(5 * time.Minute),
		Rest: map[string]any{"user_id": "1"},
	}
}

func encoded(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }

func decoded(t testing.TB, text string) string {
	t.Helper()
	raw, err := base64.RawURLEncoding.DecodeString(text)
	require.NoError(t, err)
	return string(raw)
}

// minted signs with HS256 whatever it is given.
func minted(key, header, payload string) string {
	signed := encoded(header) + "." + encoded(payload)
	return signed + "." + base64.RawURLEncoding.EncodeToString(hs256(key, signed))
}

func hs256(key, text string) []byte {
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(text))
	return mac.Sum(nil)
}

const plainHeader = `{"alg":"HS256","typ":"JWT"}`

// stating returns the payload of a good token with some members changed. Values
// are JSON; an empty one takes the member away.
func stating(changes map[string]string) string {
	members := map[string]string{
		"token_type": `"access"`, "exp": fmt.Sprint(now.Unix() + 300), "iat": fmt.Sprint(now.Unix()),
		"jti": `"` + someID + `"`, "user_id": `"1"`,
	}
	maps.Copy(members, changes)
	var parts []string
	for name, value := range members {
		if value != "" {
			parts = append(parts, fmt.Sprintf("%q:%s", name, value))
		}
	}
	return "{" + strings.Join(parts, ",") + "}"
}

// hands is a clock that a test turns.
type hands struct {
	mu sync.Mutex
	at time.Time
}

func (h *hands) Now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.at
}

func (h *hands) turn(by time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.at = h.at.Add(by)
}

// counting gives the kids "aaaaaaaaaaaaaaa1", "aaaaaaaaaaaaaaa2" and so on, each twice.
type counting struct {
	mu    sync.Mutex
	calls int
}

func (c *counting) Text(n int, _ string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.calls++
	number := fmt.Sprint((c.calls + 1) / 2)
	return strings.Repeat("a", n-len(number)) + number
}
