package djangosign

import (
	"encoding/base64"
	"strconv"
	"time"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/verification"
)

// maxEmailKey is how long a key can be at most: 27 characters of payload, 11 of
// time, 43 of signature, 2 colons, and some room.
const maxEmailKey = 100

// EmailKeys are allauth's EmailConfirmationHMAC: the id of an e-mail row, signed.
type EmailKeys struct {
	signer signer
	life   time.Duration
}

var _ ports.EmailKeys = EmailKeys{}

// NewEmailKeys makes keys that are good for life, the setting
// ACCOUNT_EMAIL_CONFIRMATION_EXPIRE_DAYS.
func NewEmailKeys(keys Keys, life time.Duration) EmailKeys {
	return EmailKeys{signer: newSigner(keys, "account"), life: life}
}

// Make returns the key for the address.
func (k EmailKeys) Make(address accounts.AddressID, now time.Time) string {
	id := strconv.FormatInt(int64(address), 10)
	return k.signer.sign(base64.RawURLEncoding.EncodeToString([]byte(id)), now)
}

// Open returns the address that the key was made for, or
// verification.ErrKeyInvalid when it is forged, malformed or expired.
func (k EmailKeys) Open(key string, now time.Time) (accounts.AddressID, error) {
	if len(key) > maxEmailKey {
		return 0, verification.ErrKeyInvalid
	}
	payload, made, ok := k.signer.open(key)
	if !ok || verification.Expired(made, now, k.life) {
		return 0, verification.ErrKeyInvalid
	}
	text, err := base64.RawURLEncoding.Strict().DecodeString(payload)
	if err != nil {
		return 0, verification.ErrKeyInvalid
	}
	id, ok := parseCanonicalID(string(text))
	if !ok {
		return 0, verification.ErrKeyInvalid
	}
	return accounts.AddressID(id), nil
}
