package djangosign

import (
	"encoding/base64"
	"math"
	"slices"
	"strings"
	"time"
)

// signer is django.core.signing's TimestampSigner: "<payload>:<time>:<signature>".
type signer struct {
	mac mac
}

func newSigner(keys Keys, salt string) signer {
	return signer{newMAC(keys, salt+"signer", base64.RawURLEncoding.EncodeToString)}
}

func (s signer) sign(payload string, now time.Time) string {
	value := payload + ":" + base62(now.Unix())
	return value + ":" + s.mac.make(value)
}

// open looks into nothing before the signature is known to be good.
func (s signer) open(text string) (payload string, made time.Time, ok bool) {
	value, signature, ok := cutLast(text)
	if !ok || !s.mac.fits(value, signature) {
		return "", time.Time{}, false
	}
	payload, stamp, ok := cutLast(value)
	if !ok {
		return "", time.Time{}, false
	}
	seconds, ok := parseBase62(stamp)
	return payload, time.Unix(seconds, 0).UTC(), ok
}

func cutLast(text string) (before, after string, found bool) {
	at := strings.LastIndexByte(text, ':')
	if at < 0 {
		return "", "", false
	}
	return text[:at], text[at+1:], true
}

const base62Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// base62 writes a number that is not negative with Django's digits.
func base62(n int64) string {
	if n <= 0 {
		return base62Digits[:1]
	}
	var text []byte
	for ; n > 0; n /= 62 {
		text = append(text, base62Digits[n%62])
	}
	slices.Reverse(text)
	return string(text)
}

// maxTime is the year 6055, in Unix seconds: later times make no sense, and
// stopping there keeps the arithmetic from overflowing.
const maxTime = math.MaxInt32 * 60

// parseBase62 reads what base62 writes.
func parseBase62(text string) (int64, bool) {
	var n int64
	for i := range len(text) {
		digit := strings.IndexByte(base62Digits, text[i])
		n = n*62 + int64(digit)
		if digit < 0 || n > maxTime {
			return 0, false
		}
	}
	return n, base62(n) == text
}
