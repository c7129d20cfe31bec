package factors

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // RFC 6238 as every authenticator app has it
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"strings"
	"time"

	"latchkey/domain/secret"
)

// The form of the secrets that we make: 160 bits.
const (
	SecretLength   = 32
	SecretAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
)

// TOTP is what an authenticator app and we have in common.
type TOTP struct {
	// Secret is in base32. Empty when what is stored cannot be read: the factor is
	// demanded all the same, and no code fits.
	Secret secret.String
	// Burnt is the last step whose code counts as used, and with it all before. Zero
	// where another program kept none.
	Burnt int64
	// LastCode is what another program remembers of the last code, as it was typed.
	LastCode string
	Created  time.Time
	// LastUsed is zero before the first use.
	LastUsed time.Time
}

// Usable reports whether any code can fit.
func (t *TOTP) Usable() bool {
	_, ok := decode(t.Secret)
	return ok
}

// drift is how many steps a clock may be off, either way.
const drift = 1

// use burns the step whose code it is, and all before, or reports false.
//
// Only ASCII digits are a code: others that look or count the same (full width,
// Arabic) would be another spelling of a used one.
func (t *TOTP) use(code string, rules Rules, now time.Time) bool {
	key, ok := decode(t.Secret)
	if !ok || !plainDigits(code, rules.Digits) {
		return false
	}
	found, burnt := int64(-1), t.burnt(key, rules, now)
	at := rules.step(now)
	for step := at - drift; step <= at+drift; step++ {
		// All are compared, so that the time does not tell which of them fits.
		fits := subtle.ConstantTimeCompare([]byte(code), []byte(rules.code(key, step))) == 1
		if fits && step > burnt {
			found = step
		}
	}
	if found < 0 {
		return false
	}
	t.Burnt, t.LastCode, t.LastUsed = found, code, now
	return true
}

// burnt returns the last step that counts as used. A program that shares the table
// remembers the code alone: its step is found, and where the code is of none that could
// be good now, as after one that was typed in other characters, all that could have been
// good when it was used are burnt.
func (t *TOTP) burnt(key []byte, rules Rules, now time.Time) int64 {
	burnt := t.Burnt
	if t.LastCode == "" || t.LastUsed.IsZero() {
		return burnt
	}
	if !plainDigits(t.LastCode, rules.Digits) {
		return max(burnt, rules.step(t.LastUsed)+drift)
	}
	at := rules.step(now)
	for step := at - drift; step <= at+drift; step++ {
		if rules.code(key, step) == t.LastCode {
			burnt = max(burnt, step)
		}
	}
	return burnt
}

// code returns the code of a step.
func (r Rules) code(key []byte, step int64) string {
	digest := hmac.New(sha1.New, key)
	_ = binary.Write(digest, binary.BigEndian, step)
	sum := digest.Sum(nil)
	offset := sum[len(sum)-1] & 0xf
	number := binary.BigEndian.Uint32(sum[offset:]) & 0x7fffffff
	limit := uint32(1)
	for range r.Digits {
		limit *= 10
	}
	return fmt.Sprintf("%0*d", r.Digits, number%limit)
}

// Code returns the code that an authenticator app shows at now; empty for a secret
// that is none.
func (r Rules) Code(shared secret.String, now time.Time) string {
	key, ok := decode(shared)
	if !ok {
		return ""
	}
	return r.code(key, r.step(now))
}

// decode reads base32 as authenticator apps do: in any case, padded or not.
func decode(shared secret.String) ([]byte, bool) {
	text := strings.TrimRight(strings.ToUpper(shared.Reveal()), "=")
	key, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(text)
	return key, err == nil && len(key) > 0
}

func plainDigits(code string, length int) bool {
	if len(code) != length {
		return false
	}
	for i := range len(code) {
		if code[i] < '0' || code[i] > '9' {
			return false
		}
	}
	return true
}
