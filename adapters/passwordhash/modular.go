package passwordhash

import (
	"crypto/subtle"
	"encoding/base64"
	"regexp"
	"strconv"
	"strings"
)

// Hashes in the modular form of crypt(3), as passlib writes them for PBKDF2 and
// scrypt. Their salts are bytes and not text, and passlib's scrypt keys have half
// the length of Django's: Django's encodings have no place for that. Such a hash is
// checked as it is, and always outdated, so that it is gone after the next sign-in.
var (
	modularPBKDF2 = regexp.MustCompile(`^\$(pbkdf2|pbkdf2-sha256)\$([1-9][0-9]{0,8})\$([A-Za-z0-9./+]{1,86})\$([A-Za-z0-9./+]{27,43})$`)
	modularScrypt = regexp.MustCompile(`^\$scrypt\$ln=([1-9][0-9]?),r=([1-9][0-9]{0,3}),p=([1-9][0-9]{0,3})\$([A-Za-z0-9./+]{1,86})\$([A-Za-z0-9./+]{43,86})$`)
)

// modularNames has the names that passlib gives to our algorithms.
var modularNames = map[string]Algorithm{"pbkdf2": PBKDF2SHA1, "pbkdf2-sha256": PBKDF2SHA256}

type modularPBKDF2Record struct{ pbkdf2Record }

type modularScryptRecord struct{ scryptRecord }

// decodeModular reads a hash whose text begins with "$".
func (h *Hasher) decodeModular(text string) (record, error) {
	if parts := modularPBKDF2.FindStringSubmatch(text); parts != nil && h.listed[modularNames[parts[1]]] != nil {
		return decodeModularPBKDF2(parts)
	}
	if parts := modularScrypt.FindStringSubmatch(text); parts != nil && h.listed[Scrypt] != nil {
		return decodeModularScrypt(parts)
	}
	return nil, errMalformed
}

func decodeModularPBKDF2(parts []string) (record, error) {
	s := pbkdf2Scheme{name: modularNames[parts[1]]}
	s.iterations, _ = strconv.Atoi(parts[2])
	salt, saltErr := modularBase64(parts[3])
	digest, digestErr := modularBase64(parts[4])
	if _, size := s.digest(); saltErr != nil || digestErr != nil || len(digest) != size || s.check() != nil {
		return nil, errMalformed
	}
	return modularPBKDF2Record{pbkdf2Record{pbkdf2Scheme: s, salt: string(salt), digest: digest}}, nil
}

// decodeModularScrypt takes keys of 32 bytes and more: a short one would fit by chance.
func decodeModularScrypt(parts []string) (record, error) {
	exponent, _ := strconv.Atoi(parts[1])
	if exponent > 30 {
		return nil, errMalformed
	}
	s := scryptScheme{n: 1 << exponent}
	s.r, _ = strconv.Atoi(parts[2])
	s.p, _ = strconv.Atoi(parts[3])
	salt, saltErr := modularBase64(parts[4])
	digest, digestErr := modularBase64(parts[5])
	if saltErr != nil || digestErr != nil || len(digest) > scryptDigestSize || s.check() != nil {
		return nil, errMalformed
	}
	return modularScryptRecord{scryptRecord{scryptScheme: s, salt: string(salt), digest: digest}}, nil
}

// modularBase64 reads base64 without padding, in which passlib writes "." for "+".
func modularBase64(text string) ([]byte, error) {
	return base64.RawStdEncoding.Strict().DecodeString(strings.ReplaceAll(text, ".", "+"))
}

func (modularPBKDF2Record) outdated(scheme) bool { return true }

func (modularScryptRecord) outdated(scheme) bool { return true }

// fits compares the beginning of a key: a shorter scrypt key is the beginning of
// the longer one.
func (r modularScryptRecord) fits(_ *arena, password string) (bool, error) {
	key, err := r.derive(password, r.salt)
	return err == nil && subtle.ConstantTimeCompare(key[:len(r.digest)], r.digest) == 1, err
}
