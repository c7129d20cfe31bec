package selfservice

import (
	"cmp"
	"context"
	"slices"
	"time"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/credentials"
	"latchkey/domain/fault"
	"latchkey/domain/sessions"
)

// UseCases is what the activity can do. Embed it and override a method to change
// one rule.
type UseCases interface {
	// Profile returns what the account shows of itself.
	Profile(ctx context.Context, account *accounts.Account) (Profile, error)
	// VetUsername returns what a new name for the account is refused for, nil when
	// it is not: accounts.ErrUsernameBlacklisted or accounts.ErrUsernameTaken. The
	// account's own name is good; the same in another case is taken, as upstream has it.
	VetUsername(ctx context.Context, account accounts.ID, name string) error
	// UpdateProfile changes the fields that are not nil. It returns what VetUsername returns.
	UpdateProfile(ctx context.Context, account accounts.ID, in UpdateProfile) (Profile, error)
	// VetOldPassword returns ErrOldPasswordWrong, or ErrTooManyAttempts.
	VetOldPassword(ctx context.Context, account *accounts.Account, old credentials.Password) error
	// ChangePassword sets a new password, which ends all web sessions but the one
	// that it comes from. It returns that session under a new key; nil when there was none or it
	// ended too. It returns ErrPasswordsDiffer, what the password rules say, and
	// sessions.ErrSessionEnded when the account was disabled or its password changed
	// since the caller was recognised.
	ChangePassword(ctx context.Context, in ChangePassword) (*sessions.WebSession, error)
}

// Profile is an account as its owner sees it.
type Profile struct {
	Account accounts.Snapshot
	// Extra are the fields that contributors add.
	Extra map[string]any
}

// UpdateProfile holds what to change; nil is left as it is.
type UpdateProfile struct {
	Username  *string
	FirstName *string
	LastName  *string
}

// ChangePassword is a new password for the caller. Whether the old one was asked
// for and right is settled by VetOldPassword before.
type ChangePassword struct {
	Caller   sessions.Principal
	Password credentials.Password
	Repeat   credentials.Password
}

// Options are the settings that this activity obeys.
type Options struct {
	Usernames     accounts.UsernameRules
	PasswordRules []credentials.Rule
	// EndSession: a changed password ends the session that it came from, too.
	EndSession bool
	// SessionAge is how long the session lives on after a change.
	SessionAge time.Duration
	// FailedPasswords limits wrong old passwords for one account.
	FailedPasswords credentials.Limit
}

// Evictor ends what others are signed in by when a password was changed.
type Evictor interface {
	// Evict does so in the transaction of ctx. The family of refresh tokens with
	// the id keep lives on; empty keeps none.
	Evict(ctx context.Context, account accounts.ID, keep string, now time.Time) error
}

// Dependencies are the ports that this activity drives.
type Dependencies struct {
	Accounts   ports.Accounts
	Sessions   ports.WebSessions
	Seals      ports.SessionSeals
	Hasher     ports.PasswordHasher
	Limits     ports.Limits
	Transactor ports.Transactor
	Evictor    Evictor
	// Breaches is nil where nobody is asked.
	Breaches     ports.Breaches
	Events       ports.Events
	Clock        ports.Clock
	Random       ports.Random
	Contributors []ports.ProfileContributor
}

// Service implements UseCases.
type Service struct {
	Dependencies
	options Options
}

var _ UseCases = (*Service)(nil)

// New makes the activity. Contributors are asked in the order of their names.
func New(d Dependencies, options Options) *Service {
	d.Contributors = slices.Clone(d.Contributors)
	slices.SortFunc(d.Contributors, func(a, b ports.ProfileContributor) int { return cmp.Compare(a.Name(), b.Name()) })
	return &Service{Dependencies: d, options: options}
}

// The refusals of this activity.
var (
	ErrPasswordsDiffer  = fault.New(fault.Invalid, "passwords_differ", "The two password fields didn’t match.").On(fieldNewPassword)
	ErrOldPasswordWrong = fault.New(fault.Invalid, "old_password_wrong", "Your old password was entered incorrectly. Please enter it again.").On("old_password")
	ErrTooManyAttempts  = fault.New(fault.Throttled, "too_many_attempts", "Too many wrong passwords. Try again later.")
)

// fieldNewPassword is where refusals of the new password are told.
const fieldNewPassword = "new_password2"
