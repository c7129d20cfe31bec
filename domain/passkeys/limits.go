package passkeys

import (
	"regexp"
	"slices"
)

const (
	// CredentialIDMinLength is what holds the 100 random bits that WebAuthn asks of an id: a shorter one can
	// be guessed, or be taken by two authenticators. In bytes.
	CredentialIDMinLength = 16
	// CredentialIDMaxLength is WebAuthn's bound, in bytes.
	CredentialIDMaxLength = 1023
	// PublicKeyMaxLength holds an RSA key of 8192 bits, in bytes. The time that a
	// signature takes to check grows with the square of the key, and whoever registers
	// one could otherwise have us compute for minutes.
	PublicKeyMaxLength = 1100
	// MaxPerAccount is how many passkeys an account may have.
	MaxPerAccount = 100
	// maxTransports is how many ways to reach an authenticator are kept; WebAuthn knows six.
	maxTransports = 8
)

// FitsCredentialID reports whether id may be stored.
func FitsCredentialID(id []byte) bool {
	return len(id) >= CredentialIDMinLength && len(id) <= CredentialIDMaxLength
}

// transport is the form of the names of transports. New ones are kept, unlike
// whatever else a client may send under that heading.
var transport = regexp.MustCompile(`^[a-z][a-z0-9-]{0,31}$`)

// Transports returns those of the texts that can name a way to reach an authenticator, each once.
func Transports(texts []string) []string {
	kept := []string{}
	for _, text := range texts {
		if len(kept) < maxTransports && transport.MatchString(text) && !slices.Contains(kept, text) {
			kept = append(kept, text)
		}
	}
	return kept
}
