package oauthlogin

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/domain/identities"
)

func TestPlainOAuthTakesATokenOfThisAppOnly(t *testing.T) {
	for name, c := range map[string]struct {
		introspection string
		unchecked     bool
		want          error
	}{
		"ours":                {"/ours", false, nil},
		"another app's":       {"/other", false, identities.ErrProofRefused},
		"nobody can be asked": {"", false, identities.ErrProofRefused},
		"on purpose":          {"", true, nil},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t)
			s.json("/ours", map[string]any{"active": true, "client_id": "client"})
			s.json("/other", map[string]any{"active": true, "client_id": "other"})
			s.bearer("/me", map[string]any{"a": map[string]any{"id": json.Number("9007199254740993")}})
			conf := Config{Kind: KindOAuth2, IdentityURL: s.URL + "/me", UncheckedAccessTokens: c.unchecked}
			if c.introspection != "" {
				conf.IntrospectionURL = s.URL + c.introspection
			}
			profile, err := newBench(t, conf).vouch(t, accessToken("a"))
			require.ErrorIs(t, err, c.want)
			require.Equal(t, c.want == nil, len(s.at("/me")) == 1)
			if c.want == nil {
				require.Equal(t, "9007199254740993", profile.Key.Subject)
			}
		})
	}
}

func TestASubjectHasToStandInTheAnswer(t *testing.T) {
	for told, want := range map[string]error{
		`{"id":"1"}`: nil, `{"sub":"1"}`: nil, `{"id":0}`: nil,
		`{}`: identities.ErrProofRefused, `{"id":""}`: identities.ErrProofRefused, `{"id":null}`: identities.ErrProofRefused,
		`{"id":true}`: identities.ErrProofRefused, `{"id":["1"]}`: identities.ErrProofRefused, `{"id":{"x":1}}`: identities.ErrProofRefused,
		`{"ID":"1"}`: identities.ErrProofRefused, `{"id":"a\u0000b"}`: identities.ErrProofRefused, `{"id":"a\u0085"}`: identities.ErrProofRefused,
	} {
		s := newSite(t)
		s.json("/token", map[string]any{"access_token": "a"})
		s.json("/me", json.RawMessage(told))
		_, err := newBench(t, Config{Kind: KindOAuth2, IdentityURL: s.URL + "/me", AccessTokenURL: s.URL + "/token"}).vouch(t, code("c"))
		require.ErrorIs(t, err, want, told)
	}
}

func TestTheSubjectStandsWhereItIsConfiguredAndNowhereElse(t *testing.T) {
	for told, subject := range map[string]string{`{"data":{"uid":7},"id":"1"}`: "7", `{"id":"1"}`: ""} {
		s := newSite(t)
		s.json("/token", map[string]any{"access_token": "a"})
		s.json("/me", json.RawMessage(told))
		b := newBench(t, Config{
			Kind: KindOAuth2, IdentityURL: s.URL + "/me", AccessTokenURL: s.URL + "/token", Claims: map[string]string{"subject": "data.uid"},
		})
		profile, err := b.vouch(t, code("c"))
		require.Equal(t, subject, profile.Key.Subject)
		require.Equal(t, subject == "", err != nil)
	}
}
