package passwordhash

import (
	"errors"

	"latchkey/application/ports"
)

// scheme is an algorithm at a cost.
type scheme interface {
	algorithm() Algorithm
	// withCost returns the algorithm at the cost that a setting names.
	withCost(text string) (scheme, error)
	// hash makes a new stored hash.
	hash(memory *arena, password string, random ports.Random) (string, error)
	// decode reads a stored hash of the algorithm, whatever its cost. It returns
	// errMalformed for text that the algorithm cannot have made, and for a cost
	// so high that computing it would be an attack.
	decode(text string) (record, error)
}

// record is a stored hash, taken apart.
type record interface {
	// fits reports whether the password made the hash, in constant time.
	fits(memory *arena, password string) (bool, error)
	// outdated is Django's must_update: another algorithm or cost than
	// preferred, or a short salt.
	outdated(preferred scheme) bool
}

// hardener is a record that can do the work by which it is cheaper than the
// preferred scheme, so that a refused password takes the same time.
type hardener interface {
	harden(password string, preferred scheme) error
}

var errMalformed = errors.New("passwordhash: malformed hash")

// maxHash is how many characters of stored text are looked at. Django's column
// has 128; SQLite does not enforce that.
const maxHash = 256

// columnWidth is how long a new hash may be: auth_user.password is varchar(128).
const columnWidth = 128

// Django's get_random_string draws salts of saltLength from saltAlphabet: 131 bits.
const (
	saltAlphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	saltLength   = 22
)

// shortSalt is Django's must_update_salt: log2(62) bits a character, of which 22
// are the first to make 128 bits. It is applied to bytes of any origin, as Django does.
func shortSalt(salt string) bool { return len(salt) < saltLength }
