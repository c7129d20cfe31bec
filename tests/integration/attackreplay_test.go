package integration

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/tests/kit"
)

var attackReplays = []attack{
	{"a reset link twice", "CWE-294; OWASP Forgot Password Cheat Sheet", func(t *testing.T, s *attackService) {
		p := s.person(t)
		require.Equal(t, http.StatusOK, p.reset(t, p.resetLink, accessSecond))
		require.Equal(t, http.StatusBadRequest, p.reset(t, p.resetLink, accessPassword))
	}},
	{"an older reset link after the password has changed", "CWE-640", func(t *testing.T, s *attackService) {
		p := s.person(t)
		newer := p.requestReset(t)
		require.Equal(t, http.StatusOK, p.reset(t, newer, accessSecond))
		require.Equal(t, http.StatusBadRequest, p.reset(t, p.resetLink, accessPassword))
	}},
	{"one account's token with another's uid", "CWE-639; CWE-640", func(t *testing.T, s *attackService) {
		p := s.person(t)
		require.Equal(t, http.StatusBadRequest, p.reset(t, map[string]string{"uid": s.victim.resetLink["uid"], "token": p.resetLink["token"]}, accessSecond))
	}},
	{"a confirmation key twice, or changed", "CWE-294; CWE-345", func(t *testing.T, s *attackService) {
		p := s.person(t)
		key := map[string]string{"key": p.emailKey}
		for _, bad := range []string{p.emailKey + "x", p.emailKey[1:], "2" + p.emailKey, p.emailKey + "="} {
			require.Equal(t, http.StatusNotFound, s.post(t, "registration/verify-email/", map[string]string{"key": bad}).status, bad)
		}
		require.Equal(t, http.StatusOK, s.post(t, "registration/verify-email/", key).status)
		require.Equal(t, http.StatusNotFound, s.post(t, "registration/verify-email/", key).status)
	}},
	{"a refresh token twice", "RFC 9700, 4.14.2; CWE-294", func(t *testing.T, s *attackService) {
		p := s.person(t)
		body := map[string]string{"refresh": p.own.refresh}
		require.Equal(t, http.StatusOK, s.post(t, "token/refresh/", body).status)
		require.Equal(t, http.StatusUnauthorized, s.post(t, "token/refresh/", body).status)
	}},
	{"an id_token twice", "OpenID Connect Core, 15.5.2; CWE-294", func(t *testing.T, s *attackService) {
		token := s.google.honest(t, map[string]any{"sub": "replayed", "email": "replayed@example.com"})
		require.Equal(t, http.StatusOK, s.post(t, "google/", map[string]string{"id_token": token}).status)
		s.requireRefused(t, s.post(t, "google/", map[string]string{"id_token": token}))
	}},
	{"a session and a refresh token after the logout", "CWE-613; OWASP WSTG-SESS-06", func(t *testing.T, s *attackService) {
		p := s.person(t)
		p.logout(t, p.own, accessBySession)
		require.Equal(t, http.StatusUnauthorized, p.user(t, accessBySession))
		require.Equal(t, http.StatusOK, p.logout(t, p.other, accessByHeader).status)
		require.Equal(t, http.StatusUnauthorized, s.post(t, "token/refresh/", map[string]string{"refresh": p.other.refresh}).status)
	}},
	{"an access token after the logout, where sessions are checked", "CWE-613", func(t *testing.T, _ *attackService) {
		s := attackBoot(t, map[string]string{"REFRESH_TOKEN_FAMILIES": "true", "CHECK_SESSION": "true"})
		p := s.person(t)
		require.Equal(t, http.StatusOK, p.user(t, accessByHeader))
		require.Equal(t, http.StatusOK, p.logout(t, p.own, accessByHeader).status)
		require.Equal(t, http.StatusUnauthorized, p.user(t, accessByHeader))
	}},
	{"a stolen session after the password was changed", "CWE-613; OWASP ASVS 3.3.3", func(t *testing.T, s *attackService) {
		p := s.person(t)
		p.change(t, &p.other, accessBySession)
		require.Equal(t, http.StatusUnauthorized, p.user(t, accessBySession), "the other session")
	}},
	{"what an account was signed in by after it was disabled", "CWE-613; CWE-285", func(t *testing.T, s *attackService) {
		p := s.person(t)
		p.disable(t)
		for _, by := range []accessBy{accessByToken, accessBySession, accessByHeader, accessByCookie} {
			require.Equal(t, http.StatusUnauthorized, p.user(t, by))
		}
		require.Equal(t, http.StatusUnauthorized, s.post(t, "token/refresh/", map[string]string{"refresh": p.own.refresh}).status)
		require.Equal(t, http.StatusBadRequest, p.reset(t, p.resetLink, accessSecond))
	}},
}

// attackRacers is how many come at once.
const attackRacers = 20

// winners sends the requests at the same moment and counts those that succeeded.
func (s *attackService) winners(t *testing.T, racer func(i int) accessRequest) (won int) {
	t.Helper()
	requests := make([]accessRequest, attackRacers)
	for i := range requests {
		requests[i] = racer(i)
	}
	for _, outcome := range s.atOnce(requests) {
		require.NoError(t, outcome.err)
		require.Less(t, outcome.status, 500, outcome.text)
		if outcome.status < 300 {
			won++
		}
	}
	return won
}

var attackRaces = []attack{
	{"twenty uses of one reset link", "CWE-362, CWE-367", func(t *testing.T, s *attackService) {
		p := s.person(t)
		require.Equal(t, 1, s.winners(t, func(i int) accessRequest {
			password := fmt.Sprintf("Rac3-pass-%d", i)
			return socialPost("password/reset/confirm/", map[string]string{"uid": p.resetLink["uid"], "token": p.resetLink["token"], "new_password1": password, "new_password2": password})
		}))
	}},
	{"twenty uses of one refresh token", "CWE-362; RFC 9700, 4.14.2", func(t *testing.T, s *attackService) {
		p := s.person(t)
		require.Equal(t, 1, s.winners(t, func(int) accessRequest {
			return socialPost("token/refresh/", map[string]string{"refresh": p.own.refresh})
		}))
	}},
	{"twenty registrations of one name", "CWE-362", func(t *testing.T, s *attackService) {
		require.Equal(t, 1, s.winners(t, func(i int) accessRequest {
			name := []string{"Racer", "racer", "RACER"}[i%3]
			return socialPost("registration/", map[string]string{"username": name, "email": fmt.Sprintf("racer%d@example.com", i), "password1": accessPassword, "password2": accessPassword})
		}))
	}},
	{"twenty uses of one confirmation key", "CWE-362", func(t *testing.T, s *attackService) {
		p := s.person(t)
		require.Equal(t, 1, s.winners(t, func(int) accessRequest {
			return socialPost("registration/verify-email/", map[string]string{"key": p.emailKey})
		}))
	}},
	{"twenty accounts that confirm one address", "CWE-362; CWE-841", func(t *testing.T, s *attackService) {
		const address = "contested@example.com"
		for i := range attackRacers {
			require.Equal(t, http.StatusCreated, s.registered(t, fmt.Sprintf("contest%d", i), address, accessPassword).status)
		}
		letters := s.Mailbox.Unread(t, address)
		require.Len(t, letters, attackRacers)
		require.Equal(t, 1, s.winners(t, func(i int) accessRequest {
			return socialPost("registration/verify-email/", map[string]string{"key": accessLastParts(letters[i].Links()[0], 1)[0]})
		}))
	}},
	{"twenty first logins of one identity", "CWE-362; TestSocialRacingFirstLoginsMakeOneAccount", func(t *testing.T, s *attackService) {
		before := s.count(t, "auth_user")
		s.provider.AddPerson(kit.Facebook, "fb-race", map[string]any{"id": "race-1", "email": "fbrace@example.com"})
		require.Equal(t, attackRacers, s.winners(t, func(int) accessRequest {
			return socialPost("facebook/", map[string]string{"access_token": "fb-race"})
		}), "all of them the same person")
		require.Equal(t, before+1, s.count(t, "auth_user"))
	}},
	{"twenty uses of one id_token", "CWE-362; OpenID Connect Core, 15.5.2", func(t *testing.T, s *attackService) {
		token := s.google.honest(t, map[string]any{"sub": "raced", "email": "raced@example.com"})
		require.Equal(t, 1, s.winners(t, func(int) accessRequest {
			return socialPost("google/", map[string]string{"id_token": token})
		}))
	}},
}
