package integration

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/application/ports"
	"latchkey/bootstrap"
	"latchkey/tests/kit"
)

var accessFamilies = accessJoin(accessJWT, map[string]string{
	"REFRESH_TOKEN_FAMILIES": "true", "ROTATE_REFRESH_TOKENS": "true", "REFRESH_TOKEN_GRACE": "10s",
})

// accessClaim reads a claim of a token whose signature is not in question.
func accessClaim(t *testing.T, token, name string) any {
	t.Helper()
	parts := strings.Split(token, ".")
	require.Len(t, parts, 3)
	text, err := base64.RawURLEncoding.DecodeString(parts[1])
	require.NoError(t, err)
	var claims map[string]any
	require.NoError(t, json.Unmarshal(text, &claims))
	return claims[name]
}

func (s *accessService) refresh(t *testing.T, token string) accessAnswer {
	t.Helper()
	return s.post(t, "token/refresh/", map[string]string{"refresh": token})
}

// Tabs that wake up at once all present the one token that they share.
func TestParallelRefreshesGetOneSuccessor(t *testing.T) {
	for name, settings := range map[string]map[string]string{
		"families":               accessFamilies,
		"families and blacklist": accessJoin(accessFamilies, map[string]string{"TOKEN_BLACKLIST": "true", "BLACKLIST_AFTER_ROTATION": "true"}),
		"secure":                 accessSecure,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := accessBoot(t, settings)
			login := s.login(t, s.register(t), accessPassword)
			answers := s.atOnce(t, login.refresh)
			successors := map[any]bool{}
			for _, answer := range answers {
				require.Equal(t, http.StatusOK, answer.status, answer.text)
				successors[accessClaim(t, answer.string("refresh"), "jti")] = true
			}
			require.Len(t, successors, 1)
			require.NotContains(t, successors, accessClaim(t, login.refresh, "jti"))
			require.Equal(t, http.StatusOK, s.refresh(t, answers[0].string("refresh")).status, "nobody was logged out")
		})
	}
}

// atOnce has fifty tabs present the token.
func (s *accessService) atOnce(t *testing.T, token string) [50]accessAnswer {
	t.Helper()
	var answers [50]accessAnswer
	var failures [50]error
	var all sync.WaitGroup
	for i := range answers {
		all.Go(func() {
			answers[i], failures[i] = s.try(accessRequest{
				method: http.MethodPost, path: "token/refresh/", body: map[string]string{"refresh": token},
			})
		})
	}
	all.Wait()
	for _, failure := range failures {
		require.NoError(t, failure)
	}
	return answers
}

// Without families a token that rotation voids is good for one of those who race.
func TestParallelRefreshesWithoutFamiliesGiveOneToken(t *testing.T) {
	s := accessBoot(t, accessJWT, map[string]string{
		"ROTATE_REFRESH_TOKENS": "true", "TOKEN_BLACKLIST": "true", "BLACKLIST_AFTER_ROTATION": "true",
	})
	login := s.login(t, s.register(t), accessPassword)
	statuses := map[int]int{}
	for _, answer := range s.atOnce(t, login.refresh) {
		statuses[answer.status]++
	}
	require.Equal(t, map[int]int{http.StatusOK: 1, http.StatusUnauthorized: 49}, statuses)
}

// accessWitness remembers the events that it was told of.
type accessWitness struct {
	mu     sync.Mutex
	events []ports.Event
}

func (w *accessWitness) Name() string { return "witness" }

func (w *accessWitness) Notice(_ context.Context, event ports.Event) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.events = append(w.events, event)
	return nil
}

func (w *accessWitness) saw(name string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	count := 0
	for _, event := range w.events {
		if event.Name == name {
			count++
		}
	}
	return count
}

func TestReuseAfterTheGraceEndsTheFamily(t *testing.T) {
	for name, settings := range map[string]map[string]string{
		"families":      accessFamilies,
		"check session": accessJoin(accessFamilies, map[string]string{"CHECK_SESSION": "true"}),
		"secure":        accessSecure,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			witness := &accessWitness{}
			s := accessBootWith(t, []kit.Option{kit.WithFx(bootstrap.Subscriber(witness))}, settings)
			person := s.register(t)
			first, elsewhere := s.login(t, person, accessPassword), s.login(t, person, accessPassword)

			second := s.refresh(t, first.refresh)
			require.Equal(t, http.StatusOK, second.status, second.text)
			s.Clock.Advance(9 * time.Second)
			again := s.refresh(t, first.refresh)
			require.Equal(t, http.StatusOK, again.status, "within the grace period")
			require.Equal(t, accessClaim(t, second.string("refresh"), "jti"), accessClaim(t, again.string("refresh"), "jti"))
			s.Mailbox.Unread(t, "nobody")
			require.Zero(t, witness.saw(ports.EventTokenReused))

			s.Clock.Advance(2 * time.Second)
			require.Equal(t, http.StatusUnauthorized, s.refresh(t, first.refresh).status, "after the grace period")
			require.Equal(t, http.StatusUnauthorized, s.refresh(t, second.string("refresh")).status, "the family has ended")
			s.Mailbox.Unread(t, "nobody")
			require.Equal(t, 1, witness.saw(ports.EventTokenReused))
			require.Equal(t, http.StatusOK, s.refresh(t, elsewhere.refresh).status, "another login's family lives")

			alive := accessRequest{method: http.MethodGet, path: "user/"}
			accessByHeader(accessLogin{access: second.string("access")}, &alive)
			want := http.StatusUnauthorized
			if name == "families" {
				want = http.StatusOK // nothing looks at an access token's session
			}
			require.Equal(t, want, s.send(t, alive).status)
		})
	}
}

// The grace is for retries: it begins with the first use and is not prolonged by
// further ones, and it holds for the newest link only.
func TestTheGraceIsForTheLastTokenOnly(t *testing.T) {
	s := accessBoot(t, accessFamilies)
	login := s.login(t, s.register(t), accessPassword)
	second := s.refresh(t, login.refresh).string("refresh")
	third := s.refresh(t, second).string("refresh")
	require.NotEmpty(t, third)
	require.Equal(t, http.StatusUnauthorized, s.refresh(t, login.refresh).status)
	require.Equal(t, http.StatusUnauthorized, s.refresh(t, third).status)
}

func TestALogoutWithAnyTokenOfTheFamilyEndsIt(t *testing.T) {
	s := accessBoot(t, accessFamilies)
	login := s.login(t, s.register(t), accessPassword)
	successor := s.refresh(t, login.refresh).string("refresh")
	require.Equal(t, http.StatusOK, s.post(t, "logout/", map[string]string{"refresh": login.refresh}).status)
	require.Equal(t, http.StatusUnauthorized, s.refresh(t, successor).status)
}

// The access token names the family: a client that lost its refresh token can
// still end it.
func TestALogoutByTheAccessTokenAloneEndsTheFamily(t *testing.T) {
	s := accessBoot(t, accessFamilies, map[string]string{"CHECK_SESSION": "true"})
	p := s.person(t)
	require.Equal(t, http.StatusOK, s.send(t, accessRequest{
		method: http.MethodPost, path: "logout/", header: map[string]string{"Authorization": "Bearer " + p.own.access},
	}).status)
	require.Equal(t, http.StatusUnauthorized, p.user(t, accessByHeader))
	require.Equal(t, http.StatusUnauthorized, p.refreshBody(t))
}

// A browser sends every cookie it has, and leaves nothing behind that is good.
func TestALogoutOfABrowserEndsAllItHolds(t *testing.T) {
	s := accessBoot(t, accessSecure)
	p := s.person(t)
	gone := s.send(t, accessRequest{method: http.MethodPost, path: "logout/", cookies: p.own.cookies})
	require.Equal(t, http.StatusOK, gone.status, gone.text)
	for _, way := range []string{"API token", "session", "stolen session", "access header", "access cookie", "refresh body", "refresh cookie"} {
		require.Equal(t, http.StatusUnauthorized, accessWays[way].use(p, t), way)
	}
	require.Equal(t, http.StatusOK, p.send(t, accessRequest{
		method: http.MethodGet, path: "user/", header: map[string]string{"Authorization": "Bearer " + p.other.access},
	}).status, "the other login lives")
}

// A token that others can look up by token/verify must not be good there when it
// is refused here.
func TestVerifyKnowsEndedSessions(t *testing.T) {
	s := accessBoot(t, accessSecure)
	p := s.person(t)
	verify := func(token string) int {
		return s.post(t, "token/verify/", map[string]string{"token": token}).status
	}
	require.Equal(t, http.StatusOK, verify(p.own.access))
	require.Equal(t, http.StatusOK, verify(p.own.refresh))
	p.logout(t, p.own, accessByHeader)
	require.Equal(t, http.StatusUnauthorized, verify(p.own.access))
	require.Equal(t, http.StatusBadRequest, verify(p.own.refresh), "as simplejwt answers for a void one")
}
