package passwordhash

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/crypto/bcrypt"

	"latchkey/application/ports"
)

// maxBcryptCost keeps a hash below about four seconds; each step doubles it.
const maxBcryptCost = 16

// bcryptReads is how many bytes of a password bcrypt looks at.
const bcryptReads = 72

// bcryptScheme is bcrypt of the password, or of the lower-case hex SHA-256 of it,
// which frees passwords from bcrypt's 72 bytes: "<algorithm>$$2b$<cost>$<salt and digest>".
type bcryptScheme struct {
	name Algorithm
	cost int
}

type bcryptRecord struct {
	bcryptScheme
	crypt []byte // from "$2b$" on
}

// The revisions 2a, 2b and 2y compute the same in every current library. 2x
// marks hashes of a broken one and is refused.
var bcryptText = regexp.MustCompile(`^(bcrypt(?:_sha256)?)\$(\$2[aby]\$([0-9]{2})\$[./A-Za-z0-9]{53})$`)

func (s bcryptScheme) algorithm() Algorithm { return s.name }

func (s bcryptScheme) withCost(text string) (scheme, error) {
	if err := parseNumber(text, &s.cost); err != nil {
		return nil, err
	}
	return s, s.check()
}

func (s bcryptScheme) check() error {
	return between("the cost", s.cost, bcrypt.MinCost, maxBcryptCost)
}

// hash takes its salt from the library, which draws it from crypto/rand and has
// no way to be given one.
func (s bcryptScheme) hash(_ *arena, password string, _ ports.Random) (string, error) {
	crypt, err := bcrypt.GenerateFromPassword(s.key(password), s.cost)
	if err != nil {
		return "", err
	}
	// The library writes the revision 2a, Django 2b.
	return string(s.name) + "$$2b$" + strings.TrimPrefix(string(crypt), "$2a$"), nil
}

// key cuts at 72 bytes where the library would refuse: hashes of longer
// passwords exist, made by libraries that cut silently.
func (s bcryptScheme) key(password string) []byte {
	if s.name == BcryptSHA256 {
		sum := sha256.Sum256([]byte(password))
		return []byte(hex.EncodeToString(sum[:]))
	}
	return []byte(password[:min(len(password), bcryptReads)])
}

func (s bcryptScheme) decode(text string) (record, error) {
	parts := bcryptText.FindStringSubmatch(text)
	if parts == nil || Algorithm(parts[1]) != s.name {
		return nil, errMalformed
	}
	s.cost, _ = strconv.Atoi(parts[3])
	if s.check() != nil {
		return nil, errMalformed
	}
	return bcryptRecord{bcryptScheme: s, crypt: []byte(parts[2])}, nil
}

func (r bcryptRecord) fits(_ *arena, password string) (bool, error) {
	err := bcrypt.CompareHashAndPassword(r.crypt, r.key(password))
	if errors.Is(err, bcrypt.ErrMismatchedHashAndPassword) {
		return false, nil
	}
	return err == nil, err
}

// outdated looks at the cost alone: a bcrypt salt always has 128 bits.
func (r bcryptRecord) outdated(preferred scheme) bool { return preferred != scheme(r.bcryptScheme) }

// harden repeats the comparison until the work of the preferred cost is done.
func (r bcryptRecord) harden(password string, preferred scheme) error {
	want, same := preferred.(bcryptScheme)
	if !same || want.name != r.name || want.cost <= r.cost {
		return nil
	}
	for range 1<<(want.cost-r.cost) - 1 {
		if _, err := r.fits(nil, password); err != nil {
			return err
		}
	}
	return nil
}
