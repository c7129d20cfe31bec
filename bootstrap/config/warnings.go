package config

import (
	"net/netip"
	"slices"
	"strings"

	"latchkey/domain/credentials"
	"latchkey/domain/secret"
)

// risk is a legal combination of settings that an operator should know about.
type risk struct {
	found    func(Config) bool
	sentence string
}

var risks = []risk{
	{func(c Config) bool { return weakKey(c.Keys.Secret) },
		"SECRET_KEY is short or simple: whoever guesses it can sign in as anybody. Write at least 50 random characters."},
	{func(c Config) bool { return c.Keys.Secret.Empty() && !c.Database.Postgres.Empty() },
		"SECRET_KEY is not set while DATABASE_URL is PostgreSQL: every other instance, and a Django beside this one, signs with a key of its own, and each refuses the sessions and links of the others. Write the same SECRET_KEY everywhere; the one generated until now is in secret_key in DATA_DIR."},
	{func(c Config) bool { return slices.ContainsFunc(c.Keys.Fallbacks, weakKey) },
		"SECRET_KEY_FALLBACKS has a key that is short or simple: remove it as soon as nothing signed with it is in use."},
	{func(c Config) bool { return c.onlyEmailLogin() && !c.Accounts.Signup.Email.Required },
		"ACCOUNT_LOGIN_METHODS=email with an address that is optional at sign-up: who registers without one cannot sign in. Write email* in ACCOUNT_SIGNUP_FIELDS."},
	{func(c Config) bool {
		return c.Accounts.Verification == VerificationMandatory && !c.Accounts.Signup.Email.Required
	},
		"ACCOUNT_EMAIL_VERIFICATION=mandatory with an address that is optional at sign-up: who registers without one cannot sign in. Write email* in ACCOUNT_SIGNUP_FIELDS."},
	{func(c Config) bool {
		return slices.Contains(c.Accounts.LoginMethods, LoginEmail) && !c.Accounts.UniqueEmail
	},
		"ACCOUNT_LOGIN_METHODS has email while ACCOUNT_UNIQUE_EMAIL=false: one address may belong to several accounts."},
	{func(c Config) bool {
		return !slices.Contains(c.Accounts.LoginMethods, LoginEmail) && !c.Accounts.Signup.Username.Present
	},
		"ACCOUNT_LOGIN_METHODS=username while ACCOUNT_SIGNUP_FIELDS has no username: people do not know the name that they are given."},
	{func(c Config) bool { return c.overHTTPS() && len(c.Server.AllowedHosts) == 0 },
		"ALLOWED_HOSTS is empty while PUBLIC_URL is https: requests for any host are answered. Write the host names of the service."},
	{func(c Config) bool { return c.overHTTPS() && slices.Contains(c.Server.AllowedHosts, "*") },
		"ALLOWED_HOSTS=* while PUBLIC_URL is https: requests for any host are answered. Write the host names of the service."},
	{func(c Config) bool { return c.overHTTPS() && c.Endpoints.SessionLogin && !c.Sessions.Cookie.Secure },
		"SESSION_COOKIE_SECURE is false while PUBLIC_URL is https: browsers send the session over http as well. Write SESSION_COOKIE_SECURE=true."},
	{func(c Config) bool { return c.overHTTPS() && !c.CSRF.Cookie.Secure },
		"CSRF_COOKIE_SECURE is false while PUBLIC_URL is https: browsers send the CSRF secret over http as well. Write CSRF_COOKIE_SECURE=true."},
	{func(c Config) bool { return c.Accounts.LogoutOnGet },
		"ACCOUNT_LOGOUT_ON_GET=true: any site can sign people out with a link. Write ACCOUNT_LOGOUT_ON_GET=false."},
	{func(c Config) bool { return c.Endpoints.SitesDomain && c.Accounts.ResetURL == "" },
		"PASSWORD_RESET_USE_SITES_DOMAIN=true: links that reset passwords lead to the domain in the django_site row. Check that it is yours."},
	{func(c Config) bool { return c.givesToken() && !c.tokenWorks() },
		"A login gives an API token that nothing accepts: write token in AUTH_CLASSES or TOKEN_MODEL=none."},
	{func(c Config) bool { return c.Limits.Rates == RatesOff && c.guessable() },
		"RATE_LIMITS=off: passwords can be guessed without limit. Use it only for tests."},
	{func(c Config) bool { return c.Limits.Rates == RatesOn && c.guessable() },
		"ACCOUNT_RATE_LIMITS has no login_failed by key: passwords of an account can be guessed without limit. Write login_failed: 60/m/ip,5/5m/key."},
	{func(c Config) bool { return c.Passwords.PwnedURL != "" && !c.Passwords.pwnedOverHTTPS() },
		"PWNED_PASSWORDS_URL is http: whoever is on the way sees a part of what is asked, and can say that every password is fine. Write https://."},
	{func(c Config) bool { return slices.ContainsFunc(c.Server.TrustedProxies, everywhere) },
		"TRUSTED_PROXIES has every address: any caller can choose the address that limits and logs see."},
	{func(c Config) bool { return c.overHTTPS() && c.Mail.Transport.Kind == MailConsole },
		"EMAIL_URL prints mails to the log while PUBLIC_URL is https: nobody gets them, and whoever reads the log can reset passwords. Write smtp:// or smtps://."},
	{func(c Config) bool { return c.Database.unverified },
		"DATABASE_URL has no sslmode=verify-full: whoever is on the way to the database can pose as it and read its password. Write sslmode=verify-full, and sslrootcert for a CA of your own."},
	{func(c Config) bool { return c.Mail.Transport.inClear() },
		"EMAIL_URL sends mail without encryption: links that reset passwords can be read on the way. Write tls=starttls or smtps://."},
	{func(c Config) bool { return c.Redis.inClear() },
		"REDIS_URL connects without encryption: whoever is on the way can read its password and let guesses go uncounted. Write rediss:// unless the network is yours alone."},
	{func(c Config) bool { return len(c.Passwords.Validators.Rules) == 0 },
		"AUTH_PASSWORD_VALIDATORS=none: any password is accepted, however simple."},
	{func(c Config) bool { return c.Social.EmailAuthentication },
		"SOCIALACCOUNT_EMAIL_AUTHENTICATION=true: every configured provider that verifies addresses can sign in to every account that has one. Check that you trust each of them with all."},
	{func(c Config) bool { return c.Preset == PresetSecure && !c.MFA.Enabled },
		"PRESET=secure with MFA=false: a password alone is enough to sign in. Write MFA=true."},
	{func(c Config) bool { return c.MFA.Enabled && c.MFA.DjangoCompatible },
		"MFA_DJANGO_COMPATIBLE=true: a copy of the database is enough to make everybody's codes. Write MFA_DJANGO_COMPATIBLE=false as soon as no Django reads them."},
}

func warnings(c Config) []string {
	var sentences []string
	for _, r := range slices.Concat(risks, jwtRisks, passkeyRisks) {
		if r.found(c) {
			sentences = append(sentences, r.sentence)
		}
	}
	for _, p := range c.Providers {
		sentences = append(sentences, p.warnings()...)
	}
	return sentences
}

// weakKey is Django's check security.W009.
func weakKey(key secret.String) bool {
	text := key.Reveal()
	different := map[rune]bool{}
	for _, r := range text {
		different[r] = true
	}
	return !key.Empty() && (len(text) < 50 || len(different) < 5 || strings.HasPrefix(text, "django-insecure-"))
}

// guessable reports whether nothing limits guesses at one account.
func (c Config) guessable() bool {
	return len(credentials.LimitsBy(c.Limits.Named["login_failed"], byKey)) == 0
}

func (c Config) onlyEmailLogin() bool {
	return slices.Equal(c.Accounts.LoginMethods, []LoginMethod{LoginEmail})
}

func (c Config) overHTTPS() bool { return c.Server.PublicURL.Scheme == "https" }

func everywhere(p netip.Prefix) bool { return p.Bits() == 0 }

func (t Transport) inClear() bool {
	return t.Kind == MailSMTP && t.TLS == TLSNone && !loopback(t.Host)
}
