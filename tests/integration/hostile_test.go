package integration

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/bootstrap"
	"latchkey/bootstrap/config"
)

// hostileService is a running service and an account's token.
type hostileService struct {
	address string
	token   string
}

// hostileBoot runs the service as its program does, on a port of its own.
func hostileBoot(t *testing.T) *hostileService {
	t.Helper()
	folder := t.TempDir()
	providers := filepath.Join(folder, "latchkey.yaml")
	require.NoError(t, os.WriteFile(providers, []byte("socialaccount_providers:\n"+
		"  facebook: {client_id: a, secret: s, callback_url: 'https://a.example/cb'}\n"+
		"  twitter: {client_id: a, secret: s, callback_url: 'https://a.example/cb'}\n"), 0o600))
	s := &hostileService{address: hostileFreeAddress(t)}
	cfg, err := config.Load(providers, []string{
		"LATCHKEY_LISTEN=" + s.address,
		"LATCHKEY_DATA_DIR=" + folder,
		"LATCHKEY_SECRET_KEY=a-key-for-tests-only-0123456789-abcdefghijklmnopqrstuvwxyz",
		"LATCHKEY_DATABASE_URL=sqlite://" + filepath.Join(folder, "latchkey.sqlite3"),
		"LATCHKEY_PASSWORD_HASHERS=pbkdf2_sha256:1200,argon2,bcrypt_sha256,bcrypt,scrypt,pbkdf2_sha1",
		"LATCHKEY_ACCOUNT_EMAIL_VERIFICATION=none",
		"LATCHKEY_LOG_LEVEL=error",
		"LATCHKEY_RATE_LIMITS=off", // what is refused unread is not tried
	})
	require.NoError(t, err)
	app := bootstrap.New(bootstrap.Configured(cfg), bootstrap.Listen())
	require.NoError(t, app.Start(t.Context()))
	t.Cleanup(func() { require.NoError(t, app.Stop(context.Background())) })
	s.token = s.register(t)
	return s
}

func hostileFreeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer listener.Close()
	return listener.Addr().String()
}

func (s *hostileService) register(t *testing.T) string {
	t.Helper()
	const body = `{"username":"alice","email":"alice@example.com","password1":"Str0ng-pass-77","password2":"Str0ng-pass-77"}`
	answers := s.send(t, hostilePost("/dj-rest-auth/registration/", "application/json", body))
	require.Len(t, answers, 1)
	require.Equal(t, 201, answers[0].status, answers[0].body)
	var got struct{ Key string }
	require.NoError(t, json.Unmarshal([]byte(answers[0].body), &got))
	return got.Key
}

type hostileAnswer struct {
	status      int
	contentType string
	body        string
}

// hostilePatience bounds one dialogue; a server that waits longer is held up.
const hostilePatience = 8 * time.Second

// send writes raw bytes and reads answers until the server hangs up. A server
// that refuses early may hang up before it has read, or been read, to the end.
func (s *hostileService) send(t *testing.T, raw string) []hostileAnswer {
	t.Helper()
	conn, err := net.Dial("tcp", s.address)
	require.NoError(t, err)
	defer conn.Close()
	require.NoError(t, conn.SetDeadline(time.Now().Add(hostilePatience)))
	go func() { _, _ = io.WriteString(conn, raw) }()
	method, _, _ := strings.Cut(raw, " ")
	var answers []hostileAnswer
	reader := bufio.NewReader(conn)
	for {
		response, err := http.ReadResponse(reader, &http.Request{Method: method})
		if err != nil {
			require.NotErrorIs(t, err, os.ErrDeadlineExceeded, "held up by %.200q", raw)
			return answers
		}
		body, _ := io.ReadAll(response.Body)
		answers = append(answers, hostileAnswer{response.StatusCode, response.Header.Get("Content-Type"), string(body)})
	}
}

func hostileRequest(method, path, headers, body string) string {
	return method + " " + path + " HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n" + headers + "\r\n" + body
}

func hostilePost(path, contentType, body string, headers ...string) string {
	return hostileRequest("POST", path, fmt.Sprintf("Content-Type: %s\r\nContent-Length: %d\r\n%s", contentType, len(body), strings.Join(headers, "")), body)
}

func hostileChunked(path, contentType, body string) string {
	return hostileRequest("POST", path, "Content-Type: "+contentType+"\r\nTransfer-Encoding: chunked\r\n", fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", len(body), body))
}

// hostileRequireRefused demands refusals in the API's shape or those of net/http.
func hostileRequireRefused(t *testing.T, answers []hostileAnswer, raw string) {
	t.Helper()
	for _, answer := range answers {
		require.GreaterOrEqual(t, answer.status, 400, "%.200q", raw)
		require.Less(t, answer.status, 500, "%.200q: %s", raw, answer.body)
		hostileRequireShape(t, answer)
	}
}

func hostileRequireShape(t *testing.T, answer hostileAnswer) {
	t.Helper()
	if answer.contentType != "application/json" {
		return
	}
	var shape map[string]any
	require.NoError(t, json.Unmarshal([]byte(answer.body), &shape), answer.body)
	for key, told := range shape {
		if key != "detail" {
			require.IsType(t, []any{}, told, answer.body)
		}
	}
}

// hostileFields are the fields that each endpoint reads.
var hostileFields = []struct {
	method, path string
	fields       []string
}{
	{"POST", "/dj-rest-auth/login/", []string{"username", "email", "password"}},
	{"POST", "/dj-rest-auth/registration/", []string{"username", "email", "password1", "password2"}},
	{"POST", "/dj-rest-auth/registration/verify-email/", []string{"key"}},
	{"POST", "/dj-rest-auth/registration/resend-email/", []string{"email"}},
	{"POST", "/dj-rest-auth/account-confirm-email/", []string{"key"}},
	{"POST", "/dj-rest-auth/password/reset/", []string{"email"}},
	{"POST", "/dj-rest-auth/password/reset/confirm/", []string{"uid", "token", "new_password1", "new_password2"}},
	{"POST", "/dj-rest-auth/password/change/", []string{"new_password1", "new_password2"}},
	{"PUT", "/dj-rest-auth/user/", []string{"username", "first_name", "last_name"}},
	{"PATCH", "/dj-rest-auth/user/", []string{"username", "first_name", "last_name"}},
	{"POST", "/dj-rest-auth/facebook/", []string{"access_token", "code", "id_token"}},
	{"POST", "/dj-rest-auth/facebook/connect/", []string{"access_token", "code", "id_token"}},
	{"POST", "/dj-rest-auth/twitter/", []string{"access_token", "token_secret"}},
}

var hostileRecordedPath = regexp.MustCompile(`"path": *"(/[^"]*)"`)

// hostilePaths are the recorded paths and those that recordings cannot show.
func hostilePaths(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("../wire/testdata/scenarios/*.json")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	paths := map[string]bool{
		"/": true, "/password-reset/confirm/x/y/": true, "/dj-rest-auth/registration/account-confirm-email/x/": true,
		"/dj-rest-auth/registration": true, "/dj-rest-auth/facebook/": true, "/dj-rest-auth/twitter/connect/": true, "*": true,
	}
	for _, e := range hostileFields {
		paths[e.path] = true
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, found := range hostileRecordedPath.FindAllSubmatch(content, -1) {
			paths[strings.NewReplacer("${", "", "}", "", " ", "%20").Replace(string(found[1]))] = true
		}
	}
	var sorted []string
	for path := range paths {
		sorted = append(sorted, path)
	}
	slices.Sort(sorted)
	return sorted
}

func TestHostileClients(t *testing.T) {
	s := hostileBoot(t)
	t.Run("every endpoint, method and body", s.everyMethod)
	t.Run("fields", s.hostileFields)
	t.Run("bodies", s.hostileBodies)
	t.Run("headers", s.hostileHeaders)
	t.Run("framing", s.hostileFraming)
	t.Run("request lines", s.hostileRequestLines)
	t.Run("paths", s.hostilePaths)
	t.Run("unfinished requests", s.unfinished)
	t.Run("memory", s.memory)
	t.Run("it still serves", func(t *testing.T) {
		answers := s.send(t, hostileRequest("GET", "/dj-rest-auth/user/", "Authorization: Token "+s.token+"\r\n", ""))
		require.Equal(t, 200, answers[0].status)
	})
}

func (s *hostileService) everyMethod(t *testing.T) {
	bodies := []string{"", "[1]", "\x00rubbish\xff"}
	credentials := []string{"", "Authorization: Token " + s.token + "\r\n", "Cookie: sessionid=x; csrftoken=\"\r\n"}
	for _, path := range hostilePaths(t) {
		for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "PROPFIND"} {
			for _, body := range bodies {
				for _, credential := range credentials {
					if strings.Contains(path, "logout") && method == "POST" && credential == credentials[1] {
						continue // the token is still needed
					}
					raw := hostileRequest(method, path, fmt.Sprintf("Content-Type: application/json\r\nContent-Length: %d\r\n%s", len(body), credential), body)
					answers := s.send(t, raw)
					require.Len(t, answers, 1, "%q", raw)
					require.Less(t, answers[0].status, 500, "%q: %s", raw, answers[0].body)
				}
			}
		}
	}
}

func (s *hostileService) hostileFields(t *testing.T) {
	authorized := "Authorization: Token " + s.token + "\r\n"
	for _, e := range hostileFields {
		for _, field := range e.fields {
			for _, text := range []string{`\u0000`, `a\u0000b`, `\ud800`, `a\udfff@example.com`, `\udc00\ud800`, `\u0000\ud800`} {
				body := `{"` + field + `":"` + text + `"}`
				raw := strings.Replace(hostilePost(e.path, "application/json", body, authorized), "POST", e.method, 1)
				answers := s.send(t, raw)
				require.Len(t, answers, 1)
				require.Equal(t, 400, answers[0].status, raw)
				require.Contains(t, answers[0].body, `"`+field+`":[`, raw)
				hostileRequireShape(t, answers[0])
			}
			for contentType, body := range map[string]string{
				"application/json":                  `{"` + field + "\":\"\xff\xfe\"}",
				"application/x-www-form-urlencoded": field + "=%ff%00%ed%a0%80\xff&" + field + "[]=1",
				"multipart/form-data; boundary=b":   "--b\r\nContent-Disposition: form-data; name=" + field + "\r\n\r\n\xff\x00\r\n--b--\r\n",
			} {
				hostileRequireRefused(t, s.send(t, strings.Replace(hostilePost(e.path, contentType, body, authorized), "POST", e.method, 1)), e.path+" "+body)
			}
			file := "--b\r\nContent-Disposition: form-data; name=" + field + "; filename=x\r\n\r\nx\r\n--b--\r\n"
			hostileRequireRefused(t, s.send(t, strings.Replace(hostilePost(e.path, "multipart/form-data; boundary=b", file, authorized), "POST", e.method, 1)), file)
		}
	}
}

// hostileMultipart writes count parts of size bytes.
func hostileMultipart(count, size int) string {
	part := "--b\r\nContent-Disposition: form-data; name=username\r\n\r\n" + strings.Repeat("x", size) + "\r\n"
	return strings.Repeat(part, count) + "--b--\r\n"
}

func hostileManyKeys(count int) string {
	var out strings.Builder
	for i := range count {
		fmt.Fprintf(&out, `,"k%d":1`, i)
	}
	return "{" + out.String()[1:] + "}"
}

const (
	hostileJSON  = "application/json"
	hostileForm  = "application/x-www-form-urlencoded"
	hostileParts = "multipart/form-data; boundary=b"
)

// hostilePayloads are bodies by media type, which no endpoint may take.
func hostilePayloads() map[string][]string {
	const large = 10 << 20
	return map[string][]string{
		hostileJSON: {
			`{"username":"` + strings.Repeat("x", large) + `"}`,
			hostileManyKeys(100_000),
			strings.Repeat("[", 100_000),
			strings.Repeat(`{"username":`, 80_000),
			`{"password":` + strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000) + "}",
			`{"password":` + strings.Repeat("9", 900_000) + "}",
			`{"password":` + strings.Repeat("9", 900_000) + "e" + strings.Repeat("9", 90_000) + "}",
			"{}" + strings.Repeat(" ", large),
			strings.Repeat(`{"a":1}`, 1000),
		},
		hostileForm: {
			"username=" + strings.Repeat("x", large),
			strings.Repeat("a=1&", 100_000),
			strings.Repeat("&", 1_000_000),
			strings.Repeat("%", 1_000_000),
			"username=" + strings.Repeat("%00", 300_000),
		},
		hostileParts: {
			hostileMultipart(1, large),
			hostileMultipart(10_000, 1),
			strings.Repeat("--b\r\n", 100_000),
			"--b\r\n" + strings.Repeat("X-Header: a\r\n", 50_000) + "\r\nx\r\n--b--\r\n",
			"--b\r\nContent-Disposition: form-data; name=" + strings.Repeat("n", 900_000) + "\r\n\r\nx\r\n--b--\r\n",
			"--b\r\nContent-Disposition: form-data; name=username\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" + strings.Repeat("=\r\n", 300_000) + "\r\n--b--\r\n",
		},
	}
}

func (s *hostileService) hostileBodies(t *testing.T) {
	for contentType, bodies := range hostilePayloads() {
		for _, body := range bodies {
			for _, path := range []string{"/dj-rest-auth/login/", "/dj-rest-auth/registration/", "/password-reset/confirm/x/y/"} {
				hostileRequireRefused(t, s.send(t, hostilePost(path, contentType, body)), body)
				hostileRequireRefused(t, s.send(t, hostileChunked(path, contentType, body)), body)
			}
			// Without a length there is no body: what follows is another request.
			hostileRequireRefused(t, s.send(t, hostileRequest("POST", "/dj-rest-auth/login/", "Content-Type: "+contentType+"\r\n", body)), body)
		}
	}
}

func (s *hostileService) hostileHeaders(t *testing.T) {
	const path = "/dj-rest-auth/user/"
	for _, headers := range []string{
		"X-Large: " + strings.Repeat("x", 64<<10) + "\r\n",
		"Authorization: Token " + strings.Repeat("x", 15<<10) + "\r\n",
		"Authorization: Token \xff\xfe\r\n",
		"Authorization: Token ' OR 1=1;--\r\n",
		"Cookie: " + strings.Repeat("sessionid=x; ", 1000) + "\r\n",
		"Cookie: sessionid=' OR 1=1;--\r\n",
		"Cookie: sessionid=" + strings.Repeat("x", 10_000) + "\r\n",
		strings.Repeat("X-Line: a\r\n", 1000),
		strings.Repeat("X-Line: a\r\n", 5000),
		strings.Repeat("Accept: x/y\r\n", 1000),
		"Accept: " + strings.Repeat("x/y,", 3000) + "\r\n",
		"X-Forwarded-For: " + strings.Repeat("1.2.3.4,", 1500) + "\r\n",
		"no colon\r\n", ": no name\r\n", "Sp ace: x\r\n", "X-Colon : x\r\n", "X-NUL: a\x00b\r\n", "X-CR: a\rb\r\n", " folded\r\n", "Host: b.example\r\n",
		"Content-Type: \xff\xff; =\"\r\n", "Expect: 100-continue\r\n", "Upgrade: h2c\r\nHTTP2-Settings: x\r\n",
	} {
		answers := s.send(t, hostileRequest("GET", path, headers, ""))
		hostileRequireRefused(t, answers, headers)
		require.LessOrEqual(t, len(answers), 1, "%.100q", headers)
	}
	tooLarge := s.send(t, hostileRequest("GET", path, "X-Large: "+strings.Repeat("x", 64<<10)+"\r\n", ""))
	for _, answer := range tooLarge {
		require.Equal(t, http.StatusRequestHeaderFieldsTooLarge, answer.status)
	}
}

// Two servers that read one request's length differently can be made to take a
// part of it for another request. RFC 9112 (6.1, 6.3) says what to refuse.
func (s *hostileService) hostileFraming(t *testing.T) {
	const line = "POST /dj-rest-auth/login/ HTTP/1.1\r\nHost: a.example\r\n"
	const body = "0\r\n\r\n"
	for _, headers := range []string{
		"Content-Length: 5\r\nContent-Length: 6\r\n",
		"Content-Length: 5, 6\r\n",
		"Content-Length: -1\r\n",
		"Content-Length: +5\r\n",
		"Content-Length: 5 5\r\n",
		"Content-Length: 0x5\r\n",
		"Content-Length: 99999999999999999999\r\n",
		"Content-Length: \r\n",
		"Content-Length : 5\r\n",
		"Transfer-Encoding : chunked\r\n",
		"Transfer-Encoding:\x0bchunked\r\n",
	} {
		answers := s.send(t, line+headers+"\r\n"+body)
		require.LessOrEqual(t, len(answers), 1, "%q", headers)
		hostileRequireRefused(t, answers, headers)
	}
	// net/http answers 501 itself, as RFC 9112 (6.1) wants it.
	for _, coding := range []string{"gzip", "gzip, chunked", "chunked, identity", "identity", "xchunked", "chunked;x", "chunked\r\n Content-Length: 5"} {
		answers := s.send(t, line+"Transfer-Encoding: "+coding+"\r\n\r\n"+body)
		require.Len(t, answers, 1, coding)
		require.Equal(t, http.StatusNotImplemented, answers[0].status, coding)
	}
	for _, chunks := range []string{"zz\r\n", "-1\r\n", "ffffffffffffffffff\r\n", "5\r\nabc\r\n0\r\n\r\n", "1\r\n{xx\r\n0\r\n\r\n", "1;" + strings.Repeat("x", 20_000) + "\r\n", strings.Repeat("1;xxxxxxxxxx\r\n{\r\n", 20_000)} {
		hostileRequireRefused(t, s.send(t, line+"Connection: close\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"+chunks+"\r\n\r\n"), chunks)
	}
	both := s.send(t, line+"Connection: close\r\nContent-Length: 60\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /dj-rest-auth/user/ HTTP/1.1\r\nHost: a.example\r\n\r\n")
	require.Len(t, both, 1, "what follows is no request")
	hostileRequireRefused(t, both, "both lengths")
	pipelined := s.send(t, line+"Content-Length: 0\r\n\r\n\x00\x01rubbish\r\n\r\nGET /dj-rest-auth/user/ HTTP/1.1\r\nHost: a.example\r\n\r\n")
	require.Len(t, pipelined, 2, "the request and the rubbish; nothing after it")
	hostileRequireRefused(t, pipelined, "rubbish")
}

func (s *hostileService) hostileRequestLines(t *testing.T) {
	const end = "\r\nHost: a.example\r\nConnection: close\r\n\r\n"
	for _, line := range []string{
		"GET http://evil.example/dj-rest-auth/user/ HTTP/1.1", "GET https://u:p@evil.example:99999/dj-rest-auth/user/ HTTP/1.1",
		"GET mailto:x HTTP/1.1", "GET //evil.example/dj-rest-auth/user/ HTTP/1.1", "CONNECT evil.example:443 HTTP/1.1", "CONNECT /dj-rest-auth/login/ HTTP/1.1",
		"CONNECT * HTTP/1.1", "GET * HTTP/1.1", "GET dj-rest-auth/user/ HTTP/1.1", "GET ? HTTP/1.1", "GET  HTTP/1.1", "GET /dj-rest-auth/user/", "GET /a b HTTP/1.1",
		"GET /\x00 HTTP/1.1", "GET /\x7f HTTP/1.1", "GET /dj-rest-auth/user/ HTTP/1.0", "G\x00T / HTTP/1.1", "G(T / HTTP/1.1",
		strings.Repeat("M", 10_000) + " /dj-rest-auth/login/ HTTP/1.1", "POST /dj-rest-auth/login/ http/1.1", "GET / HTTP/1.1.1", "GET / HTTP/x", "\x16\x03\x01\x02\x00\x01",
	} {
		answers := s.send(t, line+end)
		require.LessOrEqual(t, len(answers), 1, line)
		hostileRequireRefused(t, answers, line)
	}
	noHost := s.send(t, "GET /dj-rest-auth/user/ HTTP/1.0\r\n\r\n")
	require.Equal(t, 401, noHost[0].status, "HTTP/1.0 knows no Host")
	noHost = s.send(t, "GET /dj-rest-auth/user/ HTTP/1.1\r\n\r\n")
	require.Equal(t, 400, noHost[0].status, "HTTP/1.1 demands it")
	// net/http answers 505 itself.
	for _, version := range []string{"HTTP/2.0", "HTTP/3.0", "HTTP/9.9"} {
		require.Equal(t, http.StatusHTTPVersionNotSupported, s.send(t, "GET / "+version+end)[0].status, version)
	}
}

func (s *hostileService) hostilePaths(t *testing.T) {
	for _, path := range []string{
		"/dj-rest-auth/%2e%2e/%2e%2e/etc/passwd", "/../../etc/passwd", "/dj-rest-auth/login%2f", "/dj-rest-auth%2flogin%2f", "/dj-rest-auth/./user/",
		"/dj-rest-auth/login/..", "/dj-rest-auth//user/", "//user/", "/%00", "/%ff%fe", "/%zz", "/dj-rest-auth/user%00/", "/dj-rest-auth/login;a=b/",
		"/password-reset/confirm/%2e%2e/%2f/", "/password-reset/confirm/%00/%00/", "/password-reset/confirm/%ff/x/", "/password-reset/confirm/7/%27%20OR%201=1--/",
		"/password-reset/confirm/" + strings.Repeat("9", 8000) + "/x-y/", "/password-reset/confirm/9223372036854775808/x-y/",
		"/password-reset/confirm/-1/x-y/", "/dj-rest-auth/registration/account-confirm-email/%00/", "/dj-rest-auth/registration/account-confirm-email/" + strings.Repeat("a", 8000) + "/",
		"/dj-rest-auth/registration/account-confirm-email/" + url.PathEscape("<script>alert(1)</script>") + "/",
		"/dj-rest-auth/user/?" + strings.Repeat("a=1&", 3000), "/dj-rest-auth/user/?" + strings.Repeat("a", 64<<10), "/dj-rest-auth/user/?format=%00%ff", "/dj-rest-auth/user/?%",
		"/" + strings.Repeat("a/", 7000), "/" + strings.Repeat("%2f", 4000), "/" + strings.Repeat("a", 64<<10),
	} {
		for _, method := range []string{"GET", "DELETE", "PROPFIND"} {
			hostileRequireRefused(t, s.send(t, hostileRequest(method, path, "", "")), path)
		}
	}
}

// A client that promises a body and hangs up leaves nothing behind.
func (s *hostileService) unfinished(t *testing.T) {
	before := runtime.NumGoroutine()
	for range 50 {
		conn, err := net.Dial("tcp", s.address)
		require.NoError(t, err)
		_, err = io.WriteString(conn, "POST /dj-rest-auth/login/ HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n{")
		require.NoError(t, err)
		require.NoError(t, conn.Close())
	}
	require.Eventually(t, func() bool { return runtime.NumGoroutine() <= before+10 }, 5*time.Second, 20*time.Millisecond)
}

// hostileGrowth is generous: what 200 requests would leave behind if their
// bodies stayed in memory is a multiple.
const hostileGrowth = 24 << 20

func (s *hostileService) memory(t *testing.T) {
	var raws []string
	for contentType, bodies := range hostilePayloads() {
		for _, body := range bodies {
			raws = append(raws, hostilePost("/dj-rest-auth/login/", contentType, body))
		}
	}
	before := hostileHeap()
	var running sync.WaitGroup
	for worker := range 4 {
		running.Go(func() {
			for i := range 50 {
				_ = s.send(t, raws[(worker*50+i)%len(raws)])
			}
		})
	}
	running.Wait()
	after := hostileHeap()
	require.Less(t, after, before+hostileGrowth)
	runtime.KeepAlive(raws)
}

// hostileHeap returns the bytes in use once everything that ended is collected.
func hostileHeap() uint64 {
	http.DefaultClient.CloseIdleConnections()
	runtime.GC()
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}
