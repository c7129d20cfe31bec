package integration

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// session is the victim's session cookie, beside what else an attacker's page has sent.
func (s *attackService) session(more ...string) []string {
	return append([]string{"Cookie: sessionid=" + s.victim.own.cookies["sessionid"] + "; csrftoken=" + s.victim.own.cookies["csrftoken"]}, more...)
}

const attackRename = `{"first_name":"Owned"}`

// requireUnchanged: the victim kept the name.
func (s *attackService) requireUnchanged(t *testing.T) {
	t.Helper()
	require.NotEqual(t, "Owned", s.victimHas(t, "first_name"))
}

var attackCookies = []attack{
	{"another site changes an account by the victim's cookie", "CWE-352", func(t *testing.T, s *attackService) {
		good, own := "X-CSRFToken: "+s.victim.own.cookies["csrftoken"], "Origin: "+s.origin
		for name, headers := range map[string][]string{
			"no token": {own}, "an empty token": {own, "X-CSRFToken: "}, "a made-up token": {own, "X-CSRFToken: " + strings.Repeat("a", 32)},
			"Origin null": {good, "Origin: null"}, "an Origin below ours": {good, "Origin: " + s.origin + ".evil.example"}, "another scheme": {good, "Origin: https" + strings.TrimPrefix(s.origin, "http")},
			"another port": {good, "Origin: " + s.origin + "0"}, "a user in the Origin": {good, "Origin: " + s.origin + "@evil.example"}, "another site": {good, "Origin: https://evil.example"},
		} {
			s.call(t, "PATCH", attackBase+"user/", attackRename, s.session(headers...)...).refused(t, name)
		}
		s.requireUnchanged(t)
	}},
	{"a request that needs no preflight changes an account", "CWE-352; Fetch standard, CORS-safelisted content types", func(t *testing.T, s *attackService) {
		for _, kind := range []string{"text/plain", "text/plain; application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=b", ""} {
			s.call(t, "POST", attackBase+"password/change/", `{"new_password1":"x","new_password2":"x"}`, s.session("Content-Type: "+kind, "Origin: https://evil.example")...).refused(t, kind)
		}
	}},
	{"another site's form signs the victim in to the attacker's account", "CWE-352, login CSRF; Barth, Jackson, Mitchell 2008", func(t *testing.T, s *attackService) {
		form := "username=" + s.victim.name + "&password=" + accessPassword
		for _, headers := range [][]string{{"Origin: https://evil.example"}, {"Origin: null"}, {"Sec-Fetch-Site: cross-site"}} {
			s.call(t, "POST", attackBase+"login/", form, append(headers, "Content-Type: application/x-www-form-urlencoded")...).refused(t, headers[0])
			s.call(t, "POST", attackBase+"login/", `{"username":"`+s.victim.name+`","password":"`+accessPassword+`"}`, append(headers, "Content-Type: text/plain")...).refused(t, headers[0])
		}
	}},
	{"another site signs the victim out", "CWE-352, logout CSRF", func(t *testing.T, s *attackService) {
		s.call(t, "POST", attackBase+"logout/", "", s.session("Origin: https://evil.example")...).refused(t, "POST")
		s.call(t, "GET", attackBase+"logout/", "", s.session()...).refused(t, "GET")
		require.Equal(t, http.StatusOK, s.victim.user(t, accessBySession))
	}},
	{"another site presses a page's button", "CWE-352", func(t *testing.T, s *attackService) {
		link := s.victim.resetLink
		path := "/password-reset/confirm/" + link["uid"] + "/" + link["token"] + "/"
		form := "new_password1=" + accessSecond + "&new_password2=" + accessSecond
		answer := s.call(t, "POST", path, form, "Content-Type: application/x-www-form-urlencoded", "Origin: https://evil.example", "Cookie: csrftoken="+strings.Repeat("a", 32))
		require.Equal(t, http.StatusForbidden, answer.status)
	}},
	{"a neighbour's page plants a CSRF cookie and sends its token", "cookie tossing; CWE-565; RFC 6265, 8.6", func(t *testing.T, s *attackService) {
		planted := strings.Repeat("a", 32)
		for _, cookies := range []string{"csrftoken=" + planted + "; sessionid=", "csrftoken=x; csrftoken=" + planted + "; sessionid="} {
			s.call(t, "PATCH", attackBase+"user/", attackRename, "Cookie: "+cookies+s.victim.own.cookies["sessionid"], "X-CSRFToken: "+planted, "Origin: http://evil.app.example").refused(t, cookies)
		}
		s.requireUnchanged(t)
	}},
	{"a cookie of a longer path goes before the victim's", "cookie tossing; RFC 6265, 5.4", func(t *testing.T, s *attackService) {
		answer := s.call(t, "GET", attackBase+"user/", "", "Cookie: sessionid=planted; sessionid="+s.victim.own.cookies["sessionid"])
		require.Equal(t, http.StatusOK, answer.status, "it is listed first, and the last one counts")
	}},
	{"quotes and signs smuggle a second cookie", "CWE-20; RFC 6265, 4.1.1", func(t *testing.T, s *attackService) {
		for _, line := range []string{`Cookie: x="; sessionid=` + s.victim.own.cookies["sessionid"] + `"`, "Cookie: sessionid", "Cookie: =sessionid=x", "Cookie: $Version=1; sessionid=x; $Path=/", "Cookie: SESSIONID=" + s.victim.own.cookies["sessionid"]} {
			answer := s.call(t, "GET", attackBase+"user/", "", line)
			if !strings.Contains(line, `="`) {
				require.Equal(t, http.StatusUnauthorized, answer.status, line)
			}
			require.Less(t, answer.status, 500, line)
		}
	}},
	{"a planted session becomes the victim's", "session fixation; CWE-384; authentication.TestASessionThatIsNotTheAccountsOwnGivesWayToANewKey", func(t *testing.T, s *attackService) {
		planted := "planted0planted0planted0planted0"
		answer := s.call(t, "POST", attackBase+"login/", `{"username":"`+s.victim.name+`","password":"`+accessPassword+`"}`, "Cookie: sessionid="+planted)
		require.Equal(t, http.StatusOK, answer.status, answer.body)
		for _, line := range answer.header.Values("Set-Cookie") {
			require.NotContains(t, line, planted)
		}
		require.Equal(t, http.StatusUnauthorized, s.call(t, "GET", attackBase+"user/", "", "Cookie: sessionid="+planted).status)
	}},
	{"script reads the session", "CWE-1004", func(t *testing.T, s *attackService) {
		answer := s.call(t, "POST", attackBase+"login/", `{"username":"`+s.victim.name+`","password":"`+accessPassword+`"}`)
		for _, name := range []string{"sessionid=", "access=", "refresh="} {
			require.Regexp(t, name+`[^\n]*HttpOnly`, strings.Join(answer.header.Values("Set-Cookie"), "\n"))
		}
	}},
	{"any site reads answers with the victim's cookies", "CWE-942; PortSwigger, CORS", func(t *testing.T, s *attackService) {
		for _, origin := range []string{"https://evil.example", "null", s.origin + ".evil.example", "https://app.example.com.evil.example"} {
			for _, method := range []string{"GET", "OPTIONS"} {
				answer := s.call(t, method, attackBase+"user/", "", s.session("Origin: "+origin, "Access-Control-Request-Method: PATCH")...)
				require.Empty(t, answer.header.Get("Access-Control-Allow-Origin"), origin)
				require.Empty(t, answer.header.Get("Access-Control-Allow-Credentials"), origin)
			}
		}
	}},
	{"a site like a listed one reads answers with cookies", "CWE-942; origin reflection", func(t *testing.T, _ *attackService) {
		s := attackBoot(t, map[string]string{"CORS_ALLOWED_ORIGINS": "https://app.example.com,https://*.wild.example", "CORS_ALLOW_CREDENTIALS": "true"})
		for origin, shared := range map[string]bool{
			"https://app.example.com": true, "https://a.wild.example": true,
			"https://app.example.com.evil.example": false, "https://evilapp.example.com": false, "http://app.example.com": false, "null": false, "https://evilwild.example": false,
			"https://a.wild.example.evil.example": false, "https://app.example.com:444": false, "https://evil.example#.wild.example": false, "https://evil.example/.wild.example": false,
		} {
			answer := s.call(t, "GET", attackBase+"user/", "", s.session("Origin: "+origin)...)
			require.Equal(t, shared, answer.header.Get("Access-Control-Allow-Origin") == origin, origin)
			require.Contains(t, strings.Join(answer.header.Values("Vary"), ","), "Origin", "or a cache gives one origin's answer to another")
		}
	}},
	{"a name of the attacker's that resolves to the service", "DNS rebinding; CWE-350", func(t *testing.T, _ *attackService) {
		s := attackBoot(t, map[string]string{"ALLOWED_HOSTS": "127.0.0.1"})
		for _, host := range []string{"evil.example", "127.0.0.1.evil.example", "evil.example:80", "localhost", ""} {
			answer := s.call(t, "GET", attackBase+"user/", "", "Host: "+host, s.byToken())
			require.Equal(t, http.StatusBadRequest, answer.status, host)
		}
	}},
	{"a page is shown inside another site's", "clickjacking; CWE-1021", func(t *testing.T, s *attackService) {
		for _, path := range []string{"/password-reset/confirm/x/y/", attackBase + "registration/account-confirm-email/x/", attackBase + "user/"} {
			answer := s.call(t, "GET", path, "")
			require.Equal(t, "DENY", answer.header.Get("X-Frame-Options"), path)
			if strings.HasPrefix(answer.header.Get("Content-Type"), "text/html") {
				require.Contains(t, answer.header.Get("Content-Security-Policy"), "frame-ancestors 'none'")
				require.Contains(t, answer.header.Get("Content-Security-Policy"), "default-src 'none'")
			}
		}
	}},
	{"a cache keeps what is one person's", "CWE-525; web cache deception, Gil 2017", func(t *testing.T, s *attackService) {
		for _, path := range []string{"user/", "user", "user/?x=.css", "csrf/"} {
			require.Equal(t, "no-store", s.call(t, "GET", attackBase+path, "", s.byToken()).header.Get("Cache-Control"), path)
		}
		for _, path := range []string{"user/a.css", "user/%0aa.css", "user/;a.css", "user.css"} {
			require.Equal(t, http.StatusNotFound, s.call(t, "GET", attackBase+path, "", s.byToken()).status, path)
		}
	}},
}
