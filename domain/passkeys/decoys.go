package passkeys

import (
	"crypto/hmac"
	"crypto/sha512"
	"encoding/hex"
	"strconv"
)

// decoyLengths are the lengths of the ids that common authenticators make, in bytes.
var decoyLengths = []int{16, 20, 32, 32, 64}

// Mark is a keyed digest that nobody else can make. It tells decoys from all other ids, and
// to us alone.
type Mark func(body []byte) []byte

// markLength is how much of its mark a decoy ends with, in bytes. That the id of an
// authenticator does so by chance happens to one in 2^64.
const markLength = 8

// moreDecoys is how many decoys a seed has at most.
const moreDecoys = 8

// Decoys are the credential ids that somebody without any seems to have. They follow
// from the seed, which is a keyed digest of the name that was asked for: whoever asks again gets the
// same, and cannot tell them from real ones. A seed in four has two of them, as people do, and of
// those again one in four has three: no number that people have says that one of them is there.
func Decoys(seed []byte, mark Mark) [][]byte {
	drawn, ids := stretch(seed, 0), [][]byte{decoy(seed, 1, mark)}
	for len(ids) < moreDecoys && drawn[len(ids)]%4 == 0 {
		ids = append(ids, decoy(seed, len(ids)+1, mark))
	}
	return ids
}

func decoy(seed []byte, n int, mark Mark) []byte {
	length := decoyLengths[int(stretch(seed, -n)[0])%len(decoyLengths)]
	body := stretch(seed, n)[:length-markLength]
	return append(body[:len(body):len(body)], mark(body)[:markLength]...)
}

// IsDecoy reports whether the id was made up by Decoys. What is done with one must look like what
// is done with somebody's: who sends it has asked about a name, and tries it out.
func IsDecoy(id []byte, mark Mark) bool {
	if !FitsCredentialID(id) {
		return false
	}
	at := len(id) - markLength
	return hmac.Equal(id[at:], mark(id[:at])[:markLength])
}

// decoyKey is a COSE_Key of ES256: the generator of P-256.
const decoyKey = "a50102032620012158206b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296" +
	"2258204fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"

// DecoyKey returns the public key that a decoy's signature is checked by, which takes the time that
// a real one's does. It proves nothing: everybody knows the private key.
func DecoyKey() []byte {
	key, err := hex.DecodeString(decoyKey)
	if err != nil {
		panic(err) // a constant
	}
	return key
}

// stretch returns 64 bytes that belong to the seed and the number.
func stretch(seed []byte, n int) []byte {
	sum := sha512.Sum512(append(append([]byte{}, seed...), strconv.Itoa(n)...))
	return sum[:]
}
