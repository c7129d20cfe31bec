package federation

import (
	"context"
	"time"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/identities"
	"latchkey/domain/secret"
)

// UseCases is what the activity can do. Embed it and override a method to change
// one rule.
type UseCases interface {
	// Begin starts a sign-in at the provider's page. It returns the faults of
	// ports.IdentityProviders.
	Begin(ctx context.Context, in Begin) (Begun, error)
	// SignIn returns the account of the identity that the proof shows, and makes it
	// for an identity that is new. The caller admits it. It returns the faults of
	// ports.IdentityProviders, identities.ErrStateRefused, ErrAddressMissing,
	// accounts.ErrEmailTaken, what a registration policy says, and what the account
	// would be refused with at a sign-in; then nothing was done.
	SignIn(ctx context.Context, in Presented) (*accounts.Account, error)
	// Connect links the identity that the proof shows to the account. It returns the
	// faults of ports.IdentityProviders, identities.ErrStateRefused, ErrConnectedElsewhere,
	// what the account would be refused with at a sign-in, and sessions.ErrSessionEnded
	// for an account that was disabled or whose password was changed meanwhile.
	Connect(ctx context.Context, account *accounts.Account, in Presented) error
	// Identities returns the account's identities in ascending order of id.
	Identities(ctx context.Context, account accounts.ID) ([]identities.Snapshot, error)
	// Disconnect unlinks an identity of the account. It returns
	// identities.ErrNotFound, also for somebody else's, and ErrLastWayIn.
	Disconnect(ctx context.Context, account accounts.ID, id identities.ID) error
}

// Begin says where somebody wants to sign in.
type Begin struct {
	Provider string
	// CallbackURL is where the provider sends them back to; empty for its first.
	CallbackURL string
}

// Begun is a sign-in that was started here.
type Begun struct {
	// URL is the provider's page.
	URL string
	// State comes back from the provider, and goes with the proof.
	State string
	// Sealed stays with the browser or device that began, and goes with the proof, too.
	Sealed  secret.String
	Expires time.Time
}

// Presented is what somebody comes back from a provider with.
type Presented struct {
	Provider string
	Proof    identities.Proof
	// State and Sealed are those of Begun; empty where the client itself began.
	State  string
	Sealed secret.String
}

// Registrar makes accounts for people whom a provider vouches for.
type Registrar interface {
	// MayEnrol returns a fault to refuse them, after I/O of its own.
	MayEnrol(ctx context.Context, profile identities.Profile) error
	// Enrol makes the account in the transaction of ctx. It returns accounts.ErrEmailTaken.
	Enrol(ctx context.Context, profile identities.Profile, now time.Time) (*accounts.Account, error)
}

// Gate keeps out and throws out.
type Gate interface {
	// MayEnter returns what the account would be refused with at a sign-in.
	MayEnter(ctx context.Context, account *accounts.Account) error
	// MayReclaim returns that, but for an address that is not proved yet.
	MayReclaim(ctx context.Context, account *accounts.Account) error
	// Expel ends everything that anybody is signed in to the account by, in the
	// transaction of ctx in which its password is changed.
	Expel(ctx context.Context, account accounts.ID, now time.Time) error
}

// Options are the settings that this activity obeys.
type Options struct {
	Linking identities.LinkingRules
	// StoreTokens keeps what providers' APIs can be called with.
	StoreTokens bool
	// RequireState takes codes only of sign-ins that were begun here.
	RequireState bool
	// MandatoryVerification makes no account for an identity without an address:
	// nobody could ever sign in to it.
	MandatoryVerification bool
}

// Dependencies are the ports that this activity drives, and the activities that it leans on.
type Dependencies struct {
	Providers  ports.IdentityProviders
	Links      ports.Identities
	Tokens     ports.ProviderTokens
	Seals      ports.AuthorizationSeals
	Accounts   ports.Accounts
	Addresses  ports.Addresses
	Limits     ports.Limits
	Transactor ports.Transactor
	Events     ports.Events
	Clock      ports.Clock
	Random     ports.Random
	Registrar  Registrar
	Gate       Gate
	// Passkeys and Factors are nil where there are none.
	Passkeys ports.Passkeys
	Factors  ports.Factors
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
