package passkeys

import (
	"bytes"
	"slices"
	"time"

	"latchkey/domain/accounts"
)

// ID identifies a stored credential: the primary key of passkeys_webauthncredential.
type ID int64

// Credential is a passkey that belongs to an account.
type Credential struct {
	s Snapshot
}

// Snapshot is the whole state of a Credential.
type Snapshot struct {
	ID      ID
	Account accounts.ID
	Name    Name
	// CredentialID is how the authenticator names it; unique over all accounts.
	CredentialID []byte
	// PublicKey is a COSE_Key.
	PublicKey  []byte
	SignCount  uint32
	Transports []string
	// Discoverable: it was told to be one that can answer where it is not named. It is shown, and nothing is built on it.
	Discoverable bool
	Flags        Flags
	Created      time.Time
	LastUsed     time.Time // zero: never
}

// Flags are what an authenticator said of the credential. Django's table has no place for them.
type Flags struct {
	// Known is false for a credential that Django registered and that nobody has used here since.
	Known bool
	// BackupEligible credentials can be copied to other devices. That never changes.
	BackupEligible bool
	BackedUp       bool
	// UserVerified: its owner was verified by it (PIN, fingerprint, face) when it was registered.
	UserVerified bool
}

// New makes the credential of an account from a registration that was checked. Its ID is
// assigned when it is stored.
func New(account accounts.ID, name Name, attested Attested, now time.Time) *Credential {
	return &Credential{s: Snapshot{
		Account:      account,
		Name:         name,
		CredentialID: attested.CredentialID,
		PublicKey:    attested.PublicKey,
		SignCount:    attested.SignCount,
		Transports:   Transports(attested.Transports),
		Discoverable: attested.Discoverable,
		Flags: Flags{
			Known: true, BackupEligible: attested.BackupEligible, BackedUp: attested.BackedUp, UserVerified: attested.UserVerified,
		},
		Created: now,
	}}
}

// Restore makes a credential from what was stored.
func Restore(s Snapshot) *Credential { return &Credential{s: s} }

// Snapshot returns a copy of the credential's state.
func (c *Credential) Snapshot() Snapshot {
	s := c.s
	s.CredentialID, s.PublicKey, s.Transports = bytes.Clone(s.CredentialID), bytes.Clone(s.PublicKey), slices.Clone(s.Transports)
	return s
}

// ID returns the row's id; zero before it is stored.
func (c *Credential) ID() ID { return c.s.ID }

// Account returns whose credential it is.
func (c *Credential) Account() accounts.ID { return c.s.Account }

// CredentialID returns how the authenticator names it.
func (c *Credential) CredentialID() []byte { return bytes.Clone(c.s.CredentialID) }

// PublicKey returns the COSE_Key that its signatures are checked by.
func (c *Credential) PublicKey() []byte { return bytes.Clone(c.s.PublicKey) }

// Assign gives a new credential the id under which it was stored.
func (c *Credential) Assign(id ID) { c.s.ID = id }

// Rename gives it another name.
func (c *Credential) Rename(name Name) { c.s.Name = name }

// Use judges a checked assertion by what is known of the credential, and remembers
// it. It returns ErrRefused, and then nothing has changed.
func (c *Credential) Use(asserted Asserted, now time.Time) error {
	if !c.counts(asserted.SignCount) || asserted.BackedUp && !asserted.BackupEligible {
		return ErrRefused
	}
	// Whether a key can leave its device is decided when it is made. One that says
	// otherwise later is not the one that was registered.
	if c.s.Flags.Known && c.s.Flags.BackupEligible != asserted.BackupEligible {
		return ErrRefused
	}
	c.s.SignCount, c.s.LastUsed = asserted.SignCount, now
	c.s.Flags = Flags{
		Known: true, BackupEligible: asserted.BackupEligible, BackedUp: asserted.BackedUp,
		UserVerified: c.s.Flags.UserVerified,
	}
	return nil
}

// Verifies reports whether the assertion proves two factors: the device, and that it is in its
// owner's hands. One that verified nobody when it was registered does not: whoever steals a
// key without a PIN can give it a PIN of their own. Django keeps no note of that.
func (c *Credential) Verifies(asserted Asserted) bool {
	return c.s.Flags.UserVerified && asserted.UserVerified
}

// counts reports whether the authenticator's counter has gone up. One that stands
// still or goes back is that of a copy. Authenticators that do not count say 0 for ever.
func (c *Credential) counts(count uint32) bool {
	return count > c.s.SignCount || count == 0 && c.s.SignCount == 0
}
