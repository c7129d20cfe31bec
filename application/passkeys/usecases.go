package passkeys

import (
	"context"
	"time"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/credentials"
	"latchkey/domain/passkeys"
)

// UseCases is what the activity can do. Embed it and override a method to change
// one rule.
type UseCases interface {
	// BeginRegistration tells what to ask a browser for, and voids what the account has
	// begun before. It returns passkeys.ErrNotConfigured, and what StepUp refuses with.
	BeginRegistration(ctx context.Context, in BeginRegistration) (passkeys.Creation, error)
	// CompleteRegistration stores the new credential. It returns
	// passkeys.ErrNotConfigured, ErrRegistrationGone, ErrRegistrationRefused,
	// ErrAlreadyRegistered, ErrTooMany, ErrNameBlank, ErrNameTooLong, what StepUp refuses with, and
	// sessions.ErrSessionEnded for an account that was disabled or whose password was
	// changed meanwhile. But for the names and the settings, the challenge is used up.
	CompleteRegistration(ctx context.Context, in CompleteRegistration) (passkeys.Snapshot, error)
	// BeginLogin tells what to ask a browser for. The answer has the same shape for
	// names that nobody has. It returns passkeys.ErrNotConfigured.
	BeginLogin(ctx context.Context, in BeginLogin) (passkeys.Request, error)
	// CompleteLogin returns whose credential has answered. The caller admits them. It returns
	// passkeys.ErrNotConfigured, ErrAuthenticationGone, ErrMalformed, ErrUnknown, ErrRefused,
	// and what the account would be refused with at a sign-in; the challenge is used up.
	CompleteLogin(ctx context.Context, in CompleteLogin) (Recognised, error)
	// List returns the account's credentials, the newest first.
	List(ctx context.Context, account accounts.ID) ([]passkeys.Snapshot, error)
	// ByID returns a credential of the account. It returns passkeys.ErrNotFound, also for
	// somebody else's.
	ByID(ctx context.Context, account accounts.ID, id passkeys.ID) (passkeys.Snapshot, error)
	// Rename gives a credential of the account another name. It returns
	// passkeys.ErrNotFound as ByID does, ErrNameBlank and ErrNameTooLong.
	Rename(ctx context.Context, account accounts.ID, id passkeys.ID, name string) (passkeys.Snapshot, error)
	// Delete removes a credential of the account. It returns passkeys.ErrNotFound as ByID
	// does, and what StepUp refuses with.
	Delete(ctx context.Context, account *accounts.Account, id passkeys.ID) error
}

// BeginRegistration is who wants a new passkey, and what they call it already, if anything. A
// name that is too long is cut: upstream takes it.
type BeginRegistration struct {
	Account *accounts.Account
	Name    string
}

// CompleteRegistration is what a browser made.
type CompleteRegistration struct {
	Account *accounts.Account
	// Response is the browser's JSON.
	Response []byte
	// Name is nil where the owner gave none; the one that the registration began with then counts.
	Name *string
}

// BeginLogin names who wants to sign in; nobody need be named.
type BeginLogin struct{ Username, Email string }

// CompleteLogin is what an authenticator showed.
type CompleteLogin struct {
	SessionID string
	// Response is the browser's JSON.
	Response []byte
}

// Recognised is whose credential has answered.
type Recognised struct {
	Account *accounts.Account
	// UserVerified: the authenticator has verified its owner, as when the passkey was registered, so
	// that the answer proves two factors.
	UserVerified bool
}

// Gate tells whether an account may come in at all.
type Gate interface {
	// MayEnter returns what the account would be refused with at a sign-in.
	MayEnter(ctx context.Context, account *accounts.Account) error
}

// StepUp asks for a recent proof before a way in is added or taken away: a token that was
// stolen is otherwise enough to stay for ever.
type StepUp interface {
	// MayChangeFactors returns a fault where the caller has not proved lately who they are.
	MayChangeFactors(ctx context.Context, account *accounts.Account) error
}

// Options are the settings that this activity obeys.
type Options struct {
	RelyingParty passkeys.RelyingParty
	Verification passkeys.Verification
	// Timeout is how long an answer is waited for.
	Timeout time.Duration
	// NamedByEmail: the address is what a login names an account by, and not the user name.
	NamedByEmail bool
	// Mails limits those that tell an owner of changes: an account can have a stranger's address.
	Mails credentials.Limit
}

// Dependencies are the ports that this activity drives, and the activities that it leans on.
type Dependencies struct {
	Passkeys   ports.Passkeys
	Handles    ports.PasskeyHandles
	Challenges ports.PasskeyChallenges
	Ceremonies ports.PasskeyCeremonies
	Decoys     ports.PasskeyDecoys
	Accounts   ports.Accounts
	Limits     ports.Limits
	Transactor ports.Transactor
	Events     ports.Events
	Outbox     ports.Outbox
	Mailer     ports.Mailer
	Sites      ports.Sites
	Clock      ports.Clock
	Random     ports.Random
	Gate       Gate
	// StepUp is nil where no recent proof is asked for.
	StepUp StepUp
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

func (s *Service) configured() error {
	if !s.options.RelyingParty.Configured() {
		return passkeys.ErrNotConfigured
	}
	return nil
}

func (s *Service) stepUp(ctx context.Context, account *accounts.Account) error {
	if s.StepUp == nil {
		return nil
	}
	return s.StepUp.MayChangeFactors(ctx, account)
}

// challenge makes a challenge that nobody has seen.
func (s *Service) challenge(key string, account accounts.ID, now time.Time) passkeys.Challenge {
	return passkeys.Challenge{
		Key:     key,
		Bytes:   []byte(s.Random.Text(passkeys.ChallengeLength, passkeys.ChallengeAlphabet)),
		Account: account,
		Expires: now.Add(s.options.Timeout),
	}
}

func (s *Service) expected(challenge passkeys.Challenge) passkeys.Expected {
	return passkeys.Expected{
		RelyingParty: s.options.RelyingParty, Challenge: challenge.Bytes, Verification: s.options.Verification,
	}
}
