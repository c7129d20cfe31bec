package oauthlogin

import (
	"crypto"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/require"

	"latchkey/domain/accounts"
	"latchkey/domain/identities"
	"latchkey/domain/secret"
)

// corp is a provider of OpenID Connect; changed members of its document, nil for none of them.
func corp(t *testing.T, changed map[string]any, change func(*Config)) (*bench, *site) {
	t.Helper()
	s := newSite(t)
	s.json("/keys", json.RawMessage(jwks(t, map[string]crypto.PublicKey{"k": rsaKey().Public()})))
	s.json("/.well-known/openid-configuration", with(map[string]any{
		"issuer": s.URL, "authorization_endpoint": s.URL + "/authorize", "token_endpoint": s.URL + "/token",
		"jwks_uri": s.URL + "/keys", "userinfo_endpoint": s.URL + "/me", "introspection_endpoint": s.URL + "/introspect",
	}, changed))
	c := Config{Kind: KindOIDC, Issuer: s.URL, Callbacks: callbacks}
	if change != nil {
		change(&c)
	}
	return newBench(t, c), s
}

func corpToken(t *testing.T, s *site, changed map[string]any) string {
	t.Helper()
	claims := with(honest(), map[string]any{"iss": s.URL, "sub": "u-1", "preferred_username": "ada"})
	return sign(t, jose.RS256, rsaKey(), "k", with(claims, changed))
}

func TestACodeOfOpenIDConnect(t *testing.T) {
	b, s := corp(t, nil, nil)
	s.json("/token", map[string]any{"access_token": "a", "refresh_token": "r", "token_type": "Bearer", "expires_in": 60, "id_token": corpToken(t, s, map[string]any{"nonce": "n"})})
	proof := code("c")
	proof.CodeVerifier, proof.Nonce, proof.CallbackURL = secret.New("v"), "n", callbacks[1]
	profile, err := b.vouch(t, proof)
	require.NoError(t, err)
	require.Equal(t, identities.Key{Provider: "oidc", Subject: "u-1"}, profile.Key)
	require.Equal(t, "ada", profile.Username)
	require.Equal(t, "r", profile.Token.Secret.Reveal())
	require.Empty(t, s.at("/me"), "the id_token has the address")
	asked := s.at("/token")[0]
	require.Equal(t, "Basic "+base64.StdEncoding.EncodeToString([]byte("client:hunter2")), asked.authorization)
	require.Equal(t, "v", asked.form.Get("code_verifier"))
	require.Equal(t, callbacks[1], asked.form.Get("redirect_uri"))
	require.Empty(t, asked.form.Get("client_secret"))
	require.Empty(t, profile.Once.ID)
}

func TestTheTokenEndpointIsToldWhoWeAreInItsWay(t *testing.T) {
	for name, c := range map[string]struct {
		methods any
		secret  string
		basic   bool
	}{
		"by default":      {nil, "s", true},
		"both":            {[]string{"client_secret_post", "client_secret_basic"}, "s", true},
		"the body alone":  {[]string{"client_secret_post"}, "s", false},
		"a public client": {nil, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			b, s := corp(t, map[string]any{"token_endpoint_auth_methods_supported": c.methods}, nil)
			found := b.byName["oidc"].kind.(*openID)
			found.Secret = secret.New(c.secret)
			s.json("/token", map[string]any{"access_token": "a", "id_token": corpToken(t, s, nil)})
			_, err := b.vouch(t, code("c"))
			require.NoError(t, err)
			asked := s.at("/token")
			require.Len(t, asked, 1, "a code is good once: nothing is tried")
			require.Equal(t, c.basic, asked[0].authorization != "")
			require.Equal(t, !c.basic, asked[0].form.Get("client_id") == "client")
			require.Equal(t, !c.basic && c.secret != "", asked[0].form.Has("client_secret"))
		})
	}
}

func TestACodeWithoutIDTokenIsRefused(t *testing.T) {
	b, s := corp(t, nil, nil)
	s.json("/token", map[string]any{"access_token": "a"})
	s.json("/me", map[string]any{"sub": "u-1"})
	_, err := b.vouch(t, code("c"))
	require.ErrorIs(t, err, identities.ErrProofRefused)
}

func TestUserinfoSpeaksOfTheSamePerson(t *testing.T) {
	for sub, want := range map[string]error{"u-1": nil, "u-2": identities.ErrProofRefused, "": identities.ErrProofRefused} {
		b, s := corp(t, nil, nil)
		s.json("/token", map[string]any{"access_token": "a", "id_token": corpToken(t, s, map[string]any{"email": nil})})
		s.bearer("/me", map[string]any{"a": map[string]any{"sub": sub, "email": "info@example.com", "email_verified": true}})
		profile, err := b.vouch(t, code("c"))
		require.ErrorIs(t, err, want, sub)
		if want == nil {
			require.Equal(t, []identities.Email{{Address: "info@example.com", Verified: true, Primary: true}}, profile.Emails)
		}
	}
}

func TestAnAccessTokenThatCameAlongOpensNothing(t *testing.T) {
	b, s := corp(t, nil, nil)
	s.json("/me", map[string]any{"sub": "u-1", "email": "victim@example.com", "email_verified": true})
	profile, err := b.vouch(t, identities.Proof{AccessToken: secret.New("x"), IDToken: secret.New(corpToken(t, s, map[string]any{"email": nil}))})
	require.NoError(t, err)
	require.Empty(t, profile.Emails)
	require.Empty(t, s.at("/me"))
}

func TestOpenIDConnectTakesAnAccessTokenOfThisAppOnly(t *testing.T) {
	for name, c := range map[string]struct {
		status    int
		told      any
		unchecked bool
		want      error
	}{
		"ours":                 {200, map[string]any{"active": true, "client_id": "client"}, false, nil},
		"of another client":    {200, map[string]any{"active": true, "client_id": "mobile"}, false, nil},
		"another app's":        {200, map[string]any{"active": true, "client_id": "other", "aud": "client"}, false, identities.ErrProofRefused},
		"of nobody":            {200, map[string]any{"active": true}, false, identities.ErrProofRefused},
		"over":                 {200, map[string]any{"active": false, "client_id": "client"}, false, identities.ErrProofRefused},
		"active in words":      {200, map[string]any{"active": "true", "client_id": "client"}, false, identities.ErrProofRefused},
		"nothing told":         {200, map[string]any{}, false, identities.ErrProofRefused},
		"no permission":        {401, map[string]any{}, false, identities.ErrProofRefused},
		"HTML":                 {200, "oops", false, identities.ErrProviderUnavailable},
		"unchecked on purpose": {401, map[string]any{}, true, nil},
	} {
		t.Run(name, func(t *testing.T) {
			b, s := corp(t, nil, func(conf *Config) { conf.Audiences, conf.UncheckedAccessTokens = []string{"mobile"}, c.unchecked })
			s.answer("/introspect", c.status, c.told)
			s.bearer("/me", map[string]any{"a": map[string]any{"sub": "u-1"}})
			profile, err := b.vouch(t, accessToken("a"))
			require.ErrorIs(t, err, c.want)
			require.Equal(t, c.want == nil, len(s.at("/me")) == 1)
			if c.want == nil {
				require.Equal(t, "u-1", profile.Key.Subject)
			}
		})
	}
	b, s := corp(t, map[string]any{"introspection_endpoint": nil}, nil)
	s.bearer("/me", map[string]any{"a": map[string]any{"sub": "u-1"}})
	_, err := b.vouch(t, accessToken("a"))
	require.ErrorIs(t, err, identities.ErrProofRefused, "there is nobody to ask whose it is")
}

func TestADocumentThatIsNoGood(t *testing.T) {
	for name, changed := range map[string]map[string]any{
		"another issuer's": {"issuer": "https://evil.example"}, "no issuer": {"issuer": nil}, "not of text": {"token_endpoint": 5},
	} {
		t.Run(name, func(t *testing.T) {
			b, s := corp(t, changed, nil)
			for _, proof := range []identities.Proof{idToken(corpToken(t, s, nil)), code("c"), accessToken("a")} {
				_, err := b.vouch(t, proof)
				require.ErrorIs(t, err, identities.ErrProviderUnavailable)
			}
			require.Len(t, s.calls(), 1, "and is not asked for again and again")
		})
	}
}

func TestADocumentLeadsFromHTTPSToHTTPSOnly(t *testing.T) {
	d := discovery{base: base{Config: Config{Issuer: "https://id.example.com"}}}
	require.True(t, d.secure(document{Token: "https://id.example.com/token", Keys: "https://keys.example.com/"}))
	for _, found := range []document{{Token: "http://id.example.com/token"}, {Keys: "http://x/"}, {UserInfo: "ftp://x/"}, {Introspection: "//x/"}, {Authorization: "javascript:x"}} {
		require.False(t, d.secure(found))
	}
}

func TestTheDocumentIsFetchedOnceAndRefreshed(t *testing.T) {
	b, s := corp(t, nil, nil)
	token := idToken(corpToken(t, s, map[string]any{"exp": began.Add(100 * time.Hour).Unix()}))
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() {
			_, err := b.vouch(t, token)
			require.NoError(t, err)
		})
	}
	all.Wait()
	const path = "/.well-known/openid-configuration"
	require.Len(t, s.at(path), 1)
	b.clock.turn(25 * time.Hour)
	_, err := b.vouch(t, token)
	require.NoError(t, err)
	require.Len(t, s.at(path), 2)
}

func TestAHangingDiscoveryDoesNotHoldEverybodyOneAfterTheOther(t *testing.T) {
	s := newSite(t)
	s.mux.HandleFunc("/", slow)
	b := newBench(t, Config{Kind: KindOIDC, Issuer: s.URL, Timeout: 300 * time.Millisecond})
	start := time.Now()
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			_, err := b.vouch(t, code("c"))
			require.ErrorIs(t, err, identities.ErrProviderUnavailable)
		})
	}
	all.Wait()
	require.Less(t, time.Since(start), 5*time.Second)
	require.Len(t, s.calls(), 1)
}

func TestConfiguredAddressesWinOverTheDocument(t *testing.T) {
	_, s := corp(t, nil, nil)
	other := newSite(t)
	b := newBench(t, Config{Kind: KindOIDC, Issuer: s.URL, AccessTokenURL: other.URL + "/token"})
	other.mux.HandleFunc("/token", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(400) })
	_, err := b.vouch(t, code("c"))
	require.ErrorIs(t, err, identities.ErrCodeRefused)
	require.Len(t, other.calls(), 1)
}

func TestClaimsStandWhereTheyAreConfigured(t *testing.T) {
	b, s := corp(t, nil, func(c *Config) {
		c.Claims = map[string]string{"email": "https://corp.example/mail", "email_verified": "flags.mail", "username": "account.login", "first_name": "account.first"}
	})
	profile, err := b.vouch(t, idToken(corpToken(t, s, map[string]any{
		"https://corp.example/mail": "own@example.com", "flags": map[string]any{"mail": true}, "account": map[string]any{"login": "al", "first": "Al"},
	})))
	require.NoError(t, err)
	require.Equal(t, "u-1", profile.Key.Subject)
	require.Equal(t, []identities.Email{{Address: accounts.Email("own@example.com"), Verified: true, Primary: true}}, profile.Emails)
	require.Equal(t, "al", profile.Username)
	require.Equal(t, "Al", profile.FirstName)
}

func TestOpenIDConnectTakesTheIssuersOwnTokensOnly(t *testing.T) {
	b, s := corp(t, nil, nil)
	for name, changed := range map[string]map[string]any{
		"another issuer": {"iss": "https://evil.example"}, "a slash more": {"iss": s.URL + "/"}, "no issuer": {"iss": nil},
		"another app": {"aud": "other"}, "asked by another app": {"azp": "other"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := b.vouch(t, idToken(corpToken(t, s, changed)))
			require.ErrorIs(t, err, identities.ErrProofRefused)
		})
	}
	_, err := b.vouch(t, idToken(corpToken(t, s, nil)))
	require.NoError(t, err)
}
