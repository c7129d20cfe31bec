package integration

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func (s *attackService) registered(t *testing.T, name, address, password string) accessAnswer {
	t.Helper()
	return s.post(t, "registration/", map[string]string{"username": name, "email": address, "password1": password, "password2": password})
}

var attackNames = []attack{
	{"a name that differs by case only", "CWE-178", func(t *testing.T, s *attackService) {
		for _, name := range []string{strings.ToUpper(s.victim.name), strings.ToUpper(s.victim.name[:1]) + s.victim.name[1:]} {
			require.Equal(t, http.StatusBadRequest, s.registered(t, name, "case@example.com", accessPassword).status, name)
			answer := s.send(t, accessRequest{method: http.MethodPatch, path: "user/", body: map[string]string{"username": name}, header: map[string]string{"Authorization": "Token " + s.attacker(t)}})
			require.Equal(t, http.StatusBadRequest, answer.status, name)
		}
	}},
	{"names that look like another's", "Unicode normalization and homoglyphs; CWE-1007; Spotify 2013", func(t *testing.T, s *attackService) {
		for _, from := range []string{"\u0440erson", "\uff50erson", "\u1d56erson", "p\u200berson", "person\u202e", "perso\u0578"} {
			name := from + strings.TrimPrefix(s.victim.name, "person")
			require.Equal(t, http.StatusBadRequest, s.post(t, "login/", map[string]string{"username": name, "password": accessPassword}).status, "%q signs nobody else in", name)
			if answer := s.registered(t, name, "look@example.com", accessSecond); answer.status == http.StatusCreated {
				require.Equal(t, http.StatusBadRequest, s.post(t, "login/", map[string]string{"username": s.victim.name, "password": accessSecond}).status)
			}
		}
	}},
	{"an address that folds to the victim's gets the victim's reset mail", "CVE-2019-19844; recovery.TestAMailNeverGoesToWhatAStrangerTyped", func(t *testing.T, s *attackService) {
		require.Equal(t, http.StatusCreated, s.registered(t, "kimmike", "kim.mike@example.com", accessPassword).status)
		s.Mailbox.Next(t, "kim.mike@example.com")
		for _, address := range []string{"\u212aim.mike@example.com", "kim.m\u0131ke@example.com", "kim.mike@ex\u0430mple.com", "kim.mike@\uff45xample.com", "kim.mike@example.co\u217f", "kim.mike@e\u00adxample.com"} {
			_ = s.post(t, "password/reset/", map[string]string{"email": address})
			for _, letter := range s.Mailbox.Unread(t, address) { // which compares as carelessly as the attack hopes
				require.Equal(t, "kim.mike@example.com", letter.To, "to its owner, if at all")
			}
		}
	}},
	{"a password of a million characters", "CVE-2013-1443, CVE-2014-9016 (password DoS); CWE-400", func(t *testing.T, s *attackService) {
		require.Equal(t, http.StatusBadRequest, s.post(t, "login/", map[string]string{"username": s.victim.name, "password": attackLongPassword}).status)
		require.Equal(t, http.StatusBadRequest, s.post(t, "login/", map[string]string{"username": "nobody-at-all", "password": attackLongPassword}).status)
		link := s.victim.resetLink
		require.Equal(t, http.StatusBadRequest, s.victim.reset(t, link, attackLongPassword[:129]))
	}},
	{"a password that agrees in its first 72 bytes", "bcrypt truncation; CWE-916; Okta advisory of 2024-10-30", func(t *testing.T, _ *attackService) {
		for _, hashers := range []string{"argon2:m=64;t=1", "bcrypt_sha256:4", "pbkdf2_sha256:1000", "scrypt:n=16;r=1;p=1"} {
			s := attackBoot(t, map[string]string{"PASSWORD_HASHERS": hashers})
			long := strings.Repeat("Str0ng-pass-", 7)
			require.Equal(t, http.StatusCreated, s.registered(t, "long", "long@example.com", long+"right").status)
			require.Equal(t, http.StatusBadRequest, s.post(t, "login/", map[string]string{"username": "long", "password": long + "wrong"}).status, hashers)
			require.Equal(t, http.StatusBadRequest, s.post(t, "login/", map[string]string{"username": "long", "password": long[:72]}).status, hashers)
			require.Equal(t, http.StatusOK, s.post(t, "login/", map[string]string{"username": "long", "password": long + "right"}).status, hashers)
		}
	}},
	{"a password that ends at a NUL", "CWE-158; CWE-626", func(t *testing.T, s *attackService) {
		for _, body := range []string{`{"username":"` + s.victim.name + `","password":"` + accessPassword + `\u0000x"}`, `{"username":"` + s.victim.name + `\u0000x","password":"` + accessPassword + `"}`} {
			require.Equal(t, http.StatusBadRequest, s.call(t, "POST", attackBase+"login/", body).status)
		}
		require.Equal(t, http.StatusBadRequest, s.registered(t, "nulled", "nulled@example.com", "Str0ng-pass\x00word").status)
	}},
	{"no password, or a hash for one", "CWE-836", func(t *testing.T, s *attackService) {
		for _, password := range []string{"", "!", " ", s.victimHas(t, "password")} {
			require.Equal(t, http.StatusBadRequest, s.post(t, "login/", map[string]string{"username": s.victim.name, "password": password}).status)
		}
	}},
	{"two numbers that are one in floating point", "CWE-681", func(t *testing.T, s *attackService) {
		require.Equal(t, http.StatusCreated, s.registered(t, "numbers", "numbers@example.com", "Zx-9007199254740993").status)
		require.Equal(t, http.StatusBadRequest, s.call(t, "POST", attackBase+"login/", `{"username":"numbers","password":9007199254740992}`).status)
	}},
	{"who has an account, by the answer or its time", "CWE-203, CWE-208; OWASP WSTG-IDNT-04; TestNeitherAnswerNorWorkTellsWhoHasAnAccount, TestTheTimeDoesNotTellWhoHasAnAccount", func(t *testing.T, s *attackService) {
		known := s.post(t, "login/", map[string]string{"username": s.victim.name, "password": accessSecond})
		unknown := s.post(t, "login/", map[string]string{"username": "nobody-at-all", "password": accessSecond})
		require.Equal(t, unknown.text, known.text)
		require.Equal(t, unknown.status, known.status)
	}},
}

// attacker is the API token of an account that is the attacker's own.
func (s *attackService) attacker(t *testing.T) string {
	t.Helper()
	answer := s.post(t, "login/", map[string]string{"username": "mallory-own", "password": accessPassword})
	if answer.status != http.StatusOK {
		require.Equal(t, http.StatusCreated, s.registered(t, "mallory-own", "mallory-own@example.com", accessPassword).status)
		s.exec(t, "INSERT INTO authtoken_token (key, created, user_id) SELECT ?, date_joined, id FROM auth_user WHERE username = 'mallory-own'", strings.Repeat("f", 40))
	}
	return strings.Repeat("f", 40)
}
