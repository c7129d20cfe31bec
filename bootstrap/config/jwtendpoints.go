package config

func jwtEndpointSettings() []Setting {
	return []Setting{
		setting("JWT_AUTH_COOKIE", "none", "name of the access token's cookie; `none` = no cookie", orNone(cookieName),
			func(c *Config) *string { return &c.JWT.AccessCookie.Name }),
		setting("JWT_AUTH_REFRESH_COOKIE", "none", "name of the refresh token's cookie; `none` = no cookie", orNone(cookieName),
			func(c *Config) *string { return &c.JWT.RefreshCookie.Name }),
		setting("JWT_AUTH_REFRESH_COOKIE_PATH", "/", "", cookiePath,
			func(c *Config) *string { return &c.JWT.RefreshCookie.Path }),
		setting("JWT_AUTH_SECURE", "false", "", boolean,
			func(c *Config) *bool { return &c.JWT.AccessCookie.Secure }).onWhenSecure(),
		setting("JWT_AUTH_HTTPONLY", "true", "and then the refresh token is left out of the login body, if a cookie carries it", boolean,
			func(c *Config) *bool { return &c.JWT.HTTPOnly }),
		setting("JWT_AUTH_SAMESITE", "Lax", "`Strict`, `Lax`, `None`, `none-set`", sameSite,
			func(c *Config) *SameSite { return &c.JWT.AccessCookie.SameSite }),
		setting("JWT_AUTH_COOKIE_DOMAIN", "none", "", cookieDomain,
			func(c *Config) *string { return &c.JWT.AccessCookie.Domain }),
		setting("JWT_AUTH_RETURN_EXPIRATION", "false", "`access_expiration`, `refresh_expiration` in the login answer", boolean,
			func(c *Config) *bool { return &c.JWT.ReturnExpiration }),
		setting("JWT_AUTH_COOKIE_USE_CSRF", "false", "CSRF check when the cookie authenticates", boolean,
			func(c *Config) *bool { return &c.JWT.CookieCSRF }).onWhenSecure(),
		setting("JWT_AUTH_COOKIE_ENFORCE_CSRF_ON_UNAUTHENTICATED", "false", "CSRF check whenever no header is sent", boolean,
			func(c *Config) *bool { return &c.JWT.CSRFUnauthenticated }),
		setting("JWT_FIELD_NAMES", "v4", "`v4` = `access`/`refresh`; `v3` = `access_token`/`refresh_token` as before dj-rest-auth 4.0; `both`",
			oneOf(FieldNamesV4, FieldNamesV3, FieldNamesBoth),
			func(c *Config) *FieldNames { return &c.JWT.FieldNames }),
		setting("JWT_TRANSPORT", "none", "`cookie`, `body`, `both`: overrides what HTTPONLY implies for the body",
			orNone(oneOf(TransportCookie, TransportBody, TransportBoth)),
			func(c *Config) *TokenTransport { return &c.JWT.Transport }),
	}
}
