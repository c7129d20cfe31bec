package ginhttp

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/application/authentication"
	"latchkey/application/ports"
	"latchkey/application/recovery"
	"latchkey/application/registration"
	"latchkey/application/selfservice"
	"latchkey/domain/accounts"
	"latchkey/domain/credentials"
	"latchkey/domain/fault"
	"latchkey/domain/secret"
	"latchkey/domain/sessions"
	"latchkey/domain/verification"
)

// What the fakes know.
const (
	goodToken   = "0123456789abcdef0123456789abcdef01234567"
	goodSession = "sessionsessionsessionsessionabcd"
	goodCSRF    = "CsrfCsrfCsrfCsrfCsrfCsrfCsrfCsrf"
)

var noon = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

func bob() *accounts.Account {
	return accounts.Restore(accounts.Snapshot{
		ID: 7, Username: "bob", Email: "bob@example.com", FirstName: "Bob", LastName: "<&>", Active: true,
	})
}

// world fakes everything behind the API and keeps what it was asked.
type world struct {
	authenticationFake
	registrationFake
	recoveryFake
	selfServiceFake
	federationFake
	limitsFake
	log bytes.Buffer
}

type authenticationFake struct {
	authentication.UseCases
	grant    authentication.Grant
	err      error
	signIns  []authentication.SignIn
	signOuts []authentication.SignOut
	panics   any
	// mayLeave lets anonymous callers sign out, as the service does with sessions or JSON web tokens.
	mayLeave bool
	tokens   tokensFake
}

func (f *authenticationFake) SignIn(ctx context.Context, in authentication.SignIn) (authentication.Grant, error) {
	f.signIns = append(f.signIns, in)
	_ = ctx.Done() // as whatever asks a database does
	if f.panics != nil {
		panic(f.panics)
	}
	return f.grant, f.err
}

func (f *authenticationFake) Admit(context.Context, authentication.Admission) (authentication.Grant, error) {
	return f.grant, f.err
}

func (f *authenticationFake) SignOut(_ context.Context, in authentication.SignOut) error {
	f.signOuts = append(f.signOuts, in)
	if !f.mayLeave && in.Caller.Anonymous() && in.SessionKey.Empty() {
		return sessions.ErrNotLoggedIn
	}
	return f.err
}

func (f *authenticationFake) ByToken(_ context.Context, key secret.String) (sessions.Principal, error) {
	if key.Reveal() != goodToken {
		return sessions.Principal{}, sessions.ErrTokenUnknown
	}
	return sessions.Principal{Account: bob()}, nil
}

func (f *authenticationFake) BySession(_ context.Context, key secret.String) (sessions.Principal, error) {
	switch key.Reveal() {
	case goodSession:
		return sessions.Principal{Account: bob(), Session: &sessions.WebSession{Key: key, Account: 7}}, nil
	case "nobody":
		return sessions.Principal{}, nil
	}
	return sessions.Principal{}, sessions.ErrSessionEnded
}

type registrationFake struct {
	registration.UseCases
	registered registration.Registered
	refused    fault.List
	got        []registration.Register
	keys       []string
	resent     []string
	keyErr     error
}

func (f *registrationFake) Vet(_ context.Context, in registration.Register) (fault.List, error) {
	f.got = append(f.got, in)
	return f.refused, nil
}

func (f *registrationFake) Register(_ context.Context, in registration.Register) (registration.Registered, error) {
	f.got = append(f.got, in)
	return f.registered, f.refused.Err()
}

func (f *registrationFake) VerifyEmail(_ context.Context, key string) error {
	f.keys = append(f.keys, key)
	if key != "good:key" {
		return verification.ErrKeyInvalid
	}
	return f.keyErr
}

func (f *registrationFake) ResendEmail(_ context.Context, email string) error {
	f.resent = append(f.resent, email)
	return nil
}

type recoveryFake struct {
	recovery.UseCases
	resets   []string
	confirms []recovery.ConfirmReset
}

func (f *recoveryFake) RequestReset(_ context.Context, email string) error {
	f.resets = append(f.resets, email)
	return nil
}

func (f *recoveryFake) CheckLink(_ context.Context, uid, token string) error {
	if uid != "7" {
		return verification.ErrUIDInvalid
	}
	if token != "good-token" {
		return verification.ErrTokenInvalid
	}
	return nil
}

func (f *recoveryFake) ConfirmReset(ctx context.Context, in recovery.ConfirmReset) error {
	f.confirms = append(f.confirms, in)
	if err := f.CheckLink(ctx, in.UID, in.Token); err != nil {
		return err
	}
	if !in.Password.Equal(in.Repeat) {
		return recovery.ErrPasswordsDiffer
	}
	return nil
}

type selfServiceFake struct {
	selfservice.UseCases
	profile   selfservice.Profile
	updates   []selfservice.UpdateProfile
	session   *sessions.WebSession
	oldErr    error
	vetErr    error
	vetted    []string
	changeErr error
}

func (f *selfServiceFake) Profile(context.Context, *accounts.Account) (selfservice.Profile, error) {
	return f.profile, nil
}

func (f *selfServiceFake) VetUsername(_ context.Context, _ accounts.ID, name string) error {
	f.vetted = append(f.vetted, name)
	return f.vetErr
}

func (f *selfServiceFake) UpdateProfile(_ context.Context, _ accounts.ID, in selfservice.UpdateProfile) (selfservice.Profile, error) {
	f.updates = append(f.updates, in)
	return f.profile, nil
}

func (f *selfServiceFake) VetOldPassword(context.Context, *accounts.Account, credentials.Password) error {
	return f.oldErr
}

func (f *selfServiceFake) ChangePassword(context.Context, selfservice.ChangePassword) (*sessions.WebSession, error) {
	return f.session, f.changeErr
}

// limitsFake allows every key the count of its limits, and forgets nothing by time.
type limitsFake struct{ taken map[string]int }

var _ ports.Limits = (*limitsFake)(nil)

func (f *limitsFake) Take(_ context.Context, key string, _ time.Time, limits ...credentials.Limit) (time.Duration, error) {
	for _, limit := range limits {
		if f.taken[key] >= limit.Count {
			return 41*time.Second + time.Millisecond, nil
		}
	}
	f.taken[key]++
	return 0, nil
}

func (f *limitsFake) GiveBack(_ context.Context, key string) error {
	f.taken[key] = max(f.taken[key]-1, 0)
	return nil
}

func (f *limitsFake) Count(_ context.Context, key string, _ credentials.Limit, _ time.Time) (int, error) {
	return f.taken[key], nil
}

func (f *limitsFake) Forget(_ context.Context, keys ...string) error {
	for _, key := range keys {
		delete(f.taken, key)
	}
	return nil
}

type fixedClock struct{}

func (fixedClock) Now() time.Time { return noon }

// firstLetters is no randomness at all, so that answers can be compared.
type firstLetters struct{}

func (firstLetters) Text(n int, alphabet string) string { return strings.Repeat(alphabet[:1], n) }

func newWorld() *world {
	w := &world{}
	w.taken = map[string]int{}
	w.profile = selfservice.Profile{Account: bob().Snapshot()}
	w.grant = authentication.Grant{Account: bob(), Token: sessions.APIToken{Key: secret.New(goodToken), Account: 7}}
	w.registered = registration.Registered{Account: bob()}
	return w
}

func testOptions() Options {
	cookie := Cookie{Age: 2 * time.Hour, Path: "/", SameSite: http.SameSiteLaxMode}
	session, csrf := cookie, cookie
	session.Name, session.HTTPOnly = "sessionid", true
	csrf.Name = "csrftoken"
	return Options{
		BasePath:      "/dj-rest-auth/",
		Schemes:       []Scheme{SchemeToken, SchemeSession},
		Sessions:      true,
		SignupFields:  SignupFields{UsernameRequired: true, UsernameMinLength: 1},
		SessionCookie: session,
		CSRFCookie:    csrf,
		CSRFHeader:    "X-CSRFToken",
		Providers:     []Provider{{Name: "facebook", Title: "Facebook"}, {Name: "twitter", Title: "Twitter", OAuth1: true}},
	}
}

// api makes the API over the fakes; adjust changes the options.
func (w *world) api(t testing.TB, adjust ...func(*Options)) *API {
	t.Helper()
	options := testOptions()
	for _, change := range adjust {
		change(&options)
	}
	api, err := New(Dependencies{
		Authentication: &w.authenticationFake, Registration: &w.registrationFake, Recovery: &w.recoveryFake, SelfService: &w.selfServiceFake, Federation: &w.federationFake,
		Throttle: &w.limitsFake, Callers: &w.limitsFake, Clock: fixedClock{}, Random: firstLetters{}, Log: slog.New(slog.NewJSONHandler(&w.log, nil)),
	}, options)
	require.NoError(t, err)
	return api
}

// sent is one request; headers are pairs of name and value.
type sent struct {
	method, path string
	body         string
	headers      []string
	remote       string
}

const (
	asJSON = "application/json"
	asForm = "application/x-www-form-urlencoded"
)

func (s sent) with(headers ...string) sent {
	s.headers = append(append([]string{}, s.headers...), headers...)
	return s
}

func postJSON(path, body string, headers ...string) sent {
	return sent{method: "POST", path: path, body: body, headers: append([]string{"Content-Type", asJSON}, headers...)}
}

func postForm(path, body string, headers ...string) sent {
	return sent{method: "POST", path: path, body: body, headers: append([]string{"Content-Type", asForm}, headers...)}
}

func (s sent) to(api http.Handler) *httptest.ResponseRecorder {
	r := httptest.NewRequest(s.method, s.path, strings.NewReader(s.body))
	for i := 0; i < len(s.headers); i += 2 {
		if s.headers[i] == "Host" {
			r.Host = s.headers[i+1]
			continue
		}
		r.Header.Add(s.headers[i], s.headers[i+1])
	}
	if s.remote != "" {
		r.RemoteAddr = s.remote
	}
	w := httptest.NewRecorder()
	api.ServeHTTP(w, r)
	return w
}

func requireAnswer(t *testing.T, w *httptest.ResponseRecorder, status int, body string) {
	t.Helper()
	require.Equal(t, status, w.Code, w.Body.String())
	require.Equal(t, body, w.Body.String())
}
