package djangosign

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"hash"
	"sync"

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
	digests []digest // by each of the keys
	render  func(digest []byte) string
}

func newMAC(keys Keys, salt string, render func(digest []byte) string) mac {
	m := mac{render: render}
	for _, key := range keys.all {
		m.digests = append(m.digests, digestBy(salt, key))
	}
	return m
}

func (m mac) make(value string) string { return m.render(m.digests[0](value)) }

// fits reports in constant time whether any of the keys made given from value.
func (m mac) fits(value, given string) bool {
	good := 0
	for _, digest := range m.digests {
		good |= subtle.ConstantTimeCompare([]byte(m.render(digest(value))), []byte(given))
	}
	return good == 1
}

// digest is an HMAC of a value.
type digest func(value string) []byte

// digestBy derives the key of the salt once. What has taken it in is used again:
// deriving a key and taking it in cost more than a session does.
func digestBy(salt string, key secret.String) digest {
	derived := sha256.Sum256([]byte(salt + key.Reveal()))
	keyed := &sync.Pool{New: func() any { return hmac.New(sha256.New, derived[:]) }}
	return func(value string) []byte {
		h := keyed.Get().(hash.Hash)
		defer keyed.Put(h)
		h.Reset()
		h.Write([]byte(value)) // a hash returns no error
		return h.Sum(nil)
	}
}
