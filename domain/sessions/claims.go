package sessions

import (
	"crypto/md5" //nolint:gosec // simplejwt's claim
	"fmt"
	"maps"
	"time"

	"latchkey/domain/fault"
	"latchkey/domain/secret"
)

// TokenKind tells access tokens from refresh tokens: one must never do as the other.
type TokenKind string

// The kinds of JSON web token, as simplejwt names them.
const (
	KindAccess  TokenKind = "access"
	KindRefresh TokenKind = "refresh"
)

// Claims is what a JSON web token says. Times are whole seconds.
type Claims struct {
	Kind     TokenKind // empty when the token did not say
	ID       string    // jti: TokenIDLength characters of TokenIDAlphabet in our own tokens
	IssuedAt time.Time // zero when the token did not say
	Expires  time.Time
	// Rest is every other claim, the account's among them. It is copied from a
	// refresh token into the access tokens that are made from it.
	Rest map[string]any
}

// FamilyClaim is the claim that names the family of a token: OpenID Connect's
// session id.
const FamilyClaim = "sid"

// Family returns the family that the token belongs to; empty when it belongs to none.
func (c Claims) Family() string {
	family, _ := c.Rest[FamilyClaim].(string)
	return family
}

// In returns the claims as those of a token of the family.
func (c Claims) In(family string) Claims {
	rest := maps.Clone(c.Rest)
	if rest == nil {
		rest = map[string]any{}
	}
	rest[FamilyClaim] = family
	c.Rest = rest
	return c
}

// Link returns what a family remembers of the token.
func (c Claims) Link() Link {
	return Link{ID: c.ID, IssuedAt: c.IssuedAt, Expires: c.Expires}
}

// At returns the claims with the id and times of link: the same token once more.
func (c Claims) At(link Link) Claims {
	c.ID, c.IssuedAt, c.Expires = link.ID, link.IssuedAt, link.Expires
	return c
}

// PasswordClaim is what simplejwt's CHECK_REVOKE_TOKEN writes into a token: the
// MD5 of the password hash. It proves nothing by itself; the token's signature
// covers it, and a salted hash cannot be found from it.
func PasswordClaim(passwordHash secret.String) string {
	return fmt.Sprintf("%X", md5.Sum([]byte(passwordHash.Reveal()))) //nolint:gosec // simplejwt's claim
}

// The form of the ids that we give to tokens: a random UUID without dashes.
const (
	TokenIDLength   = 32
	TokenIDAlphabet = "0123456789abcdef"
)

// Access returns the claims of an access token made from a refresh token.
func (c Claims) Access(id string, now time.Time, life time.Duration) Claims {
	return c.made(KindAccess, id, now, life)
}

// Successor returns the claims of the refresh token that takes the place of this one.
func (c Claims) Successor(id string, now time.Time, life time.Duration) Claims {
	return c.made(KindRefresh, id, now, life)
}

func (c Claims) made(kind TokenKind, id string, now time.Time, life time.Duration) Claims {
	now = now.Truncate(time.Second)
	return Claims{Kind: kind, ID: id, IssuedAt: now, Expires: now.Add(life), Rest: maps.Clone(c.Rest)}
}

// Must returns ErrJWTNoType or ErrJWTWrongType unless the token is of the kind.
func (c Claims) Must(kind TokenKind) error {
	switch c.Kind {
	case kind:
		return nil
	case "":
		return ErrJWTNoType
	}
	return ErrJWTWrongType
}

// TokenPair is what a login by JSON web token gives.
type TokenPair struct {
	Access  secret.String
	Refresh secret.String
	// AccessExpires and RefreshExpires are when the tokens end. RefreshExpires is
	// zero when no new refresh token was made.
	AccessExpires, RefreshExpires time.Time
}

// The refusals of a JSON web token, in simplejwt's words.
var (
	ErrJWTInvalid   = fault.New(fault.Unauthenticated, "token_not_valid", "Token is invalid")
	ErrJWTExpired   = fault.New(fault.Unauthenticated, "token_expired", "Token is expired")
	ErrJWTNoExpiry  = fault.New(fault.Unauthenticated, "token_without_expiry", "Token has no 'exp' claim")
	ErrJWTNoID      = fault.New(fault.Unauthenticated, "token_without_id", "Token has no id")
	ErrJWTNoType    = fault.New(fault.Unauthenticated, "token_without_type", "Token has no type")
	ErrJWTWrongType = fault.New(fault.Unauthenticated, "token_of_wrong_type", "Token has wrong type")
	// ErrJWTRevoked: the refresh token was logged out, used up, or its family ended.
	ErrJWTRevoked = fault.New(fault.Unauthenticated, "token_revoked", "Token is blacklisted")
	// ErrJWTMissing: no refresh token came along.
	ErrJWTMissing = fault.New(fault.Unauthenticated, "token_missing", "No valid refresh token found.")
	// ErrJWTNoAccount: the token names nobody.
	ErrJWTNoAccount    = fault.New(fault.Unauthenticated, "token_without_account", "Token contained no recognizable user identification")
	ErrAccountNotFound = fault.New(fault.Unauthenticated, "user_not_found", "User not found")
	ErrAccountInactive = fault.New(fault.Unauthenticated, "user_inactive", "User is inactive")
	ErrPasswordChanged = fault.New(fault.Unauthenticated, "password_changed", "The user's password has been changed.")
	// ErrNoActiveAccount is the answer to a refresh for an account that is disabled or gone.
	ErrNoActiveAccount = fault.New(fault.Unauthenticated, "no_active_account", "No active account found for the given token.")
)
