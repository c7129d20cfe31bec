package passwordhash

import (
	"cmp"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"regexp"
	"strconv"

	"golang.org/x/crypto/argon2"

	"latchkey/adapters/passwordhash/argon"
	"latchkey/application/ports"
)

// argon2DigestSize is the length of new keys in bytes, as argon2-cffi has it
// since 21.2. Older ones made 16 bytes, which are as good and no reason for a new hash.
const argon2DigestSize = 32

// The bounds of one hash: 1 GiB of memory (in KiB), and memory times passes
// below about five seconds.
const (
	maxArgon2Memory = 1 << 20
	maxArgon2Work   = 1 << 22
	maxArgon2Lanes  = 64
)

// argon2Scheme is argon2 (RFC 9106) version 1.3 as argon2-cffi writes it:
// "argon2$argon2id$v=19$m=<KiB>,t=<passes>,p=<lanes>$<salt>$<key>", both base64
// without padding. Hashes by argon2i are checked; argon2d and version 1.0 are
// not, for want of a library.
type argon2Scheme struct {
	variant               string
	memory, passes, lanes int
	size                  int // of the key, in bytes
}

type argon2Record struct {
	argon2Scheme
	salt   string
	digest []byte
}

// Salt and key are bounded here: a key of few bytes would fit by chance.
var argon2Text = regexp.MustCompile(`^argon2\$(argon2id?)\$v=19\$m=([1-9][0-9]{0,7}),t=([1-9][0-9]{0,7}),p=([1-9][0-9]{0,2})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$`)

func (argon2Scheme) algorithm() Algorithm { return Argon2 }

func (s argon2Scheme) withCost(text string) (scheme, error) {
	if err := parseNamed(text, map[string]*int{"m": &s.memory, "t": &s.passes, "p": &s.lanes}); err != nil {
		return nil, err
	}
	return s, s.check()
}

func (s argon2Scheme) check() error {
	return cmp.Or(
		between("p", s.lanes, 1, maxArgon2Lanes),
		between("m", s.memory, 8*s.lanes, maxArgon2Memory),
		between("t", s.passes, 1, maxArgon2Work),
		between("m times t", s.memory*s.passes, 1, maxArgon2Work),
	)
}

func (s argon2Scheme) hash(memory *arena, password string, random ports.Random) (string, error) {
	return s.encode(memory, password, random.Text(saltLength, saltAlphabet)), nil
}

func (s argon2Scheme) encode(memory *arena, password, salt string) string {
	key := s.derive(memory, password, salt)
	return fmt.Sprintf("argon2$%s$v=%d$m=%d,t=%d,p=%d$%s$%s", s.variant, argon2.Version, s.memory, s.passes, s.lanes,
		base64.RawStdEncoding.EncodeToString([]byte(salt)), base64.RawStdEncoding.EncodeToString(key))
}

// derive computes the key. check has bounded every number well below its type.
func (s argon2Scheme) derive(memory *arena, password, salt string) []byte {
	variant := argon.ID
	if s.variant == "argon2i" {
		variant = argon.I
	}
	cost := argon.Cost{Memory: uint32(s.memory), Passes: uint32(s.passes), Lanes: uint32(s.lanes)}
	return argon.Key(memory.take(cost.Blocks()), variant, []byte(password), []byte(salt), cost, uint32(s.size))
}

func (argon2Scheme) decode(text string) (record, error) {
	parts := argon2Text.FindStringSubmatch(text)
	if parts == nil {
		return nil, errMalformed
	}
	s := argon2Scheme{variant: parts[1]}
	s.memory, _ = strconv.Atoi(parts[2])
	s.passes, _ = strconv.Atoi(parts[3])
	s.lanes, _ = strconv.Atoi(parts[4])
	salt, saltErr := base64.RawStdEncoding.Strict().DecodeString(parts[5])
	digest, digestErr := base64.RawStdEncoding.Strict().DecodeString(parts[6])
	if saltErr != nil || digestErr != nil || s.check() != nil {
		return nil, errMalformed
	}
	s.size = len(digest)
	return argon2Record{argon2Scheme: s, salt: string(salt), digest: digest}, nil
}

func (r argon2Record) fits(memory *arena, password string) (bool, error) {
	return subtle.ConstantTimeCompare(r.derive(memory, password, r.salt), r.digest) == 1, nil
}

func (r argon2Record) outdated(preferred scheme) bool {
	made := r.argon2Scheme
	made.size = argon2DigestSize
	return preferred != scheme(made) || shortSalt(r.salt)
}
