package integration

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/tests/kit"
)

// attackExtra is what nobody may say of himself.
var attackExtra = map[string]any{
	"is_staff": true, "is_superuser": true, "is_active": false, "id": 1, "pk": 1, "password": accessSecond, "email": "evil@example.com", "last_login": "2000-01-01",
	"date_joined": "2000-01-01", "groups": []int{1}, "user_permissions": []int{1}, "emailaddress_set": []any{}, "__proto__": map[string]any{"is_staff": true}, "IS_STAFF": true, "is_staff[]": true,
}

func attackWith(own map[string]any) map[string]any {
	for name, value := range attackExtra {
		if _, taken := own[name]; !taken {
			own[name] = value
		}
	}
	return own
}

// requirePlain: an account has nothing that a stranger could not have given it.
func (s *attackService) requirePlain(t *testing.T, username string) {
	t.Helper()
	var staff, superuser, active bool
	var id int
	require.NoError(t, s.db.QueryRowContext(t.Context(), "SELECT id, is_staff, is_superuser, is_active FROM auth_user WHERE username = ?", username).Scan(&id, &staff, &superuser, &active))
	require.Equal(t, []bool{false, false, true}, []bool{staff, superuser, active}, username)
}

var attackFields = []attack{
	{"an account makes itself staff", "mass assignment; CWE-915; OWASP API3:2023", func(t *testing.T, s *attackService) {
		before := []string{s.victimHas(t, "password"), s.victimHas(t, "email"), s.victimHas(t, "date_joined"), s.victimHas(t, "id")}
		for method, body := range map[string]map[string]any{http.MethodPatch: {}, http.MethodPut: {"username": s.victim.name}} {
			answer := s.send(t, accessRequest{method: method, path: "user/", body: attackWith(body), header: map[string]string{"Authorization": "Token " + s.victim.own.key}})
			require.Equal(t, http.StatusOK, answer.status, answer.text)
			require.Len(t, answer.body, 5, "the five fields that there are")
		}
		s.requirePlain(t, s.victim.name)
		require.Equal(t, before, []string{s.victimHas(t, "password"), s.victimHas(t, "email"), s.victimHas(t, "date_joined"), s.victimHas(t, "id")})
	}},
	{"a registration makes itself staff", "mass assignment; CWE-915", func(t *testing.T, s *attackService) {
		body := attackWith(map[string]any{"username": "assigned", "email": "assigned@example.com", "password1": accessPassword, "password2": accessPassword})
		require.Equal(t, http.StatusCreated, s.post(t, "registration/", body).status)
		s.requirePlain(t, "assigned")
		require.Equal(t, http.StatusBadRequest, s.post(t, "login/", map[string]string{"username": "assigned", "password": accessSecond}).status)
	}},
	{"a provider's answer makes somebody staff", "mass assignment; CWE-915", func(t *testing.T, s *attackService) {
		s.provider.AddPerson(kit.Facebook, "fb-staff", attackWith(map[string]any{"id": "staff-1", "email": "fbstaff@example.com", "username": "fbstaff", "first_name": "Fb", "password": nil}))
		answer := s.post(t, "facebook/", attackWith(map[string]any{"access_token": "fb-staff", "username": "fbstaff", "user": 1}))
		require.Equal(t, http.StatusOK, answer.status, answer.text)
		var staff int
		require.NoError(t, s.db.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM auth_user WHERE is_staff OR is_superuser").Scan(&staff))
		require.Zero(t, staff)
	}},
	{"a provider's unverified address opens the account that has it", "account pre-hijacking, Sudhodanan, Paverd 2022; CWE-287", func(t *testing.T, s *attackService) {
		s.provider.AddPerson(kit.Facebook, "fb-claims", map[string]any{"id": "claims-1", "email": s.victim.address})
		answer := s.post(t, "facebook/", map[string]string{"access_token": "fb-claims"})
		require.Equal(t, http.StatusBadRequest, answer.status, answer.text)
		require.Empty(t, answer.cookies)
	}},
	{"a query in a name", "SQL injection; CWE-89; OWASP A03:2021", func(t *testing.T, s *attackService) {
		for _, name := range []string{"' OR 1=1--", s.victim.name + "'--", `" OR ""="`, "\\' OR 1=1#", "x'; DROP TABLE auth_user;--", "$1", "?", "%s", "{0}", s.victim.name + "\\"} {
			for _, body := range []map[string]string{{"username": name, "password": accessPassword}, {"username": s.victim.name, "password": name}} {
				require.Equal(t, http.StatusBadRequest, s.post(t, "login/", body).status, name)
			}
		}
		require.Equal(t, http.StatusNotFound, s.call(t, "POST", attackBase+"socialaccounts/1%20OR%201=1/disconnect/", "", s.byToken()).status)
		for _, uid := range []string{"1 OR 1=1", "1'", "-1", "zzzzzzzzzzzzz", "\x00", "1.0"} {
			require.Equal(t, http.StatusBadRequest, s.post(t, "password/reset/confirm/", map[string]string{"uid": uid, "token": "x-y", "new_password1": accessSecond, "new_password2": accessSecond}).status, uid)
		}
	}},
	{"a pattern for a name", "LIKE wildcards; CWE-943", func(t *testing.T, s *attackService) {
		for _, pattern := range []string{"%", "_" + s.victim.name[1:], strings.Repeat("_", len(s.victim.name)), "*", "?" + s.victim.name[1:], "[a-z]" + s.victim.name[1:]} {
			require.Equal(t, http.StatusBadRequest, s.post(t, "login/", map[string]string{"username": pattern, "password": accessPassword}).status, pattern)
		}
		s.Mailbox.Unread(t, s.victim.address)
		for _, pattern := range []string{"%@example.com", "_" + s.victim.address[1:], "*@example.com"} {
			_ = s.post(t, "password/reset/", map[string]string{"email": pattern})
			require.Empty(t, s.Mailbox.Unread(t, s.victim.address), pattern)
		}
	}},
	{"an object for a text", "NoSQL operators; CWE-943", func(t *testing.T, s *attackService) {
		for _, value := range []any{map[string]any{"$ne": ""}, []string{accessPassword}, true, map[string]any{"$regex": ".*"}, nil} {
			require.Equal(t, http.StatusBadRequest, s.post(t, "login/", map[string]any{"username": s.victim.name, "password": value}).status)
			require.Equal(t, http.StatusBadRequest, s.post(t, "login/", map[string]any{"username": value, "password": accessPassword}).status)
		}
	}},
	{"a field twice", "HTTP parameter pollution; CWE-235; OWASP WSTG-INPV-04", func(t *testing.T, s *attackService) {
		answer := s.call(t, "POST", attackBase+"password/reset/", "email="+s.victim.address+"&email=evil@example.com", "Content-Type: application/x-www-form-urlencoded")
		require.Equal(t, http.StatusOK, answer.status)
		require.Empty(t, s.Mailbox.Unread(t, "evil@example.com"))
		answer = s.call(t, "POST", attackBase+"password/reset/", `{"email":["`+s.victim.address+`","evil@example.com"]}`)
		require.Equal(t, http.StatusBadRequest, answer.status)
	}},
	{"somebody else's identity, by its number", "IDOR; CWE-639; OWASP API1:2023", func(t *testing.T, s *attackService) {
		s.provider.AddPerson(kit.Facebook, "fb-owner", map[string]any{"id": "owner-1", "email": "fbowner@example.com"})
		require.Equal(t, http.StatusOK, s.post(t, "facebook/", map[string]string{"access_token": "fb-owner"}).status)
		before := s.count(t, "socialaccount_socialaccount")
		for id := range before + 2 {
			s.call(t, "POST", attackBase+"socialaccounts/"+string(rune('0'+id%10))+"/disconnect/", "", s.byToken()).refused(t, "disconnect")
		}
		require.Equal(t, before, s.count(t, "socialaccount_socialaccount"))
		key := map[string]string{"Authorization": "Token " + s.victim.own.key}
		s.refusedText(t, accessRequest{method: http.MethodPost, path: "facebook/connect/", body: map[string]string{"access_token": "fb-owner"}, header: key})
	}},
}

// refusedText sends a request that must be refused without a token in the answer.
func (s *attackService) refusedText(t *testing.T, r accessRequest) {
	t.Helper()
	answer := s.send(t, r)
	require.GreaterOrEqual(t, answer.status, 400, answer.text)
	require.Empty(t, answer.string("key")+answer.string("access"))
}
