package passwordhash

import (
	"regexp"
	"strings"

	"latchkey/application/ports"
	"latchkey/domain/credentials"
	"latchkey/domain/secret"
)

var _ ports.ForeignHashes = (*Hasher)(nil)

// unusableText is an unusable hash as Django has made it through the years. Not
// everything behind a "!" is one: it could be a password in clear.
var unusableText = regexp.MustCompile(`^!([A-Za-z0-9]{40})?$`)

// plainSalt is a salt that can stand in Django's encodings as it is.
var plainSalt = regexp.MustCompile(`^[!-#%-~]+$`)

// Adopt returns the hash in the form in which Verify checks it: Django's encodings
// and unusable hashes as they are, bcrypt, argon2 and PBKDF2 of the modular form in
// Django's encoding, and as they are those for which it has no place. It returns
// credentials.ErrHashRefused for everything else, and for algorithms that are not listed.
func (h *Hasher) Adopt(hash secret.String) (secret.String, error) {
	text := djangos(hash.Reveal())
	if unusableText.MatchString(text) {
		return secret.New(text), nil
	}
	stored, err := h.decode(text)
	if err != nil {
		return secret.String{}, credentials.ErrHashRefused
	}
	if modular, ok := stored.(modularPBKDF2Record); ok && plainSalt.MatchString(modular.salt) {
		text = modular.format(modular.salt, modular.digest)
	}
	if len(text) > columnWidth {
		return secret.String{}, credentials.ErrHashRefused
	}
	return secret.New(text), nil
}

// djangos puts Django's name before the hashes to which Django does nothing more.
func djangos(text string) string {
	modular, ok := strings.CutPrefix(text, "$")
	if !ok {
		return text
	}
	head, rest, _ := strings.Cut(modular, "$")
	switch head {
	case "argon2id", "argon2i":
		return string(Argon2) + text
	case "2a", "2b", "2y":
		// The revisions compute the same, and Django writes 2b.
		return string(Bcrypt) + "$$2b$" + rest
	}
	return text
}
