package factors

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"regexp"
	"strconv"
	"strings"
	"time"

	"latchkey/domain/secret"
)

// The form of what recovery codes are made of: random hex digits.
const (
	RecoveryAlphabet = "0123456789abcdef"
	CodeLength       = 8  // of one code, without its dash
	SeedLength       = 64 // of a seed, from which all codes follow
	SaltLength       = 32
)

// Recovery is the recovery codes of an account: digests of codes that were shown
// once, or the seed that another program makes its codes from.
type Recovery struct {
	// Seed is 64 hex digits; empty where there are digests.
	Seed secret.String
	// Salt and Digests stand for the codes. A code has 32 bits, which are tried out in
	// minutes: what protects the digests is that they are kept encrypted.
	Salt    string
	Digests []string
	// Used has a bit for each code that was used.
	Used     uint64
	Created  time.Time
	LastUsed time.Time // zero before the first use
}

// NewRecovery keeps the digests of codes, each CodeLength random digits, and returns
// the codes as their owner gets to see them.
func NewRecovery(salt string, codes []string, now time.Time) (*Recovery, []string) {
	recovery, shown := &Recovery{Salt: salt, Created: now}, make([]string, len(codes))
	for i, code := range codes {
		shown[i] = dashed(code)
		recovery.Digests = append(recovery.Digests, digestOf(salt, shown[i]))
	}
	return recovery, shown
}

// SeededRecovery makes the codes that follow from a seed, for a program that reads it.
func SeededRecovery(seed secret.String, now time.Time) *Recovery {
	return &Recovery{Seed: seed, Created: now}
}

// Unused returns the codes that are left, where they can be told at all. How many a
// seed has, the rules say.
func (r *Recovery) Unused(rules Rules) []string {
	left := []string{}
	for i, code := range r.seeded(rules) {
		if r.Used&(1<<i) == 0 {
			left = append(left, code)
		}
	}
	return left
}

// Usable reports whether there are codes at all, used or not.
func (r *Recovery) Usable() bool { return len(r.Digests) > 0 || len(r.seeded(Rules{Codes: 1})) > 0 }

var codeForm = regexp.MustCompile(`^[0-9a-f]{4}-[0-9a-f]{4}$`)

// use marks the first unused code that is equal, or reports false. All are compared,
// so that the time does not tell how many are right.
func (r *Recovery) use(code string, rules Rules, now time.Time) bool {
	code = strings.ToLower(code)
	if !codeForm.MatchString(code) {
		return false
	}
	candidates, typed := r.seeded(rules), code
	if r.Seed.Empty() {
		candidates, typed = r.Digests, digestOf(r.Salt, code)
	}
	found := -1
	for i, candidate := range candidates[:min(len(candidates), MaxCodes)] {
		if subtle.ConstantTimeCompare([]byte(candidate), []byte(typed)) == 1 && r.Used&(1<<i) == 0 && found < 0 {
			found = i
		}
	}
	if found < 0 {
		return false
	}
	r.Used |= 1 << found
	r.LastUsed = now
	return true
}

// seeded returns the codes that follow from the seed; none where there is no seed or
// it is none.
func (r *Recovery) seeded(rules Rules) []string {
	seed, err := hex.DecodeString(r.Seed.Reveal())
	if err != nil || len(seed) == 0 {
		return nil
	}
	codes := make([]string, rules.Codes)
	for i := range codes {
		sum := sumOf(seed, strconv.Itoa(i))
		codes[i] = dashed(sum[:CodeLength])
	}
	return codes
}

func digestOf(salt, code string) string { return sumOf([]byte(salt), code) }

func sumOf(key []byte, text string) string {
	digest := hmac.New(sha256.New, key)
	digest.Write([]byte(text))
	return hex.EncodeToString(digest.Sum(nil))
}

func dashed(digits string) string { return digits[:CodeLength/2] + "-" + digits[CodeLength/2:] }
