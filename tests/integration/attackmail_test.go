package integration

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var attackMails = []attack{
	{"a Host header poisons the link of a reset mail", "CWE-644; PortSwigger, password reset poisoning", func(t *testing.T, s *attackService) {
		s.poison(t, "Host: evil.example")
		s.poison(t, "Host: "+strings.TrimPrefix(s.URL, "http://")+":@evil.example")
	}},
	{"a forwarded host poisons the link of a reset mail", "CWE-644; OWASP WSTG-INPV-17", func(t *testing.T, s *attackService) {
		for _, header := range []string{"X-Forwarded-Host: evil.example", "X-Host: evil.example", "X-Forwarded-Server: evil.example", "Forwarded: host=evil.example;proto=https", "X-Original-URL: //evil.example/", "X-Forwarded-Proto: javascript", "X-HTTP-Host-Override: evil.example", "Origin: https://evil.example", "Referer: https://evil.example/"} {
			s.poison(t, header)
		}
	}},
	{"the request's target poisons the link of a reset mail", "RFC 9112, 3.2.2", func(t *testing.T, s *attackService) {
		body := `{"email":"` + s.victim.address + `"}`
		s.Clock.Advance(1e9)
		answer := s.call(t, "POST", "http://evil.example"+attackBase+"password/reset/", body)
		require.Equal(t, http.StatusOK, answer.status)
		s.requireOwnLinks(t)
	}},
	{"line breaks in an address start a header", "CWE-93; CAPEC-134", func(t *testing.T, s *attackService) {
		for _, address := range attackAddresses {
			for path, body := range map[string]map[string]string{
				"password/reset/": {"email": address}, "registration/resend-email/": {"email": address},
				"registration/": {"username": "mallory", "email": address, "password1": accessPassword, "password2": accessPassword},
			} {
				answer := s.post(t, path, body)
				require.Equal(t, http.StatusBadRequest, answer.status, "%s %q: %s", path, address, answer.text)
			}
		}
	}},
	{"line breaks in names start a header", "CWE-93; OWASP WSTG-INPV-10", func(t *testing.T, s *attackService) {
		for _, broken := range []string{"a\r\nBcc: evil@example.com", "a\nSubject: x", "a\u2028b", "a\u2029b", "a\u0085b", "a\x00b", "a\x0bb", "=?utf-8?q?x?="} {
			answer := s.post(t, "registration/", map[string]string{"username": broken, "email": "mallory@example.com", "password1": accessPassword, "password2": accessPassword})
			require.Equal(t, http.StatusBadRequest, answer.status, "%q", broken)
		}
	}},
	{"a mail is filled from a template in an address", "CWE-1336; PortSwigger, server-side template injection", func(t *testing.T, s *attackService) {
		const address = "{{7*7}}{{.}}@example.com"
		answer := s.post(t, "registration/", map[string]string{"username": "template", "email": address, "password1": accessPassword, "password2": accessPassword})
		require.Equal(t, http.StatusCreated, answer.status, answer.text)
		letter := s.Mailbox.Next(t, address)
		require.NotContains(t, letter.Text+letter.HTML+letter.Subject, "49")
		require.Equal(t, address, letter.To)
		for _, name := range []string{"{{.}}", "${7*7}", "#{7*7}", "<%= 7*7 %>"} {
			answer = s.send(t, accessRequest{method: http.MethodPatch, path: "user/", body: map[string]string{"first_name": name}, header: map[string]string{"Authorization": "Token " + s.victim.own.key}})
			require.Equal(t, name, answer.string("first_name"), "what is said is said, and nothing more")
		}
	}},
	{"an address brings markup into a mail", "CWE-79", func(t *testing.T, s *attackService) {
		const address = `"<img/src=x>"@example.com`
		answer := s.post(t, "registration/", map[string]string{"username": "markup", "email": address, "password1": accessPassword, "password2": accessPassword})
		require.Equal(t, http.StatusCreated, answer.status, answer.text)
		letter := s.Mailbox.Next(t, address)
		require.NotContains(t, letter.HTML, "<img/src=x>")
	}},
	{"a path leads a redirect to another host", "CWE-601; CVE-2018-14574 (APPEND_SLASH)", func(t *testing.T, s *attackService) {
		for _, path := range []string{"//evil.example/dj-rest-auth/registration", `/\evil.example/dj-rest-auth/registration`, "/dj-rest-auth/registration?next=//evil.example", "/dj-rest-auth//evil.example/registration", "/%2fevil.example/%2e%2e/dj-rest-auth/registration", "/dj-rest-auth/facebook?//evil.example", "http://evil.example//evil.example/dj-rest-auth/registration", "/dj-rest-auth/registration%0d%0aLocation:%20//evil.example"} {
			answer := s.call(t, "POST", path, "{}")
			location := answer.header.Get("Location")
			require.True(t, location == "" || strings.HasPrefix(location, attackBase), "%s leads to %q", path, location)
		}
	}},
	{"a parameter leads a redirect to another host", "CWE-601; OWASP WSTG-CLNT-04", func(t *testing.T, s *attackService) {
		for _, name := range []string{"next", "redirect", "redirect_uri", "url", "return_to", "callback_url"} {
			for _, target := range []string{"//evil.example", `/\evil.example`, "https:evil.example", "javascript:alert(1)", "%09//evil.example"} {
				query := "?" + name + "=" + target
				for _, path := range []string{"login/", "logout/", "user/", "facebook/authorize/", "registration/account-confirm-email/x/"} {
					answer := s.call(t, "GET", attackBase+path+query, "", "Accept: */*")
					require.Empty(t, answer.header.Get("Location"), path+query)
					require.NotContains(t, answer.body, "evil.example", path+query)
				}
			}
		}
	}},
	{"a sign-in at a provider ends at another host", "RFC 9700, 4.1; CWE-601", func(t *testing.T, s *attackService) {
		for _, target := range []string{"https://evil.example/", "https://app.example.com.evil.example/", "https://app.example.com@evil.example/", "javascript:alert(1)"} {
			answer := s.send(t, accessRequest{method: http.MethodGet, path: "corp/authorize/?callback_url=" + target})
			require.Equal(t, http.StatusBadRequest, answer.status, answer.text)
		}
	}},
	{"names wait on a page as script", "CWE-79; OWASP A03:2021", func(t *testing.T, s *attackService) {
		for _, path := range []string{"/password-reset/confirm/%3Cscript%3E/%3Cscript%3E/", attackBase + "registration/account-confirm-email/%22%3E%3Cscript%3E/", attackBase + "%3Cscript%3E/"} {
			answer := s.call(t, "GET", path, "")
			require.NotContains(t, answer.body, "<script>", path)
			require.Equal(t, "nosniff", answer.header.Get("X-Content-Type-Options"))
		}
	}},
	{"one request floods a mailbox", "CWE-799; OWASP API4:2023; recovery.TestClaimsNeitherFloodAMailboxNorKeepItsOwnerFromTheMail", func(t *testing.T, s *attackService) {
		const address = "flooded@example.com"
		for i := range 12 {
			name := "flood" + string(rune('a'+i))
			require.Equal(t, http.StatusCreated, s.post(t, "registration/", map[string]string{"username": name, "email": address, "password1": accessPassword, "password2": accessPassword}).status)
			s.Mailbox.Next(t, address)
		}
		require.Equal(t, http.StatusOK, s.post(t, "password/reset/", map[string]string{"email": address}).status)
		require.LessOrEqual(t, len(s.Mailbox.Unread(t, address)), 8)
	}},
}

// attackAddresses would be two recipients, or a header, where they were taken.
var attackAddresses = []string{
	"a@example.com\r\nBcc: evil@example.com", "a@example.com\nevil@example.com", "a@example.com,evil@example.com", "a@example.com;evil@example.com",
	"a@example.com evil@example.com", "<a@example.com>", "A <a@example.com>", "a@example.com\x00", "a\u2028@example.com", "a\u2029@example.com", "a\u0085@example.com",
	"a@exam\u200bple.com", "a@example.com%0d%0aBcc:evil@example.com", "\"a\r\nBcc: evil\"@example.com", "a@[127.0.0.1]\r\nDATA",
}

// poison asks for a reset with the header and demands that the mailed link is ours.
func (s *attackService) poison(t *testing.T, header string) {
	t.Helper()
	s.Clock.Advance(1e9) // or the next link is the one before
	body, err := json.Marshal(map[string]string{"email": s.victim.address})
	require.NoError(t, err)
	answer := s.call(t, "POST", attackBase+"password/reset/", string(body), header)
	if answer.status != http.StatusOK {
		answer.refused(t, header)
		return
	}
	s.requireOwnLinks(t)
}

func (s *attackService) requireOwnLinks(t *testing.T) {
	t.Helper()
	letter := s.Mailbox.Next(t, s.victim.address)
	require.NotEmpty(t, letter.Links())
	for _, link := range letter.Links() {
		require.True(t, strings.HasPrefix(link, s.URL+"/"), link)
	}
	require.NotContains(t, letter.Text+letter.HTML+letter.Subject, "evil")
}
