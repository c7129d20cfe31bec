package recovery

import (
	"context"
	"time"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/credentials"
	"latchkey/domain/fault"
)

// UseCases is what the activity can do. Embed it and override a method to change
// one rule.
type UseCases interface {
	// RequestReset mails a link to every active account with the address. Whether
	// there is one, neither the answer nor its time tells. It returns ErrTooManyRequests.
	RequestReset(ctx context.Context, email string) error
	// CheckLink returns nil when uid and token are good for a reset now, and
	// verification.ErrUIDInvalid or verification.ErrTokenInvalid otherwise. It
	// uses nothing up.
	CheckLink(ctx context.Context, uid, token string) error
	// ConfirmReset sets a new password. It returns what CheckLink returns,
	// ErrPasswordsDiffer, what the password rules say, and what SecondFactor refuses.
	ConfirmReset(ctx context.Context, in ConfirmReset) error
}

// ConfirmReset is a link's proof and the new password.
type ConfirmReset struct {
	UID      string
	Token    string
	Password credentials.Password
	Repeat   credentials.Password
	// Network is where the owner is, as a text that is equal for the same network; may be empty.
	Network string
	// Code is of the second factor.
	Code string
}

// Options are the settings that this activity obeys.
type Options struct {
	// Plain behaves as Django does without allauth: a mail goes to the account's
	// own address only, and not to accounts without a password.
	Plain         bool
	PasswordRules []credentials.Rule
	// Mails limit the mails that requests send to one address.
	Mails []credentials.Limit
	// ConfirmURL is the link of a reset mail, with "{uid}" and "{token}" in it, and
	// "{domain}" where the stored site's domain belongs.
	ConfirmURL string
}

// Evictor ends what others are signed in by when a password was changed.
type Evictor interface {
	// Evict does so in the transaction of ctx. The family of refresh tokens with
	// the id keep lives on; empty keeps none.
	Evict(ctx context.Context, account accounts.ID, keep string, now time.Time) error
}

// Recogniser remembers where owners are.
type Recogniser interface {
	// Recognise remembers, in the transaction of ctx, that the owner of the account is
	// at the network: guesses from elsewhere do not keep them out there.
	Recognise(ctx context.Context, account accounts.ID, network string, now time.Time) error
}

// SecondFactor stands between a link and the new password.
type SecondFactor interface {
	// Prove uses up a code of an account that has a second factor, and is nil for one
	// that has none.
	Prove(ctx context.Context, account *accounts.Account, code string) error
}

// Dependencies are the ports that this activity drives.
type Dependencies struct {
	Accounts   ports.Accounts
	Addresses  ports.Addresses
	Hasher     ports.PasswordHasher
	Limits     ports.Limits
	Tokens     ports.ResetTokens
	Transactor ports.Transactor
	Evictor    Evictor
	Recogniser Recogniser
	// Breaches is nil where nobody is asked.
	Breaches ports.Breaches
	Outbox   ports.Outbox
	Events   ports.Events
	Mailer   ports.Mailer
	Sites    ports.Sites
	Clock    ports.Clock
	// SecondFactor is nil where a reset asks for none.
	SecondFactor SecondFactor
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

// ErrTooManyRequests says that an address was sent enough mails for now, whoever has it.
var ErrTooManyRequests = fault.New(fault.Throttled, "too_many_requests", "Too many requests. Try again later.")

// ErrPasswordsDiffer says that the password and its repetition differ.
var ErrPasswordsDiffer = fault.New(fault.Invalid, "passwords_differ", "The two password fields didn’t match.").On("new_password2")

// fieldNewPassword is where refusals of the new password are told.
const fieldNewPassword = "new_password2"
