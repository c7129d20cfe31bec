package config

import (
	"regexp"
	"strings"
)

// Endpoints is what the endpoints do, in dj-rest-auth's terms.
type Endpoints struct {
	BasePath           string // starts and ends with "/"
	SessionLogin       bool   // login also starts a cookie session
	TokenModel         TokenModel
	AuthClasses        []AuthClass // in order; never empty
	OldPassword        bool        // a password change demands the old one
	LogoutOnChange     bool        // a password change ends the session it came from
	SitesDomain        bool        // links in reset mails use the stored site's domain
	RegisterPermission RegisterPermission
	Allauth            bool // false: as dj-rest-auth without allauth
}

// TokenModel says which API token a login gives.
type TokenModel string

// The token models.
const (
	TokenModelToken TokenModel = "token"
	TokenModelNone  TokenModel = "none"
)

// AuthClass is something that authenticates a request.
type AuthClass string

// The authentication classes.
const (
	AuthToken   AuthClass = "token"
	AuthSession AuthClass = "session"
	AuthJWT     AuthClass = "jwt"
)

// RegisterPermission says who may register an account.
type RegisterPermission string

// The permissions of registration.
const (
	RegisterAnyone        RegisterPermission = "anyone"
	RegisterAuthenticated RegisterPermission = "authenticated"
)

func (e *Endpoints) derive(jwt bool) {
	switch {
	case len(e.AuthClasses) > 0:
	case jwt:
		e.AuthClasses = []AuthClass{AuthJWT, AuthSession}
	default:
		e.AuthClasses = []AuthClass{AuthToken, AuthSession}
	}
}

func endpointSettings() []Setting {
	return []Setting{
		setting("BASE_PATH", "/dj-rest-auth/", "prefix of every endpoint", basePath,
			func(c *Config) *string { return &c.Endpoints.BasePath }),
		setting("USE_JWT", "false", "log in with a JWT pair instead of an API token", boolean,
			func(c *Config) *bool { return &c.JWT.Enabled }).alias("REST_USE_JWT"),
		setting("SESSION_LOGIN", "true", "login also starts a cookie session", boolean,
			func(c *Config) *bool { return &c.Endpoints.SessionLogin }),
		setting("TOKEN_MODEL", "token", "`none` = no API token", tokenModel,
			func(c *Config) *TokenModel { return &c.Endpoints.TokenModel }),
		setting("AUTH_CLASSES", "token,session", "what authenticates a request, in order (DRF's DEFAULT_AUTHENTICATION_CLASSES)", authClasses,
			func(c *Config) *[]AuthClass { return &c.Endpoints.AuthClasses }).computedAs("`token,session`; with `USE_JWT` `jwt,session`"),
		setting("OLD_PASSWORD_FIELD_ENABLED", "false", "password change demands `old_password`", boolean,
			func(c *Config) *bool { return &c.Endpoints.OldPassword }).onWhenSecure(),
		setting("LOGOUT_ON_PASSWORD_CHANGE", "false", "password change ends the session it came from", boolean,
			func(c *Config) *bool { return &c.Endpoints.LogoutOnChange }),
		setting("PASSWORD_RESET_USE_SITES_DOMAIN", "false", "links use the stored site's domain", boolean,
			func(c *Config) *bool { return &c.Endpoints.SitesDomain }),
		setting("REGISTER_PERMISSION", "anyone", "`authenticated` = only signed-in callers may register others",
			oneOf(RegisterAnyone, RegisterAuthenticated),
			func(c *Config) *RegisterPermission { return &c.Endpoints.RegisterPermission }),
	}
}

// basePathText has no characters that a router reads as a wildcard.
var basePathText = regexp.MustCompile(`^/([A-Za-z0-9._~-]+/)*$`)

var basePath = simple(func(s string) (string, error) {
	if !basePathText.MatchString(s) || strings.Contains(s, "/./") || strings.Contains(s, "/../") {
		return "", advice("write a path that starts and ends with /, such as /auth/")
	}
	return s, nil
}, same)

var tokenModel = codec[TokenModel]{
	parse: func(n node) (TokenModel, error) {
		if s, err := n.single(); err == nil && isNone(s) {
			return TokenModelNone, nil
		}
		return oneOf(TokenModelToken, TokenModelNone).parse(n)
	},
	show: func(m TokenModel) string { return string(m) },
}

var authClasses = atLeastOne(listOf(oneOf(AuthToken, AuthSession, AuthJWT)), "some of token, session and jwt")
