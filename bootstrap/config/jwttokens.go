package config

import (
	"slices"
	"time"

	"latchkey/domain/secret"
	"latchkey/domain/sessions"
)

func jwtSettings() []Setting {
	return slices.Concat(tokenLifeSettings(), tokenKeySettings(), tokenClaimSettings())
}

func tokenLifeSettings() []Setting {
	lifetime := duration(time.Second, 3650*day)
	return []Setting{
		setting("ACCESS_TOKEN_LIFETIME", "5m", "", lifetime,
			func(c *Config) *time.Duration { return &c.JWT.AccessLife }),
		setting("REFRESH_TOKEN_LIFETIME", "24h", "", lifetime,
			func(c *Config) *time.Duration { return &c.JWT.RefreshLife }),
		setting("ROTATE_REFRESH_TOKENS", "false", "a refresh gives a new refresh token as well", boolean,
			func(c *Config) *bool { return &c.JWT.Rotate }).onWhenSecure(),
		setting("BLACKLIST_AFTER_ROTATION", "false", "and the old one is revoked; needs `TOKEN_BLACKLIST`", boolean,
			func(c *Config) *bool { return &c.JWT.BlacklistAfterRotation }).onWhenSecure(),
		setting("UPDATE_LAST_LOGIN", "false", "accepted, without effect on these endpoints, as upstream", boolean,
			func(c *Config) *bool { return &c.JWT.UpdateLastLogin }),
		setting("TOKEN_BLACKLIST", "false", "the blacklist app is installed: logout revokes the refresh token", boolean,
			func(c *Config) *bool { return &c.JWT.Blacklist }).onWhenSecure(),
	}
}

func tokenKeySettings() []Setting {
	return []Setting{
		setting("ALGORITHM", "HS256", "`HS256`, `RS256`, `PS256`, `ES256`, each also with 384 and 512, and `EdDSA`", oneOf(algorithms...),
			func(c *Config) *Algorithm { return &c.JWT.Algorithm }),
		setting("SIGNING_KEY", "none", "PEM of the private key, in one line with `\\n` if need be; `HS…`: any text, `none` = `SECRET_KEY`", signingKey,
			func(c *Config) *secret.String { return &c.JWT.SigningKey }).hidden(),
		setting("VERIFYING_KEY", "none", "PEM of the public key; `none` = from `SIGNING_KEY`", verifyingKey,
			func(c *Config) *secret.String { return &c.JWT.VerifyingKey }).hidden(),
	}
}

func tokenClaimSettings() []Setting {
	return []Setting{
		setting("AUDIENCE", "none", "one or several; a token must name one of them", listOf(words(200)),
			func(c *Config) *[]string { return &c.JWT.Audience }),
		setting("ISSUER", "none", "", orNone(words(200)),
			func(c *Config) *string { return &c.JWT.Issuer }),
		setting("LEEWAY", "0", "seconds", duration(0, day),
			func(c *Config) *time.Duration { return &c.JWT.Leeway }),
		setting("AUTH_HEADER_TYPES", "Bearer", "words before the token in the `Authorization` header", headerTypes,
			func(c *Config) *[]string { return &c.JWT.HeaderTypes }),
		setting("USER_ID_FIELD", "id", "`id`, `pk` (the same), `username`, `email`",
			oneOf(UserIDFieldID, UserIDFieldPK, UserIDFieldUsername, UserIDFieldEmail),
			func(c *Config) *UserIDField { return &c.JWT.UserIDField }),
		setting("USER_ID_CLAIM", "user_id", "", claimName,
			func(c *Config) *string { return &c.JWT.UserIDClaim }),
		setting("CHECK_REVOKE_TOKEN", "false", "tokens end with the password that they were given for", boolean,
			func(c *Config) *bool { return &c.JWT.CheckRevoke }).onWhenSecure(),
		setting("REVOKE_TOKEN_CLAIM", "hash_password", "", claimName,
			func(c *Config) *string { return &c.JWT.RevokeClaim }),
	}
}

// headerTypes reads auth-schemes, which are RFC 9110's tokens: with a blank in
// one, no header would ever match.
var headerTypes = atLeastOne(listOf(simple(func(s string) (string, error) {
	if !cookieToken.MatchString(s) {
		return "", advice("write words without blanks, such as Bearer")
	}
	return s, nil
}, same)), "at least one word, such as Bearer")

// reservedClaims are set by the service itself: an account's id in one of them
// would be overwritten, or be read as something else.
var reservedClaims = []string{"token_type", "exp", "iat", "nbf", "jti", "iss", "aud", sessions.FamilyClaim}

var claimName = simple(func(s string) (string, error) {
	if isNone(s) || !clean(s) || len(s) > 100 || slices.Contains(reservedClaims, s) {
		return "", advice("write a name of at most 100 characters that is not " + alternatives(reservedClaims))
	}
	return s, nil
}, same)
