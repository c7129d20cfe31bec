package authentication

import (
	"context"
	"time"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/credentials"
	"latchkey/domain/fault"
	"latchkey/domain/secret"
	"latchkey/domain/sessions"
)

// UseCases is what the activity can do. Embed it and override a method to change
// one rule.
type UseCases interface {
	// SignIn checks a password and admits its owner. It returns ErrCredentialsMissing,
	// ErrCredentialsWrong, ErrTooManyAttempts, and what Admit returns.
	SignIn(ctx context.Context, in SignIn) (Grant, error)
	// Admit lets in an account whose owner has proved to be its owner. It returns
	// ErrCredentialsWrong for an inactive account, ErrEmailNotVerified, and the
	// fault of a policy that refuses. Where a second factor is to be proved yet, the
	// Grant holds nothing but Pending.
	Admit(ctx context.Context, in Admission) (Grant, error)
	// SignOut ends what the caller is signed in by. It returns
	// sessions.ErrNotLoggedIn when only API tokens are in use and none was
	// presented. Where refresh tokens are blacklisted it returns
	// sessions.ErrJWTMissing when none came along, and why it was refused; what
	// else there was to end has ended all the same.
	SignOut(ctx context.Context, in SignOut) error
	// ByToken returns who presents the API token. It returns
	// sessions.ErrTokenUnknown and sessions.ErrInactive.
	ByToken(ctx context.Context, key secret.String) (sessions.Principal, error)
	// ByAccessToken returns who presents the JSON web token. It returns the faults
	// of ports.JWTs, sessions.ErrJWTNoType, ErrJWTWrongType, ErrJWTNoAccount,
	// ErrAccountNotFound, ErrAccountInactive, ErrPasswordChanged and ErrSessionEnded.
	ByAccessToken(ctx context.Context, token secret.String) (sessions.Principal, error)
	// Refresh gives a new access token for a refresh token, and a new refresh token
	// where they rotate. It returns the faults of ports.JWTs, sessions.ErrJWTNoType,
	// ErrJWTWrongType, ErrJWTRevoked, ErrNoActiveAccount and ErrPasswordChanged.
	Refresh(ctx context.Context, token secret.String) (sessions.TokenPair, error)
	// VerifyToken returns nil for a JSON web token of whatever kind that is good. It
	// returns the faults of ports.JWTs, and ErrTokenBlacklisted; where sessions are
	// checked also sessions.ErrJWTNoAccount, ErrAccountNotFound, ErrAccountInactive
	// and ErrSessionEnded.
	VerifyToken(ctx context.Context, token secret.String) error
	// BySession returns who presents the session cookie: an anonymous Principal
	// for a session that is nobody's, and sessions.ErrSessionEnded when the
	// cookie is good for nothing and should be deleted.
	BySession(ctx context.Context, key secret.String) (sessions.Principal, error)
}

// SignIn is a password and whose it is said to be.
type SignIn struct {
	Username string
	Email    string
	Password credentials.Password
	// SessionKey is the session cookie that came along; may be empty.
	SessionKey secret.String
	// Network is where the caller is, as a text that is equal for the same network; may be empty.
	Network string
}

// Admission is an account whose owner is proved.
type Admission struct {
	Account *accounts.Account
	// Backend is recorded in a web session: how the owner was recognised.
	Backend string
	// SessionKey is the session cookie that came along; may be empty.
	SessionKey secret.String
	// Network is where the owner is, as in SignIn; where it is empty nothing is remembered.
	Network string
	// SecondFactorProved: the proof was already two factors: a passkey with user
	// verification, or a code.
	SecondFactorProved bool
}

// Grant is what somebody who was admitted holds.
type Grant struct {
	Account *accounts.Account
	// Token is the zero APIToken where tokens are not in use.
	Token sessions.APIToken
	// Session is nil where a login begins no session.
	Session *sessions.WebSession
	// Pair is the zero TokenPair where JSON web tokens are not in use.
	Pair sessions.TokenPair
	// Pending is not empty when nothing was granted yet: it is the token that, with a
	// code, leads on. The rest of the Grant is empty.
	Pending secret.String
}

// SignOut says who leaves.
type SignOut struct {
	Caller sessions.Principal
	// SessionKey is the session cookie that came along, whoever's it is; may be empty.
	SessionKey secret.String
	// Access is the access token whose cookie came along, whoever was recognised
	// by what; may be empty.
	Access secret.String
	// Refresh is the refresh token that came along; nil when none did.
	Refresh *secret.String
}

// Options are the settings that this activity obeys.
type Options struct {
	// ByUsername and ByEmail say what a login may name the account by.
	ByUsername, ByEmail bool
	// Plain behaves as dj-rest-auth does without allauth: user names are compared
	// exactly, and an address stands for the name of the one account that has it.
	Plain bool
	// Tokens: a login gives an API token.
	Tokens bool
	// JWT says whether and how a login gives JSON web tokens.
	JWT JWT
	// Sessions: a login begins a web session of SessionAge.
	Sessions   bool
	SessionAge time.Duration
	// MandatoryVerification admits only accounts whose address is verified.
	MandatoryVerification bool
	// EvictAll: a changed password ends the API token and all refresh tokens.
	EvictAll bool
	// FailedLogins limits wrong passwords for one name from one network, and for one account.
	FailedLogins credentials.Limit
	// Locks limit them for one account in the long run, too.
	Locks []credentials.Limit
	// PendingLife is how long somebody has to prove a second factor.
	PendingLife time.Duration
	// RefreshNeedsFactor refuses refresh tokens from before the account had a second factor.
	RefreshNeedsFactor bool
	// RememberSignIns keeps the time of each sign-in, also of those without a web session.
	RememberSignIns bool
}

// JWT are the settings of JSON web tokens.
type JWT struct {
	// Enabled: a login gives a pair of tokens.
	Enabled                 bool
	AccessLife, RefreshLife time.Duration
	// Rotate: a refresh gives a new refresh token, too.
	Rotate bool
	// Blacklist keeps the refresh tokens that were given out and those that are
	// void; RevokeRotated makes a token void when it was rotated.
	Blacklist, RevokeRotated bool
	// Families: refresh tokens belong to the family of a login, each is good once,
	// and reuse beyond Grace ends the family.
	Families bool
	Grace    time.Duration
	// CheckSession looks at the family whenever an access token is used.
	CheckSession bool
	// AccountField is what of the account goes into AccountClaim.
	AccountField AccountField
	AccountClaim string
	// CheckPassword voids tokens when the password changes; PasswordClaim carries
	// what is compared.
	CheckPassword bool
	PasswordClaim string
}

// AccountField is what of an account stands in a token.
type AccountField string

// The account fields.
const (
	FieldID       AccountField = "id"
	FieldUsername AccountField = "username"
	FieldEmail    AccountField = "email"
)

// Dependencies are the ports that this activity drives.
type Dependencies struct {
	Accounts  ports.Accounts
	Addresses ports.Addresses
	Tokens    ports.APITokens
	Sessions  ports.WebSessions
	Seals     ports.SessionSeals
	Hasher    ports.PasswordHasher
	// Limits count wrong passwords. Known remembers networks, in the transactions of
	// Transactor. Alarms counts how often owners are warned, and may forget.
	Limits, Known, Alarms ports.Limits
	Outbox                ports.Outbox
	Transactor            ports.Transactor
	Events                ports.Events
	Clock                 ports.Clock
	Random                ports.Random
	MaySignIn             []ports.SignInPolicy
	JWTs                  ports.JWTs
	Refreshes             ports.RefreshTokens
	Families              ports.Families
	Claims                []ports.ClaimsContributor
	// Factors and Pending are nil where nobody has a second factor.
	Factors ports.Factors
	Pending ports.PendingFactors
	// Required is nil where nobody must have one.
	Required Requirement
}

// Requirement knows who must have a second factor.
type Requirement interface {
	// MustSetUp reports whether the account must have one and has none.
	MustSetUp(ctx context.Context, account *accounts.Account) (bool, error)
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
	ErrCredentialsMissing = fault.New(fault.Invalid, "credentials_missing", `Must include "username" and "password".`)
	// ErrCredentialsWrong is the one answer to an unknown account, a wrong password and an
	// inactive account, so that it does not tell which of them it was.
	ErrCredentialsWrong = fault.New(fault.Invalid, "credentials_wrong", "Unable to log in with provided credentials.")
	ErrEmailNotVerified = fault.New(fault.Invalid, "email_not_verified", "E-mail is not verified.")
	// ErrTokenBlacklisted is what token/verify says of a void refresh token.
	ErrTokenBlacklisted = fault.New(fault.Invalid, "token_blacklisted", "Token is blacklisted")
	ErrTooManyAttempts  = fault.New(fault.Throttled, "too_many_attempts", "Too many failed login attempts. Try again later.")
)
