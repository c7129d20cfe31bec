package oauthlogin

import (
	"encoding/json"
	"net/http"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/domain/accounts"
	"latchkey/domain/identities"
)

func enterprise(t *testing.T) (*bench, *site) {
	t.Helper()
	s := newSite(t)
	s.bearer("/api/v3/user", map[string]any{"gh": map[string]any{"id": json.Number("9007199254740993"), "login": "ada", "name": nil, "email": "public@example.com"}})
	return newBench(t, Config{Kind: KindGitHub, GitHubURL: s.URL, Callbacks: callbacks}), s
}

func TestGitHubTellsWhichAddressesAreVerified(t *testing.T) {
	b, s := enterprise(t)
	s.json("/api/v3/user/emails", []map[string]any{
		{"email": "old@example.com", "primary": false, "verified": false}, {"email": "ada@example.com", "primary": true, "verified": true}, {"email": "no address"},
	})
	profile, err := b.vouch(t, accessToken("gh"))
	require.NoError(t, err)
	require.Equal(t, "9007199254740993", profile.Key.Subject, "not its neighbour in floating point")
	require.Equal(t, "ada", profile.Username)
	require.Empty(t, profile.Name)
	require.Equal(t, []identities.Email{{Address: "old@example.com"}, {Address: "ada@example.com", Verified: true, Primary: true}}, profile.Emails)
	require.Contains(t, string(profile.Extra), "9007199254740993")
}

func TestWithoutAListTheProfilesAddressIsUnverified(t *testing.T) {
	for name, status := range map[string]int{"none": 404, "no permission": 403, "an empty list": 200} {
		t.Run(name, func(t *testing.T) {
			b, s := enterprise(t)
			s.answer("/api/v3/user/emails", status, []any{})
			profile, err := b.vouch(t, accessToken("gh"))
			require.NoError(t, err)
			require.Equal(t, []identities.Email{{Address: "public@example.com", Primary: true}}, profile.Emails)
		})
	}
}

func TestAListThatCannotBeHadIsNotAnEmptyOne(t *testing.T) {
	for status, want := range map[int]error{429: identities.ErrProviderUnavailable, 302: identities.ErrProviderUnavailable, 401: identities.ErrProofRefused} {
		b, s := enterprise(t)
		s.answer("/api/v3/user/emails", status, []any{})
		_, err := b.vouch(t, accessToken("gh"))
		require.ErrorIs(t, err, want, status)
	}
	b, s := enterprise(t)
	s.json("/api/v3/user/emails", "oops")
	_, err := b.vouch(t, accessToken("gh"))
	require.ErrorIs(t, err, identities.ErrProviderUnavailable)
}

func TestOfManyAddressesAFewAreTaken(t *testing.T) {
	b, s := enterprise(t)
	var many []map[string]any
	for i := range 1000 {
		many = append(many, map[string]any{"email": "a" + strconv.Itoa(i) + "@example.com"})
	}
	s.json("/api/v3/user/emails", many)
	profile, err := b.vouch(t, accessToken("gh"))
	require.NoError(t, err)
	require.Len(t, profile.Emails, emailsMost)
	require.Equal(t, accounts.Email("a0@example.com"), profile.Emails[0].Address)
}

func TestGitHubsCodesAreExchangedInEitherForm(t *testing.T) {
	for kind, text := range map[string]string{
		"application/x-www-form-urlencoded; charset=utf-8": "access_token=gh&scope=user&token_type=bearer",
		"application/json": `{"access_token":"gh","token_type":"bearer"}`,
	} {
		b, s := enterprise(t)
		s.json("/api/v3/user/emails", []any{})
		s.mux.HandleFunc("/login/oauth/access_token", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", kind)
			_, _ = w.Write([]byte(text))
		})
		profile, err := b.vouch(t, code("c"))
		require.NoError(t, err)
		require.Equal(t, "gh", profile.Token.Access.Reveal())
		form := s.at("/login/oauth/access_token")[0].form
		require.Equal(t, "client", form.Get("client_id"))
		require.Equal(t, "hunter2", form.Get("client_secret"))
		require.Equal(t, callbacks[0], form.Get("redirect_uri"))
	}
}

func TestTheRealGitHubIsAskedWhoseTokenItIs(t *testing.T) {
	for name, c := range map[string]struct {
		status    int
		unchecked bool
		want      error
	}{
		"ours":                            {200, false, nil},
		"another app's":                   {404, false, identities.ErrProofRefused},
		"another app's, taken on purpose": {404, true, nil},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t)
			s.answer("/api.github.com/applications/client/token", c.status, map[string]any{})
			s.bearer("/api.github.com/user", map[string]any{"gh": map[string]any{"id": 1, "login": "ada"}})
			b := newBench(t, Config{Kind: KindGitHub, UncheckedAccessTokens: c.unchecked})
			b.leadTo(t, s)
			_, err := b.vouch(t, accessToken("gh"))
			require.ErrorIs(t, err, c.want)
			if c.unchecked {
				return
			}
			asked := s.at("/api.github.com/applications/client/token")[0]
			require.Equal(t, "POST", asked.method)
			require.JSONEq(t, `{"access_token":"gh"}`, asked.body)
			require.Contains(t, asked.authorization, "Basic ")
			require.Equal(t, c.want == nil, len(s.at("/api.github.com/user")) == 1)
		})
	}
}
