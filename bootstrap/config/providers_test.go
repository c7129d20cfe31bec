package config

import (
	"testing"

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
	require.Equal(t, "https://login.corp.example/x", corp.Issuer.String())
	require.Len(t, corp.CallbackURLs, 2)
}

func TestProviderMistakesAreAllReported(t *testing.T) {
	require.Equal(t, Problems{
		`socialaccount_providers in line 2 of latchkey.yaml: "google" has the unknown key "clientid": write kind, client_id, secret, secret_file, scope, callback_url, access_token_url, identity_url, certs_url or tokeninfo_url.`,
		`socialaccount_providers in line 2 of latchkey.yaml: "google" has no client_id: write the one that the provider gave you.`,
		`socialaccount_providers in line 2 of latchkey.yaml: "corp" has no known kind: write kind: google, facebook, github, twitter or oidc.`,
	}, fromFile(t, "\nsocialaccount_providers:\n  google: {clientid: a}\n  corp: {client_id: a}\n"))
}

func TestWrongProvidersAreRefused(t *testing.T) {
	for content, want := range map[string]string{
		"login: {kind: google, client_id: a}":                          "cannot be its name",
		"'a/b': {kind: google, client_id: a}":                          "cannot be its name",
		"Google: {kind: google, client_id: a}":                         "cannot be its name",
		"google: text":                                                 "has no keys",
		"x: {kind: myspace, client_id: a}":                             "has a kind that cannot be used",
		"google: {client_id: a, client_id: b}":                         "twice",
		"google: {client_id: ''}":                                      "has a client_id that cannot be used",
		"google: {client_id: a, github_url: 'https://x'}":              "belongs to the kind github",
		"google: {client_id: a, secret: b, secret_file: c}":            "both secret and secret_file",
		"oidc: {client_id: a}":                                         "has no issuer",
		"oidc: {client_id: a, issuer: 'http://login.example'}":         "an https URL",
		"oidc: {client_id: a, issuer: 'https://u:p@login.example'}":    "an https URL",
		"google: {client_id: a, callback_url: 'javascript:alert(1)'}":  "without fragment",
		"google: {client_id: a, callback_url: 'https://a.example/#x'}": "without fragment",
		"google: {client_id: a}\n  google: {client_id: b}":             "stands twice",
	} {
		problems := fromFile(t, "socialaccount_providers:\n  "+content+"\n")
		require.NotEmpty(t, problems)
		require.Contains(t, problems.Error(), want, content)
	}
	require.Contains(t, wrong(t, "SOCIALACCOUNT_PROVIDERS={}")[0], "write it in the YAML file")
}

func TestPrintedProvidersReadAgain(t *testing.T) {
	c, err := Load(file(t, `socialaccount_providers: {twitter: {client_id: "a \" ü", scope: [x, y], verify_credentials_url: "https://t.example/?a=b&c=d"},
  corp: {kind: oidc, client_id: id, issuer: "https://i.example"}}`), nil)
	require.NoError(t, err)
	again, err := Load(file(t, "socialaccount_providers: "+shown(c, "SOCIALACCOUNT_PROVIDERS")), nil)
	require.NoError(t, err)
	require.Equal(t, c, again)
}
