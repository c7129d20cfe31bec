package djangosign

import (
	"crypto/hmac"
	"crypto/sha256"

	"latchkey/application/ports"
)

const (
	decoySalt     = "latchkey.passkeydecoys"
	decoyMarkSalt = "latchkey.passkeydecoys.mark"
)

// PasskeyDecoys make seeds and marks with the oldest key that is listed: a new key in front of it
// changes none. Real credentials stay as they are when a key is changed, and decoys that did not
// would stand out.
type PasskeyDecoys struct{ seeds, marks [sha256.Size]byte }

var _ ports.PasskeyDecoys = PasskeyDecoys{}

// NewPasskeyDecoys makes the seeds of made-up credentials.
func NewPasskeyDecoys(keys Keys) PasskeyDecoys {
	oldest := keys.all[len(keys.all)-1].Reveal()
	return PasskeyDecoys{seeds: sha256.Sum256([]byte(decoySalt + oldest)), marks: sha256.Sum256([]byte(decoyMarkSalt + oldest))}
}

// Seed returns 32 bytes that belong to the name.
func (d PasskeyDecoys) Seed(name string) []byte { return keyed(d.seeds, []byte(name)) }

// Mark returns 32 bytes that belong to the body of a made-up id.
func (d PasskeyDecoys) Mark(body []byte) []byte { return keyed(d.marks, body) }

func keyed(key [sha256.Size]byte, text []byte) []byte {
	h := hmac.New(sha256.New, key[:])
	h.Write(text)
	return h.Sum(nil)
}
