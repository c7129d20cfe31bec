package integration

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"

	"latchkey/tests/kit"
)

// attack is one row of the table: what a stranger does, and who described it. Each is
// tried on the service behind a real port.
type attack struct {
	name, source string
	try          func(t *testing.T, s *attackService)
}

// attackSigningKey is known to these tests, so that a token can be wrong in one thing alone.
const attackSigningKey = "the-signing-key-of-the-attack-table-0123456789"

var attackSettings = map[string]string{
	"USE_JWT": "true", "AUTH_CLASSES": "token,session,jwt", "JWT_TRANSPORT": "both", "JWT_AUTH_COOKIE": "access", "JWT_AUTH_REFRESH_COOKIE": "refresh",
	"SIGNING_KEY": attackSigningKey, "TOKEN_BLACKLIST": "true", "ROTATE_REFRESH_TOKENS": "true", "BLACKLIST_AFTER_ROTATION": "true",
	"ACCOUNT_LOGIN_METHODS": "username,email", "SOCIALACCOUNT_SINGLE_USE_ID_TOKENS": "true", "ACCOUNT_PRESERVE_USERNAME_CASING": "true",
}

// attackService is the service under attack, with a victim who is signed in to it.
type attackService struct {
	*socialService
	google *socialSigner
	victim *accessPerson
}

func attackBoot(t *testing.T, settings map[string]string) *attackService {
	t.Helper()
	social, google, _ := socialSigners(t, kit.Settings(attackSettings), kit.Settings(settings))
	return &attackService{socialService: social, google: google, victim: social.person(t)}
}

// attackTables are all rows by their subject.
var attackTables = map[string][]attack{
	"hosts, mails and redirects": attackMails, "tokens": attackTokens, "cookies and other sites": attackCookies,
	"what may not be said": attackFields, "bodies": attackBodies, "framing, paths and headers": attackWire,
	"names and passwords": attackNames, "replays": attackReplays, "races": attackRaces,
}

func TestAttacks(t *testing.T) {
	s := attackBoot(t, nil)
	for subject, table := range attackTables {
		t.Run(subject, func(t *testing.T) {
			for _, row := range table {
				require.NotEmpty(t, row.source, row.name)
				t.Run(row.name+" ("+row.source+")", func(t *testing.T) { row.try(t, s) })
			}
		})
	}
	t.Run("the victim is still there", func(t *testing.T) {
		require.Equal(t, http.StatusOK, s.victim.user(t, accessByToken))
		require.Equal(t, http.StatusOK, s.post(t, "login/", map[string]string{"username": s.victim.name, "password": accessPassword}).status)
	})
}

type attackAnswer struct {
	status int
	header http.Header
	body   string
}

// wire sends these bytes and returns all answers until the service hangs up.
func (s *attackService) wire(t *testing.T, raw string) []attackAnswer {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.URL, "http://"))
	require.NoError(t, err)
	defer conn.Close()
	require.NoError(t, conn.SetDeadline(time.Now().Add(hostilePatience)))
	go func() { _, _ = io.WriteString(conn, raw) }()
	method, _, _ := strings.Cut(raw, " ")
	var answers []attackAnswer
	for reader := bufio.NewReader(conn); ; {
		response, err := http.ReadResponse(reader, &http.Request{Method: method})
		if err != nil {
			require.NotErrorIs(t, err, os.ErrDeadlineExceeded, "held up by %.200q", raw)
			return answers
		}
		body, _ := io.ReadAll(response.Body)
		answers = append(answers, attackAnswer{response.StatusCode, response.Header, string(body)})
	}
}

// call is one well-framed request; headers are whole lines, of which Host may be one.
func (s *attackService) call(t *testing.T, method, path, body string, headers ...string) attackAnswer {
	t.Helper()
	lines := strings.Join(headers, "\r\n")
	if !strings.Contains("\r\n"+lines, "\r\nHost:") {
		headers = append(headers, "Host: "+strings.TrimPrefix(s.URL, "http://"))
	}
	if !strings.Contains("\r\n"+lines, "\r\nContent-Type:") {
		headers = append(headers, "Content-Type: application/json")
	}
	headers = append(headers, fmt.Sprintf("Content-Length: %d", len(body)), "Connection: close")
	answers := s.wire(t, method+" "+path+" HTTP/1.1\r\n"+strings.Join(headers, "\r\n")+"\r\n\r\n"+body)
	require.Len(t, answers, 1, "%s %s", method, path)
	return answers[0]
}

// refused demands a client's fault in the answer and nothing of use in it.
func (a attackAnswer) refused(t *testing.T, what string) {
	t.Helper()
	require.GreaterOrEqual(t, a.status, 400, "%s: %s", what, a.body)
	require.Less(t, a.status, 500, "%s: %s", what, a.body)
	require.NotContains(t, a.body, `"access":`, what)
	for _, line := range a.header.Values("Set-Cookie") {
		require.NotRegexp(t, `^(sessionid|access|refresh)=[^;]`, line, what)
	}
}

const attackBase = "/dj-rest-auth/"

func (s *attackService) byToken() string { return "Authorization: Token " + s.victim.own.key }

// bearer asks who the bearer of a token is.
func (s *attackService) bearer(t *testing.T, token string) int {
	t.Helper()
	return s.call(t, "GET", attackBase+"user/", "", "Authorization: Bearer "+token).status
}

// parsed returns the claims of a token of the service.
func attackParsed(t *testing.T, token string) jwt.MapClaims {
	t.Helper()
	claims := jwt.MapClaims{}
	_, _, err := jwt.NewParser(jwt.WithJSONNumber()).ParseUnverified(token, claims)
	require.NoError(t, err)
	return claims
}

// attackRow reads one column of the victim's row.
func (s *attackService) victimHas(t *testing.T, column string) string {
	t.Helper()
	var text string
	require.NoError(t, s.db.QueryRowContext(t.Context(), "SELECT "+column+" || '' FROM auth_user WHERE username = ?", s.victim.name).Scan(&text))
	return text
}

// attackLongPassword is what it takes to hash for long, if anything does.
var attackLongPassword = strings.Repeat("p", 900_000)
