package config

import (
	"slices"
	"strings"
)

// contradiction is a combination of settings that cannot work.
type contradiction struct {
	names    string // of the settings, with spaces between; none is judged when one could not be read
	found    func(Config) bool
	sentence string
}

var impossible = []contradiction{
	{"SECRET_KEY",
		func(c Config) bool { return c.Preset == PresetSecure && c.Keys.Secret.Empty() },
		"PRESET=secure demands a key of your own: write at least 50 random characters in SECRET_KEY."},
	{"ALLOWED_HOSTS",
		func(c Config) bool { return c.Preset == PresetSecure && len(c.Server.AllowedHosts) == 0 },
		"PRESET=secure demands ALLOWED_HOSTS: write the host names of the service."},
	{"TOKEN_MODEL SESSION_LOGIN USE_JWT",
		func(c Config) bool { return !c.givesToken() && !c.Endpoints.SessionLogin && !c.JWT.Enabled },
		"Nobody could sign in with TOKEN_MODEL=none, SESSION_LOGIN=false and USE_JWT=false: write TOKEN_MODEL=token, SESSION_LOGIN=true or USE_JWT=true."},
	{"TOKEN_MODEL SESSION_LOGIN USE_JWT AUTH_CLASSES",
		// JSON web tokens may be accepted elsewhere, or come from there.
		func(c Config) bool {
			return (c.givesToken() || c.Endpoints.SessionLogin) && !c.tokenWorks() && !c.sessionWorks() && !c.usesJWT()
		},
		"AUTH_CLASSES accepts nothing that a login gives: write token with TOKEN_MODEL=token, or session with SESSION_LOGIN=true."},
	{"MFA MFA_REQUIRED",
		func(c Config) bool { return !c.MFA.Enabled && c.MFA.Required != MFARequiredNone },
		"MFA_REQUIRED demands a second factor that nobody can set up with MFA=false: write MFA=true, or MFA_REQUIRED=none."},
	{"SESSION_COOKIE_SAMESITE SESSION_COOKIE_SECURE",
		func(c Config) bool { return c.Sessions.Cookie.crossSiteInClear() },
		"Browsers drop cookies with SESSION_COOKIE_SAMESITE=None that are not Secure: write SESSION_COOKIE_SECURE=true or another SameSite."},
	{"CSRF_COOKIE_SAMESITE CSRF_COOKIE_SECURE",
		func(c Config) bool { return c.CSRF.Cookie.crossSiteInClear() },
		"Browsers drop cookies with CSRF_COOKIE_SAMESITE=None that are not Secure: write CSRF_COOKIE_SECURE=true or another SameSite."},
	{"SESSION_COOKIE_NAME SESSION_COOKIE_SECURE SESSION_COOKIE_PATH SESSION_COOKIE_DOMAIN",
		func(c Config) bool { return c.Sessions.Cookie.breaksPrefix() },
		"Browsers drop a cookie named __Secure-… that is not Secure, and one named __Host-… that has a domain or another path than /: change SESSION_COOKIE_NAME or set SESSION_COOKIE_SECURE=true, SESSION_COOKIE_PATH=/ and SESSION_COOKIE_DOMAIN=none."},
	{"CSRF_COOKIE_NAME CSRF_COOKIE_SECURE CSRF_COOKIE_DOMAIN",
		func(c Config) bool { return c.CSRF.Cookie.breaksPrefix() },
		"Browsers drop a cookie named __Secure-… that is not Secure, and one named __Host-… that has a domain: change CSRF_COOKIE_NAME or set CSRF_COOKIE_SECURE=true and CSRF_COOKIE_DOMAIN=none."},
	{"SESSION_COOKIE_NAME CSRF_COOKIE_NAME",
		func(c Config) bool { return c.Sessions.Cookie.Name == c.CSRF.Cookie.Name },
		"SESSION_COOKIE_NAME and CSRF_COOKIE_NAME are the same: write two names."},
	{"CORS_ALLOWED_ORIGINS CORS_ALLOW_CREDENTIALS",
		func(c Config) bool { return c.CORS.Credentials && slices.Contains(c.CORS.Origins, anyOrigin) },
		"CORS_ALLOW_CREDENTIALS=true with CORS_ALLOWED_ORIGINS=* would let any site act for whoever is signed in: write the origins of your front ends."},
	{"ACCOUNT_EMAIL_VERIFICATION ACCOUNT_SIGNUP_FIELDS",
		func(c Config) bool {
			return c.Accounts.Verification == VerificationMandatory && !c.Accounts.Signup.Email.Present
		},
		"With ACCOUNT_EMAIL_VERIFICATION=mandatory nobody who registers without an address could sign in: write email* in ACCOUNT_SIGNUP_FIELDS."},
}

// contradictions returns the sentences of what cannot work. A setting whose own
// value failed is left at its default, so that nothing is said about it; without
// PRESET no default is known.
func contradictions(c Config, failed map[string]bool) Problems {
	if failed[presetSetting] {
		return nil
	}
	var problems Problems
	for _, i := range slices.Concat(impossible, impossibleJWT, impossiblePasskeys) {
		unread := slices.ContainsFunc(strings.Fields(i.names), func(name string) bool { return failed[name] })
		if !unread && i.found(c) {
			problems = append(problems, i.sentence)
		}
	}
	return problems
}

// givesToken reports whether a login gives an API token.
func (c Config) givesToken() bool {
	return c.Endpoints.TokenModel == TokenModelToken && !c.JWT.Enabled
}

func (c Config) accepts(class AuthClass) bool { return slices.Contains(c.Endpoints.AuthClasses, class) }

// tokenWorks reports whether a login gives a token that a request can present.
func (c Config) tokenWorks() bool {
	return c.givesToken() && c.accepts(AuthToken)
}

// sessionWorks reports whether a login gives a session that a request can present.
func (c Config) sessionWorks() bool {
	return c.Endpoints.SessionLogin && c.accepts(AuthSession)
}

func (c Cookie) crossSiteInClear() bool { return c.SameSite == SameSiteNone && !c.Secure }

// breaksPrefix applies the cookie name prefixes of RFC 6265bis.
func (c Cookie) breaksPrefix() bool {
	name := strings.ToLower(c.Name)
	if strings.HasPrefix(name, "__host-") {
		return !c.Secure || c.Domain != "" || c.Path != "/"
	}
	return strings.HasPrefix(name, "__secure-") && !c.Secure
}
