package oauthlogin

import (
	"crypto"
	"encoding/json"
	"log/slog"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/domain/identities"
	"latchkey/domain/secret"
)

var callbacks = []string{"https://app.example.com/callback", "com.example.app:/callback"}

func TestProvidersAreKnownByTheirNames(t *testing.T) {
	b := newBench(t, Config{Name: "corp", Kind: KindGitHub})
	require.True(t, b.Configured("corp"))
	for _, name := range []string{"github", "", "CORP"} {
		require.False(t, b.Configured(name))
		_, err := b.Vouch(t.Context(), name, accessToken("t"))
		require.ErrorIs(t, err, identities.ErrProviderUnknown)
		_, err = b.AuthorizationURL(t.Context(), name, identities.Request{})
		require.ErrorIs(t, err, identities.ErrProviderUnknown)
		_, err = b.Callback(name, "")
		require.ErrorIs(t, err, identities.ErrProviderUnknown)
	}
}

func TestAnUnknownKindIsNotStarted(t *testing.T) {
	_, err := New([]Config{{Name: "x", Kind: "myspace"}}, &hands{}, slog.New(slog.DiscardHandler))
	require.ErrorContains(t, err, `the provider "x": there is no kind "myspace"`)
}

func TestCallbacksAreComparedLetterByLetter(t *testing.T) {
	b := newBench(t, Config{Kind: KindGitHub, Callbacks: callbacks})
	first, err := b.Callback("github", "")
	require.NoError(t, err)
	require.Equal(t, callbacks[0], first)
	second, err := b.Callback("github", callbacks[1])
	require.NoError(t, err)
	require.Equal(t, callbacks[1], second)
	for _, wanted := range []string{
		callbacks[0] + "/", callbacks[0] + "?x=1", callbacks[0] + "/../evil", "HTTPS://app.example.com/callback",
		"https://app.example.com/", "https://app.example.com.evil.example/callback", "https://evil.example/callback", " " + callbacks[0],
	} {
		_, err := b.Callback("github", wanted)
		require.ErrorIs(t, err, identities.ErrCallbackForbidden, wanted)
		_, err = b.AuthorizationURL(t.Context(), "github", identities.Request{CallbackURL: wanted})
		require.ErrorIs(t, err, identities.ErrCallbackForbidden, wanted)
		proof := code("c")
		proof.CallbackURL = wanted
		_, err = b.vouch(t, proof)
		require.ErrorIs(t, err, identities.ErrCallbackForbidden, wanted)
	}
}

func TestWithoutAListThereIsNoCallback(t *testing.T) {
	b := newBench(t, Config{Kind: KindGitHub})
	none, err := b.Callback("github", "")
	require.NoError(t, err)
	require.Empty(t, none)
	_, err = b.Callback("github", callbacks[0])
	require.ErrorIs(t, err, identities.ErrCallbackForbidden)
}

func TestNothingPresentedProvesNothing(t *testing.T) {
	s := newSite(t)
	for _, c := range []Config{
		{Kind: KindFacebook}, {Kind: KindTwitter}, {Kind: KindGoogle}, {Kind: KindGitHub}, {Kind: KindMicrosoft},
		{Kind: KindApple, PrivateKey: applePEM(t, ecKey())}, {Kind: KindOIDC, Issuer: s.URL}, {Kind: KindOAuth2, IdentityURL: s.URL},
	} {
		_, err := newBench(t, c).vouch(t, identities.Proof{TokenSecret: secret.New("s"), Nonce: "n", FirstName: "Ada"})
		require.ErrorIs(t, err, identities.ErrProofMissing, c.Kind)
	}
	for _, kind := range []Kind{KindFacebook, KindGitHub, KindOAuth2} {
		_, err := newBench(t, Config{Kind: kind}).vouch(t, idToken("x"))
		require.ErrorIs(t, err, identities.ErrProofMissing, kind)
	}
	require.Empty(t, s.calls())
}

func TestAuthorizationURLs(t *testing.T) {
	s := newSite(t)
	s.json("/.well-known/openid-configuration", map[string]any{
		"issuer": s.URL, "authorization_endpoint": s.URL + "/authorize?tenant=1", "token_endpoint": s.URL + "/token", "jwks_uri": s.URL + "/keys",
	})
	for name, c := range map[string]struct {
		Config
		page, scope string
		nonce       bool
		more        url.Values
	}{
		"facebook":  {Config{Kind: KindFacebook}, "https://www.facebook.com/v24.0/dialog/oauth", "email public_profile", false, nil},
		"google":    {Config{Kind: KindGoogle}, "https://accounts.google.com/o/oauth2/v2/auth", "openid email profile", true, nil},
		"github":    {Config{Kind: KindGitHub}, "https://github.com/login/oauth/authorize", "read:user user:email", false, nil},
		"ghe":       {Config{Kind: KindGitHub, GitHubURL: "https://git.example.com"}, "https://git.example.com/login/oauth/authorize", "read:user user:email", false, nil},
		"apple":     {Config{Kind: KindApple, PrivateKey: applePEM(t, ecKey())}, "https://appleid.apple.com/auth/authorize", "name email", true, url.Values{"response_mode": {"form_post"}}},
		"bare":      {Config{Kind: KindApple, PrivateKey: applePEM(t, ecKey()), Scopes: []string{"openid"}}, "https://appleid.apple.com/auth/authorize", "openid", true, nil},
		"microsoft": {Config{Kind: KindMicrosoft}, "https://login.microsoftonline.com/common/oauth2/v2.0/authorize", "openid email profile User.Read", true, nil},
		"tenant":    {Config{Kind: KindMicrosoft, Tenant: consumers}, "https://login.microsoftonline.com/" + consumers + "/oauth2/v2.0/authorize", "openid email profile User.Read", true, nil},
		"oidc":      {Config{Kind: KindOIDC, Issuer: s.URL}, s.URL + "/authorize", "openid email profile", true, url.Values{"tenant": {"1"}}},
		"oauth2":    {Config{Kind: KindOAuth2, AuthorizationURL: "https://id.example.com/go", Scopes: []string{"me"}}, "https://id.example.com/go", "me", false, nil},
		"elsewhere": {Config{Kind: KindGoogle, AuthorizationURL: "https://id.example.com/go"}, "https://id.example.com/go", "openid email profile", true, nil},
	} {
		t.Run(name, func(t *testing.T) {
			c.Callbacks = callbacks
			b := newBench(t, c.Config)
			address, err := b.AuthorizationURL(t.Context(), b.name, identities.Request{
				CallbackURL: callbacks[1], State: "s&t=a", Nonce: "n", Challenge: "c",
			})
			require.NoError(t, err)
			parsed, err := url.Parse(address)
			require.NoError(t, err)
			want := url.Values{
				"response_type": {"code"}, "client_id": {"client"}, "redirect_uri": {callbacks[1]}, "scope": {c.scope}, "state": {"s&t=a"},
				"code_challenge": {"c"}, "code_challenge_method": {"S256"},
			}
			if c.nonce {
				want.Set("nonce", "n")
			}
			for name, values := range c.more {
				want[name] = values
			}
			require.Equal(t, want, parsed.Query())
			parsed.RawQuery = ""
			require.Equal(t, c.page, parsed.String())
			require.NotContains(t, address, "hunter2")
		})
	}
}

func TestProvidersWithoutAPageHaveNoAuthorizationURL(t *testing.T) {
	for _, c := range []Config{{Kind: KindTwitter}, {Kind: KindOAuth2}} {
		b := newBench(t, c)
		_, err := b.AuthorizationURL(t.Context(), b.name, identities.Request{State: "s", Challenge: "c"})
		require.ErrorIs(t, err, identities.ErrNoAuthorization)
	}
}

func TestAnAuthorizationNeedsTheDiscoveryDocument(t *testing.T) {
	s := newSite(t)
	s.answer("/.well-known/openid-configuration", 500, map[string]any{})
	b := newBench(t, Config{Kind: KindOIDC, Issuer: s.URL})
	_, err := b.AuthorizationURL(t.Context(), b.name, identities.Request{State: "s", Challenge: "c"})
	require.ErrorIs(t, err, identities.ErrProviderUnavailable)
}

func TestVerifiedEmailBelievesAllAddresses(t *testing.T) {
	for believed, want := range map[bool]bool{false: false, true: true} {
		b, _ := googleBench(t, func(c *Config) { c.VerifiedEmail = believed })
		profile, err := b.vouch(t, idToken(signed(t, with(honest(), map[string]any{"email_verified": false}))))
		require.NoError(t, err)
		require.Equal(t, want, profile.Emails[0].Verified)
	}
}

func TestAnAddressThatIsNoneIsDropped(t *testing.T) {
	for _, address := range []any{"", "ada", "ada@example.com\r\nBcc: eve@example.com", "Ada <ada@example.com>", 5, nil, []string{"ada@example.com"}} {
		b, _ := googleBench(t, nil)
		profile, err := b.vouch(t, idToken(signed(t, with(honest(), map[string]any{"email": address}))))
		require.NoError(t, err)
		require.Empty(t, profile.Emails)
	}
}

func TestExtraIsWhatADatabaseTakes(t *testing.T) {
	for name, c := range map[string]struct{ told, kept string }{
		"as told":          {`{"id":12345678901234567890,"name":"Zoë <b>","list":[1,null,true]}`, `{"id":12345678901234567890,"list":[1,null,true],"name":"Zo\u00eb <b>"}`},
		"no tokens":        {`{"id":"1","access_token":"t","Refresh_Token":"t","client_secret":"t","a":{"idToken":"t","b":[{"password":"t","c":1}]}}`, `{"id":"1","a":{"b":[{"c":1}]}}`},
		"no NUL":           {`{"id":"1","name":"a\u0000b"}`, `{"sub":"1"}`},
		"no NUL in a name": {`{"id":"1","a\u0000b":1}`, `{"sub":"1"}`},
		"no endless":       {`{"id":"1","n":1e999999,"m":-1.5e3}`, `{"id":"1","n":null,"m":-1.5e3}`},
		"half characters":  {`{"id":"1","name":"\ud800"}`, "{\"id\":\"1\",\"name\":\"\ufffd\"}"},
	} {
		t.Run(name, func(t *testing.T) {
			told, err := parseObject([]byte(c.told))
			require.NoError(t, err)
			kept := told.extra("1")
			require.JSONEq(t, c.kept, string(kept))
			require.NotContains(t, string(kept), `\u0000`)
			require.NotContains(t, string(kept), `"t"`)
		})
	}
	long := object{"id": "1", "bio": string(make([]byte, extraMost+1))}
	require.JSONEq(t, `{"sub":"1"}`, string(long.extra("1")))
	var deep any = "x"
	for range 1000 {
		deep = map[string]any{"d": deep}
	}
	require.Less(t, len(object{"d": deep}.extra("1")), 200)
}

func TestNothingIsCalledAtTheStart(t *testing.T) {
	s := newSite(t)
	s.json("/certs", json.RawMessage(jwks(t, map[string]crypto.PublicKey{})))
	newBench(t, Config{Kind: KindOIDC, Issuer: s.URL})
	newBench(t, Config{Kind: KindGoogle, CertsURL: s.URL + "/certs"})
	require.Empty(t, s.calls())
}
