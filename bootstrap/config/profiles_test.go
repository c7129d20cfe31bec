package config

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Every variable with which the recorded scenarios start the service.
var profileBase = []string{
	"SECRET_KEY=contract-only-secret-key-0123456789-abcdefghijklmnopqrstuvwxyz",
	"ALLOWED_HOSTS=127.0.0.1,localhost,testserver", "DEFAULT_FROM_EMAIL=noreply@example.com",
	"ALLAUTH=true", "TOKEN_BLACKLIST=false", "MFA=false", "PASSKEYS=false", "RATE_LIMITS=upstream", "PRESET=compat",
	"LISTEN=127.0.0.1:8123", "DATABASE_URL=sqlite:///srv/state/db.sqlite3", "DATA_DIR=/srv/state", "EMAIL_URL=smtp://127.0.0.1:2525",
	"PASSWORD_HASHERS=pbkdf2_sha256:1200,argon2,bcrypt_sha256,bcrypt,scrypt,pbkdf2_sha1", "PUBLIC_URL=http://testserver",
}

const profileProviders = `{"socialaccount_providers": {
 "facebook": {"client_id": "fb-client", "secret": "fb-secret", "graph_api_url": "http://127.0.0.1:9911/facebook", "callback_url": "http://localhost:3000/auth/facebook/callback"},
 "google": {"client_id": "google-client", "secret": "google-secret", "access_token_url": "http://127.0.0.1:9911/google/token", "identity_url": "http://127.0.0.1:9911/google/userinfo", "certs_url": "http://127.0.0.1:9911/google/certs", "callback_url": "http://localhost:3000/auth/google/callback"},
 "github": {"client_id": "gh-client", "secret": "gh-secret", "github_url": "http://127.0.0.1:9911/github", "callback_url": "http://localhost:3000/auth/github/callback"},
 "twitter": {"client_id": "tw-key", "secret": "tw-secret", "verify_credentials_url": "http://127.0.0.1:9911/twitter/1.1/account/verify_credentials.json?include_email=true", "callback_url": "http://localhost:3000/auth/twitter/callback"}}}`

var (
	anyClass = "AUTH_CLASSES=token,session"
	fields   = "ACCOUNT_SIGNUP_FIELDS=email*,username*,password1*,password2*"
)

var profiles = map[string][]string{
	"token":               {anyClass},
	"token-nosession":     {"AUTH_CLASSES=token", "SESSION_LOGIN=false"},
	"token-none":          {anyClass, "ACCOUNT_EMAIL_VERIFICATION=none"},
	"token-mandatory":     {anyClass, "ACCOUNT_EMAIL_VERIFICATION=mandatory", fields},
	"token-strict":        {anyClass, "OLD_PASSWORD_FIELD_ENABLED=true", "LOGOUT_ON_PASSWORD_CHANGE=true", "ACCOUNT_LOGOUT_ON_GET=true"},
	"token-sites":         {anyClass, "PASSWORD_RESET_USE_SITES_DOMAIN=true"},
	"email-login":         {anyClass, "ACCOUNT_LOGIN_METHODS=email", "ACCOUNT_SIGNUP_FIELDS=email*,username,password1*,password2*"},
	"email-login-nofield": {anyClass, "ACCOUNT_LOGIN_METHODS=email", "ACCOUNT_SIGNUP_FIELDS=email*,password1*,password2*"},
	"username-or-email":   {anyClass, "ACCOUNT_LOGIN_METHODS=username,email", fields},
	"username-options": {anyClass, "ACCOUNT_USERNAME_MIN_LENGTH=3", "ACCOUNT_USERNAME_BLACKLIST=admin,Root",
		"ACCOUNT_PRESERVE_USERNAME_CASING=false", "ACCOUNT_UNIQUE_EMAIL=false"},
	"session-only":    {"AUTH_CLASSES=session", "TOKEN_MODEL=none"},
	"register-closed": {anyClass, "REGISTER_PERMISSION=authenticated"},
	"plain":           {anyClass, "ALLAUTH=false"},
	"throttle":        {anyClass, "THROTTLE_RATE=5/min"},
}

func profile(settings []string) []string { return over(profileBase, settings) }

// over returns the settings, and those of base that they do not name.
func over(base, settings []string) []string {
	all := slices.Clone(settings)
	for _, pair := range base {
		name, _, _ := strings.Cut(pair, "=")
		if !slices.ContainsFunc(settings, func(s string) bool { return strings.HasPrefix(s, name+"=") }) {
			all = append(all, pair)
		}
	}
	return all
}

// profileWarnings has a part of the one warning of a profile that is risky on purpose.
var profileWarnings = map[string]string{
	"token-strict": "ACCOUNT_LOGOUT_ON_GET",
	"token-sites":  "PASSWORD_RESET_USE_SITES_DOMAIN",
}

func TestTheRecordedProfilesLoadWithNoOtherWarning(t *testing.T) {
	path := file(t, profileProviders)
	for name, settings := range profiles {
		t.Run(name, func(t *testing.T) {
			c, err := Load(path, variables(profile(settings)))
			require.NoError(t, err)
			if risk := profileWarnings[name]; risk != "" {
				require.Len(t, c.Warnings, 1)
				require.Contains(t, c.Warnings[0], risk)
			} else {
				require.Empty(t, c.Warnings)
			}
			require.Len(t, c.Providers, 4)
			require.Equal(t, "http://testserver", c.Server.PublicURL.String())
		})
	}
}

func TestTheProfilesArriveTyped(t *testing.T) {
	c := env(t, profile(profiles["email-login"])...)
	present := Field{Present: true, Required: true}
	require.Equal(t, SignupFields{Email: present, Username: Field{Present: true}, Password1: present, Password2: present}, c.Accounts.Signup)
	require.Equal(t, []LoginMethod{LoginEmail}, c.Accounts.LoginMethods)
	require.Equal(t, Transport{Kind: MailSMTP, Host: "127.0.0.1", Port: 2525, TLS: TLSNone}, c.Mail.Transport)
	require.Equal(t, "/srv/state/db.sqlite3", c.Database.SQLite)
	c = env(t, profiles["throttle"]...)
	require.Equal(t, 5, c.Limits.Throttle.Count)
}
