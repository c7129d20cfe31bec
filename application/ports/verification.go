package ports

import (
	"time"

	"latchkey/domain/accounts"
	"latchkey/domain/verification"
)

// ResetTokens makes and checks the proof in a password reset link.
type ResetTokens interface {
	// Make returns the uid and the token of a link.
	Make(state verification.ResetState, now time.Time) (uid, token string)
	// ParseUID returns the account that a uid names, or verification.ErrUIDInvalid.
	ParseUID(uid string) (accounts.ID, error)
	// Check returns nil for a token made from state that has not expired, and
	// verification.ErrTokenInvalid for everything else.
	Check(state verification.ResetState, token string, now time.Time) error
}

// EmailKeys makes and checks the proof in a confirmation link.
type EmailKeys interface {
	// Make returns the key for the address.
	Make(address accounts.AddressID, now time.Time) string
	// Open returns the address that the key was made for, or
	// verification.ErrKeyInvalid when it is forged, malformed or expired.
	Open(key string, now time.Time) (accounts.AddressID, error)
}
