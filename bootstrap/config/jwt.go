package config

import (
	"time"

	"latchkey/domain/secret"
)

// JWT says which JSON web tokens a login gives, how they travel and what is
// accepted. Without Enabled it still holds for tokens that others signed, when
// AuthJWT is among the authentication classes.
type JWT struct {
	Enabled bool // a login gives a token pair instead of an API token

	// AccessCookie and RefreshCookie carry the tokens; no name: no such cookie.
	// They share every attribute but name, path and age, which is the token's life.
	AccessCookie, RefreshCookie Cookie
	HTTPOnly                    bool // of the cookies; and the body then has no refresh token, unless Transport says so
	Transport                   TokenTransport
	ReturnExpiration            bool // the login's answer says when the tokens end
	CookieCSRF                  bool // a request that a cookie authenticates is checked
	CSRFUnauthenticated         bool // a request without an authorization header is checked, cookie or not
	FieldNames                  FieldNames

	AccessLife, RefreshLife time.Duration // whole seconds
	Rotate                  bool          // a refresh gives a new refresh token
	Blacklist               bool          // refresh tokens are recorded and can be revoked
	BlacklistAfterRotation  bool          // the old one is revoked; only with Blacklist
	UpdateLastLogin         bool          // without effect on these endpoints, as upstream

	Algorithm    Algorithm
	SigningKey   secret.String // PEM, or for HS… any text; empty: SECRET_KEY (only for HS…)
	VerifyingKey secret.String // PEM of a public key; empty: the public half of SigningKey. Unused for HS…
	Audience     []string      // empty: none is written or demanded
	Issuer       string        // empty: none is written or demanded
	Leeway       time.Duration // whole seconds
	HeaderTypes  []string      // schemes of the authorization header, case matters; never empty
	UserIDField  UserIDField
	UserIDClaim  string // never a claim that the service sets itself
	CheckRevoke  bool   // tokens end with the password that they were given for
	RevokeClaim  string // never a claim that the service sets itself; not UserIDClaim with CheckRevoke

	Families     bool          // refresh tokens belong to a family; with Rotate a reused one ends it
	Grace        time.Duration // whole seconds in which a used refresh token of a family gets the same successor again
	CheckSession bool          // access tokens end with the session that they belong to
}

// derive gives the cookies what they share.
func (j *JWT) derive() {
	j.AccessCookie.Path, j.AccessCookie.Age, j.AccessCookie.HTTPOnly = "/", j.AccessLife, j.HTTPOnly
	refresh := j.AccessCookie
	refresh.Name, refresh.Path, refresh.Age = j.RefreshCookie.Name, j.RefreshCookie.Path, j.RefreshLife
	j.RefreshCookie = refresh
}

// TokenTransport says how tokens travel to the client.
type TokenTransport string

// The transports of tokens.
const (
	TransportUnset  TokenTransport = "" // cookies that have a name, and the body as HTTPOnly has it
	TransportCookie TokenTransport = "cookie"
	TransportBody   TokenTransport = "body"
	TransportBoth   TokenTransport = "both"
)

// FieldNames says what the tokens are called in a body.
type FieldNames string

// The names of the fields.
const (
	FieldNamesV4   FieldNames = "v4" // access, refresh
	FieldNamesV3   FieldNames = "v3" // access_token, refresh_token
	FieldNamesBoth FieldNames = "both"
)

// UserIDField is what a token knows an account by.
type UserIDField string

// The fields.
const (
	UserIDFieldID       UserIDField = "id"
	UserIDFieldPK       UserIDField = "pk" // the same as UserIDFieldID
	UserIDFieldUsername UserIDField = "username"
	UserIDFieldEmail    UserIDField = "email"
)
