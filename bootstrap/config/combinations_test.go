package config

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestImpossibleCombinationsAreRefused(t *testing.T) {
	for _, c := range []struct{ settings, want string }{
		{"TOKEN_MODEL=none SESSION_LOGIN=false", "Nobody could sign in"},
		{"TOKEN_MODEL=none AUTH_CLASSES=token", "accepts nothing that a login gives"},
		{"SESSION_LOGIN=false AUTH_CLASSES=session", "accepts nothing that a login gives"},
		{"SESSION_COOKIE_SAMESITE=None", "SESSION_COOKIE_SECURE=true"},
		{"CSRF_COOKIE_SAMESITE=None", "CSRF_COOKIE_SECURE=true"},
		{"SESSION_COOKIE_NAME=__Secure-s", "SESSION_COOKIE_NAME"},
		{"SESSION_COOKIE_NAME=__Host-s SESSION_COOKIE_SECURE=1 SESSION_COOKIE_PATH=/a", "SESSION_COOKIE_NAME"},
		{"SESSION_COOKIE_NAME=__Host-s SESSION_COOKIE_SECURE=1 SESSION_COOKIE_DOMAIN=a.example", "SESSION_COOKIE_NAME"},
		{"CSRF_COOKIE_NAME=__Host-c CSRF_COOKIE_SECURE=1 CSRF_COOKIE_DOMAIN=a.example", "CSRF_COOKIE_NAME"},
		{"CSRF_COOKIE_NAME=sessionid", "write two names"},
		{"CORS_ALLOWED_ORIGINS=* CORS_ALLOW_CREDENTIALS=true", "write the origins"},
		{"ACCOUNT_EMAIL_VERIFICATION=mandatory ACCOUNT_SIGNUP_FIELDS=username*,password1*", "email*"},
		{"MFA_REQUIRED=staff", "nobody can set up"},
	} {
		problems := wrong(t, strings.Fields(c.settings)...)
		require.Len(t, problems, 1, c.settings)
		require.Contains(t, problems[0], c.want)
	}
}

func TestPossibleCombinationsStart(t *testing.T) {
	for _, settings := range []string{
		"SESSION_COOKIE_SAMESITE=None SESSION_COOKIE_SECURE=true",
		"SESSION_COOKIE_NAME=__Host-s SESSION_COOKIE_SECURE=true",
		"CSRF_COOKIE_NAME=__Host-c CSRF_COOKIE_SECURE=true",
		"TOKEN_MODEL=none AUTH_CLASSES=token,session",
		"SESSION_LOGIN=false AUTH_CLASSES=token",
		"CORS_ALLOWED_ORIGINS=*",
		"MFA=true MFA_REQUIRED=all",
		"CORS_ALLOWED_ORIGINS=https://a.example CORS_ALLOW_CREDENTIALS=true",
		overHTTPS(""),
		overHTTPS("SESSION_LOGIN=false AUTH_CLASSES=token SESSION_COOKIE_SECURE=0"),
		"PASSWORD_RESET_USE_SITES_DOMAIN=true PASSWORD_RESET_CONFIRM_URL=https://a.example/{uid}/{token}",
	} {
		require.Empty(t, env(t, strings.Fields(settings)...).Warnings, settings)
	}
}

func TestNothingIsSaidAboutACombinationWithAnUnreadableSetting(t *testing.T) {
	require.Len(t, wrong(t, "SESSION_COOKIE_SAMESITE=None", "SESSION_COOKIE_SECURE=ture"), 1)
}

// overHTTPS returns the settings over those of a service that people reach by
// https and that has no risk.
func overHTTPS(settings string) string {
	base := []string{"PUBLIC_URL=https://a.example", "ALLOWED_HOSTS=a.example", "SESSION_COOKIE_SECURE=1", "CSRF_COOKIE_SECURE=1", "EMAIL_URL=smtps://mail.example"}
	return strings.Join(over(base, strings.Fields(settings)), " ")
}

func TestRiskySettingsStartWithAWarning(t *testing.T) {
	for settings, want := range map[string]string{
		"DATABASE_URL=postgres://u:p@db.example/d?sslmode=require SECRET_KEY=" + goodKey: "sslmode=verify-full",
		"DATABASE_URL=postgres://u:p@localhost/d":                                        "SECRET_KEY is not set",
		"SECRET_KEY=01234567890123456789012345678901234":                                 "SECRET_KEY is short",
		"SECRET_KEY=" + strings.Repeat("ab", 40):                                         "SECRET_KEY is short",
		"SECRET_KEY=django-insecure-" + strings.Repeat("abcde", 10):                      "SECRET_KEY is short",
		"SECRET_KEY_FALLBACKS=old":                                                       "SECRET_KEY_FALLBACKS",
		"ACCOUNT_LOGIN_METHODS=email":                                                    "cannot sign in",
		"ACCOUNT_EMAIL_VERIFICATION=mandatory":                                           "cannot sign in",
		"ACCOUNT_LOGIN_METHODS=username,email ACCOUNT_UNIQUE_EMAIL=false":                "several accounts",
		"ACCOUNT_SIGNUP_FIELDS=email*,password1*":                                        "no username",
		overHTTPS("ALLOWED_HOSTS=none"):                                                  "ALLOWED_HOSTS is empty",
		overHTTPS("ALLOWED_HOSTS=a.example,*"):                                           "ALLOWED_HOSTS=*",
		overHTTPS("SESSION_COOKIE_SECURE=0"):                                             "SESSION_COOKIE_SECURE is false",
		overHTTPS("CSRF_COOKIE_SECURE=0"):                                                "CSRF_COOKIE_SECURE is false",
		overHTTPS("EMAIL_URL=console:"):                                                  "whoever reads the log",
		"ACCOUNT_LOGOUT_ON_GET=true":                                                     "with a link",
		"PASSWORD_RESET_USE_SITES_DOMAIN=true":                                           "Check that it is yours",
		"AUTH_CLASSES=session":                                                           "API token that nothing accepts",
		"RATE_LIMITS=off":                                                                "RATE_LIMITS=off",
		"ACCOUNT_RATE_LIMITS=false":                                                      "ACCOUNT_RATE_LIMITS has no login_failed by key",
		`ACCOUNT_RATE_LIMITS={"login_failed":"10/m/ip"}`:                                 "ACCOUNT_RATE_LIMITS has no login_failed by key",
		"PWNED_PASSWORDS_URL=http://pwned.example/range/":                                "PWNED_PASSWORDS_URL is http",
		"TRUSTED_PROXIES=0.0.0.0/0":                                                      "TRUSTED_PROXIES has every address",
		"EMAIL_URL=smtp://mail.example:25?tls=none":                                      "without encryption",
		"AUTH_PASSWORD_VALIDATORS=none":                                                  "any password",
		"MFA=true MFA_DJANGO_COMPATIBLE=true":                                            "a copy of the database",
		"REDIS_URL=redis://:p@redis":                                                     "REDIS_URL connects without encryption",
	} {
		c := env(t, strings.Fields(settings)...)
		require.Len(t, c.Warnings, 1, settings)
		require.Contains(t, c.Warnings[0], want)
	}
}

func TestDerivedDefaultsFollowOtherSettings(t *testing.T) {
	for listen, want := range map[string]string{
		":8080": "http://localhost:8080", "0.0.0.0:80": "http://localhost:80", "[::]:80": "http://localhost:80",
		"[::1]:80": "http://[::1]:80", "auth:80": "http://auth:80",
	} {
		require.Equal(t, want, env(t, "LISTEN="+listen).Server.PublicURL.String())
	}
	require.Equal(t, "/var/lib/x/latchkey.sqlite3", env(t, "DATA_DIR=/var/lib/x").Database.SQLite)
	require.Empty(t, env(t, "DATABASE_URL=postgres://h/d").Database.SQLite)
	require.Equal(t, "/b", env(t, "DATA_DIR=/var/lib/x", "DATABASE_URL=sqlite:///b").Database.SQLite)
}
