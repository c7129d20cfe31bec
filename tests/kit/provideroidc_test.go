package kit_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/stretchr/testify/require"
	"golang.org/x/oauth2"

	"latchkey/tests/kit"
)

const corpCallback = "http://localhost:3000/auth/corp/callback"

// corp is a client of the OpenID Connect provider, made of what its discovery document says.
type corp struct {
	fake     *kit.FakeProvider
	clock    *kit.Clock
	oauth    oauth2.Config
	provider *oidc.Provider
	verifier *oidc.IDTokenVerifier
}

func newCorp(t *testing.T) corp {
	t.Helper()
	clock := kit.NewClock(time.Date(2031, 5, 6, 7, 8, 9, 0, time.UTC))
	fake := kit.Provider(t, kit.WithProviderClock(clock))
	fake.AddPerson(kit.Corp, "corp-alice", map[string]any{"sub": "c-1", "email": "alice@corp.example", "email_verified": true})
	fake.SignIn("corp-alice")
	provider, err := oidc.NewProvider(t.Context(), fake.URL+"/oidc")
	require.NoError(t, err)
	return corp{
		fake: fake, clock: clock, provider: provider,
		oauth: oauth2.Config{
			ClientID: "corp-client", ClientSecret: "corp-secret", Endpoint: provider.Endpoint(),
			RedirectURL: corpCallback, Scopes: []string{"openid", "email"},
		},
		verifier: provider.Verifier(&oidc.Config{ClientID: "corp-client", Now: clock.Now}),
	}
}

// code asks for authorization with this verifier.
func (c corp) code(t *testing.T, verifier string) string {
	t.Helper()
	address := c.oauth.AuthCodeURL("the-state", oidc.Nonce("the-nonce"), oauth2.S256ChallengeOption(verifier))
	result := c.fake.Authorize(t, address)
	require.Equal(t, "the-state", result.Get("state"))
	require.Equal(t, c.fake.URL+"/oidc", result.Get("iss"))
	return result.Get("code")
}

func TestALoginByOpenIDConnect(t *testing.T) {
	t.Parallel()
	for _, style := range []oauth2.AuthStyle{oauth2.AuthStyleInHeader, oauth2.AuthStyleInParams} {
		c := newCorp(t)
		c.oauth.Endpoint.AuthStyle = style
		verifier := oauth2.GenerateVerifier()
		code := c.code(t, verifier)
		token, err := c.oauth.Exchange(t.Context(), code, oauth2.VerifierOption(verifier))
		require.NoError(t, err)
		require.Equal(t, "corp-alice", token.AccessToken)

		idToken, err := c.verifier.Verify(t.Context(), token.Extra("id_token").(string))
		require.NoError(t, err)
		require.Equal(t, "c-1", idToken.Subject)
		require.Equal(t, "the-nonce", idToken.Nonce)
		require.NoError(t, idToken.VerifyAccessToken(token.AccessToken))
		require.Error(t, idToken.VerifyAccessToken("another"))
		require.Equal(t, c.clock.Now(), idToken.IssuedAt.UTC())

		info, err := c.provider.UserInfo(t.Context(), oauth2.StaticTokenSource(token))
		require.NoError(t, err)
		require.Equal(t, "alice@corp.example", info.Email)

		_, err = c.oauth.Exchange(t.Context(), code, oauth2.VerifierOption(verifier))
		require.ErrorContains(t, err, "invalid_grant", "a code works once")
	}
}

func TestCorpExchangesCodesOnlyWithWhoAskedForThem(t *testing.T) {
	t.Parallel()
	c := newCorp(t)
	verifier := oauth2.GenerateVerifier()
	for name, spoil := range map[string]func(form url.Values){
		"another verifier":     func(form url.Values) { form.Set("code_verifier", oauth2.GenerateVerifier()) },
		"no verifier":          func(form url.Values) { form.Del("code_verifier") },
		"another callback":     func(form url.Values) { form.Set("redirect_uri", "https://evil.example/") },
		"another code":         func(form url.Values) { form.Set("code", "guessed") },
		"another grant":        func(form url.Values) { form.Set("grant_type", "password") },
		"a late exchange":      func(url.Values) { c.clock.Advance(time.Minute) },
		"another client":       func(form url.Values) { form.Set("client_id", "other") },
		"another secret":       func(form url.Values) { form.Set("client_secret", "other") },
		"no client whatsoever": func(form url.Values) { form.Del("client_id"); form.Del("client_secret") },
	} {
		form := url.Values{
			"grant_type": {"authorization_code"}, "code": {c.code(t, verifier)}, "code_verifier": {verifier},
			"redirect_uri": {corpCallback}, "client_id": {"corp-client"}, "client_secret": {"corp-secret"},
		}
		spoil(form)
		refused := post(t, c.fake.URL+"/oidc/token", form)
		require.GreaterOrEqual(t, refused.status, http.StatusBadRequest, name)
		require.NotContains(t, refused.text, "token\"", name)
	}
}

func TestAVerifierWithoutAChallengeIsRefused(t *testing.T) {
	t.Parallel()
	c := newCorp(t)
	downgraded := c.fake.Authorize(t, c.oauth.AuthCodeURL("s")).Get("code")
	_, err := c.oauth.Exchange(t.Context(), downgraded, oauth2.VerifierOption(oauth2.GenerateVerifier()))
	require.ErrorContains(t, err, "invalid_grant")
	plain := c.fake.Authorize(t, c.oauth.AuthCodeURL("s")).Get("code")
	_, err = c.oauth.Exchange(t.Context(), plain)
	require.NoError(t, err, "a client may do without PKCE")
}

func TestCorpAuthorizesKnownClientsOnly(t *testing.T) {
	t.Parallel()
	c := newCorp(t)
	good, err := url.Parse(c.oauth.AuthCodeURL("s"))
	require.NoError(t, err)
	for _, spoilt := range []struct{ name, value string }{{"client_id", "other"}, {"redirect_uri", "https://evil.example/"}} {
		answer := get(t, c.fake.URL+"/oidc/authorize?"+with(good.Query(), spoilt.name, spoilt.value).Encode(), "")
		require.Equal(t, http.StatusBadRequest, answer.status, "nobody is sent to an address of an attacker")
	}
	for _, spoilt := range []struct{ name, value, fault string }{
		{"response_type", "token", "unsupported_response_type"}, {"code_challenge", "plain-text", "invalid_request"},
	} {
		result := c.fake.Authorize(t, c.fake.URL+"/oidc/authorize?"+with(good.Query(), spoilt.name, spoilt.value).Encode())
		require.Equal(t, spoilt.fault, result.Get("error"))
		require.Empty(t, result.Get("code"))
	}
	nobody := kit.Provider(t)
	result := nobody.Authorize(t, nobody.URL+"/oidc/authorize?"+good.RawQuery)
	require.Equal(t, "login_required", result.Get("error"))
}

func TestWithoutTheScopeOpenIDThereIsNoIDToken(t *testing.T) {
	t.Parallel()
	c := newCorp(t)
	c.oauth.Scopes = []string{"email"}
	token, err := c.oauth.Exchange(t.Context(), c.fake.Authorize(t, c.oauth.AuthCodeURL("s")).Get("code"))
	require.NoError(t, err)
	require.Nil(t, token.Extra("id_token"))
}

func TestCorpIntrospectsTokensForItsClients(t *testing.T) {
	t.Parallel()
	c := newCorp(t)
	c.fake.AddPerson(kit.Corp, "theirs", map[string]any{"sub": "c-1", "_client": "another-app"})
	introspect := func(token, secret string) reply {
		return post(t, c.fake.URL+"/oidc/introspect", url.Values{"token": {token}, "client_id": {"corp-client"}, "client_secret": {secret}})
	}
	require.Equal(t, "corp-client", introspect("corp-alice", "corp-secret").object(t)["client_id"])
	require.Equal(t, "another-app", introspect("theirs", "corp-secret").object(t)["client_id"])
	require.Equal(t, map[string]any{"active": false}, introspect("unknown", "corp-secret").object(t))
	require.Equal(t, http.StatusUnauthorized, introspect("corp-alice", "guessed").status)
	require.Equal(t, http.StatusUnauthorized, get(t, c.fake.URL+"/oidc/userinfo", "Bearer unknown").status)
}
