package sessions

import (
	"time"

	"latchkey/domain/accounts"
	"latchkey/domain/secret"
)

// APIToken is DRF's authtoken: an opaque key that stands for an account until it
// is deleted. An account has at most one.
type APIToken struct {
	Key     secret.String // 40 lower-case hex digits
	Account accounts.ID
	Created time.Time
}

// APITokenBytes is how many random bytes a token key encodes.
const APITokenBytes = 20

// APITokenAlphabet is what a token key consists of.
const APITokenAlphabet = "0123456789abcdef"
