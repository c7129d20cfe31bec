package config

import (
	"crypto"
	"slices"
)

var impossibleJWT = []contradiction{
	{"JWT_AUTH_SAMESITE JWT_AUTH_SECURE",
		func(c Config) bool { return slices.ContainsFunc(c.jwtCookies(), Cookie.crossSiteInClear) },
		"Browsers drop cookies with JWT_AUTH_SAMESITE=None that are not Secure: write JWT_AUTH_SECURE=true or another SameSite."},
	{"JWT_AUTH_COOKIE JWT_AUTH_REFRESH_COOKIE JWT_AUTH_REFRESH_COOKIE_PATH JWT_AUTH_SECURE JWT_AUTH_COOKIE_DOMAIN",
		func(c Config) bool { return slices.ContainsFunc(c.jwtCookies(), Cookie.breaksPrefix) },
		"Browsers drop a cookie named __Secure-… that is not Secure, and one named __Host-… that has a domain or another path than /: change JWT_AUTH_COOKIE and JWT_AUTH_REFRESH_COOKIE or set JWT_AUTH_SECURE=true, JWT_AUTH_REFRESH_COOKIE_PATH=/ and JWT_AUTH_COOKIE_DOMAIN=none."},
	{"JWT_AUTH_COOKIE JWT_AUTH_REFRESH_COOKIE SESSION_COOKIE_NAME CSRF_COOKIE_NAME",
		Config.sharesCookieName,
		"JWT_AUTH_COOKIE or JWT_AUTH_REFRESH_COOKIE has the name of another cookie: write different names there, in SESSION_COOKIE_NAME and in CSRF_COOKIE_NAME."},
	{"JWT_TRANSPORT JWT_AUTH_COOKIE JWT_AUTH_REFRESH_COOKIE",
		func(c Config) bool {
			wanted := c.JWT.Transport == TransportCookie || c.JWT.Transport == TransportBoth
			return c.JWT.Enabled && wanted && (c.JWT.AccessCookie.Name == "" || c.JWT.RefreshCookie.Name == "")
		},
		"JWT_TRANSPORT wants cookies that have no name: write JWT_AUTH_COOKIE and JWT_AUTH_REFRESH_COOKIE, or JWT_TRANSPORT=body."},
	{"JWT_AUTH_HTTPONLY JWT_AUTH_REFRESH_COOKIE JWT_TRANSPORT",
		func(c Config) bool { return c.Preset == PresetSecure && c.hidesRefreshToken() },
		"JWT_AUTH_HTTPONLY=true without JWT_AUTH_REFRESH_COOKIE gives the refresh token nowhere: write a name of the cookie, or JWT_TRANSPORT=body."},
	{"BLACKLIST_AFTER_ROTATION TOKEN_BLACKLIST",
		func(c Config) bool { return c.Preset == PresetSecure && c.blacklistsNothing() },
		"BLACKLIST_AFTER_ROTATION=true revokes nothing without the blacklist: write TOKEN_BLACKLIST=true or BLACKLIST_AFTER_ROTATION=false."},
	{"CHECK_REVOKE_TOKEN USER_ID_CLAIM REVOKE_TOKEN_CLAIM",
		func(c Config) bool {
			return c.usesJWT() && c.JWT.CheckRevoke && c.JWT.UserIDClaim == c.JWT.RevokeClaim
		},
		"USER_ID_CLAIM and REVOKE_TOKEN_CLAIM are the same: write two names."},
	{"ALGORITHM SIGNING_KEY",
		func(c Config) bool {
			return c.usesJWT() && !c.JWT.Algorithm.Shared() && !c.JWT.Algorithm.takes(publicHalf(c.JWT.SigningKey))
		},
		"ALGORITHM needs a private key of its own kind: write it as PEM in SIGNING_KEY (RS… and PS…: RSA of at least 2048 bits, ES256: P-256, ES384: P-384, ES512: P-521, EdDSA: Ed25519), or ALGORITHM=HS256."},
	{"ALGORITHM SIGNING_KEY",
		// Whoever meant another algorithm may publish the other half, or this one.
		func(c Config) bool {
			return c.usesJWT() && c.JWT.Algorithm.Shared() && looksLikePEM(c.JWT.SigningKey.Reveal())
		},
		"SIGNING_KEY is a private key while ALGORITHM is one of HS256, HS384 and HS512: write the algorithm of the key, or a random text in SIGNING_KEY."},
	{"ALGORITHM SIGNING_KEY VERIFYING_KEY",
		Config.verifiesOtherKey,
		"VERIFYING_KEY is not the public half of SIGNING_KEY, so that every token would be refused: write the one that belongs to it, or VERIFYING_KEY=none."},
}

// usesJWT reports whether JSON web tokens are given or accepted.
func (c Config) usesJWT() bool { return c.JWT.Enabled || c.accepts(AuthJWT) }

// jwtCookies returns the cookies of JSON web tokens that are in use.
func (c Config) jwtCookies() []Cookie {
	if !c.usesJWT() {
		return nil
	}
	both := []Cookie{c.JWT.AccessCookie, c.JWT.RefreshCookie}
	return slices.DeleteFunc(both, func(cookie Cookie) bool { return cookie.Name == "" })
}

func (c Config) sharesCookieName() bool {
	taken := []string{c.Sessions.Cookie.Name, c.CSRF.Cookie.Name}
	for _, cookie := range c.jwtCookies() {
		if slices.Contains(taken, cookie.Name) {
			return true
		}
		taken = append(taken, cookie.Name)
	}
	return false
}

// hidesRefreshToken reports whether upstream would give the refresh token nowhere.
func (c Config) hidesRefreshToken() bool {
	return c.JWT.Enabled && c.JWT.HTTPOnly && c.JWT.RefreshCookie.Name == "" && c.JWT.Transport == TransportUnset
}

func (c Config) blacklistsNothing() bool {
	return c.JWT.Enabled && c.JWT.BlacklistAfterRotation && !c.JWT.Blacklist
}

// verifiesOtherKey reports whether tokens would be signed with one key and
// verified with another.
func (c Config) verifiesOtherKey() bool {
	if !c.usesJWT() || c.JWT.Algorithm.Shared() || c.JWT.VerifyingKey.Empty() {
		return false
	}
	own, ok := publicHalf(c.JWT.SigningKey).(interface{ Equal(crypto.PublicKey) bool })
	return ok && !own.Equal(publicKey(c.JWT.VerifyingKey))
}
