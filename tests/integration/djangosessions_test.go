package integration

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

func apiTokenOfDjango(t *testing.T, s *djangoSides) {
	name := s.made(t, true)
	key := s.django.text(t, "make_token", with{"username": name})
	require.Equal(t, name, djangoCaller(t, s.plain, djangoByToken(key), nil))
	require.Equal(t, key, djangoLogin(t, s.plain, name).member("key"), "a login gives the token that there is")
}

func apiTokenOfLatchkey(t *testing.T, s *djangoSides) {
	name, key := s.registered(t)
	require.Equal(t, name, s.django.text(t, "read_token", with{"key": key}))
	require.Equal(t, key, s.django.text(t, "make_token", with{"username": name}))
	out := djangoSend(t, s.plain, djangoCall{method: http.MethodPost, path: "logout/", headers: djangoByToken(key)})
	require.Equal(t, http.StatusOK, out.status, out.text)
	s.django.refuses(t, "AuthenticationFailed", "read_token", with{"key": key})
}

func sessionOfDjango(t *testing.T, s *djangoSides) {
	name := s.made(t, true)
	key := s.django.text(t, "session_login", with{"username": name})
	require.Equal(t, name, djangoCaller(t, s.plain, nil, djangoBySession(key)))
	s.django.do(t, "session_logout", with{"key": key})
	require.Empty(t, djangoCaller(t, s.plain, nil, djangoBySession(key)))

	key = s.django.text(t, "session_login", with{"username": name})
	s.django.do(t, "set_password", with{"username": name, "password": djangoPassword + "-2"})
	require.Empty(t, djangoCaller(t, s.plain, nil, djangoBySession(key)), "a new password ends sessions")
}

func sessionOfLatchkey(t *testing.T, s *djangoSides) {
	name, _ := s.registered(t)
	login := djangoLogin(t, s.plain, name)
	key := login.cookies["sessionid"]
	require.Equal(t, name, s.django.text(t, "read_session", with{"key": key}))
	out := djangoSend(t, s.plain, djangoCall{
		method: http.MethodPost, path: "logout/", headers: map[string]string{"X-CSRFToken": login.cookies["csrftoken"]},
		cookies: map[string]string{"sessionid": key, "csrftoken": login.cookies["csrftoken"]},
	})
	require.Equal(t, http.StatusOK, out.status, out.text)
	require.Empty(t, s.django.text(t, "read_session", with{"key": key}))

	key = djangoLogin(t, s.plain, name).cookies["sessionid"]
	s.django.do(t, "set_password", with{"username": name, "password": djangoPassword + "-2"})
	require.Empty(t, s.django.text(t, "read_session", with{"key": key}), "a new password ends sessions")
	require.Empty(t, djangoCaller(t, s.plain, nil, djangoBySession(key)))
}

// csrfOfDjango: up to Django 4.0 the cookie is masked, too.
func csrfOfDjango(t *testing.T, s *djangoSides) {
	session := s.django.text(t, "session_login", with{"username": s.made(t, true)})
	mine, other := s.django.texts(t, "csrf_pair", nil), s.django.texts(t, "csrf_pair", nil)
	require.NotEqual(t, mine["cookie"], mine["token"])
	patch := func(token string) int {
		return djangoSend(t, s.plain, djangoCall{
			method: http.MethodPatch, path: "user/", body: map[string]string{"first_name": "Ada"},
			headers: map[string]string{"X-CSRFToken": token},
			cookies: map[string]string{"sessionid": session, "csrftoken": mine["cookie"]},
		}).status
	}
	require.Equal(t, http.StatusForbidden, patch(other["token"]))
	require.Equal(t, http.StatusOK, patch(mine["token"]))
	require.Equal(t, http.StatusOK, patch(mine["cookie"]))
}

func csrfOfLatchkey(t *testing.T, s *djangoSides) {
	name, _ := s.registered(t)
	mine, other := djangoLogin(t, s.plain, name).cookies["csrftoken"], djangoLogin(t, s.plain, name).cookies["csrftoken"]
	require.NotEmpty(t, mine)
	asked := djangoSend(t, s.plain, djangoCall{method: http.MethodGet, path: "csrf/", cookies: map[string]string{"csrftoken": mine}})
	for _, good := range []string{mine, asked.member("csrfToken"), s.django.texts(t, "csrf_pair", with{"cookie": mine})["token"]} {
		require.True(t, s.django.holds(t, "csrf_check", with{"cookie": mine, "token": good}), good)
	}
	require.False(t, s.django.holds(t, "csrf_check", with{"cookie": mine, "token": other}))
}
