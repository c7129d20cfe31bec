package oauthlogin

import (
	"crypto"
	"encoding/json"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/require"

	"latchkey/domain/identities"
)

const (
	tenantA = "aaaaaaaa-1111-2222-3333-444444444444"
	tenantB = "bbbbbbbb-1111-2222-3333-444444444444"
)

// entra are the claims of an id_token of the directory.
func entra(tenant string) map[string]any {
	return map[string]any{
		"iss": "https://login.microsoftonline.com/" + tenant + "/v2.0", "tid": tenant, "aud": "client", "sub": "pairwise", "oid": "oid-1",
		"iat": began.Unix(), "exp": began.Unix() + 3600, "email": "ada@example.com", "email_verified": true, "name": "Ada L",
	}
}

func microsoftBench(t *testing.T, change func(*Config)) (*bench, *site) {
	t.Helper()
	s := newSite(t)
	s.json("/keys", json.RawMessage(jwks(t, map[string]crypto.PublicKey{"m": rsaKey().Public()})))
	c := Config{Kind: KindMicrosoft, CertsURL: s.URL + "/keys", AccessTokenURL: s.URL + "/token", GraphAPIURL: s.URL + "/graph"}
	if change != nil {
		change(&c)
	}
	return newBench(t, c), s
}

func microsoftToken(t *testing.T, claims map[string]any) string {
	t.Helper()
	return sign(t, jose.RS256, rsaKey(), "m", claims)
}

func TestMicrosoftAdmitsTheConfiguredDirectories(t *testing.T) {
	for tenant, admitted := range map[string]map[string]bool{
		"":              {tenantA: true, tenantB: true, consumers: true},
		"common":        {tenantA: true, consumers: true},
		"organizations": {tenantA: true, tenantB: true, consumers: false},
		"consumers":     {tenantA: false, consumers: true},
		tenantA:         {tenantA: true, tenantB: false, consumers: false},
	} {
		b, _ := microsoftBench(t, func(c *Config) { c.Tenant = tenant })
		for id, good := range admitted {
			_, err := b.vouch(t, idToken(microsoftToken(t, entra(id))))
			if good {
				require.NoError(t, err, "%q admits %s", tenant, id)
			} else {
				require.ErrorIs(t, err, identities.ErrProofRefused, "%q does not admit %s", tenant, id)
			}
		}
	}
}

func TestMicrosoftsIssuerBelongsToTheDirectory(t *testing.T) {
	b, _ := microsoftBench(t, nil)
	for name, changed := range map[string]map[string]any{
		"another directory's":        {"iss": "https://login.microsoftonline.com/" + tenantB + "/v2.0"},
		"of the first version":       {"iss": "https://sts.windows.net/" + tenantA + "/"},
		"another site's":             {"iss": "https://evil.example/" + tenantA + "/v2.0"},
		"no directory":               {"tid": nil},
		"a directory that is a path": {"tid": "../x", "iss": "https://login.microsoftonline.com/../x/v2.0"},
		"the word common":            {"tid": "common", "iss": "https://login.microsoftonline.com/common/v2.0"},
		"the template":               {"iss": "https://login.microsoftonline.com/{tenantid}/v2.0"},
		"another app":                {"aud": "other"},
		"nobody":                     {"oid": nil},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := b.vouch(t, idToken(microsoftToken(t, with(entra(tenantA), changed))))
			require.ErrorIs(t, err, identities.ErrProofRefused)
		})
	}
}

func TestMicrosoftVerifiesNoAddress(t *testing.T) {
	for name, c := range map[string]struct {
		edov     any
		verified bool
	}{
		"the directory's owner wrote it": {nil, false}, "its domain is not verified": {false, false}, "its domain is verified": {true, true},
	} {
		t.Run(name, func(t *testing.T) {
			b, _ := microsoftBench(t, nil)
			profile, err := b.vouch(t, idToken(microsoftToken(t, with(entra(tenantA), map[string]any{"xms_edov": c.edov}))))
			require.NoError(t, err)
			require.Equal(t, "oid-1", profile.Key.Subject)
			require.Equal(t, []identities.Email{{Address: "ada@example.com", Verified: c.verified, Primary: true}}, profile.Emails)
		})
	}
}

func TestMicrosoftsSubjectIsTheSameByBothWays(t *testing.T) {
	for objectID, graphs := range map[string]string{
		"cccccccc-1111-2222-3333-444444444444": "cccccccc-1111-2222-3333-444444444444",
		"00000000-0000-0000-48d3-1887fad3f4a0": "48d31887fad3f4a0", // a personal account
	} {
		access := microsoftToken(t, map[string]any{"appid": "client", "tid": tenantA})
		b, s := microsoftBench(t, nil)
		s.bearer("/graph/me", map[string]any{access: map[string]any{"id": graphs, "displayName": "Ada L", "mail": nil, "userPrincipalName": "ada@example.com"}})
		byIDToken, err := b.vouch(t, idToken(microsoftToken(t, with(entra(tenantA), map[string]any{"oid": objectID}))))
		require.NoError(t, err)
		byAccessToken, err := b.vouch(t, accessToken(access))
		require.NoError(t, err)
		require.Equal(t, byIDToken.Key, byAccessToken.Key)
		require.Equal(t, []identities.Email{{Address: "ada@example.com", Primary: true}}, byAccessToken.Emails)
	}
}

func TestMicrosoftTakesATokenOfThisAppOnly(t *testing.T) {
	for name, c := range map[string]struct {
		token     string
		unchecked bool
		want      error
	}{
		"ours":                 {microsoftToken(t, map[string]any{"appid": "client", "tid": tenantA}), false, nil},
		"ours, second version": {microsoftToken(t, map[string]any{"azp": "client", "tid": tenantA}), false, nil},
		"another app's":        {microsoftToken(t, map[string]any{"appid": "other", "tid": tenantA}), false, identities.ErrProofRefused},
		"another app's for us": {microsoftToken(t, map[string]any{"appid": "other", "aud": "client", "azp": "client", "tid": tenantA}), false, identities.ErrProofRefused},
		"another directory's":  {microsoftToken(t, map[string]any{"appid": "client", "tid": tenantB}), false, identities.ErrProofRefused},
		"of no app":            {microsoftToken(t, map[string]any{"tid": tenantA}), false, identities.ErrProofRefused},
		"opaque":               {"EwBopaque", false, identities.ErrProofRefused},
		"no JSON":              {"a.b.c", false, identities.ErrProofRefused},
		"five parts":           {"a.b.c.d.e", false, identities.ErrProofRefused},
		"opaque, on purpose":   {"EwBopaque", true, nil},
	} {
		t.Run(name, func(t *testing.T) {
			b, s := microsoftBench(t, func(conf *Config) { conf.Tenant, conf.UncheckedAccessTokens = tenantA, c.unchecked })
			s.bearer("/graph/me", map[string]any{c.token: map[string]any{"id": "1"}})
			_, err := b.vouch(t, accessToken(c.token))
			require.ErrorIs(t, err, c.want)
		})
	}
}

func TestATokenThatGraphDoesNotTakeIsForged(t *testing.T) {
	b, s := microsoftBench(t, nil)
	s.bearer("/graph/me", nil)
	_, err := b.vouch(t, accessToken(microsoftToken(t, map[string]any{"appid": "client", "tid": tenantA})))
	require.ErrorIs(t, err, identities.ErrProofRefused)
}

func TestMicrosoftsCodeGivesAnIDToken(t *testing.T) {
	b, s := microsoftBench(t, nil)
	s.json("/token", map[string]any{"access_token": "a", "token_type": "Bearer", "id_token": microsoftToken(t, entra(tenantA))})
	profile, err := b.vouch(t, code("c"))
	require.NoError(t, err)
	require.Equal(t, "oid-1", profile.Key.Subject)
}
