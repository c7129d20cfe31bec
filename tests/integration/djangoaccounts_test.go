package integration

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/tests/kit"
)

// djangoIdentity is a row of socialaccount_socialaccount as the ORM reads it.
type djangoIdentity struct {
	Username  string
	ExtraData map[string]any `json:"extra_data"`
	Kind      string
}

func (s *djangoSides) identity(t *testing.T, uid string) djangoIdentity {
	t.Helper()
	return djangoAsk[djangoIdentity](t, s.django, "read_identity", with{"provider": "google", "uid": uid})
}

// atGoogle opens an account there and returns its number, and the access token.
func (s *djangoSides) atGoogle(name string) (uid, token string) {
	uid, token = "7000"+name, "token-of-"+name
	s.provider.AddPerson(kit.Google, token, map[string]any{
		"id": uid, "email": djangoEmail(name), "verified_email": true, "given_name": "Zoë", "locale": nil,
	})
	return uid, token
}

func (s *djangoSides) signIn(t *testing.T, token string) djangoAnswer {
	t.Helper()
	answer := djangoPost(t, s.plain, "google/", map[string]string{"access_token": token})
	require.Equal(t, http.StatusOK, answer.status, answer.text)
	return answer
}

// social signs somebody new in by Google and returns the API token and the number there.
func (s *djangoSides) social(t *testing.T) (key, uid string) {
	t.Helper()
	uid, token := s.atGoogle(s.name())
	return s.signIn(t, token).member("key"), uid
}

func identityOfDjango(t *testing.T, s *djangoSides) {
	name := s.made(t, true)
	uid, token := s.atGoogle(name)
	s.django.do(t, "make_identity", with{"username": name, "provider": "google", "uid": uid, "extra_data": map[string]any{"locale": "de"}})
	require.Equal(t, name, djangoCaller(t, s.plain, djangoByToken(s.signIn(t, token).member("key")), nil))
	identity := s.identity(t, uid)
	require.Equal(t, "dict", identity.Kind)
	require.Equal(t, "Zoë", identity.ExtraData["given_name"], "a sign-in brings it up to date")
}

func identityOfLatchkey(t *testing.T, s *djangoSides) {
	name := s.name()
	uid, token := s.atGoogle(name)
	key := s.signIn(t, token).member("key")
	identity := s.identity(t, uid)
	require.Equal(t, djangoCaller(t, s.plain, djangoByToken(key), nil), identity.Username)
	require.Equal(t, "dict", identity.Kind)
	require.Equal(t, djangoEmail(name), identity.ExtraData["email"])
	require.True(t, djangoAsk[djangoAddress](t, s.django, "read_email", with{"email": djangoEmail(name)}).Verified)

	s.django.do(t, "save_identity", with{"provider": "google", "uid": uid})
	require.Equal(t, identity, s.identity(t, uid))
	require.Equal(t, key, s.signIn(t, token).member("key"))
}

func profileOfDjango(t *testing.T, s *djangoSides) {
	name, key := s.registered(t)
	s.django.do(t, "save_user", with{"username": name, "first_name": "Zoë", "is_staff": true})
	answer := djangoSend(t, s.plain, djangoCall{method: http.MethodGet, path: "user/", headers: djangoByToken(key)})
	require.Equal(t, "Zoë", answer.member("first_name"))
	require.Equal(t, djangoEmail(name), answer.member("email"))
}

func profileOfLatchkey(t *testing.T, s *djangoSides) {
	name := s.made(t, true)
	require.True(t, s.django.holds(t, "give_rights", with{"username": name}))
	key := djangoLogin(t, s.plain, name).member("key")
	answer := djangoSend(t, s.plain, djangoCall{
		method: http.MethodPatch, path: "user/", headers: djangoByToken(key),
		body: map[string]string{"first_name": "Zoë", "username": name + "b"},
	})
	require.Equal(t, http.StatusOK, answer.status, answer.text)
	require.Equal(t, "Zoë", s.django.user(t, name+"b").FirstName)
	require.True(t, s.django.holds(t, "give_rights", with{"username": name + "b"}))
	s.django.do(t, "save_user", with{"username": name + "b", "last_name": "Ğ"})
}

// lastLoginOfDjango: reset links are void once their owner has logged in, at either side.
func lastLoginOfDjango(t *testing.T, s *djangoSides) {
	name, _ := s.registered(t)
	asked := djangoPost(t, s.plain, "password/reset/", map[string]string{"email": djangoEmail(name)})
	require.Equal(t, http.StatusOK, asked.status, asked.text)
	link := s.linkTo(t, djangoEmail(name), "reset")
	require.Equal(t, name, s.django.text(t, "check_reset", with{"uid": link[0], "token": link[1]}))
	s.secondPasses(t, name)
	s.django.do(t, "session_login", with{"username": name})
	require.Equal(t, http.StatusBadRequest, djangoConfirmReset(t, s.plain, link[0], link[1]))
}

func lastLoginOfLatchkey(t *testing.T, s *djangoSides) {
	name := s.made(t, true)
	require.Empty(t, s.django.user(t, name).LastLogin)
	link := s.django.texts(t, "make_reset", with{"username": name})
	djangoLogin(t, s.plain, name)
	written, err := time.Parse(time.RFC3339Nano, s.django.user(t, name).LastLogin)
	require.NoError(t, err)
	require.WithinDuration(t, time.Now(), written, time.Minute)
	require.Empty(t, s.django.text(t, "check_reset", with{"uid": link["uid"], "token": link["token"]}))
}

// secondPasses waits until the second of the last login is over: a token covers no fractions of it.
func (s *djangoSides) secondPasses(t *testing.T, name string) {
	t.Helper()
	last, err := time.Parse(time.RFC3339Nano, s.django.user(t, name).LastLogin)
	require.NoError(t, err)
	time.Sleep(time.Until(last.Truncate(time.Second).Add(time.Second)))
}

func deactivationByDjango(t *testing.T, s *djangoSides) {
	name, key := s.registered(t)
	session, access := djangoLogin(t, s.plain, name).cookies["sessionid"], djangoLogin(t, s.jwt, name)
	require.Equal(t, name, djangoCaller(t, s.jwt, djangoByJWT(access.member("access")), nil))
	s.django.do(t, "save_user", with{"username": name, "is_active": false})
	s.requireShutOut(t, name, key, session, s.jwt, access)
	require.False(t, s.django.user(t, name).Active)
}

// requireShutOut: nothing that was given out before lets the person in, nor does the password.
func (s *djangoSides) requireShutOut(t *testing.T, name, key, session string, p *process, pair djangoAnswer) {
	t.Helper()
	require.Empty(t, djangoCaller(t, s.plain, djangoByToken(key), nil))
	require.Empty(t, djangoCaller(t, s.plain, nil, djangoBySession(session)))
	require.Empty(t, djangoCaller(t, p, djangoByJWT(pair.member("access")), nil))
	refreshed := djangoRefresh(t, p, pair.member("refresh"))
	require.Equal(t, http.StatusUnauthorized, refreshed.status, refreshed.text)
	login := djangoPost(t, s.plain, "login/", map[string]string{"username": name, "password": djangoPassword})
	require.Equal(t, http.StatusBadRequest, login.status, login.text)
}

// deletionByDjango deletes somebody of whom there is a row in every table.
func deletionByDjango(t *testing.T, s *djangoSides) {
	families := s.brief(t, append([]string{"REFRESH_TOKEN_FAMILIES=true", "CHECK_SESSION=true"}, djangoJWT...)...)
	name, key := s.registered(t)
	uid, token := s.atGoogle(name)
	connected := djangoSend(t, s.plain, djangoCall{
		method: http.MethodPost, path: "google/connect/", headers: djangoByToken(key), body: map[string]string{"access_token": token},
	})
	require.Equal(t, http.StatusOK, connected.status, connected.text)
	session, pair := djangoLogin(t, s.plain, name).cookies["sessionid"], djangoLogin(t, families, name)
	require.Equal(t, name, djangoCaller(t, families, djangoByJWT(pair.member("access")), nil))
	require.True(t, s.django.holds(t, "give_rights", with{"username": name}))
	require.Equal(t, map[string]int{"tokens": 1, "addresses": 1, "identities": 1, "outstanding": 1, "groups": 1},
		djangoAsk[map[string]int](t, s.django, "rows_of", with{"username": name}))

	s.django.do(t, "delete_user", with{"username": name})
	s.requireShutOut(t, name, key, session, families, pair)
	status, answer := s.plain.register(name, djangoPassword)
	require.Equal(t, http.StatusCreated, status, answer)
	s.requireNoHeir(t, name, uid, key, session, families, pair)
}

// requireNoHeir: who takes the name after a deletion inherits nothing.
func (s *djangoSides) requireNoHeir(t *testing.T, name, uid, key, session string, p *process, pair djangoAnswer) {
	t.Helper()
	require.Empty(t, djangoCaller(t, s.plain, djangoByToken(key), nil))
	require.Empty(t, djangoCaller(t, s.plain, nil, djangoBySession(session)))
	require.Empty(t, djangoCaller(t, p, djangoByJWT(pair.member("access")), nil))
	require.Equal(t, map[string]int{"tokens": 1, "addresses": 1, "identities": 0, "outstanding": 0, "groups": 0},
		djangoAsk[map[string]int](t, s.django, "rows_of", with{"username": name}))
	s.django.refuses(t, "DoesNotExist", "read_identity", with{"provider": "google", "uid": uid})
}
