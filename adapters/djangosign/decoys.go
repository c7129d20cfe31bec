package djangosign

import (
	"crypto/hmac"
	"crypto/sha256"

	"latchkey/application/ports"
)

const decoySalt = "latchkey.passkeydecoys"

// PasskeyDecoys make seeds with the oldest key that is listed: a new key in front of it
// changes none. Real credentials stay as they are when a key is changed, and decoys that did not
// would stand out.
type PasskeyDecoys struct{ key [sha256.Size]byte }

var _ ports.PasskeyDecoys = PasskeyDecoys{}

// NewPasskeyDecoys makes the seeds of made-up credentials.
func NewPasskeyDecoys(keys Keys) PasskeyDecoys {
	return PasskeyDecoys{key: sha256.Sum256([]byte(decoySalt + keys.all[len(keys.all)-1].Reveal()))}
}

// Seed returns 32 bytes that belong to the name.
func (d PasskeyDecoys) Seed(name string) []byte {
	h := hmac.New(sha256.New, d.key[:])
	h.Write([]byte(name))
	return h.Sum(nil)
}
