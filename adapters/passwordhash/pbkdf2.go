package passwordhash

import (
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"hash"
	"regexp"
	"strconv"

	"latchkey/application/ports"
)

// maxIterations keeps a hash below about two seconds.
const maxIterations = 10_000_000

// pbkdf2Scheme is PBKDF2 (RFC 8018) with HMAC-SHA-256 or HMAC-SHA-1:
// "<algorithm>$<iterations>$<salt>$<base64 of the key>".
type pbkdf2Scheme struct {
	name       Algorithm
	iterations int
}

type pbkdf2Record struct {
	pbkdf2Scheme
	salt   string
	digest []byte
}

var pbkdf2Text = regexp.MustCompile(`^(pbkdf2_sha(?:256|1))\$([1-9][0-9]{0,8})\$([^$]+)\$([A-Za-z0-9+/=]+)$`)

func (s pbkdf2Scheme) algorithm() Algorithm { return s.name }

func (s pbkdf2Scheme) withCost(text string) (scheme, error) {
	if err := parseNumber(text, &s.iterations); err != nil {
		return nil, err
	}
	return s, s.check()
}

func (s pbkdf2Scheme) check() error {
	return between("the number of iterations", s.iterations, 1, maxIterations)
}

func (s pbkdf2Scheme) hash(_ *arena, password string, random ports.Random) (string, error) {
	return s.encode(password, random.Text(saltLength, saltAlphabet))
}

func (s pbkdf2Scheme) encode(password, salt string) (string, error) {
	key, err := s.derive(password, salt)
	return s.format(salt, key), err
}

func (s pbkdf2Scheme) format(salt string, key []byte) string {
	return fmt.Sprintf("%s$%d$%s$%s", s.name, s.iterations, salt, base64.StdEncoding.EncodeToString(key))
}

// derive returns a key as long as the digest, as Django does.
func (s pbkdf2Scheme) derive(password, salt string) ([]byte, error) {
	newHash, size := s.digest()
	return pbkdf2.Key(newHash, password, []byte(salt), s.iterations, size)
}

func (s pbkdf2Scheme) digest() (newHash func() hash.Hash, size int) {
	if s.name == PBKDF2SHA1 {
		return sha1.New, sha1.Size
	}
	return sha256.New, sha256.Size
}

func (s pbkdf2Scheme) decode(text string) (record, error) {
	parts := pbkdf2Text.FindStringSubmatch(text)
	if parts == nil || Algorithm(parts[1]) != s.name {
		return nil, errMalformed
	}
	s.iterations, _ = strconv.Atoi(parts[2])
	digest, err := base64.StdEncoding.Strict().DecodeString(parts[4])
	if _, size := s.digest(); err != nil || len(digest) != size || s.check() != nil {
		return nil, errMalformed
	}
	return pbkdf2Record{pbkdf2Scheme: s, salt: parts[3], digest: digest}, nil
}

func (r pbkdf2Record) fits(_ *arena, password string) (bool, error) {
	key, err := r.derive(password, r.salt)
	return err == nil && subtle.ConstantTimeCompare(key, r.digest) == 1, err
}

func (r pbkdf2Record) outdated(preferred scheme) bool {
	return preferred != scheme(r.pbkdf2Scheme) || shortSalt(r.salt)
}

// harden runs the iterations by which the preferred cost is higher.
func (r pbkdf2Record) harden(password string, preferred scheme) error {
	want, same := preferred.(pbkdf2Scheme)
	if !same || want.name != r.name || want.iterations <= r.iterations {
		return nil
	}
	want.iterations -= r.iterations
	_, err := want.derive(password, r.salt)
	return err
}
