package config

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestProvidersAreTyped(t *testing.T) {
	c, err := Load(file(t, `
socialaccount_providers:
  google:
    client_id: id
    secret_file: /run/secrets/google
    scope: [email, profile]
    callback_url: https://app.example.com/cb
  corp: {kind: oidc, issuer: https://login.corp.example/x, client_id: 12345, secret: s3, callback_url: [https://a.example/cb, 'http://localhost:1/cb']}
`), nil)
	require.NoError(t, err)
	require.Len(t, c.Providers, 2)
	google, corp := c.Providers[0], c.Providers[1]
	require.Equal(t, KindGoogle, google.Kind)
	require.Equal(t, "/run/secrets/google", google.SecretFile)
	require.Equal(t, []string{"email", "profile"}, google.Scope)
	require.Equal(t, []string{"https://app.example.com/cb"}, google.CallbackURLs)
	require.Nil(t, google.IdentityURL)
	require.Equal(t, "corp", corp.Name)
	require.Equal(t, KindOIDC, corp.Kind)
	require.Equal(t, "12345", corp.ClientID)
	require.Equal(t, "s3", corp.Secret.Reveal())
	require.Equal(t, "https://login.corp.example/x", corp.Issuer)
	require.Len(t, corp.CallbackURLs, 2)
}

func TestProviderMistakesAreAllReported(t *testing.T) {
	require.Equal(t, Problems{
		`socialaccount_providers in line 2 of latchkey.yaml: "google" has the unknown key "clientid": write kind, title, client_id, audiences, secret, secret_file, scope, callback_url, authorization_url, access_token_url, identity_url, certs_url, tokeninfo_url, verified_email, unchecked_access_tokens, allow_private_addresses or timeout.`,
		`socialaccount_providers in line 2 of latchkey.yaml: "google" has no client_id: write the one that the provider gave you.`,
		`socialaccount_providers in line 2 of latchkey.yaml: "corp" has no known kind: write kind: facebook, twitter, google, github, apple, microsoft, oidc or oauth2.`,
	}, fromFile(t, "\nsocialaccount_providers:\n  google: {clientid: a}\n  corp: {client_id: a}\n"))
}

func TestWrongProvidersAreRefused(t *testing.T) {
	for content, want := range map[string]string{
		"login: {kind: google, client_id: a}":                                    "cannot be its name",
		"'a/b': {kind: google, client_id: a}":                                    "cannot be its name",
		"Google: {kind: google, client_id: a}":                                   "cannot be its name",
		"google: text":                                                           "has no keys",
		"x: {kind: myspace, client_id: a}":                                       "has a kind that cannot be used",
		"google: {client_id: a, client_id: b}":                                   "twice",
		"google: {client_id: ''}":                                                "has a client_id that cannot be used",
		"google: {client_id: a, github_url: 'https://x'}":                        "belongs to the kind github",
		"google: {client_id: a, secret: b, secret_file: c}":                      "both secret and secret_file",
		"oidc: {client_id: a}":                                                   "has no issuer",
		"oidc: {client_id: a, issuer: 'http://login.example'}":                   "an https URL",
		"oidc: {client_id: a, issuer: 'https://u:p@login.example'}":              "an https URL",
		"google: {client_id: a, callback_url: 'javascript:alert(1)'}":            "without fragment",
		"google: {client_id: a, callback_url: 'https://a.example/#x'}":           "without fragment",
		"google: {client_id: a}\n  google: {client_id: b}":                       "stands twice",
		"csrf: {kind: google, client_id: a}":                                     "cannot be its name",
		"account-confirm-email: {kind: google, client_id: a}":                    "cannot be its name",
		"google: {client_id: a, issuer: 'https://x.example'}":                    "belongs to the kind oidc",
		"google: {client_id: a, claims: {email: x}}":                             "belongs to the kind oidc or oauth2",
		"facebook: {client_id: a}":                                               "has no secret: write the app's secret",
		"twitter: {client_id: a}":                                                "has no secret",
		"apple: {client_id: a, key_id: b, private_key_file: c}":                  "has no team_id",
		"apple: {client_id: a, team_id: b, private_key_file: c}":                 "has no key_id",
		"apple: {client_id: a, team_id: b, key_id: c}":                           "has no private_key_file: write the path of the .p8 file",
		"apple: {client_id: a, team_id: b, key_id: c, secret: d}":                "belongs to the kind",
		"apple: {client_id: a, private_key: abc}":                                "beginning with -----BEGIN",
		"apple: {client_id: a, private_key: '-----BEGIN X'}":                     "beginning with -----BEGIN",
		"x: {kind: oauth2, client_id: a, identity_url: 'https://a.example'}":     "has no access_token_url",
		"x: {kind: oauth2, client_id: a, access_token_url: 'https://a.example'}": "has no identity_url",
		"x: {kind: oauth2, client_id: a, claims: text}":                          "write a mapping of subject",
		"x: {kind: oauth2, client_id: a, claims: {id: b}}":                       "each with the dotted path",
		"x: {kind: oauth2, client_id: a, claims: {subject: 'a..b'}}":             "each with the dotted path",
		"x: {kind: oauth2, client_id: a, claims: {email: a, email: b}}":          "once, each with the dotted path",
		"oidc: {client_id: a, issuer: none}":                                     "has no issuer",
		"facebook: {client_id: a, secret: none}":                                 "has no secret",
		"microsoft: {client_id: a, tenant: example.com}":                         "the id of a directory",
		"google: {client_id: a, timeout: 0}":                                     "seconds from 1 to 60",
		"google: {client_id: a, verified_email: maybe}":                          "write true or false",
	} {
		problems := fromFile(t, "socialaccount_providers:\n  "+content+"\n")
		require.NotEmpty(t, problems)
		require.Contains(t, problems.Error(), want, content)
	}
	require.Contains(t, wrong(t, "SOCIALACCOUNT_PROVIDERS={}")[0], "write it in the YAML file")
}

func TestPrintedProvidersReadAgain(t *testing.T) {
	c, err := Load(file(t, `socialaccount_providers: {twitter: {client_id: "a \" ü", secret_file: "/x y", verify_credentials_url: "https://t.example/?a=b&c=d"},
  corp: {kind: oidc, client_id: id, issuer: "https://i.example"}}`), nil)
	require.NoError(t, err)
	again, err := Load(file(t, "socialaccount_providers: "+shown(c, "SOCIALACCOUNT_PROVIDERS")), nil)
	require.NoError(t, err)
	require.Equal(t, c, again)
}

func TestKeysOfEveryKindAreTyped(t *testing.T) {
	c, err := Load(file(t, `
socialaccount_providers:
  apple: {client_id: com.example.web, audiences: com.example.app, team_id: T, key_id: K, private_key_file: /run/apple.p8}
  microsoft: {client_id: id, tenant: 9188040D-6C67-4C5B-B112-36A304B66DAD, unchecked_access_tokens: true}
  forum: {kind: oauth2, title: The Forum, client_id: id, secret: s3, access_token_url: https://f.example/t, identity_url: https://f.example/me,
    claims: {subject: user.id, email: user.mail}, verified_email: true, allow_private_addresses: yes, timeout: 3s}
`), nil)
	require.NoError(t, err)
	apple, microsoft, forum := c.Providers[0], c.Providers[1], c.Providers[2]
	require.Equal(t, []string{"com.example.app"}, apple.Audiences)
	require.Equal(t, "/run/apple.p8", apple.PrivateKeyFile)
	require.Equal(t, "9188040d-6c67-4c5b-b112-36a304b66dad", microsoft.Tenant)
	require.True(t, microsoft.UncheckedAccessTokens)
	require.Equal(t, "The Forum", forum.Title)
	require.Equal(t, ClaimPaths{"subject": "user.id", "email": "user.mail"}, forum.Claims)
	require.True(t, forum.VerifiedEmail)
	require.True(t, forum.PrivateAddresses)
	require.Equal(t, 3*time.Second, forum.Timeout)

	text := shown(c, "SOCIALACCOUNT_PROVIDERS")
	require.NotContains(t, text, "s3")
	again, err := Load(file(t, "socialaccount_providers: "+strings.Replace(text, `secret: "[secret]"`, "secret: s3", 1)), nil)
	require.NoError(t, err)
	require.Equal(t, c, again)
}

func TestAnIssuerIsKeptToTheLetter(t *testing.T) {
	for _, written := range []string{"https://A.example", "https://a.example/", "https://a.example/realms/x"} {
		c, err := Load(file(t, "socialaccount_providers: {corp: {kind: oidc, client_id: id, issuer: '"+written+"'}}"), nil)
		require.NoError(t, err)
		require.Equal(t, written, c.Providers[0].Issuer)
	}
}

func TestIDTokensAreGoodOnceUnderThePresetSecure(t *testing.T) {
	require.False(t, env(t).Social.SingleUseIDTokens)
	require.True(t, env(t, "PRESET=secure", "ALLOWED_HOSTS=a.example", "SECRET_KEY=a-key-of-the-tests-0123456789-abcdefghijklmnopqrstuvwxyz").Social.SingleUseIDTokens)
}

func TestProvidersThatBelieveTooMuchAreWarnedOf(t *testing.T) {
	c, err := Load(file(t, "socialaccount_providers: {microsoft: {client_id: a, unchecked_access_tokens: true}, google: {client_id: a}}"), nil)
	require.NoError(t, err)
	require.Len(t, c.Warnings, 1)
	require.Contains(t, c.Warnings[0], `"microsoft" takes access tokens unchecked`)
	require.Contains(t, env(t, "SOCIALACCOUNT_EMAIL_AUTHENTICATION=true").Warnings[0], "SOCIALACCOUNT_EMAIL_AUTHENTICATION=true")
}

func TestApplesKeyMayStandInOneLine(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	folded := strings.ReplaceAll(privatePEM(key), "\n", `\n`)
	c, err := Load(file(t, "socialaccount_providers: {apple: {client_id: a, team_id: b, key_id: c, private_key: '"+folded+"'}}"), nil)
	require.NoError(t, err)
	require.Equal(t, strings.TrimSpace(privatePEM(key)), strings.TrimSpace(c.Providers[0].PrivateKey.Reveal()))
	require.NotContains(t, shown(c, "SOCIALACCOUNT_PROVIDERS"), "PRIVATE KEY")
	require.Contains(t, fromFile(t, "socialaccount_providers: {apple: {client_id: a, team_id: b, key_id: c, private_key_file: x, private_key: '"+folded+"'}}").Error(), "both private_key and private_key_file")
}
