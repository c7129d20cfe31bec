package passwordhash

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Algorithm is the name that a stored hash begins with.
type Algorithm string

// The algorithms that can be preferred and checked.
const (
	Argon2       Algorithm = "argon2"
	PBKDF2SHA256 Algorithm = "pbkdf2_sha256"
	PBKDF2SHA1   Algorithm = "pbkdf2_sha1"
	BcryptSHA256 Algorithm = "bcrypt_sha256"
	Bcrypt       Algorithm = "bcrypt"
	Scrypt       Algorithm = "scrypt"
)

// standard has every algorithm at the cost that it has unless the setting says
// otherwise: OWASP's first choice for argon2, Django 5.2's costs for the others.
var standard = []scheme{
	argon2Scheme{variant: "argon2id", memory: 19456, passes: 2, lanes: 1, size: argon2DigestSize},
	pbkdf2Scheme{name: PBKDF2SHA256, iterations: 1_000_000},
	pbkdf2Scheme{name: PBKDF2SHA1, iterations: 1_000_000},
	bcryptScheme{name: BcryptSHA256, cost: 12},
	bcryptScheme{name: Bcrypt, cost: 12},
	scryptScheme{n: 1 << 14, r: 8, p: 5},
}

// Preference is one entry of the setting PASSWORD_HASHERS: an algorithm and its
// cost. The zero Preference is refused by New.
type Preference struct {
	scheme scheme
}

// Algorithm returns the entry's algorithm; empty for the zero Preference.
func (p Preference) Algorithm() Algorithm {
	if p.scheme == nil {
		return ""
	}
	return p.scheme.algorithm()
}

// Memory returns how many bytes a hash takes while it is computed.
func (p Preference) Memory() uint64 {
	switch s := p.scheme.(type) {
	case argon2Scheme:
		return uint64(s.memory) << 10 //nolint:gosec // check bounds all costs
	case scryptScheme:
		return 128 * uint64(s.n) * uint64(s.r) //nolint:gosec // likewise
	}
	return 4 << 10 // bcrypt's tables; PBKDF2 takes less
}

// ParsePreference reads one entry of PASSWORD_HASHERS: the name of an algorithm,
// and after a colon its cost where that is not the usual one, as in "argon2",
// "pbkdf2_sha256:1200000", "argon2:m=19456;t=2;p=1", "bcrypt_sha256:12" or
// "scrypt:n=16384;r=8;p=5". The error says what to write instead.
func ParsePreference(text string) (Preference, error) {
	name, cost, costly := strings.Cut(strings.TrimSpace(text), ":")
	at := slices.IndexFunc(standard, func(s scheme) bool { return string(s.algorithm()) == name })
	if at < 0 {
		return Preference{}, fmt.Errorf("%q is not a password algorithm; write one of %s", name, names())
	}
	if !costly {
		return Preference{scheme: standard[at]}, nil
	}
	priced, err := standard[at].withCost(cost)
	if err != nil {
		return Preference{}, fmt.Errorf("the cost %q of the password algorithm %s is refused: %w", cost, name, err)
	}
	return Preference{scheme: priced}, nil
}

func names() string {
	var list []string
	for _, s := range standard {
		list = append(list, string(s.algorithm()))
	}
	return strings.Join(list, ", ")
}

// parseNamed reads costs like "m=19456;t=2" into the numbers of that name.
// A cost that is left out keeps its number.
func parseNamed(text string, into map[string]*int) error {
	for part := range strings.SplitSeq(text, ";") {
		name, value, _ := strings.Cut(part, "=")
		number, known := into[name]
		if !known {
			return fmt.Errorf("%q is unknown or given twice", name)
		}
		if err := parseNumber(value, number); err != nil {
			return err
		}
		delete(into, name)
	}
	return nil
}

func parseNumber(text string, into *int) error {
	n, err := strconv.Atoi(text)
	if err != nil || strconv.Itoa(n) != text {
		return fmt.Errorf("%q is not a whole number", text)
	}
	*into = n
	return nil
}

// between is the refusal of a cost outside its bounds, nil inside them.
func between(what string, value, low, high int) error {
	if value < low || value > high {
		return fmt.Errorf("%s must lie between %d and %d", what, low, high)
	}
	return nil
}
