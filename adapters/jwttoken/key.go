package jwttoken

import (
	"crypto"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/golang-jwt/jwt/v5"

	"latchkey/domain/secret"
)

// Key signs tokens and verifies them by one algorithm. ParseKey makes it; the
// zero Key is good for nothing. The private part sits inside functions, where
// neither fmt nor an encoder finds it.
type Key struct {
	// ID is the kid that the headers of its tokens have, empty for none.
	ID string
	// Algorithm is the only one that its tokens may name.
	Algorithm string

	sign   func(text string) ([]byte, error)
	verify func(text string, signature []byte) error
	public crypto.PublicKey // nil for a shared secret
	header string           // of every token that the key signs, encoded
}

// ParseKey makes a key of the settings ALGORITHM, SIGNING_KEY and VERIFYING_KEY.
//
// HS256, HS384 and HS512 take any text as SIGNING_KEY, and VERIFYING_KEY does
// not count, as in simplejwt. All others take a private key in PEM (PKCS #8,
// PKCS #1 or SEC 1, not encrypted); VERIFYING_KEY may stay empty, and is
// otherwise the public key of the same pair in PEM. Errors are sentences for
// whoever writes the settings, and never contain anything of a key.
func ParseKey(algorithm string, signing, verifying secret.String) (Key, error) {
	a, err := algorithmNamed(algorithm)
	if err != nil {
		return Key{}, err
	}
	if a.shared() {
		return sharedKey(a, signing)
	}
	private, err := parsePrivate(signing)
	if err != nil {
		return Key{}, fmt.Errorf("SIGNING_KEY for %s: %w", algorithm, err)
	}
	if err := a.fits(private.Public()); err != nil {
		return Key{}, fmt.Errorf("SIGNING_KEY does not fit: %s %w", algorithm, err)
	}
	if err := checkPair(private, verifying); err != nil {
		return Key{}, fmt.Errorf("VERIFYING_KEY for %s: %w", algorithm, err)
	}
	public := private.Public()
	key := newKey(a, private, func(text string, signature []byte) error { return a.method.Verify(text, signature, public) })
	key.public = public
	return key, nil
}

// sharedKey refuses what is an asymmetric key. Public keys are public: who made
// one the secret of HS256, or switched the algorithm and forgot the key, would
// let everybody sign. PyJWT refuses the same.
func sharedKey(a algorithm, signing secret.String) (Key, error) {
	text := signing.Reveal()
	if text == "" {
		return Key{}, errors.New("SIGNING_KEY is empty: write a long random text, or leave it out to sign with SECRET_KEY")
	}
	if looksAsymmetric(text) {
		return Key{}, fmt.Errorf("SIGNING_KEY is a PEM or SSH key, which %s must not use as its secret: write a random text, or an ALGORITHM that fits the key", a.method.Alg())
	}
	return newKey(a, []byte(text), verifyingShared(a.method.(*jwt.SigningMethodHMAC), []byte(text))), nil
}

func looksAsymmetric(text string) bool {
	text = strings.TrimSpace(text)
	for _, opening := range []string{"ssh-", "ecdsa-sha2-", "sk-ssh-", "sk-ecdsa-"} {
		if strings.HasPrefix(text, opening) {
			return true
		}
	}
	return strings.Contains(text, "-----BEGIN ")
}

func newKey(a algorithm, signing any, verify func(text string, signature []byte) error) Key {
	return Key{
		Algorithm: a.method.Alg(),
		sign:      func(text string) ([]byte, error) { return a.method.Sign(text, signing) },
		verify:    verify,
	}.named("")
}

// named returns the key with another kid.
func (k Key) named(kid string) Key {
	k.ID = kid
	header := struct {
		Algorithm string `json:"alg"`
		Type      string `json:"typ"`
		ID        string `json:"kid,omitempty"`
	}{k.Algorithm, "JWT", kid}
	text, err := json.Marshal(header)
	if err != nil {
		panic("jwttoken: three texts cannot fail to encode: " + err.Error())
	}
	k.header = base64.RawURLEncoding.EncodeToString(text)
	return k
}
