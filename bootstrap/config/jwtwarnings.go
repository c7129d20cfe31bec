package config

import "strings"

var jwtRisks = []risk{
	{func(c Config) bool { return !c.JWT.Enabled && c.accepts(AuthJWT) },
		"AUTH_CLASSES has jwt while USE_JWT=false: tokens that others signed are accepted, and a login gives none. Write USE_JWT=true or remove jwt."},
	{func(c Config) bool { return c.JWT.Enabled && !c.accepts(AuthJWT) },
		"A login gives JSON web tokens that nothing here accepts: write jwt in AUTH_CLASSES."},
	{func(c Config) bool { return c.hidesRefreshToken() },
		"JWT_AUTH_HTTPONLY=true without JWT_AUTH_REFRESH_COOKIE: no cookie carries the refresh token, so that the body has it. Write a name of the cookie, or JWT_AUTH_HTTPONLY=false."},
	{func(c Config) bool { return c.JWT.Enabled && c.JWT.Transport == TransportCookie && !c.JWT.HTTPOnly },
		"JWT_TRANSPORT=cookie with JWT_AUTH_HTTPONLY=false: scripts read the tokens in the cookies all the same. Write JWT_AUTH_HTTPONLY=true."},
	{func(c Config) bool { return c.blacklistsNothing() },
		"BLACKLIST_AFTER_ROTATION=true without TOKEN_BLACKLIST=true: old refresh tokens stay good. Write TOKEN_BLACKLIST=true."},
	{func(c Config) bool { return c.JWT.Enabled && c.JWT.AccessLife >= c.JWT.RefreshLife },
		"ACCESS_TOKEN_LIFETIME is not shorter than REFRESH_TOKEN_LIFETIME: refresh tokens are of no use, and a stolen access token is good for long."},
	{func(c Config) bool { return c.losesRefreshCookie() },
		"JWT_AUTH_REFRESH_COOKIE_PATH does not cover token/refresh/ and logout/ below BASE_PATH: browsers do not send the refresh token there. Write BASE_PATH or /."},
	{func(c Config) bool { return c.readsAccessCookie() && c.JWT.CSRFUnauthenticated && !c.JWT.CookieCSRF },
		"JWT_AUTH_COOKIE_ENFORCE_CSRF_ON_UNAUTHENTICATED=true checks every request without a header, so that JWT_AUTH_COOKIE_USE_CSRF=false has no effect: write JWT_AUTH_COOKIE_USE_CSRF=true."},
	{func(c Config) bool {
		return c.readsAccessCookie() && c.JWT.AccessCookie.SameSite == SameSiteNone && !c.JWT.CookieCSRF && !c.JWT.CSRFUnauthenticated
	},
		"JWT_AUTH_SAMESITE=None without a CSRF check: any site can act for whoever is signed in. Write JWT_AUTH_COOKIE_USE_CSRF=true."},
	{func(c Config) bool { return c.overHTTPS() && len(c.jwtCookies()) > 0 && !c.JWT.AccessCookie.Secure },
		"JWT_AUTH_SECURE is false while PUBLIC_URL is https: browsers send the tokens over http as well. Write JWT_AUTH_SECURE=true."},
	{func(c Config) bool { return c.usesJWT() && c.JWT.Algorithm.Shared() && weakKey(c.JWT.SigningKey) },
		"SIGNING_KEY is short or simple: whoever guesses it can sign in as anybody. Write at least 50 random characters."},
	{func(c Config) bool { return c.usesJWT() && c.JWT.Algorithm.Shared() && !c.JWT.VerifyingKey.Empty() },
		"VERIFYING_KEY has no effect with an ALGORITHM whose one key signs and verifies: remove it."},
	{func(c Config) bool {
		return c.usesJWT() && (c.JWT.UserIDField == UserIDFieldUsername || c.JWT.UserIDField == UserIDFieldEmail)
	},
		"USER_ID_FIELD names something that can change hands: a token is then good for whoever has it next. Write USER_ID_FIELD=id."},
}

func (c Config) readsAccessCookie() bool { return c.usesJWT() && c.JWT.AccessCookie.Name != "" }

// losesRefreshCookie reports whether browsers keep the refresh token from an
// endpoint that needs it.
func (c Config) losesRefreshCookie() bool {
	cookie, base := c.JWT.RefreshCookie, c.Endpoints.BasePath
	return c.JWT.Enabled && cookie.Name != "" && (!cookie.reaches(base+"token/refresh/") || !cookie.reaches(base+"logout/"))
}

// reaches is the path-match of RFC 6265, 5.1.4.
func (c Cookie) reaches(path string) bool {
	rest, below := strings.CutPrefix(path, c.Path)
	return below && (rest == "" || strings.HasSuffix(c.Path, "/") || strings.HasPrefix(rest, "/"))
}
