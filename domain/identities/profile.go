package identities

import (
	"encoding/json"
	"slices"
	"time"

	"latchkey/domain/accounts"
	"latchkey/domain/secret"
)

// Profile is what a provider vouches for: who somebody is, and what it knows of
// them. Everything but Key is the provider's word, and may be empty.
type Profile struct {
	Key Key
	// Username is the name that somebody has at the provider, as a wish for the account's.
	Username  string
	Name      string // the whole name
	FirstName string
	LastName  string
	Emails    []Email
	// Extra is what the provider told, as a JSON object without any token.
	Extra json.RawMessage
	// Token is what the provider's API can be called with. It is kept only where that is asked for.
	Token Token
	// Once is what may be presented a single time; the zero Once may come again.
	Once Once
}

// Email is an address of somebody at a provider.
type Email struct {
	Address accounts.Email
	// Verified: the provider made sure that they read mail sent there.
	Verified bool
	// Past: that was once, and the address may have gone to somebody else since.
	Past    bool
	Primary bool
}

// Once names a proof that is good for one use.
type Once struct {
	// ID is unique among all proofs; empty for one that may be used again.
	ID string
	// Life is how long the proof is good from its making to its end by itself. It is the
	// same whenever the proof is presented.
	Life time.Duration
}

// Token is what a provider's API can be called with on somebody's behalf.
type Token struct {
	Access secret.String
	// Secret is OAuth 1.0a's token secret, or OAuth 2's refresh token, as allauth keeps it.
	Secret  secret.String
	Expires time.Time // zero: unknown
}

// Names returns the first and the last name. Where the provider tells only the
// whole name, it is parted at the first blank, as allauth does. Both are cut to
// what the columns hold.
func (p Profile) Names() (first, last string) {
	whole, rest := parted(p.Name)
	return cut(or(p.FirstName, whole)), cut(or(p.LastName, rest))
}

// Main returns the address that becomes the account's own: the primary one or
// else the first; zero when there is none.
func (p Profile) Main() Email {
	if at := slices.IndexFunc(p.Emails, func(e Email) bool { return e.Primary }); at >= 0 {
		return p.Emails[at]
	}
	if len(p.Emails) > 0 {
		return p.Emails[0]
	}
	return Email{}
}
