package djangosign

import (
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"time"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/verification"
)

// maxStamp is how many base-36 digits of a token's time are looked at: enough for
// millions of years, too few to overflow.
const maxStamp = 10

// epoch is where Django's PasswordResetTokenGenerator counts from. Django counts
// in its TIME_ZONE; here that is UTC.
var epoch = time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC)

// ResetTokens are Django's PasswordResetTokenGenerator, or allauth's
// EmailAwarePasswordResetTokenGenerator: "<seconds since 2001>-<keyed digest>".
type ResetTokens struct {
	mac   mac
	style Style
	life  time.Duration
}

var _ ports.ResetTokens = ResetTokens{}

// NewResetTokens makes tokens that are good for life, the setting PASSWORD_RESET_TIMEOUT.
func NewResetTokens(keys Keys, style Style, life time.Duration) ResetTokens {
	const salt = "django.contrib.auth.tokens.PasswordResetTokenGenerator"
	return ResetTokens{mac: newMAC(keys, salt, everySecondDigit), style: style, life: life}
}

// everySecondDigit shortens the hex digest to 128 bits, for the links' sake.
func everySecondDigit(digest []byte) string {
	digits := hex.EncodeToString(digest)
	var half strings.Builder
	for i := 0; i < len(digits); i += 2 {
		half.WriteByte(digits[i])
	}
	return half.String()
}

// Make returns the uid and the token of a link.
func (r ResetTokens) Make(state verification.ResetState, now time.Time) (uid, token string) {
	seconds := now.Unix() - epoch.Unix()
	return r.style.uid(state.Account), strconv.FormatInt(seconds, 36) + "-" + r.mac.make(r.value(state, seconds))
}

// ParseUID returns the account that a uid names, or verification.ErrUIDInvalid.
func (r ResetTokens) ParseUID(uid string) (accounts.ID, error) { return r.style.parseUID(uid) }

// Check returns nil for a token made from state that has not expired, and
// verification.ErrTokenInvalid for everything else. A token from the future is
// good, as it is for Django.
func (r ResetTokens) Check(state verification.ResetState, token string, now time.Time) error {
	stamp, digest, _ := strings.Cut(token, "-")
	seconds, ok := parseStamp(stamp)
	if !ok || !r.mac.fits(r.value(state, seconds), digest) {
		return verification.ErrTokenInvalid
	}
	// Django compares whole seconds.
	if verification.Expired(time.Unix(epoch.Unix()+seconds, 0), now.Truncate(time.Second), r.life) {
		return verification.ErrTokenInvalid
	}
	return nil
}

// parseStamp takes the one canonical form of a number: no sign, no leading zero, lower case.
func parseStamp(text string) (int64, bool) {
	if len(text) > maxStamp {
		return 0, false
	}
	seconds, err := strconv.ParseInt(text, 36, 64)
	return seconds, err == nil && seconds >= 0 && strconv.FormatInt(seconds, 36) == text
}

// value is what the token is bound to. Nothing sets its parts apart: that is
// Django's format. The account's owner chooses the addresses alone, behind the
// account's id and password hash, and so cannot reach the value of another account.
func (r ResetTokens) value(state verification.ResetState, seconds int64) string {
	var lastLogin string
	if !state.LastLogin.IsZero() {
		lastLogin = state.LastLogin.UTC().Format(time.DateTime)
	}
	parts := []string{
		strconv.FormatInt(int64(state.Account), 10), state.PasswordHash.Reveal(), lastLogin,
		strconv.FormatInt(seconds, 10), string(state.Email),
	}
	if r.style == Allauth {
		parts = append(parts, joinedAddresses(state))
	}
	return strings.Join(parts, "")
}

// joinedAddresses puts every address once and in the order of code points. Rows
// count as they are stored, the account's own address in lower case.
func joinedAddresses(state verification.ResetState) string {
	var all []string
	if state.Email != "" {
		all = append(all, string(state.Email.Lower()))
	}
	for _, address := range state.Addresses {
		all = append(all, string(address))
	}
	slices.Sort(all)
	return strings.Join(slices.Compact(all), "|")
}
