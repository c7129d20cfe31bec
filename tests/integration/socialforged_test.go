package integration

import (
	"maps"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// requireRefused: every refusal reads the same, so that it does not teach a forger.
func (s *socialService) requireRefused(t *testing.T, answer accessAnswer) {
	t.Helper()
	require.Equal(t, http.StatusBadRequest, answer.status, answer.text)
	require.Equal(t, socialRefused, answer.text)
	require.Empty(t, answer.cookies)
}

func TestSocialForgedIDTokensLetNobodyIn(t *testing.T) {
	s, google, corp := socialSigners(t)
	victim := s.register(t)
	key := map[string]string{"Authorization": "Token " + s.login(t, victim, accessPassword).key}
	for _, f := range []*socialSigner{google, corp} {
		tokens := f.forgedSignatures(t)
		for name, claims := range f.wrongClaims() {
			tokens[name] = f.honest(t, claims)
		}
		for name, token := range tokens {
			t.Run(f.path+name, func(t *testing.T) {
				body := map[string]string{"id_token": token}
				s.requireRefused(t, s.post(t, f.path, body))
				s.requireRefused(t, s.send(t, accessRequest{method: http.MethodPost, path: f.path + "connect/", body: body, header: key}))
				s.requireRows(t, 1, 0)
			})
		}
	}
	for i, f := range []*socialSigner{google, corp} { // and the same keys sign honest ones
		honest := f.honest(t, map[string]any{"email": nil, "iat": s.Clock.Now().Add(30 * time.Second).Unix()})
		answer := s.post(t, f.path, map[string]string{"id_token": honest})
		require.Equal(t, http.StatusOK, answer.status, answer.text)
		several := f.honest(t, map[string]any{"email": nil, "aud": []string{f.audience, "another-app"}, "azp": f.audience})
		require.Equal(t, answer.string("key"), s.post(t, f.path, map[string]string{"id_token": several}).string("key"))
		s.requireRows(t, i+2, i+1)
	}
}

func TestSocialATokenOfAnotherFlowLetsNobodyIn(t *testing.T) {
	s, google, corp := socialSigners(t)
	for _, f := range []*socialSigner{google, corp} {
		own, other := map[string]any{"nonce": "own"}, map[string]any{"nonce": "another-flow"}
		s.requireRefused(t, s.post(t, f.path, map[string]string{"id_token": f.honest(t, other), "nonce": "own"}))
		s.requireRefused(t, s.post(t, f.path, map[string]string{"id_token": f.honest(t, nil), "nonce": "own"}))

		begun := s.send(t, accessRequest{method: http.MethodGet, path: f.path + "authorize/"})
		require.Equal(t, http.StatusOK, begun.status, begun.text)
		for _, claims := range []map[string]any{own, nil} { // the flow's nonce is another
			cookies := map[string]string{}
			for name, cookie := range begun.cookies {
				cookies[name] = cookie.Value
			}
			s.requireRefused(t, s.send(t, accessRequest{method: http.MethodPost, path: f.path, cookies: cookies, body: map[string]string{
				"id_token": f.honest(t, claims), "state": begun.string("state"), "nonce": "own",
			}}))
			begun = s.send(t, accessRequest{method: http.MethodGet, path: f.path + "authorize/"})
		}
		s.requireRows(t, 0, 0)
	}
	honest := corp.honest(t, map[string]any{"nonce": "own"})
	require.Equal(t, http.StatusOK, s.post(t, corp.path, map[string]string{"id_token": honest, "nonce": "own"}).status)
	s.requireRefused(t, s.post(t, corp.path, map[string]string{"id_token": honest, "nonce": "own"}))
}

func TestSocialATokenWithAnIDIsGoodOnce(t *testing.T) {
	s, google, corp := socialSigners(t)
	for i, f := range []*socialSigner{google, corp} {
		claims := map[string]any{"jti": "one", "sub": f.path, "email": nil}
		token := map[string]string{"id_token": f.honest(t, claims)}
		first := s.post(t, f.path, token)
		require.Equal(t, http.StatusOK, first.status, first.text)
		s.requireRefused(t, s.post(t, f.path, token))
		maps.Copy(claims, map[string]any{"more": "so that the text is another"})
		s.requireRefused(t, s.post(t, f.path, map[string]string{"id_token": f.honest(t, claims)}))
		s.Clock.Advance(59 * time.Minute)
		s.requireRefused(t, s.post(t, f.path, token))
		claims["jti"] = "two"
		require.Equal(t, first.string("key"), s.post(t, f.path, map[string]string{"id_token": f.honest(t, claims)}).string("key"))
		s.requireRows(t, i+1, i+1)
	}
}

func TestSocialATokenOfOneProviderIsNoneOfAnother(t *testing.T) {
	s, google, corp := socialSigners(t)
	s.requireRefused(t, s.post(t, "corp/", map[string]string{"id_token": google.honest(t, nil)}))
	s.requireRefused(t, s.post(t, "google/", map[string]string{"id_token": corp.honest(t, nil)}))
	s.requireRefused(t, s.post(t, "google/", map[string]string{"id_token": google.honest(t, map[string]any{"iss": corp.issuer, "aud": corp.audience})}))
	s.requireRows(t, 0, 0)
}
