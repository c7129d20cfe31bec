package factors

import (
	"crypto/sha256"
	"encoding/hex"
	"time"

	"latchkey/domain/accounts"
	"latchkey/domain/secret"
)

// Pending is something that waits for a code. Its token is good once.
type Pending struct {
	// Digest stands for the token, which is not stored.
	Digest  string
	Account accounts.ID
	Purpose Purpose
	// Backend is how the owner was recognised, for the session that follows.
	Backend string
	// Standing is Factors.Standing of when it began.
	Standing string
	// Failed counts wrong codes.
	Failed  int
	Expires time.Time
}

// Purpose says what waits. A token for one is good for no other.
type Purpose string

// The purposes.
const (
	PurposeSignIn     Purpose = "sign_in"
	PurposeActivation Purpose = "activation"
)

// The form of the tokens of a pending sign-in.
const (
	TokenLength   = 43
	TokenAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
)

// MaxPending is how many sign-ins of one account may wait at once. The oldest end:
// who knows a password fills no table.
const MaxPending = 5

// MaxFailed is how many wrong codes end a token.
const MaxFailed = 5

// Digest returns what a token is stored and found by. It is random: nothing has to
// be made slow.
func Digest(token secret.String) string {
	sum := sha256.Sum256([]byte(token.Reveal()))
	return hex.EncodeToString(sum[:])
}

// Activation is a secret that was shown and waits for its first code.
type Activation struct {
	Account accounts.ID
	Secret  secret.String
	Made    time.Time
}
