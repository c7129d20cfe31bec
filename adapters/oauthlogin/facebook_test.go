package oauthlogin

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/domain/identities"
)

const graph = "/graph.facebook.com/v24.0"

// graphAPI answers as the Graph API does: app is whose token it is, and the proof must be
// made with that app's secret.
func graphAPI(s *site, at, app, appSecret string) {
	s.mux.HandleFunc(at+"/", func(w http.ResponseWriter, r *http.Request) {
		query := r.URL.Query()
		mac := hmac.New(sha256.New, []byte(appSecret))
		mac.Write([]byte(query.Get("access_token")))
		if query.Get("access_token") != "token" || query.Get("appsecret_proof") != hex.EncodeToString(mac.Sum(nil)) {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		answers := map[string]any{
			at + "/app": map[string]any{"id": app},
			at + "/me":  map[string]any{"id": "1001", "email": "ada@example.com", "name": "Ada L", "first_name": "Ada", "last_name": "L"},
		}
		_ = json.NewEncoder(w).Encode(answers[r.URL.Path])
	})
}

func TestFacebookTakesATokenOfThisAppOnly(t *testing.T) {
	for name, c := range map[string]struct {
		app, appSecret string
		want           error
	}{
		"ours":                             {"client", "hunter2", nil},
		"another app's":                    {"other", "other-secret", identities.ErrProofRefused},
		"another app's with a leaked key":  {"other", "hunter2", identities.ErrProofRefused},
		"ours, but our secret is outdated": {"client", "new-secret", identities.ErrProofRefused},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t)
			graphAPI(s, graph, c.app, c.appSecret)
			b := newBench(t, Config{Kind: KindFacebook})
			b.leadTo(t, s)
			profile, err := b.vouch(t, accessToken("token"))
			require.ErrorIs(t, err, c.want)
			if c.want != nil {
				require.Empty(t, s.at(graph+"/me"))
				return
			}
			require.Equal(t, "1001", profile.Key.Subject)
			require.Equal(t, []identities.Email{{Address: "ada@example.com", Primary: true}}, profile.Emails, "Facebook verifies none")
			require.Equal(t, "token", profile.Token.Access.Reveal())
		})
	}
}

func TestAStandInForTheGraphAPIHasOnlyTheProof(t *testing.T) {
	s := newSite(t)
	graphAPI(s, "/facebook", "client", "hunter2")
	b := newBench(t, Config{Kind: KindFacebook, GraphAPIURL: s.URL + "/facebook"})
	_, err := b.vouch(t, accessToken("token"))
	require.NoError(t, err)
	require.Empty(t, s.at("/facebook/app"))
	_, err = b.vouch(t, accessToken("another's"))
	require.ErrorIs(t, err, identities.ErrProofRefused)
}

func TestFacebookExchangesACodeByItsQuery(t *testing.T) {
	s := newSite(t)
	graphAPI(s, "/facebook", "client", "hunter2")
	s.json("/facebook/oauth/access_token", map[string]any{"access_token": "token", "token_type": "bearer", "expires_in": 60})
	b := newBench(t, Config{Kind: KindFacebook, GraphAPIURL: s.URL + "/facebook", Callbacks: callbacks})
	profile, err := b.vouch(t, code("c"))
	require.NoError(t, err)
	require.Equal(t, began.Add(time.Minute), profile.Token.Expires)
	query := s.at("/facebook/oauth/access_token")[0].query
	for name, value := range map[string]string{
		"client_id": "client", "client_secret": "hunter2", "code": "c", "redirect_uri": callbacks[0], "grant_type": "authorization_code",
	} {
		require.Equal(t, value, query.Get(name))
	}
}

func TestACodeThatFacebookGivesNoTokenForIsRefused(t *testing.T) {
	for _, told := range []map[string]any{{}, {"access_token": ""}, {"error": map[string]any{"code": 100}}} {
		s := newSite(t)
		s.json("/facebook/oauth/access_token", told)
		b := newBench(t, Config{Kind: KindFacebook, GraphAPIURL: s.URL + "/facebook"})
		_, err := b.vouch(t, code("c"))
		require.ErrorIs(t, err, identities.ErrCodeRefused)
	}
}
