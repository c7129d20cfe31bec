package integration

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const attackSmuggled = "GET /dj-rest-auth/user/ HTTP/1.1\r\nHost: a.example\r\nX: "

var attackWire = []attack{
	{"two lengths of one body", "request smuggling; RFC 9112, 6.3; CWE-444; TestHostileClients/framing", func(t *testing.T, s *attackService) {
		const line = "POST /dj-rest-auth/login/ HTTP/1.1\r\nHost: a.example\r\n"
		for name, headers := range map[string]string{
			"CL.TE": "Content-Length: 60\r\nTransfer-Encoding: chunked\r\n", "TE.CL": "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n", "CL.CL": "Content-Length: 0\r\nContent-Length: 60\r\n",
			"TE.TE": "Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n", "a list": "Content-Length: 0, 60\r\n", "a sign": "Content-Length: +60\r\n", "folded": "Transfer-Encoding:\r\n chunked\r\n",
			"a blank": "Transfer-Encoding : chunked\r\n", "a tab": "Transfer-Encoding:\tchunked\x0b\r\n", "an underscore": "Content_Length: 60\r\n",
		} {
			answers := s.wire(t, line+headers+"Connection: close\r\n\r\n0\r\n\r\n"+attackSmuggled)
			require.LessOrEqual(t, len(answers), 1, "%s: what was smuggled was answered", name)
			for _, answer := range answers {
				if answer.status != http.StatusNotImplemented { // net/http's own, RFC 9112, 6.1
					answer.refused(t, name)
				}
			}
		}
	}},
	{"lines that end in one half of a line break", "request smuggling; RFC 9112, 2.2; CVE-2025-22871", func(t *testing.T, s *attackService) {
		for name, raw := range map[string]string{
			"a chunk's size":      "POST /dj-rest-auth/login/ HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n0;a\n\r\n" + attackSmuggled,
			"a chunk's extension": "POST /dj-rest-auth/login/ HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n0;\nX\r\n\r\n" + attackSmuggled,
			"a bare return":       "POST /dj-rest-auth/login/ HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\nA: b\rContent-Length: 5\r\n\r\n",
		} {
			answers := s.wire(t, raw)
			require.LessOrEqual(t, len(answers), 1, name)
			for _, answer := range answers {
				answer.refused(t, name)
			}
		}
	}},
	{"another spelling of a path", "CWE-22; CWE-41; CVE-2021-41773; Orange Tsai 2018 (;)", func(t *testing.T, s *attackService) {
		for _, path := range []string{
			"/dj-rest-auth//user/", "//dj-rest-auth/user/", "/dj-rest-auth/./user/", "/dj-rest-auth/x/../user/", "/dj-rest-auth/%2e%2e/dj-rest-auth/user/", "/dj-rest-auth/user%2f", "/dj-rest-auth%2fuser/",
			"/dj-rest-auth/..;/user/", "/dj-rest-auth/user;/", "/dj-rest-auth/user;x=y", "/dj-rest-auth/user.", "/dj-rest-auth/user/.", "/DJ-REST-AUTH/USER/", "/dj-rest-auth/User/", "/dj-rest-auth/user%20/",
			"/dj-rest-auth/user%00/", "/dj-rest-auth/user/%00", `/dj-rest-auth\user/`, "/dj-rest-auth/user//", "/dj-rest-auth/%75ser%2f", "/dj-rest-auth/user%252f", "/dj-rest-auth/us\u00ebr/",
		} {
			answer := s.call(t, "GET", path, "", s.byToken())
			require.NotContains(t, answer.body, s.victim.address, path)
			require.NotEqual(t, http.StatusOK, answer.status, path)
		}
	}},
	{"another method in a header or field", "HTTP verb tampering; CWE-650; OWASP WSTG-CONF-06", func(t *testing.T, s *attackService) {
		for _, header := range []string{"X-HTTP-Method-Override: PATCH", "X-HTTP-Method: PATCH", "X-Method-Override: PUT", "_method: PATCH"} {
			answer := s.call(t, "POST", attackBase+"user/?_method=PATCH", `{"first_name":"Owned","_method":"PATCH"}`, header, s.byToken())
			require.Equal(t, http.StatusMethodNotAllowed, answer.status, header)
			answer = s.call(t, "GET", attackBase+"user/?_method=PATCH&first_name=Owned", attackRename, header, s.byToken())
			require.Equal(t, http.StatusOK, answer.status, "a GET remains one")
		}
		s.requireUnchanged(t)
	}},
	{"methods that repeat or tunnel", "cross-site tracing; CWE-693; RFC 9110, 9.3.6, 9.3.8", func(t *testing.T, s *attackService) {
		for _, method := range []string{"TRACE", "TRACK", "CONNECT", "DEBUG", "PURGE", "get", "G\u00c9T"} {
			answers := s.wire(t, method+" /dj-rest-auth/user/ HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\nX-Secret: echo-me\r\n"+s.byToken()+"\r\n\r\n")
			for _, answer := range answers {
				answer.refused(t, method)
				require.NotContains(t, answer.body, "echo-me")
			}
		}
	}},
	{"a piece of an answer", "CVE-2011-3192 (Range); RFC 9110, 14", func(t *testing.T, s *attackService) {
		whole := s.call(t, "GET", attackBase+"user/", "", s.byToken())
		for _, header := range []string{"Range: bytes=0-0", "Range: bytes=" + strings.Repeat("0-,", 3000) + "0-", "If-Range: x", "Range: bytes=-1"} {
			answer := s.call(t, "GET", attackBase+"user/", "", header, s.byToken())
			require.Equal(t, http.StatusOK, answer.status, header)
			require.Equal(t, whole.body, answer.body)
		}
	}},
	{"a HEAD does what a GET may not", "GitHub's OAuth bypass by HEAD, 2019; RFC 9110, 9.3.2", func(t *testing.T, s *attackService) {
		require.Equal(t, http.StatusUnauthorized, s.call(t, "HEAD", attackBase+"user/", "").status)
		require.Equal(t, http.StatusMethodNotAllowed, s.call(t, "HEAD", attackBase+"logout/", "", s.byToken()).status)
		require.Equal(t, http.StatusOK, s.victim.user(t, accessByToken))
	}},
	{"a header splits an answer", "response splitting; CWE-113", func(t *testing.T, s *attackService) {
		for _, path := range []string{"registration%0d%0aSet-Cookie:a=b", "registration?%0d%0aSet-Cookie:a=b", "facebook?a=%0d%0aX:%20y", "login/?format=%0d%0aX:y"} {
			answer := s.call(t, "GET", attackBase+path, "")
			require.Empty(t, answer.header.Get("X"))
			require.Empty(t, answer.header.Values("Set-Cookie"), path)
		}
	}},
	{"a proxy's header makes somebody another", "CWE-290; CWE-348; OWASP WSTG-ATHN-04", func(t *testing.T, s *attackService) {
		for _, header := range []string{"X-Remote-User: ", "Remote-User: ", "X-Forwarded-User: ", "X-Authenticated-Userid: ", "X-User: "} {
			require.Equal(t, http.StatusUnauthorized, s.call(t, "GET", attackBase+"user/", "", header+s.victim.name).status, header)
		}
	}},
	{"two credentials, of which one is somebody's", "CWE-287; RFC 9110, 5.3", func(t *testing.T, s *attackService) {
		for _, second := range []string{"Authorization: Token x", "Authorization: Basic YTpi"} {
			for _, lines := range [][]string{{second, s.byToken()}, {s.byToken(), second}} {
				require.Contains(t, []int{http.StatusOK, http.StatusUnauthorized, http.StatusBadRequest}, s.call(t, "GET", attackBase+"user/", "", lines...).status)
			}
		}
		require.Equal(t, http.StatusUnauthorized, s.call(t, "GET", attackBase+"user/", "", "Authorization: Token x, Token "+s.victim.own.key).status)
	}},
}

// What a stranger writes must not look like a line of the log, nor a secret stand in it.
func TestAttacksOnTheLog(t *testing.T) {
	p := processStart(t, t.TempDir(), processCheap, "LOG_LEVEL=debug", "LOG_FORMAT=text", "RATE_LIMITS=off")
	status, answer := p.register("logged", accessPassword)
	require.Equal(t, http.StatusCreated, status, answer)
	key := processKey(answer)
	forged := "level=ERROR msg=forged"
	for _, path := range []string{"login/", "user/?a=%0a" + strings.ReplaceAll(forged, " ", "%20"), "x%0a" + strings.ReplaceAll(forged, " ", "%20") + "/", "password/reset/confirm/"} {
		_, _ = p.call(http.MethodPost, path, key, map[string]string{"username": "a\n" + forged, "password": "hunter2-" + accessSecond, "uid": "a\n" + forged, "token": "secret-token-text"})
	}
	_, _ = p.login("logged", accessPassword)
	text := p.out.String() + p.errors.String()
	for line := range strings.Lines(text) {
		require.False(t, strings.HasPrefix(line, forged), "CWE-117: %s", line)
	}
	for _, secret := range []string{accessPassword, "hunter2", key, "secret-token-text", "a-key-for"} {
		require.NotContains(t, text, secret, "CWE-532")
	}
}
