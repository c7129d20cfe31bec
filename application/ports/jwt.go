package ports

import (
	"context"
	"time"

	"latchkey/domain/accounts"
	"latchkey/domain/secret"
	"latchkey/domain/sessions"
)

// JWTs signs and verifies JSON web tokens.
type JWTs interface {
	// Sign returns the signed token. The configured issuer and audience are added
	// to the claims.
	Sign(claims sessions.Claims) (secret.String, error)
	// Verify returns the claims of a token that one of our keys signed with that
	// key's algorithm, and whose times, issuer and audience are right at now. It
	// returns sessions.ErrJWTInvalid, ErrJWTExpired, ErrJWTNoExpiry and
	// ErrJWTNoID, in this order; the kind of the token is the caller's to judge.
	Verify(token secret.String, now time.Time) (sessions.Claims, error)
}

// PublicKeys publishes the keys that verify our tokens.
type PublicKeys interface {
	// JWKS returns the public keys as a JSON Web Key Set (RFC 7517), without any
	// secret key.
	JWKS() ([]byte, error)
}

// RefreshTokens keeps the refresh tokens that were given out, and those that are
// no longer good, as simplejwt's blacklist app does.
type RefreshTokens interface {
	// Record notes that the token was given to the account.
	Record(ctx context.Context, token secret.String, claims sessions.Claims, account accounts.ID) error
	// Revoke makes the token worthless, whether it was recorded or not. It returns
	// sessions.ErrJWTRevoked when it was worthless before: of concurrent calls exactly one succeeds.
	Revoke(ctx context.Context, token secret.String, claims sessions.Claims, account accounts.ID, now time.Time) error
	// Revoked reports whether the token of that id (jti) is worthless.
	Revoked(ctx context.Context, id string) (bool, error)
	// RevokeAll makes every recorded token of the account worthless but the one
	// with the id keep, which may be empty.
	RevokeAll(ctx context.Context, account accounts.ID, keep string, now time.Time) error
}

// Families stores the families of refresh tokens.
type Families interface {
	// Add stores a new family.
	Add(ctx context.Context, family *sessions.Family) error
	// ByID returns the family, or sessions.ErrJWTRevoked when there is none.
	ByID(ctx context.Context, id string) (*sessions.Family, error)
	// Update works as Accounts.Update does. It returns sessions.ErrJWTRevoked when
	// there is no such family.
	Update(ctx context.Context, id string, change func(*sessions.Family) error) error
	// EndAll ends every living family of the account but the one with the id keep,
	// which may be empty.
	EndAll(ctx context.Context, account accounts.ID, keep string, now time.Time) error
}

// Cleaner removes what has expired.
type Cleaner interface {
	// Clean deletes at most limit rows that can never count again: expired
	// sessions, refresh tokens and families, and outbox messages that were given up
	// long ago (before buried). It returns how many it deleted; fewer than limit means that nothing is left.
	// Outbox messages that are due beyond OutboxHorizon it makes due at now.
	Clean(ctx context.Context, now, buried time.Time, limit int) (int, error)
}

// ClaimsContributor adds claims to the tokens of an account.
type ClaimsContributor interface {
	// Name is unique and stable.
	Name() string
	// Claims returns the claims to add when the account signs in. A claim that the
	// service sets itself is never replaced.
	Claims(ctx context.Context, account *accounts.Account) (map[string]any, error)
}
