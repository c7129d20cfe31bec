package passwordhash

import (
	"cmp"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"math/bits"
	"regexp"
	"strconv"

	"golang.org/x/crypto/scrypt"

	"latchkey/application/ports"
)

// scryptDigestSize is the length of Django's scrypt keys, in bytes.
const scryptDigestSize = 64

// The bounds of one hash: 128·n·r bytes of memory are at most 1 GiB, and n·r·p
// keeps it below about five seconds.
const (
	maxScryptMemory = 1 << 23
	maxScryptWork   = 1 << 24
)

// scryptScheme is scrypt (RFC 7914): "scrypt$<n>$<salt>$<r>$<p>$<base64 of 64 bytes>".
type scryptScheme struct {
	n, r, p int
}

type scryptRecord struct {
	scryptScheme
	salt   string
	digest []byte
}

var scryptText = regexp.MustCompile(`^scrypt\$([1-9][0-9]{0,7})\$([^$]+)\$([1-9][0-9]{0,3})\$([1-9][0-9]{0,3})\$([A-Za-z0-9+/]{86}==)$`)

func (scryptScheme) algorithm() Algorithm { return Scrypt }

func (s scryptScheme) withCost(text string) (scheme, error) {
	if err := parseNamed(text, map[string]*int{"n": &s.n, "r": &s.r, "p": &s.p}); err != nil {
		return nil, err
	}
	if err := s.check(); err != nil {
		return nil, err
	}
	// PostgreSQL refuses longer text, which would be noticed at the first sign-up.
	length := len(s.format("", nil)) + saltLength + base64.StdEncoding.EncodedLen(scryptDigestSize)
	if length > columnWidth {
		return nil, fmt.Errorf("a hash would have %d characters and Django's column holds %d; write a smaller n, r or p", length, columnWidth)
	}
	return s, nil
}

func (s scryptScheme) check() error {
	if s.n < 2 || bits.OnesCount(uint(s.n)) != 1 {
		return errors.New("n must be a power of two above 1")
	}
	return cmp.Or(
		between("n", s.n, 2, maxScryptMemory),
		between("r", s.r, 1, 1024),
		between("p", s.p, 1, 1024),
		between("n times r", s.n*s.r, 1, maxScryptMemory),
		between("n times r times p", s.n*s.r*s.p, 1, maxScryptWork),
	)
}

func (s scryptScheme) hash(_ *arena, password string, random ports.Random) (string, error) {
	return s.encode(password, random.Text(saltLength, saltAlphabet))
}

func (s scryptScheme) encode(password, salt string) (string, error) {
	key, err := s.derive(password, salt)
	return s.format(salt, key), err
}

func (s scryptScheme) format(salt string, key []byte) string {
	return fmt.Sprintf("scrypt$%d$%s$%d$%d$%s", s.n, salt, s.r, s.p, base64.StdEncoding.EncodeToString(key))
}

func (s scryptScheme) derive(password, salt string) ([]byte, error) {
	return scrypt.Key([]byte(password), []byte(salt), s.n, s.r, s.p, scryptDigestSize)
}

func (scryptScheme) decode(text string) (record, error) {
	parts := scryptText.FindStringSubmatch(text)
	if parts == nil {
		return nil, errMalformed
	}
	var s scryptScheme
	s.n, _ = strconv.Atoi(parts[1])
	s.r, _ = strconv.Atoi(parts[3])
	s.p, _ = strconv.Atoi(parts[4])
	digest, err := base64.StdEncoding.Strict().DecodeString(parts[5])
	if err != nil || s.check() != nil {
		return nil, errMalformed
	}
	return scryptRecord{scryptScheme: s, salt: parts[2], digest: digest}, nil
}

func (r scryptRecord) fits(_ *arena, password string) (bool, error) {
	key, err := r.derive(password, r.salt)
	return err == nil && subtle.ConstantTimeCompare(key, r.digest) == 1, err
}

func (r scryptRecord) outdated(preferred scheme) bool {
	return preferred != scheme(r.scryptScheme) || shortSalt(r.salt)
}
