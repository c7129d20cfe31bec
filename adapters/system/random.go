package system

import (
	"crypto/rand"

	"latchkey/application/ports"
)

// Random draws from the operating system's generator.
type Random struct{}

var _ ports.Random = Random{}

// NewRandom returns the operating system's generator.
func NewRandom() Random { return Random{} }

// Text returns n characters, each drawn evenly from alphabet. It panics when
// alphabet is empty or has more than 256 characters: that is a mistake in the
// program. crypto/rand ends the process when the generator fails.
func (Random) Text(n int, alphabet string) string {
	if len(alphabet) == 0 || len(alphabet) > 256 {
		panic("system: an alphabet has 1 to 256 characters")
	}
	// Bytes from the incomplete last round of the alphabet are thrown away.
	// Taking every byte modulo the length would favour the first characters,
	// and who guesses would begin with them.
	end := 256 - 256%len(alphabet)
	text := make([]byte, n)
	for good := 0; good < n; {
		fresh := text[good:]
		_, _ = rand.Read(fresh) // never returns an error
		for _, b := range fresh {
			if int(b) < end {
				text[good] = alphabet[int(b)%len(alphabet)]
				good++
			}
		}
	}
	return string(text)
}
