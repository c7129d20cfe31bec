package integration

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

// djangoNewPassword is what resets set.
const djangoNewPassword = "An0ther-pass-88"

func djangoConfirmReset(t *testing.T, p *process, uid, token string) int {
	t.Helper()
	return djangoPost(t, p, "password/reset/confirm/", map[string]string{
		"uid": uid, "token": token, "new_password1": djangoNewPassword, "new_password2": djangoNewPassword,
	}).status
}

func resetOfDjango(t *testing.T, s *djangoSides) { djangoResets(t, s, s.plain, true) }

func plainResetOfDjango(t *testing.T, s *djangoSides) {
	djangoResets(t, s, s.brief(t, "ALLAUTH=false"), false)
}

func djangoResets(t *testing.T, s *djangoSides, p *process, allauth bool) {
	name := s.made(t, true)
	link := s.django.texts(t, "make_reset", with{"username": name, "allauth": allauth})
	other := s.django.texts(t, "make_reset", with{"username": s.made(t, true), "allauth": allauth})
	require.Equal(t, http.StatusBadRequest, djangoConfirmReset(t, p, other["uid"], link["token"]))
	require.Equal(t, http.StatusOK, djangoConfirmReset(t, p, link["uid"], link["token"]))
	require.True(t, s.django.holds(t, "check_password", with{"username": name, "password": djangoNewPassword}))
	require.Equal(t, http.StatusBadRequest, djangoConfirmReset(t, p, link["uid"], link["token"]), "a link is good once")
}

func resetOfLatchkey(t *testing.T, s *djangoSides) { latchkeyResets(t, s, s.plain, true) }

func plainResetOfLatchkey(t *testing.T, s *djangoSides) {
	latchkeyResets(t, s, s.brief(t, "ALLAUTH=false"), false)
}

// latchkeyResets: the account has logged in, so that the token covers a time with microseconds.
func latchkeyResets(t *testing.T, s *djangoSides, p *process, allauth bool) {
	name, _ := s.registered(t)
	djangoLogin(t, s.plain, name)
	asked := djangoPost(t, p, "password/reset/", map[string]string{"email": djangoEmail(name)})
	require.Equal(t, http.StatusOK, asked.status, asked.text)
	link := s.linkTo(t, djangoEmail(name), "reset")
	check := with{"uid": link[0], "token": link[1], "allauth": allauth}
	require.Equal(t, name, s.django.text(t, "check_reset", check))
	s.django.do(t, "set_password", with{"username": name, "password": djangoPassword + "-2"})
	require.Empty(t, s.django.text(t, "check_reset", check))
	require.Equal(t, http.StatusBadRequest, djangoConfirmReset(t, p, link[0], link[1]), "Django set a password meanwhile")
}

// djangoAddress is a row of account_emailaddress as the ORM reads it.
type djangoAddress struct {
	Username          string
	Verified, Primary bool
}

func emailKeyOfDjango(t *testing.T, s *djangoSides) {
	email := djangoEmail(s.made(t, false))
	key := s.django.text(t, "make_email_key", with{"email": email})
	verify := func() int {
		return djangoPost(t, s.plain, "registration/verify-email/", map[string]string{"key": key}).status
	}
	require.Equal(t, http.StatusOK, verify())
	address := djangoAsk[djangoAddress](t, s.django, "read_email", with{"email": email})
	require.True(t, address.Verified && address.Primary)
	require.Empty(t, s.django.text(t, "confirm_email", with{"key": key}), "it is good once")
	require.Equal(t, http.StatusNotFound, verify())
}

func emailKeyOfLatchkey(t *testing.T, s *djangoSides) {
	name, _ := s.registered(t)
	email := djangoEmail(name)
	key := s.linkTo(t, email, "confirm")[0]
	require.Equal(t, djangoAddress{Username: name, Primary: true}, djangoAsk[djangoAddress](t, s.django, "read_email", with{"email": email}))
	require.Equal(t, email, s.django.text(t, "confirm_email", with{"key": key}))
	again := djangoPost(t, s.plain, "registration/verify-email/", map[string]string{"key": key})
	require.Equal(t, http.StatusNotFound, again.status, "Django confirmed it")
}

// addressOfDjango: tables of allauth before 0.58 let an address be in one row only, also
// one that nobody proved; later ones let several accounts claim it.
func addressOfDjango(t *testing.T, s *djangoSides) {
	email := djangoEmail(s.made(t, false))
	name := s.name()
	answer := djangoPost(t, s.plain, "registration/", map[string]string{
		"username": name, "email": email, "password1": djangoPassword, "password2": djangoPassword,
	})
	t.Log(answer.status, answer.text)
	require.Less(t, answer.status, http.StatusInternalServerError, answer.text)
}

func addressOfLatchkey(t *testing.T, s *djangoSides) {
	name, _ := s.registered(t)
	claimer := s.made(t, true)
	_, refusal := s.django.exchange(t, "add_email", with{"username": claimer, "email": djangoEmail(name)})
	t.Log(refusal)
	djangoLogin(t, s.plain, name)
}
