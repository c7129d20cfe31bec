package passkeys

import (
	"crypto/sha512"
	"strconv"
)

// decoyLengths are the lengths of the ids that common authenticators make, in bytes.
var decoyLengths = []int{16, 20, 32, 32, 64}

// Decoys are the credential ids that somebody without any seems to have. They follow
// from the seed, which is a keyed digest of the name that was asked for: whoever asks again gets the
// same, and cannot tell them from real ones. A seed in four has two of them, as people do.
func Decoys(seed []byte) [][]byte {
	drawn := stretch(seed, 0)
	ids := [][]byte{decoy(seed, 1)}
	if drawn[0]%4 == 0 {
		ids = append(ids, decoy(seed, 2))
	}
	return ids
}

func decoy(seed []byte, n int) []byte {
	length := decoyLengths[int(stretch(seed, -n)[0])%len(decoyLengths)]
	return stretch(seed, n)[:length]
}

// stretch returns 64 bytes that belong to the seed and the number.
func stretch(seed []byte, n int) []byte {
	sum := sha512.Sum512(append(append([]byte{}, seed...), strconv.Itoa(n)...))
	return sum[:]
}
