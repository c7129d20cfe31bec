package jwttoken

import (
	"crypto/hmac"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"latchkey/domain/secret"
)

// FuzzVerify looks for texts that make Verify panic or take what was not signed.
func FuzzVerify(f *testing.F) {
	tokens := someTokens(f, Options{})
	good := minted(someSecret, plainHeader, stating(nil))
	for _, seed := range []string{good, good + "=", good + "\n", "..", "a.b.c", encoded(`{"alg":"none"}`) + "." + encoded("{}") + "."} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, token string) {
		if _, err := tokens.Verify(secret.New(token), now); err != nil {
			return
		}
		dot := strings.LastIndexByte(token, '.')
		signature, err := base64.RawURLEncoding.DecodeString(token[dot+1:])
		if err != nil || !hmac.Equal(signature, hs256(someSecret, token[:dot])) {
			t.Fatalf("taken without our signature: %q", token)
		}
		if base64.RawURLEncoding.EncodeToString(signature) != token[dot+1:] {
			t.Fatalf("another spelling was taken: %q", token)
		}
	})
}

// FuzzSigned gives headers and payloads a good signature, which gets them past
// the first door.
func FuzzSigned(f *testing.F) {
	tokens := someTokens(f, Options{Leeway: time.Second})
	f.Add(plainHeader, stating(nil))
	f.Add(`{"alg":"HS256","kid":"x","typ":"at+jwt"}`, stating(map[string]string{"exp": "1e400"}))
	f.Add(`{"alg":"none"}`, `{"exp":null}`)
	f.Fuzz(func(t *testing.T, header, payload string) {
		claims, err := tokens.Verify(secret.New(minted(someSecret, header, payload)), now)
		if err != nil {
			return
		}
		var stated struct {
			Algorithm string          `json:"alg"`
			Critical  json.RawMessage `json:"crit"`
		}
		if err := json.Unmarshal([]byte(header), &stated); err != nil {
			t.Fatalf("taken with the header %q", header)
		}
		if claims.ID == "" || !claims.Expires.After(now.Add(-time.Second)) || claims.IssuedAt.After(now.Add(time.Second)) {
			t.Fatalf("taken: %q", payload)
		}
		if _, err := tokens.Sign(claims.Access(claims.ID, now, time.Minute)); err != nil && len(payload) < largestToken/2 {
			t.Fatalf("claims that were read cannot be written: %v", err)
		}
	})
}

// FuzzParseKey looks for settings that make ParseKey panic or give a key that is useless.
func FuzzParseKey(f *testing.F) {
	for _, name := range []string{"HS256", "ES256", "EdDSA"} {
		f.Add(name, someMaterial(f, name).Reveal(), "")
	}
	f.Fuzz(func(t *testing.T, algorithm, signing, verifying string) {
		key, err := ParseKey(algorithm, secret.New(signing), secret.New(verifying))
		if err != nil {
			return
		}
		signature, err := key.sign("text")
		if err != nil || key.verify("text", signature) != nil {
			t.Fatalf("%s: a key that was taken does not verify what it signs: %v", algorithm, err)
		}
	})
}
