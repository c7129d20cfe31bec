package secondfactor

import (
	"context"
	"time"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/credentials"
	"latchkey/domain/factors"
	"latchkey/domain/fault"
	"latchkey/domain/secret"
)

// UseCases is what the activity can do. Embed it and override a method to change
// one rule.
type UseCases interface {
	// Status tells whether the account has a second factor, and since when.
	Status(ctx context.Context, account accounts.ID) (Status, error)
	// MustSetUp reports whether the account must have a second factor and has none. Until
	// it has, whatever it is signed in by is good for setting one up and nothing else.
	MustSetUp(ctx context.Context, account *accounts.Account) (bool, error)
	// Begin makes a secret for an authenticator app. Nothing is on until Activate. It
	// returns factors.ErrEnabled.
	Begin(ctx context.Context, account *accounts.Account) (Begun, error)
	// Activate demands a second factor from now on, and returns the recovery codes. It
	// returns factors.ErrEnabled, ErrActivationTokenInvalid, ErrActivationTokenForeign,
	// ErrActivationCodeInvalid and what Confirm returns.
	Activate(ctx context.Context, in Activate) (codes []string, err error)
	// Deactivate demands none any more. It returns factors.ErrNotEnabled, ErrCodeInvalid
	// and ErrTooManyCodes.
	Deactivate(ctx context.Context, account *accounts.Account, code string) error
	// Verify uses up a token that a sign-in gave and a code, and returns whom to admit.
	// It returns factors.ErrTokenInvalid, ErrCodeInvalid, ErrTooManyCodes, ErrDisabled,
	// and what the account would be refused with at a sign-in.
	Verify(ctx context.Context, in Verify) (Proved, error)
	// RecoveryCodes returns the codes that are left. It returns ErrCodesShown where
	// codes are shown once, and what Confirm returns.
	RecoveryCodes(ctx context.Context, in Confirmed) ([]string, error)
	// Regenerate makes new recovery codes in the place of the former. It returns
	// factors.ErrNotEnabled and what Confirm returns.
	Regenerate(ctx context.Context, in Confirmed) ([]string, error)
	// Confirm checks a recent proof where settings ask for one: a code of whoever has a
	// factor, and the password of others. It returns
	// ErrProofMissing, ErrCodeMissing, ErrPasswordWrong, factors.ErrCodeInvalid, ErrTooManyCodes, and a
	// fault of kind Throttled after too many wrong passwords.
	Confirm(ctx context.Context, in Confirmed) error
	// Prove uses up a code of an account that has a second factor, and is nil for one
	// that has none. It returns factors.ErrCodeInvalid and ErrTooManyCodes.
	Prove(ctx context.Context, account *accounts.Account, code string) error
	// Reset takes a lost second factor away, for support. It returns
	// factors.ErrNotEnabled.
	Reset(ctx context.Context, account accounts.ID) error
}

// Status is what an account has.
type Status struct {
	Enabled           bool
	Created, LastUsed time.Time // zero for never
}

// Begun is a secret that waits for its first code.
type Begun struct {
	Secret secret.String
	// URL and QRCode hold the secret for an authenticator app.
	URL    secret.String
	QRCode secret.String
	Token  secret.String
}

// Confirmed is somebody with what they prove anew, if anything.
type Confirmed struct {
	Account  *accounts.Account
	Password *credentials.Password
	Code     string
}

// Activate is the first code of a secret.
type Activate struct {
	Confirmed
	Token  secret.String
	Device string
}

// Verify is the second proof of a sign-in. Device tells one device from another.
type Verify struct {
	Token  secret.String
	Code   string
	Device string
}

// Proved is who has proved both factors, and how they were recognised at first.
type Proved struct {
	Account *accounts.Account
	Backend string
}

// Options are the settings that this activity obeys.
type Options struct {
	Rules  factors.Rules
	Issuer string
	// Life is how long tokens are good.
	Life time.Duration
	// Readable makes new recovery codes such that dj_rest_auth reads them, and lists them.
	Readable bool
	// Confirm asks for a recent proof before a factor or codes are changed.
	Confirm bool
	// FailedCodes limits wrong codes for one account.
	FailedCodes credentials.Limit
	// Mails limits those that tell an owner of changes: an account can have a stranger's address.
	Mails credentials.Limit
}

// Gate is what stands between a proved owner and a sign-in besides the second factor.
type Gate interface {
	// MayEnter returns what the account would be refused with.
	MayEnter(ctx context.Context, account *accounts.Account) error
}

// Passwords checks the password of somebody who is signed in.
type Passwords interface {
	// VetOldPassword returns a fault unless it is the account's, and counts wrong ones.
	VetOldPassword(ctx context.Context, account *accounts.Account, password credentials.Password) error
}

// Dependencies are the ports that this activity drives.
type Dependencies struct {
	Accounts   ports.Accounts
	Addresses  ports.Addresses
	Factors    ports.Factors
	Pending    ports.PendingFactors
	Devices    ports.KnownDevices
	Seals      ports.ActivationSeals
	QRCodes    ports.QRCodes
	Limits     ports.Limits // of wrong codes
	MailLimits ports.Limits
	Transactor ports.Transactor
	Outbox     ports.Outbox
	Events     ports.Events
	Mailer     ports.Mailer
	Sites      ports.Sites
	Clock      ports.Clock
	Random     ports.Random
	Required   Requirement
	Gate       Gate
	Passwords  Passwords
}

// Service implements UseCases.
type Service struct {
	Dependencies
	options Options
}

var _ UseCases = (*Service)(nil)

// New makes the activity.
func New(d Dependencies, options Options) *Service {
	return &Service{Dependencies: d, options: options}
}

// The refusals of this activity.
var (
	// ErrDisabled is told to somebody who has the token of a sign-in: that the account was
	// there and active, they know.
	ErrDisabled      = fault.New(fault.Invalid, "account_disabled", "User account is disabled.").On("detail")
	ErrTooManyCodes  = fault.New(fault.Throttled, "too_many_codes", "Too many wrong codes. Try again later.")
	ErrProofMissing  = fault.New(fault.Forbidden, "proof_missing", "Send your password along.")
	ErrCodeMissing   = fault.New(fault.Forbidden, "code_missing", "Send a code of your second factor along.")
	ErrSignInAgain   = fault.New(fault.Forbidden, "sign_in_again", "Sign in again, and do this within ten minutes.")
	ErrPasswordWrong = fault.New(fault.Invalid, "proof_password_wrong", "Invalid password.").On("password")
	ErrCodesShown    = fault.New(fault.Forbidden, "codes_shown", "Recovery codes are shown once, when they are made. Make new ones.")
)
