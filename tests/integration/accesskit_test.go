package integration

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/tests/kit"
)

const (
	accessPassword = "Str0ng-pass-77"
	accessSecond   = "An0ther-pass-88"
)

// accessJWT are the settings under which a login gives tokens in cookies and in the body,
// and every kind of credential is accepted.
var accessJWT = map[string]string{
	"USE_JWT": "true", "AUTH_CLASSES": "token,session,jwt", "JWT_TRANSPORT": "both",
	"JWT_AUTH_COOKIE": "access", "JWT_AUTH_REFRESH_COOKIE": "refresh",
}

// accessService is a running service and its database.
type accessService struct {
	*kit.Service
	db     *sql.DB
	origin string
	people int
}

func accessBoot(t *testing.T, settings ...map[string]string) *accessService {
	return accessBootWith(t, nil, settings...)
}

func accessBootWith(t *testing.T, options []kit.Option, settings ...map[string]string) *accessService {
	t.Helper()
	options = append([]kit.Option{kit.Settings(map[string]string{"RATE_LIMITS": "off"})}, options...)
	scheme := "http"
	for _, some := range settings {
		options = append(options, kit.Settings(some))
		if strings.HasPrefix(some["PUBLIC_URL"], "https:") {
			scheme = "https"
		}
	}
	s := &accessService{Service: kit.App(t, options...)}
	s.origin = scheme + strings.TrimPrefix(s.URL, "http")
	path := (&url.URL{Scheme: "file", Opaque: filepath.ToSlash(s.Database)}).String()
	db, err := sql.Open("sqlite", path+"?_pragma=busy_timeout(20000)&_pragma=foreign_keys(1)")
	require.NoError(t, err)
	s.db = db
	t.Cleanup(func() { _ = db.Close() })
	return s
}

func (s *accessService) exec(t *testing.T, statement string, arguments ...any) {
	t.Helper()
	_, err := s.db.Exec(statement, arguments...)
	require.NoError(t, err, statement)
}

// accessRequest is a request to the API.
type accessRequest struct {
	method, path string
	body         any
	header       map[string]string
	cookies      map[string]string
}

// accessAnswer is the answer to it.
type accessAnswer struct {
	status  int
	text    string
	body    map[string]any
	cookies map[string]*http.Cookie
}

func (a accessAnswer) string(name string) string {
	text, _ := a.body[name].(string)
	return text
}

func (s *accessService) send(t *testing.T, r accessRequest) accessAnswer {
	t.Helper()
	answer, err := s.try(r)
	require.NoError(t, err)
	return answer
}

// try may be called by any goroutine.
func (s *accessService) try(r accessRequest) (accessAnswer, error) {
	var body io.Reader
	if r.body != nil {
		text, err := json.Marshal(r.body)
		if err != nil {
			return accessAnswer{}, err
		}
		body = bytes.NewReader(text)
	}
	request, err := http.NewRequest(r.method, s.URL+"/dj-rest-auth/"+r.path, body)
	if err != nil {
		return accessAnswer{}, err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Origin", s.origin)
	for name, value := range r.header {
		request.Header.Set(name, value)
	}
	for name, value := range r.cookies {
		request.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	request.Header.Set("X-CSRFToken", r.cookies["csrftoken"])
	response, err := s.Client.Do(request)
	if err != nil {
		return accessAnswer{}, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	answer := accessAnswer{status: response.StatusCode, text: string(text), cookies: map[string]*http.Cookie{}}
	_ = json.Unmarshal(text, &answer.body)
	for _, cookie := range response.Cookies() {
		answer.cookies[cookie.Name] = cookie
	}
	return answer, err
}

func (s *accessService) post(t *testing.T, path string, body any) accessAnswer {
	t.Helper()
	return s.send(t, accessRequest{method: http.MethodPost, path: path, body: body})
}

// accessLogin is what one login gave.
type accessLogin struct {
	key, access, refresh string
	cookies              map[string]string
}

func (s *accessService) login(t *testing.T, name, password string) accessLogin {
	t.Helper()
	answer := s.post(t, "login/", map[string]string{"username": name, "password": password})
	require.Equal(t, http.StatusOK, answer.status, answer.text)
	login := accessLogin{
		key: answer.string("key"), access: answer.string("access"), refresh: answer.string("refresh"),
		cookies: map[string]string{},
	}
	for name, cookie := range answer.cookies {
		login.cookies[name] = cookie.Value
	}
	return login
}

// accessPerson is an account, two logins of its owner, and what was mailed.
type accessPerson struct {
	*accessService
	name, address string
	own, other    accessLogin
	stolen        string // a copy of the session cookie
	resetLink     map[string]string
	emailKey      string
}

func (s *accessService) person(t *testing.T) *accessPerson {
	t.Helper()
	p := &accessPerson{accessService: s, name: s.register(t)}
	p.address = p.name + "@example.com"
	letter := s.Mailbox.Next(t, p.address)
	p.emailKey = accessLastParts(letter.Links()[0], 1)[0]
	p.own = s.login(t, p.name, accessPassword)
	p.other = s.login(t, p.name, accessPassword)
	p.stolen = p.own.cookies["sessionid"]
	if p.own.key == "" { // a login gives no API token, but one may be there
		p.own.key = fmt.Sprintf("%040x", s.people)
		s.exec(t, "INSERT INTO authtoken_token (key, created, user_id) SELECT ?, date_joined, id FROM auth_user WHERE username = ?", p.own.key, p.name)
	}
	p.resetLink = p.requestReset(t)
	return p
}

func (s *accessService) register(t *testing.T) string {
	t.Helper()
	s.people++
	name := fmt.Sprintf("person%d", s.people)
	answer := s.post(t, "registration/", map[string]string{
		"username": name, "email": name + "@example.com", "password1": accessPassword, "password2": accessPassword,
	})
	require.Equal(t, http.StatusCreated, answer.status, answer.text)
	return name
}

func (p *accessPerson) requestReset(t *testing.T) map[string]string {
	t.Helper()
	p.Clock.Advance(time.Second) // or the next link is the same as the one before
	require.Equal(t, http.StatusOK, p.post(t, "password/reset/", map[string]string{"email": p.address}).status)
	parts := accessLastParts(p.Mailbox.Next(t, p.address).Links()[0], 2)
	return map[string]string{"uid": parts[0], "token": parts[1]}
}

func (p *accessPerson) reset(t *testing.T, link map[string]string, password string) int {
	t.Helper()
	return p.post(t, "password/reset/confirm/", map[string]string{
		"uid": link["uid"], "token": link["token"], "new_password1": password, "new_password2": password,
	}).status
}

func accessLastParts(link string, n int) []string {
	parts := strings.Split(strings.TrimSuffix(link, "/"), "/")
	return parts[len(parts)-n:]
}

// accessBy puts one credential of a login on a request.
type accessBy func(login accessLogin, r *accessRequest)

func accessByToken(login accessLogin, r *accessRequest) {
	r.header = map[string]string{"Authorization": "Token " + login.key}
}

func accessBySession(login accessLogin, r *accessRequest) {
	r.cookies = map[string]string{"sessionid": login.cookies["sessionid"], "csrftoken": login.cookies["csrftoken"]}
}

func accessByHeader(login accessLogin, r *accessRequest) {
	r.header = map[string]string{"Authorization": "Bearer " + login.access}
}

func accessByCookie(login accessLogin, r *accessRequest) {
	r.cookies = map[string]string{"access": login.cookies["access"], "csrftoken": login.cookies["csrftoken"]}
}

func (p *accessPerson) user(t *testing.T, by accessBy) int {
	t.Helper()
	r := accessRequest{method: http.MethodGet, path: "user/"}
	by(p.own, &r)
	return p.send(t, r).status
}

// change changes the password as the login, which goes on with the cookies that it is given.
func (p *accessPerson) change(t *testing.T, login *accessLogin, by accessBy) {
	t.Helper()
	r := accessRequest{method: http.MethodPost, path: "password/change/", body: map[string]string{
		"old_password": accessPassword, "new_password1": accessSecond, "new_password2": accessSecond,
	}}
	by(*login, &r)
	answer := p.send(t, r)
	require.Equal(t, http.StatusOK, answer.status, answer.text)
	for name, cookie := range answer.cookies {
		login.cookies[name] = cookie.Value
	}
}

// logout ends the login with all that it has of the credential's kind.
func (p *accessPerson) logout(t *testing.T, login accessLogin, by accessBy) accessAnswer {
	t.Helper()
	r := accessRequest{method: http.MethodPost, path: "logout/"}
	by(login, &r)
	if r.cookies["sessionid"] == "" && login.refresh != "" {
		r.body = map[string]string{"refresh": login.refresh}
		if r.cookies == nil {
			r.cookies = map[string]string{}
		}
		r.cookies["refresh"] = login.refresh
	}
	return p.send(t, r)
}

// disable and remove do what an operator or Django does, behind the service's back.
func (p *accessPerson) disable(t *testing.T) {
	t.Helper()
	p.exec(t, "UPDATE auth_user SET is_active = 0 WHERE username = ?", p.name)
}

func (p *accessPerson) remove(t *testing.T) {
	t.Helper()
	for _, table := range []string{"account_emailaddress", "authtoken_token", "socialaccount_socialaccount"} {
		p.exec(t, "DELETE FROM "+table+" WHERE user_id = (SELECT id FROM auth_user WHERE username = ?)", p.name)
	}
	p.exec(t, "UPDATE token_blacklist_outstandingtoken SET user_id = NULL WHERE user_id = (SELECT id FROM auth_user WHERE username = ?)", p.name)
	p.exec(t, "DELETE FROM auth_user WHERE username = ?", p.name)
	p.register(t) // whoever comes next must not inherit anything
}
