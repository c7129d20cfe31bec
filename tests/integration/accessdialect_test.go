package integration

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// accessNames are the members of a body that carry tokens, by dialect. A refresh
// under v3 answers by simplejwt's names as well.
var accessNames = map[string]struct{ login, refresh []string }{
	"v4":   {[]string{"access", "refresh"}, []string{"access", "refresh"}},
	"v3":   {[]string{"access_token", "refresh_token"}, []string{"access", "access_token", "refresh", "refresh_token"}},
	"both": {[]string{"access", "access_token", "refresh", "refresh_token"}, []string{"access", "access_token", "refresh", "refresh_token"}},
}

// carried returns the members of the body that hold a token.
func (a accessAnswer) carried() []string {
	found := []string{}
	for _, name := range []string{"access", "access_token", "refresh", "refresh_token"} {
		if a.string(name) != "" {
			found = append(found, name)
		}
	}
	return found
}

// set returns the token cookies that the answer sets.
func (a accessAnswer) set() []string {
	found := []string{}
	for _, name := range []string{"access", "refresh"} {
		if cookie := a.cookies[name]; cookie != nil && cookie.Value != "" {
			found = append(found, name)
		}
	}
	return found
}

// token returns the token from wherever the answer carries it.
func (a accessAnswer) token(v4, v3 string) string {
	for _, name := range []string{v4, v3} {
		if text := a.string(name); text != "" {
			return text
		}
	}
	return a.cookies[v4].Value
}

// requireCarries checks where an answer carries its tokens.
func requireCarries(t *testing.T, answer accessAnswer, by string, names []string) {
	t.Helper()
	require.Less(t, answer.status, http.StatusMultipleChoices, answer.text)
	inBody, inCookies := slices.Clone(names), []string{"access", "refresh"}
	switch by {
	case "cookie":
		inBody = []string{}
	case "body":
		inCookies = []string{}
	case "none": // a script must not see a token that a cookie hides from it
		inBody = slices.DeleteFunc(inBody, func(name string) bool { return name[0] == 'r' })
	}
	require.Equal(t, inBody, answer.carried(), answer.text)
	require.Equal(t, inCookies, answer.set())
}

func TestDialectsAndTransports(t *testing.T) {
	for dialect, names := range accessNames {
		for _, configured := range []string{"none", "cookie", "body", "both"} {
			t.Run(dialect+" "+configured, func(t *testing.T) {
				t.Parallel()
				s := accessBoot(t, accessFamilies, map[string]string{
					"JWT_FIELD_NAMES": dialect, "JWT_TRANSPORT": configured, "TOKEN_BLACKLIST": "true",
				})
				for _, asked := range []string{"", "cookie", "body", "both"} {
					by := asked
					if by == "" {
						by = configured
					}
					s.travels(t, asked, by, names.login, names.refresh)
				}
			})
		}
	}
}

// travels goes the way of a client that asks for a transport: registration,
// login, refresh and logout.
func (s *accessService) travels(t *testing.T, asked, by string, inLogin, inRefresh []string) {
	t.Helper()
	header := map[string]string{}
	if asked != "" {
		header["X-Token-Transport"] = asked
	}
	name := "traveller" + asked
	post := func(path string, body map[string]string) accessAnswer {
		return s.send(t, accessRequest{method: http.MethodPost, path: path, body: body, header: header})
	}
	registered := post("registration/", map[string]string{
		"username": name, "email": name + "@example.com", "password1": accessPassword, "password2": accessPassword,
	})
	requireCarries(t, registered, by, inLogin)
	login := post("login/", map[string]string{"username": name, "password": accessPassword})
	requireCarries(t, login, by, inLogin)

	for _, field := range slices.DeleteFunc(slices.Clone(inRefresh), func(name string) bool { return name[0] == 'a' }) {
		refreshed := post("token/refresh/", map[string]string{field: login.token("refresh", "refresh_token")})
		requireCarries(t, refreshed, by, inRefresh)
		login = refreshed
	}
	last := login.token("refresh", "refresh_token")
	gone := s.send(t, accessRequest{
		method: http.MethodPost, path: "logout/", header: header, body: map[string]string{}, cookies: map[string]string{"refresh": last},
	})
	require.Equal(t, http.StatusOK, gone.status, gone.text)
	require.Empty(t, append(gone.carried(), gone.set()...))
	require.Equal(t, http.StatusUnauthorized, post("token/refresh/", map[string]string{"refresh": last}).status)
}

// Without cookies that have a name there is nothing to choose.
func TestATransportThatIsNotThereIsRefused(t *testing.T) {
	s := accessBoot(t, map[string]string{"USE_JWT": "true", "AUTH_CLASSES": "jwt", "JWT_AUTH_HTTPONLY": "false"})
	name := s.register(t)
	for asked, want := range map[string]int{"cookie": 400, "both": 400, "Body": 400, "nonsense": 400, "body": 200, "": 200} {
		answer := s.send(t, accessRequest{
			method: http.MethodPost, path: "login/", header: map[string]string{"X-Token-Transport": asked},
			body: map[string]string{"username": name, "password": accessPassword},
		})
		require.Equal(t, want, answer.status, asked)
		if want == http.StatusBadRequest {
			require.NotContains(t, answer.body, "access")
		}
	}
}

// accessLitter is what a browser may still send: tokens that ended, garbage,
// cookies of other services under our names.
func (s *accessService) accessLitter(t *testing.T) []map[string]string {
	t.Helper()
	gone := s.login(t, s.register(t), accessPassword)
	s.exec(t, "DELETE FROM django_session")
	return []map[string]string{
		{"access": "garbage", "refresh": "garbage", "sessionid": "garbage", "csrftoken": "garbage"},
		{"access": "a.b.c", "refresh": "a.b.c", "sessionid": "x"},
		{"access": "", "refresh": "", "sessionid": "", "csrftoken": ""},
		{"access": gone.refresh, "refresh": gone.access}, // one in the place of the other
		{"access": gone.access + "x", "sessionid": gone.cookies["sessionid"]},
	}
}

func TestStaleCookiesBreakNoWayIn(t *testing.T) {
	for name, settings := range map[string]map[string]string{
		"JWT":              accessJWT,
		"CSRF for cookies": accessJoin(accessJWT, map[string]string{"JWT_AUTH_COOKIE_USE_CSRF": "true"}),
		"secure":           accessSecure,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := accessBoot(t, settings)
			litter := s.accessLitter(t)
			expired := s.person(t)
			s.Clock.Advance(48 * time.Hour)
			litter = append(litter, map[string]string{"access": expired.own.access, "refresh": expired.own.refresh})
			disabled := s.person(t)
			disabled.disable(t)
			litter = append(litter, disabled.own.cookies)
			changed := s.person(t)
			old := accessJoin(changed.own.cookies)
			changed.change(t, &changed.other, accessByHeader)
			litter = append(litter, old)
			removed := s.person(t)
			removed.remove(t)
			litter = append(litter, removed.own.cookies)
			for _, cookies := range litter {
				s.waysInWork(t, cookies)
			}
		})
	}
}

// waysInWork goes every way in with the cookies.
func (s *accessService) waysInWork(t *testing.T, cookies map[string]string) {
	t.Helper()
	post := func(path string, body map[string]string) accessAnswer {
		return s.send(t, accessRequest{method: http.MethodPost, path: path, body: body, cookies: cookies})
	}
	s.people++
	name := fmt.Sprintf("late%d", s.people)
	address := name + "@example.com"
	registered := post("registration/", map[string]string{
		"username": name, "email": address, "password1": accessPassword, "password2": accessPassword,
	})
	require.Equal(t, http.StatusCreated, registered.status, "registration with %v: %s", cookies, registered.text)
	key := accessLastParts(s.Mailbox.Next(t, address).Links()[0], 1)[0]
	require.Equal(t, http.StatusOK, post("registration/verify-email/", map[string]string{"key": key}).status)
	login := post("login/", map[string]string{"username": name, "password": accessPassword})
	require.Equal(t, http.StatusOK, login.status, "login with %v: %s", cookies, login.text)
	refreshed := post("token/refresh/", map[string]string{"refresh": login.string("refresh")})
	require.Equal(t, http.StatusOK, refreshed.status, "refresh with %v: %s", cookies, refreshed.text)

	require.Equal(t, http.StatusOK, post("password/reset/", map[string]string{"email": address}).status)
	link := accessLastParts(s.Mailbox.Next(t, address).Links()[0], 2)
	confirmed := post("password/reset/confirm/", map[string]string{
		"uid": link[0], "token": link[1], "new_password1": accessSecond, "new_password2": accessSecond,
	})
	require.Equal(t, http.StatusOK, confirmed.status, "reset with %v: %s", cookies, confirmed.text)
}
