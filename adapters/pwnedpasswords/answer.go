package pwnedpasswords

import (
	"bytes"
	"crypto/subtle"
	"errors"
	"strings"
)

// suffixLength is what is left of a digest behind its prefix.
const suffixLength = 40 - prefixLength

var errGarbage = errors.New("pwnedpasswords: the answer is no list of digests")

// contains looks for the suffix in an answer's lines "suffix:how often". Padding occurs zero
// times. It compares every line in the same time and to the end: the time must not tell
// where a password stands. An answer with anything else in it is garbage as a whole, and no
// reason to refuse a password.
func contains(answer []byte, suffix string) (bool, error) {
	found := 0
	for line := range bytes.SplitSeq(bytes.TrimSpace(answer), []byte("\n")) {
		digest, times, ok := strings.Cut(string(bytes.TrimRight(line, "\r")), ":")
		if !ok || len(digest) != suffixLength || !isNumber(times) {
			return false, errGarbage
		}
		same := subtle.ConstantTimeCompare([]byte(strings.ToUpper(digest)), []byte(suffix))
		found |= same & occurs(times)
	}
	return found == 1, nil
}

func isNumber(text string) bool { return text != "" && strings.Trim(text, "0123456789") == "" }

// occurs is 0 for padding and 1 for others.
func occurs(times string) int {
	if strings.Trim(times, "0") == "" {
		return 0
	}
	return 1
}
