package oauthlogin

import (
	"crypto"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/domain/identities"
	"latchkey/domain/secret"
)

func TestGoogleTakesATokenOfThisAppOnly(t *testing.T) {
	const info, me = "/oauth2.googleapis.com/tokeninfo", "/www.googleapis.com/oauth2/v2/userinfo"
	for name, c := range map[string]struct {
		status int
		told   map[string]any
		want   error
	}{
		"ours":                   {200, map[string]any{"aud": "client", "azp": "client"}, nil},
		"of another client":      {200, map[string]any{"aud": "android"}, nil},
		"another app's":          {200, map[string]any{"aud": "other", "azp": "other"}, identities.ErrProofRefused},
		"of nobody":              {200, map[string]any{}, identities.ErrProofRefused},
		"of an empty name":       {200, map[string]any{"aud": "", "azp": ""}, identities.ErrProofRefused},
		"not Google's":           {400, map[string]any{"error": "invalid_token"}, identities.ErrProofRefused},
		"not told at the moment": {429, map[string]any{}, identities.ErrProviderUnavailable},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t)
			s.answer(info, c.status, c.told)
			s.bearer(me, map[string]any{"g": map[string]any{"id": "1", "email": "ada@example.com", "verified_email": true, "given_name": "Ada"}})
			b := newBench(t, Config{Kind: KindGoogle, Audiences: []string{"android"}})
			b.leadTo(t, s)
			profile, err := b.vouch(t, accessToken("g"))
			require.ErrorIs(t, err, c.want)
			require.Equal(t, c.want == nil, len(s.at(me)) == 1, "userinfo answers to every app's token")
			require.Empty(t, s.at(info)[0].query, "the token stands in no URL")
			if c.want == nil {
				require.Equal(t, "1", profile.Key.Subject)
				require.True(t, profile.Emails[0].Verified)
				require.Equal(t, "Ada", profile.FirstName)
			}
		})
	}
}

func TestGooglesTokenInfoIsNotAskedWhereThatIsConfigured(t *testing.T) {
	for name, c := range map[string]Config{
		"unchecked": {UncheckedAccessTokens: true, TokenInfoURL: "/info"}, "a stand-in without": {},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t)
			s.bearer("/me", map[string]any{"g": map[string]any{"sub": "2", "id": "1"}})
			c.Kind, c.IdentityURL = KindGoogle, s.URL+"/me"
			if c.TokenInfoURL != "" {
				c.TokenInfoURL = s.URL + c.TokenInfoURL
			}
			b := newBench(t, c)
			profile, err := b.vouch(t, accessToken("g"))
			require.NoError(t, err)
			require.Equal(t, "2", profile.Key.Subject, "sub before id")
			_, err = b.vouch(t, accessToken("x"))
			require.ErrorIs(t, err, identities.ErrProofRefused)
			require.Empty(t, s.at("/info"))
		})
	}
}

func TestAnAccessTokenWinsOverACode(t *testing.T) {
	b, s := googleBench(t, nil)
	s.bearer("/me", map[string]any{"g": map[string]any{"id": "1"}})
	s.json("/token", map[string]any{"access_token": "never"})
	_, err := b.vouch(t, identities.Proof{AccessToken: secret.New("g"), Code: secret.New("c")})
	require.NoError(t, err)
	_, err = b.vouch(t, identities.Proof{AccessToken: secret.New("x"), Code: secret.New("c")})
	require.ErrorIs(t, err, identities.ErrProofRefused)
	require.Empty(t, s.at("/token"))
}

func TestAnIDTokenThatIsRefusedIsNotMadeGoodByAnAccessToken(t *testing.T) {
	b, s := googleBench(t, nil)
	s.bearer("/me", map[string]any{"g": map[string]any{"id": "1"}})
	forged := encoded(map[string]any{"alg": "none"}, honest(), "")
	_, err := b.vouch(t, identities.Proof{AccessToken: secret.New("g"), IDToken: secret.New(forged)})
	require.ErrorIs(t, err, identities.ErrProofRefused)
	require.Empty(t, s.at("/me"))
}

func TestGooglesCodeWithoutIDTokenLeadsToUserinfo(t *testing.T) {
	s := newSite(t)
	s.json("/certs", json.RawMessage(jwks(t, map[string]crypto.PublicKey{})))
	s.json("/token", map[string]any{"access_token": "g", "token_type": "Bearer"})
	s.bearer("/me", map[string]any{"g": map[string]any{"id": "1"}})
	b := newBench(t, Config{Kind: KindGoogle, AccessTokenURL: s.URL + "/token", IdentityURL: s.URL + "/me", TokenInfoURL: s.URL + "/info", Callbacks: callbacks})
	proof := code("c")
	proof.CallbackURL = callbacks[1]
	profile, err := b.vouch(t, proof)
	require.NoError(t, err)
	require.Equal(t, "1", profile.Key.Subject)
	require.Empty(t, s.at("/info"), "what our own exchange gave is ours")
	require.Equal(t, callbacks[1], s.at("/token")[0].form.Get("redirect_uri"))
}
