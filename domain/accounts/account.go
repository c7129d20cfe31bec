package accounts

import (
	"strings"
	"time"

	"latchkey/domain/secret"
)

// ID identifies an account: the primary key of auth_user.
type ID int64

// Account is a person who can sign in. It is opaque: its methods are the only
// ways to change it, so that no adapter can put it into a state that no rule
// allows.
type Account struct {
	s Snapshot
}

// Snapshot is the whole state of an Account, for adapters that store or show it.
type Snapshot struct {
	ID        ID
	Username  Username
	Email     Email // may be empty
	FirstName string
	LastName  string
	// PasswordHash is in Django's encoding; an unusable one starts with "!".
	PasswordHash secret.String
	Active       bool
	Staff        bool
	Superuser    bool
	// LastLogin is when a web session was last begun; zero means never.
	LastLogin time.Time
	Joined    time.Time
}

// New makes an account that is active and has no privileges. Its ID is assigned
// when it is stored.
func New(username Username, email Email, passwordHash secret.String, now time.Time) *Account {
	return &Account{s: Snapshot{
		Username:     username,
		Email:        email,
		PasswordHash: passwordHash,
		Active:       true,
		Joined:       now,
	}}
}

// Restore makes an account from what was stored, without judging it: rows that
// another program wrote must load, whatever our rules say about new ones.
func Restore(s Snapshot) *Account { return &Account{s: s} }

// Snapshot returns a copy of the account's state.
func (a *Account) Snapshot() Snapshot { return a.s }

// ID returns the account's id; zero before it is stored.
func (a *Account) ID() ID { return a.s.ID }

// Username returns the name as its owner wrote it.
func (a *Account) Username() Username { return a.s.Username }

// Email returns the account's main address; it may be empty.
func (a *Account) Email() Email { return a.s.Email }

// PasswordHash returns the stored hash.
func (a *Account) PasswordHash() secret.String { return a.s.PasswordHash }

// HasPassword reports whether the account has a password at all: Django marks a
// hash that nothing may fit with a leading "!".
func (a *Account) HasPassword() bool { return !strings.HasPrefix(a.s.PasswordHash.Reveal(), "!") }

// Of the random part of an unusable hash, as Django makes it: two unusable hashes
// differ, so that one never stands for the other in what is bound to them.
const (
	UnusableLength   = 40
	UnusableAlphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
)

// Unusable returns the hash that no password fits, made of UnusableLength random
// characters of UnusableAlphabet.
func Unusable(random string) secret.String { return secret.New("!" + random) }

// Active reports whether the account may sign in. An inactive one is kept, but
// every credential and session of it is refused.
func (a *Account) Active() bool { return a.s.Active }

// LastLogin returns when a web session was last begun; zero means never.
func (a *Account) LastLogin() time.Time { return a.s.LastLogin }

// Assign gives a new account the id under which it was stored.
func (a *Account) Assign(id ID) { a.s.ID = id }

// Rename changes the user name.
func (a *Account) Rename(to Username) { a.s.Username = to }

// CallThem changes the first and last name.
func (a *Account) CallThem(first, last string) { a.s.FirstName, a.s.LastName = first, last }

// MoveTo changes the account's main address.
func (a *Account) MoveTo(to Email) { a.s.Email = to }

// ChangePassword puts another hash in place of the stored one, which ends every
// web session and voids every reset token that was made from the old one.
func (a *Account) ChangePassword(hash secret.String) { a.s.PasswordHash = hash }

// SignedIn remembers that a web session was begun, which voids older reset tokens.
func (a *Account) SignedIn(at time.Time) { a.s.LastLogin = at }
