package integration

import (
	"net/http"
	"testing"
	"time"

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

func resetOfDjango(t *testing.T, s *djangoSides) { djangoResets(t, s, true) }

func djangoResets(t *testing.T, s *djangoSides, allauth bool) {
	name := s.made(t, true)
	link := s.django.texts(t, "make_reset", with{"username": name, "allauth": allauth})
	other := s.django.texts(t, "make_reset", with{"username": s.made(t, true), "allauth": allauth})
	require.Equal(t, http.StatusBadRequest, djangoConfirmReset(t, s.plain, other["uid"], link["token"]))
	require.Equal(t, http.StatusOK, djangoConfirmReset(t, s.plain, link["uid"], link["token"]))
	require.True(t, s.django.holds(t, "check_password", with{"username": name, "password": djangoNewPassword}))
	require.Equal(t, http.StatusBadRequest, djangoConfirmReset(t, s.plain, link["uid"], link["token"]), "a link is good once")
}

func resetOfLatchkey(t *testing.T, s *djangoSides) { latchkeyResets(t, s, true) }

// latchkeyResets: the account has logged in, so that the token covers a time with microseconds.
func latchkeyResets(t *testing.T, s *djangoSides, allauth bool) {
	name := s.made(t, true)
	djangoLogin(t, s.plain, name)
	asked := djangoPost(t, s.plain, "password/reset/", map[string]string{"email": djangoEmail(name)})
	require.Equal(t, http.StatusOK, asked.status, asked.text)
	link := s.linkTo(t, djangoEmail(name), "reset")
	check := with{"uid": link[0], "token": link[1], "allauth": allauth}
	require.Equal(t, name, s.django.text(t, "check_reset", check))
	s.django.do(t, "set_password", with{"username": name, "password": djangoPassword + "-2"})
	require.Empty(t, s.django.text(t, "check_reset", check))
	require.Equal(t, http.StatusBadRequest, djangoConfirmReset(t, s.plain, link[0], link[1]), "Django set a password meanwhile")
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

// addressOfDjango: allauth's tables before 0.58 let an address be in one row only, be it
// proved or not; later ones, and ours, let several accounts claim it until one proves it.
// In neither may a claim keep somebody from a password reset.
func addressOfDjango(t *testing.T, s *djangoSides) {
	email := djangoEmail(s.made(t, false))
	registered := djangoPost(t, s.plain, "registration/", map[string]string{
		"username": s.name(), "email": email, "password1": djangoPassword, "password2": djangoPassword,
	})
	if s.django.holds(t, "holds_addresses_once", nil) {
		require.Equal(t, http.StatusBadRequest, registered.status, registered.text)
		require.Contains(t, registered.body, "email")
	} else {
		require.Equal(t, http.StatusCreated, registered.status, registered.text)
	}

	owner := s.name()
	s.django.do(t, "create_user", with{"username": owner, "password": djangoPassword, "email": email})
	asked := djangoPost(t, s.plain, "password/reset/", map[string]string{"email": email})
	require.Equal(t, http.StatusOK, asked.status, asked.text)
	require.Eventually(t, func() bool {
		for _, link := range s.linksTo(t, email, "reset") {
			if s.django.text(t, "check_reset", with{"uid": link[0], "token": link[1]}) == owner {
				return true
			}
		}
		return false
	}, 20*time.Second, 20*time.Millisecond)
}

// addressOfLatchkey: where the table allows it, Django's admin may add a second claim.
func addressOfLatchkey(t *testing.T, s *djangoSides) {
	name, _ := s.registered(t)
	claim := with{"username": s.made(t, true), "email": djangoEmail(name)}
	if s.django.holds(t, "holds_addresses_once", nil) {
		s.django.refuses(t, "IntegrityError", "add_email", claim)
	} else {
		s.django.do(t, "add_email", claim)
	}
	key := s.linkTo(t, djangoEmail(name), "confirm")[0]
	verified := djangoPost(t, s.plain, "registration/verify-email/", map[string]string{"key": key})
	require.Equal(t, http.StatusOK, verified.status, verified.text)
}
