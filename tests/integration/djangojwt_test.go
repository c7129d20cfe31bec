package integration

import (
	"net/http"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// djangoRefresh refreshes at Latchkey.
func djangoRefresh(t *testing.T, p *process, refresh string) djangoAnswer {
	t.Helper()
	return djangoPost(t, p, "token/refresh/", map[string]string{"refresh": refresh})
}

// jwtOfDjango: simplejwt before 5.5.1 writes the user's id as a number.
func jwtOfDjango(t *testing.T, s *djangoSides) {
	name := s.made(t, true)
	pair := s.django.texts(t, "make_jwt", with{"username": name})
	require.InDelta(t, s.django.user(t, name).ID, djangoAsk[any](t, s.django, "user_id_in", with{"access": pair["access"]}), 0)
	require.Equal(t, name, djangoCaller(t, s.jwt, djangoByJWT(pair["access"]), nil))
	require.Equal(t, http.StatusOK, djangoPost(t, s.jwt, "token/verify/", map[string]string{"token": pair["access"]}).status)
	require.Empty(t, djangoCaller(t, s.jwt, djangoByJWT(pair["refresh"]), nil))

	rotated := djangoRefresh(t, s.jwt, pair["refresh"])
	require.Equal(t, http.StatusOK, rotated.status, rotated.text)
	require.Equal(t, name, s.django.text(t, "read_jwt", with{"access": rotated.member("access")}))
	s.django.do(t, "refresh_jwt", with{"refresh": rotated.member("refresh")})
	s.django.refuses(t, "TokenError", "refresh_jwt", with{"refresh": pair["refresh"]})
}

// jwtOfLatchkey: simplejwt looks a text up as it does a number.
func jwtOfLatchkey(t *testing.T, s *djangoSides) {
	name, _ := s.registered(t)
	pair := djangoLogin(t, s.jwt, name)
	require.Equal(t, strconv.FormatInt(s.django.user(t, name).ID, 10), s.django.text(t, "user_id_in", with{"access": pair.member("access")}))
	require.Equal(t, name, s.django.text(t, "read_jwt", with{"access": pair.member("access")}))
	s.django.refuses(t, "InvalidToken", "read_jwt", with{"access": pair.member("refresh")})
	require.Equal(t, 1, djangoAsk[int](t, s.django, "outstanding_of", with{"jwt_of": name}))

	rotated := s.django.texts(t, "refresh_jwt", with{"refresh": pair.member("refresh")})
	require.Equal(t, name, djangoCaller(t, s.jwt, djangoByJWT(rotated["access"]), nil))
	require.Equal(t, http.StatusOK, djangoRefresh(t, s.jwt, rotated["refresh"]).status)
	require.Equal(t, http.StatusUnauthorized, djangoRefresh(t, s.jwt, pair.member("refresh")).status)
}

// blacklistOfDjango blacklists there the tokens of both.
func blacklistOfDjango(t *testing.T, s *djangoSides) {
	name := s.made(t, true)
	for _, refresh := range []string{
		s.django.texts(t, "make_jwt", with{"username": name})["refresh"], djangoLogin(t, s.jwt, name).member("refresh"),
	} {
		s.django.do(t, "blacklist_jwt", with{"refresh": refresh})
		require.Equal(t, http.StatusUnauthorized, djangoRefresh(t, s.jwt, refresh).status)
	}
}

// blacklistOfLatchkey logs out there with the tokens of both.
func blacklistOfLatchkey(t *testing.T, s *djangoSides) {
	name, _ := s.registered(t)
	login := djangoLogin(t, s.jwt, name)
	made := s.django.texts(t, "make_jwt", with{"username": name})
	for refresh, access := range map[string]string{login.member("refresh"): login.member("access"), made["refresh"]: made["access"]} {
		out := djangoSend(t, s.jwt, djangoCall{
			method: http.MethodPost, path: "logout/", body: map[string]string{"refresh": refresh}, headers: djangoByJWT(access),
		})
		require.Equal(t, http.StatusOK, out.status, out.text)
		s.django.refuses(t, "TokenError", "refresh_jwt", with{"refresh": refresh})
	}
}
