package wire

import (
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The signed values of Django and allauth, made anew here and not with the
// service's adapter: the two must agree by the recipe and not by sharing an error.

const (
	base36 = "0123456789abcdefghijklmnopqrstuvwxyz"
	base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
)

func toBase(n int64, digits string) string {
	size := int64(len(digits))
	text := ""
	for {
		text = string(digits[n%size]) + text
		if n /= size; n == 0 {
			return text
		}
	}
}

// saltedHMAC is django.utils.crypto.salted_hmac with SHA-256.
func saltedHMAC(salt, value, secret string) []byte {
	key := sha256.Sum256([]byte(salt + secret))
	mac := hmac.New(sha256.New, key[:])
	mac.Write([]byte(value))
	return mac.Sum(nil)
}

// resetState is what a password reset token is bound to.
type resetState struct {
	id           int64
	passwordHash string
	lastLogin    string // as SQLite stores it, empty for never
	email        string
	addresses    []string // rows of account_emailaddress
}

var resetEpoch = time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC)

// resetToken makes the token of Django's PasswordResetTokenGenerator, or of
// allauth's, which is bound to all addresses of the account.
func resetToken(state resetState, secret string, at time.Time, plain bool) string {
	seconds := at.Unix() - resetEpoch.Unix()
	value := strconv.FormatInt(state.id, 10) + state.passwordHash + wholeSeconds(state.lastLogin) +
		strconv.FormatInt(seconds, 10) + state.email
	if !plain {
		value += strings.Join(allAddresses(state), "|")
	}
	digest := hex.EncodeToString(saltedHMAC("django.contrib.auth.tokens.PasswordResetTokenGenerator", value, secret))
	half := make([]byte, 0, len(digest)/2)
	for i := 0; i < len(digest); i += 2 {
		half = append(half, digest[i])
	}
	return toBase(seconds, base36) + "-" + string(half)
}

func wholeSeconds(stored string) string {
	const length = len("2006-01-02 15:04:05")
	return strings.Replace(stored[:min(length, len(stored))], "T", " ", 1)
}

func allAddresses(state resetState) []string {
	all := append([]string{strings.ToLower(state.email)}, state.addresses...)
	slices.Sort(all)
	return slices.DeleteFunc(slices.Compact(all), func(address string) bool { return address == "" })
}

// emailKey makes the key of a confirmation link: signing.dumps(id, salt).
func emailKey(id int64, secret, salt string, at time.Time) string {
	encode := base64.RawURLEncoding.EncodeToString
	value := encode([]byte(strconv.FormatInt(id, 10))) + ":" + toBase(at.Unix(), base62)
	return value + ":" + encode(saltedHMAC(salt+"signer", value, secret))
}

// hashIterations is few on purpose: a scenario tests answers, and not the hash.
const hashIterations = 1200

// passwordHash makes Django's pbkdf2_sha256 encoding.
func passwordHash(password string) (string, error) {
	salt := rand.Text()[:22]
	key, err := pbkdf2.Key(sha256.New, password, []byte(salt), hashIterations, sha256.Size)
	return fmt.Sprintf("pbkdf2_sha256$%d$%s$%s", hashIterations, salt, base64.StdEncoding.EncodeToString(key)), err
}

// unusablePassword makes the hash that no password fits: "!" and 40 random characters.
func unusablePassword() string { return "!" + (rand.Text() + rand.Text())[:40] }
