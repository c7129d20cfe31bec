package djangosign

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"errors"

	"latchkey/domain/secret"
)

// Keys are the settings SECRET_KEY, which signs, and SECRET_KEY_FALLBACKS, which
// are good for checking only: that is how a key is changed without voiding what
// it has signed. The zero Keys may not be used.
type Keys struct {
	all []secret.String // the first one signs
}

// NewKeys refuses empty keys: with one, anybody could sign.
func NewKeys(key secret.String, fallbacks ...secret.String) (Keys, error) {
	all := append([]secret.String{key}, fallbacks...)
	for _, k := range all {
		if k.Empty() {
			return Keys{}, errors.New("SECRET_KEY and the entries of SECRET_KEY_FALLBACKS must not be empty")
		}
	}
	return Keys{all: all}, nil
}

// mac is Django's salted_hmac with SHA-256. Each use has a salt of its own, so
// that what was signed for one purpose is good for no other.
type mac struct {
	keys   Keys
	salt   string
	render func(digest []byte) string
}

func (m mac) make(value string) string { return m.render(m.digest(m.keys.all[0], value)) }

// fits reports in constant time whether any of the keys made given from value.
func (m mac) fits(value, given string) bool {
	good := 0
	for _, key := range m.keys.all {
		good |= subtle.ConstantTimeCompare([]byte(m.render(m.digest(key, value))), []byte(given))
	}
	return good == 1
}

func (m mac) digest(key secret.String, value string) []byte {
	derived := sha256.Sum256([]byte(m.salt + key.Reveal()))
	h := hmac.New(sha256.New, derived[:])
	h.Write([]byte(value))
	return h.Sum(nil)
}
