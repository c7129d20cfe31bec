package identities

import (
	"encoding/json"
	"time"

	"latchkey/domain/accounts"
)

// ID identifies a stored identity: the primary key of socialaccount_socialaccount.
type ID int64

// Key is what makes an identity the same one next time: the provider and the
// subject that it never gives to anybody else. Never an e-mail address or a name:
// those change hands, and whoever gets one later would get the account with it.
type Key struct {
	Provider string // the name under which the provider is configured
	Subject  string
}

// SubjectMaxLength is how many characters the column holds. A longer subject is
// refused and never cut: two people could share the beginning.
const SubjectMaxLength = 191

// Identity is an external login that belongs to an account.
type Identity struct {
	s Snapshot
}

// Snapshot is the whole state of an Identity.
type Snapshot struct {
	ID      ID
	Account accounts.ID
	Key     Key
	// Extra is what the provider told, as a JSON object. It holds no token.
	Extra     json.RawMessage
	LastLogin time.Time
	Joined    time.Time
}

// New links an identity to an account. Its ID is assigned when it is stored.
func New(account accounts.ID, profile Profile, now time.Time) *Identity {
	return &Identity{s: Snapshot{Account: account, Key: profile.Key, Extra: profile.Extra, LastLogin: now, Joined: now}}
}

// Restore makes an identity from what was stored.
func Restore(s Snapshot) *Identity { return &Identity{s: s} }

// Snapshot returns a copy of the identity's state.
func (i *Identity) Snapshot() Snapshot { return i.s }

// ID returns the row's id; zero before it is stored.
func (i *Identity) ID() ID { return i.s.ID }

// Account returns whose login it is.
func (i *Identity) Account() accounts.ID { return i.s.Account }

// Key returns the provider and the subject.
func (i *Identity) Key() Key { return i.s.Key }

// Assign gives a new identity the id under which it was stored.
func (i *Identity) Assign(id ID) { i.s.ID = id }

// Used remembers that somebody signed in by the identity, and what the provider
// told this time.
func (i *Identity) Used(profile Profile, now time.Time) {
	i.s.LastLogin, i.s.Extra = now, profile.Extra
}
