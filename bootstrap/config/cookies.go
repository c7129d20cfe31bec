package config

import (
	"strings"
	"time"
)

// Cookie is what a cookie is sent with.
type Cookie struct {
	Name     string
	Age      time.Duration // whole seconds
	Domain   string        // empty: only the host that set it
	Path     string
	Secure   bool
	HTTPOnly bool
	SameSite SameSite
}

// SameSite is the attribute of the same name.
type SameSite string

// The values of SameSite.
const (
	SameSiteStrict SameSite = "Strict"
	SameSiteLax    SameSite = "Lax"
	SameSiteNone   SameSite = "None"
	SameSiteUnset  SameSite = "none-set" // no attribute: what the browser makes of that
)

// Sessions is the cookie of the web session, and what ends sessions.
type Sessions struct {
	Cookie Cookie
	// EndOnPasswordChange: a password change or reset ends every other session,
	// token and refresh family of the account.
	EndOnPasswordChange bool
}

// CSRF is Django's protection against forged requests.
type CSRF struct {
	Cookie         Cookie // path "/" and readable by scripts, as the front end needs it
	Header         string
	TrustedOrigins []string // "scheme://host[:port]" in lower case; the host may start with "*."
}

var cookieAge = duration(time.Second, 3650*day)

func sessionSettings() []Setting {
	return []Setting{
		setting("SESSION_COOKIE_NAME", "sessionid", "", cookieName, func(c *Config) *string { return &c.Sessions.Cookie.Name }),
		setting("SESSION_COOKIE_AGE", "1209600", "seconds", cookieAge, func(c *Config) *time.Duration { return &c.Sessions.Cookie.Age }),
		setting("SESSION_COOKIE_DOMAIN", "none", "", cookieDomain, func(c *Config) *string { return &c.Sessions.Cookie.Domain }),
		setting("SESSION_COOKIE_PATH", "/", "", cookiePath, func(c *Config) *string { return &c.Sessions.Cookie.Path }),
		setting("SESSION_COOKIE_SECURE", "false", "", boolean, func(c *Config) *bool { return &c.Sessions.Cookie.Secure }).onWhenSecure(),
		setting("SESSION_COOKIE_HTTPONLY", "true", "", boolean, func(c *Config) *bool { return &c.Sessions.Cookie.HTTPOnly }),
		setting("SESSION_COOKIE_SAMESITE", "Lax", "`Strict`, `Lax`, `None`, `none-set`", sameSite, func(c *Config) *SameSite { return &c.Sessions.Cookie.SameSite }),
	}
}

func csrfSettings() []Setting {
	return []Setting{
		setting("CSRF_COOKIE_NAME", "csrftoken", "", cookieName, func(c *Config) *string { return &c.CSRF.Cookie.Name }),
		setting("CSRF_COOKIE_AGE", "31449600", "seconds", cookieAge, func(c *Config) *time.Duration { return &c.CSRF.Cookie.Age }),
		setting("CSRF_COOKIE_DOMAIN", "none", "", cookieDomain, func(c *Config) *string { return &c.CSRF.Cookie.Domain }),
		setting("CSRF_COOKIE_SECURE", "false", "", boolean, func(c *Config) *bool { return &c.CSRF.Cookie.Secure }).onWhenSecure(),
		setting("CSRF_COOKIE_SAMESITE", "Lax", "`Strict`, `Lax`, `None`, `none-set`", sameSite, func(c *Config) *SameSite { return &c.CSRF.Cookie.SameSite }),
		setting("CSRF_HEADER_NAME", "X-CSRFToken", "also as Django writes it: `HTTP_X_CSRFTOKEN`", headerName, func(c *Config) *string { return &c.CSRF.Header }),
		setting("CSRF_TRUSTED_ORIGINS", "none", "with scheme: `https://app.example.com`, `https://*.example.com`", listOf(trustedOrigin),
			func(c *Config) *[]string { return &c.CSRF.TrustedOrigins }),
	}
}

// sameSite also reads False, with which Django leaves the attribute out.
var sameSite = codec[SameSite]{
	parse: func(n node) (SameSite, error) {
		if no, err := boolean.parse(n); err == nil && !no {
			return SameSiteUnset, nil
		}
		return oneOf(SameSiteStrict, SameSiteLax, SameSiteNone, SameSiteUnset).parse(n)
	},
	show: func(s SameSite) string { return string(s) },
}

var trustedOrigin = simple(func(s string) (string, error) {
	s = strings.ToLower(s)
	u, ok := httpURL(strings.Replace(s, "://*.", "://", 1))
	if !ok || u.Path != "" || strings.ContainsAny(s, "?#") {
		return "", advice("write origins with scheme and host, such as https://app.example.com")
	}
	return s, nil
}, same)
