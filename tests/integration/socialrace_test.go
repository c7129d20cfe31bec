package integration

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/tests/kit"
)

const (
	// socialRacers is how many come at once.
	socialRacers = 20
	// socialRounds is how many people's first logins race: a race does not go wrong each time.
	socialRounds = 8
)

// socialFirst returns the request of one of those who come at once with one identity.
type socialFirst func(t *testing.T, person string, racer int) accessRequest

// socialFirsts are ways to come for the first time.
func socialFirsts(google, corp *socialSigner) map[string]socialFirst {
	return map[string]socialFirst{
		"an access token": func(_ *testing.T, person string, _ int) accessRequest {
			return socialPost("google/", map[string]string{"access_token": person})
		},
		"an identity without address": func(_ *testing.T, person string, _ int) accessRequest {
			return socialPost("github/", map[string]string{"access_token": person})
		},
		"one id_token": func(t *testing.T, person string, _ int) accessRequest {
			claims := map[string]any{"sub": person, "email": person + "@example.com"}
			return socialPost(google.path, map[string]string{"id_token": google.honest(t, claims)})
		},
		"an id_token each": func(t *testing.T, person string, racer int) accessRequest {
			claims := map[string]any{"sub": person, "email": person + "@example.com", "jti": person + fmt.Sprint(racer)}
			return socialPost(corp.path, map[string]string{"id_token": corp.honest(t, claims)})
		},
	}
}

func TestSocialRacingFirstLoginsMakeOneAccount(t *testing.T) {
	s, google, corp := socialSigners(t)
	made := 0
	for name, first := range socialFirsts(google, corp) {
		t.Run(name, func(t *testing.T) {
			for range socialRounds {
				made++
				s.requireOneKey(t, s.racer(made), first)
				s.requireRows(t, made, made)
			}
		})
	}
}

// On PostgreSQL transactions run beside each other.
func TestSocialRacingFirstLoginsMakeOneAccountOnPostgres(t *testing.T) {
	s, google, corp := socialSigners(t, kit.WithPostgres(t))
	made := 0
	for name, first := range socialFirsts(google, corp) {
		t.Run(name, func(t *testing.T) {
			for range socialRounds {
				made++
				s.requireOneKey(t, s.racer(made), first)
			}
		})
	}
}

// racer makes somebody who has never been here.
func (s *socialService) racer(number int) string {
	person := fmt.Sprintf("racer%d", number)
	s.provider.AddPerson(kit.Google, person, map[string]any{"sub": "1" + person, "email": person + "@example.com", "email_verified": true})
	s.provider.AddPerson(kit.GitHub, person, map[string]any{"id": 500 + number, "login": person})
	return person
}

func (s *socialService) requireOneKey(t *testing.T, person string, first socialFirst) {
	t.Helper()
	requests := make([]accessRequest, socialRacers)
	for i := range requests {
		requests[i] = first(t, person, i)
	}
	keys := map[string]bool{}
	for _, outcome := range s.atOnce(requests) {
		require.NoError(t, outcome.err)
		require.Equal(t, http.StatusOK, outcome.status, outcome.text)
		keys[outcome.string("key")] = true
	}
	require.Len(t, keys, 1)
}

func TestSocialATokenThatIsGoodOnceWinsOneRace(t *testing.T) {
	s, _, corp := socialSigners(t)
	token := corp.honest(t, map[string]any{"jti": "one"})
	requests := make([]accessRequest, socialRacers)
	for i := range requests {
		requests[i] = socialPost(corp.path, map[string]string{"id_token": token})
	}
	won := 0
	for _, outcome := range s.atOnce(requests) {
		require.NoError(t, outcome.err)
		if outcome.status == http.StatusOK {
			won++
		} else {
			s.requireRefused(t, outcome.accessAnswer)
		}
	}
	require.Equal(t, 1, won)
	s.requireRows(t, 1, 1)
}
