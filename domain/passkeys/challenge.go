package passkeys

import (
	"strconv"
	"time"

	"latchkey/domain/accounts"
)

// Challenge is what an authenticator signs, so that an answer is good once and for one ceremony.
type Challenge struct {
	// Key says which answer it waits for: RegistrationKey or LoginKey.
	Key   string
	Bytes []byte // ChallengeLength
	// Account is whose answer is waited for; zero for whoever's it is.
	Account accounts.ID
	// Name is what its owner wants a new passkey to be called; empty where they have not said.
	Name    Name
	Expires time.Time
}

// Of a challenge: its bytes are characters of an alphabet of 64, and hold 384 random bits.
const (
	ChallengeLength   = 64
	ChallengeAlphabet = HandleAlphabet
)

// Of a session id, as upstream's.
const (
	SessionIDLength   = 32
	SessionIDAlphabet = "0123456789abcdef"
)

// RegistrationKey is that of the one registration that an account can have begun: a
// new one voids the old.
func RegistrationKey(account accounts.ID) string {
	return "register:" + strconv.FormatInt(int64(account), 10)
}

// LoginKey is that of a login; any number may be begun.
func LoginKey(sessionID string) string { return "login:" + sessionID }

// Alive reports whether an answer at now is in time.
func (c Challenge) Alive(now time.Time) bool { return now.Before(c.Expires) }

// For reports whether the challenge waits for an answer of the account.
func (c Challenge) For(account accounts.ID) bool { return c.Account == 0 || c.Account == account }
