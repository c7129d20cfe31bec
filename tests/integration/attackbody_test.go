package integration

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/adapters/ginhttp"
)

// bodies sends each body to the endpoints that strangers reach, and demands refusals.
func (s *attackService) bodies(t *testing.T, contentType string, bodies ...string) {
	t.Helper()
	for _, body := range bodies {
		for _, path := range []string{"login/", "registration/", "token/refresh/"} {
			s.call(t, "POST", attackBase+path, body, "Content-Type: "+contentType).refused(t, fmt.Sprintf("%s %.60q", path, body))
		}
	}
}

// attackBomb is a megabyte of blanks a few times over in some kilobytes.
func attackBomb(t *testing.T) string {
	t.Helper()
	var packed bytes.Buffer
	writer := gzip.NewWriter(&packed)
	for range 50 {
		_, err := writer.Write(bytes.Repeat([]byte(" "), 1<<20))
		require.NoError(t, err)
	}
	require.NoError(t, writer.Close())
	return packed.String()
}

var attackBodies = []attack{
	{"a body of ten megabytes", "CWE-770; OWASP API4:2023", func(t *testing.T, s *attackService) {
		for _, kind := range []string{hostileJSON, hostileForm, hostileParts} {
			answer := s.call(t, "POST", attackBase+"login/", strings.Repeat("a=b&", 10<<18), "Content-Type: "+kind)
			require.Equal(t, http.StatusRequestEntityTooLarge, answer.status)
		}
	}},
	{"JSON nested a hundred thousand deep", "CWE-674; CVE-2022-28131", func(t *testing.T, s *attackService) {
		s.bodies(t, hostileJSON, strings.Repeat("[", 100_000), strings.Repeat(`{"a":`, 100_000), `{"password":`+strings.Repeat("[", 100_000)+strings.Repeat("]", 100_000)+"}")
	}},
	{"a hundred thousand keys, and keys that collide", "hash flooding; CWE-407; CVE-2011-4815", func(t *testing.T, s *attackService) {
		var form strings.Builder
		for i := range 60_000 {
			fmt.Fprintf(&form, "Ez%dFY=&", i)
		}
		s.bodies(t, hostileJSON, hostileManyKeys(60_000))
		s.bodies(t, hostileForm, form.String())
	}},
	{"a number with a million digits", "CWE-1333; CVE-2020-10735", func(t *testing.T, s *attackService) {
		digits := strings.Repeat("9", 900_000)
		s.bodies(t, hostileJSON, `{"password":`+digits+`}`, `{"password":1e`+digits+`}`, `{"username":-`+digits+`.`+`0}`, `{"username":1E400,"password":[]}`)
	}},
	{"a bomb in gzip", "decompression bomb; CWE-409", func(t *testing.T, s *attackService) {
		for _, coding := range []string{"gzip", "deflate", "br", "gzip, gzip"} {
			s.call(t, "POST", attackBase+"login/", attackBomb(t), "Content-Encoding: "+coding).refused(t, coding)
		}
	}},
	{"a form of ten thousand parts", "CWE-770; CVE-2023-24580, CVE-2023-45290", func(t *testing.T, s *attackService) {
		s.bodies(t, hostileParts, hostileMultipart(10_000, 1), strings.Repeat("--b\r\n", 100_000), "--b\r\n"+strings.Repeat("X-Header: a\r\n", 50_000)+"\r\nx\r\n--b--\r\n")
		s.bodies(t, "multipart/form-data; boundary="+strings.Repeat("b", 500), "--b--")
	}},
	{"NUL, half characters and what is not UTF-8", "CWE-158; CWE-176; RFC 8259, 8.1", func(t *testing.T, s *attackService) {
		for _, text := range []string{`\u0000`, s.victim.name + `\u0000`, `\ud800`, `\udc00\ud800`, "\xff\xfe", "\xed\xa0\x80", "\xc0\xaf"} {
			s.bodies(t, hostileJSON, `{"username":"`+text+`","password":"`+accessPassword+`","email":"a@example.com","password1":"`+accessPassword+`","password2":"`+accessPassword+`","refresh":"`+text+`"}`)
		}
		s.bodies(t, hostileJSON, "\xef\xbb\xbf{}", "\x00{}", "{}\x00", "\xff\xfe{\x00}\x00")
	}},
	{"a client that sends a byte now and then", "slowloris; CWE-400", func(t *testing.T, _ *attackService) {
		server := ginhttp.NewServer(http.NotFoundHandler())
		require.NotZero(t, server.ReadHeaderTimeout, "of the server that listens; it is waited for in TestSlowClientsAreCutOff of ginhttp")
		require.NotZero(t, server.ReadTimeout)
		require.NotZero(t, server.WriteTimeout)
		require.NotZero(t, server.IdleTimeout)
		require.LessOrEqual(t, server.MaxHeaderBytes, 64<<10)
	}},
	{"a text that expressions go mad over", "ReDoS; CWE-1333; CVE-2024-27351", func(t *testing.T, s *attackService) {
		for _, text := range []string{
			strings.Repeat("a", 100_000) + "@", strings.Repeat("a.", 50_000) + "@example.com", "a@" + strings.Repeat("a-", 50_000) + ".com", `"` + strings.Repeat(`\"`, 50_000) + `@example.com`,
			"a@" + strings.Repeat("a.", 50_000), strings.Repeat("@", 100_000), "a@[" + strings.Repeat(":", 100_000) + "]", strings.Repeat(" ", 500_000) + "x",
		} {
			require.Equal(t, http.StatusBadRequest, s.post(t, "password/reset/", map[string]string{"email": text}).status)
			require.Equal(t, http.StatusBadRequest, s.post(t, "login/", map[string]string{"email": text, "password": "x"}).status)
		}
	}},
	{"a name of a megabyte", "CWE-770", func(t *testing.T, s *attackService) {
		long := strings.Repeat("é", 400_000)
		require.Equal(t, http.StatusBadRequest, s.post(t, "login/", map[string]string{"username": long, "password": "x"}).status)
		require.Equal(t, http.StatusBadRequest, s.post(t, "registration/", map[string]string{"username": long, "email": "a@example.com", "password1": accessPassword, "password2": accessPassword}).status)
	}},
}
