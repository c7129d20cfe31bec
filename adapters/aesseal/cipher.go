package aesseal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"latchkey/application/ports"
	"latchkey/domain/secret"
)

const (
	version = "lk1:"
	// info keeps the key apart from all that is made from SECRET_KEY for another use.
	info   = "latchkey.aesseal.lk1"
	keyLen = 32 // AES-256
)

// errUnreadable is the one answer to every text that cannot be read, and says
// nothing of what is in it.
var errUnreadable = errors.New("aesseal: the text was changed, or made for another purpose or with another key")

// Cipher encrypts with the first of its keys, and decrypts with any.
type Cipher struct {
	all []cipher.AEAD // the first one encrypts
}

var _ ports.Cipher = (*Cipher)(nil)

// New makes a Cipher of SECRET_KEY and SECRET_KEY_FALLBACKS, in this order. It
// refuses empty keys: with one, anybody could read.
func New(keys ...secret.String) (*Cipher, error) {
	if len(keys) == 0 {
		return nil, errors.New("aesseal: there is no key")
	}
	c := &Cipher{}
	for _, key := range keys {
		if key.Empty() {
			return nil, errors.New("aesseal: SECRET_KEY and the entries of SECRET_KEY_FALLBACKS must not be empty")
		}
		aead, err := aeadOf(key)
		if err != nil {
			return nil, fmt.Errorf("aesseal: make a key: %w", err)
		}
		c.all = append(c.all, aead)
	}
	return c, nil
}

// aeadOf returns AES-256-GCM that puts a fresh random nonce before each ciphertext.
func aeadOf(key secret.String) (cipher.AEAD, error) {
	derived, err := hkdf.Key(sha256.New, []byte(key.Reveal()), nil, info, keyLen)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(derived)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// Encrypt returns text that tells nothing about plain but its length, and that only
// Decrypt with the same purpose reads.
func (c *Cipher) Encrypt(plain secret.String, purpose string) (string, error) {
	sealed := c.all[0].Seal(nil, nil, []byte(plain.Reveal()), []byte(purpose)) //nolint:gosec // G407: the nonce is none because aeadOf's makes its own
	return version + base64.RawURLEncoding.EncodeToString(sealed), nil
}

// Decrypt returns what Encrypt got. It fails for text that was changed, made for
// another purpose or with another key.
func (c *Cipher) Decrypt(text, purpose string) (secret.String, error) {
	encoded, ok := strings.CutPrefix(text, version)
	if !ok {
		return secret.String{}, errUnreadable
	}
	sealed, err := base64.RawURLEncoding.DecodeString(encoded)
	// Decoding skips line breaks and ignores the last bits: that is a changed text as well.
	if err != nil || base64.RawURLEncoding.EncodeToString(sealed) != encoded {
		return secret.String{}, errUnreadable
	}
	for _, aead := range c.all {
		if plain, err := aead.Open(nil, nil, sealed, []byte(purpose)); err == nil {
			return secret.New(string(plain)), nil
		}
	}
	return secret.String{}, errUnreadable
}
