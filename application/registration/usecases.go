package registration

import (
	"context"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/credentials"
	"latchkey/domain/fault"
)

// UseCases is what the activity can do. Embed it and override a method to change
// one rule.
type UseCases interface {
	// Vet returns what single fields of a registration are refused for; a field
	// that is nil is not looked at. It asks the questions that Register asks
	// first, for callers that found other faults in the input already.
	Vet(ctx context.Context, in Register) (fault.List, error)
	// Register makes an account. It returns the refusals of Vet, ErrPasswordsDiffer,
	// what the password rules say, and the fault of a policy that refuses.
	Register(ctx context.Context, in Register) (Registered, error)
	// VerifyEmail marks the address of a confirmation key as proved. It returns
	// verification.ErrKeyInvalid for a key that is forged, expired or used, and
	// verification.ErrVerifiedElsewhere.
	VerifyEmail(ctx context.Context, key string) error
	// ResendEmail sends another confirmation mail if the address is waiting for
	// one. Whether it is, neither the answer nor its time tells. It returns ErrTooManyRequests.
	ResendEmail(ctx context.Context, email string) error
}

// Register is what somebody registers with.
type Register struct {
	Username *string // nil: made up from the address
	Email    *string // nil: none
	Password *credentials.Password
	// Repeat is the password again; nil when it is not asked for.
	Repeat *credentials.Password
}

// Registered is the outcome of a registration.
type Registered struct {
	Account *accounts.Account
	// Pending: the address must be proved before the account can sign in.
	Pending bool
}

// Verification says whether addresses are to be proved.
type Verification string

// The ways of ACCOUNT_EMAIL_VERIFICATION.
const (
	VerificationNone      Verification = "none"
	VerificationOptional  Verification = "optional"
	VerificationMandatory Verification = "mandatory"
)

// Options are the settings that this activity obeys.
type Options struct {
	Verification Verification
	// UniqueEmail refuses an address that somebody else has proved.
	UniqueEmail bool
	// PreventEnumeration does not tell that an address is taken; its owner gets a mail.
	// It works with UniqueEmail and mandatory verification only.
	PreventEnumeration bool
	Usernames          accounts.UsernameRules
	PasswordRules      []credentials.Rule
	// ConfirmationMails limit the mails that registrations send to one address.
	ConfirmationMails []credentials.Limit
	// ResentMails limit the mails that requests for another one send to one address.
	ResentMails []credentials.Limit
	// ConfirmURL is the link of a confirmation mail, with "{key}" in it.
	ConfirmURL string
}

// Dependencies are the ports that this activity drives.
type Dependencies struct {
	Accounts    ports.Accounts
	Addresses   ports.Addresses
	Hasher      ports.PasswordHasher
	Limits      ports.Limits
	Transactor  ports.Transactor
	Outbox      ports.Outbox
	Events      ports.Events
	Keys        ports.EmailKeys
	Mailer      ports.Mailer
	Sites       ports.Sites
	Clock       ports.Clock
	Random      ports.Random
	MayRegister []ports.RegistrationPolicy
	// Breaches is nil where nobody is asked.
	Breaches ports.Breaches
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
var ErrPasswordsDiffer = fault.New(fault.Invalid, "passwords_differ", "The two password fields didn't match.")
