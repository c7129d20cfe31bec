package integration

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/adapters/passwordhash"
	"latchkey/adapters/system"
	"latchkey/application/ports"
	"latchkey/bootstrap"
	"latchkey/domain/credentials"
	"latchkey/domain/secret"
	"latchkey/tests/kit"
)

// The people of these tests have names of one length. Nobody is "nobody".
const (
	tellingActive   = "active"
	tellingInactive = "sleepy"
	tellingUnproved = "unsure"
	tellingNoHash   = "nohash"
	tellingOldHash  = "oldalg"
	tellingNobody   = "nobody"
)

// tellingKinds are the kinds of account that a stranger must not tell apart.
var tellingKinds = []string{tellingNobody, tellingActive, tellingInactive, tellingUnproved, tellingNoHash, tellingOldHash}

// tellingService is a service that promises to tell nothing, with one account of each kind.
type tellingService struct {
	*kit.Service
	provider *kit.FakeProvider
	hasher   *tellingHasher
	db       *sql.DB
	fresh    atomic.Int64
	// crowd is how many more accounts there are, so that each is asked about once.
	crowd, met atomic.Int64
}

// tellingHasher counts what the service's own hasher is asked to do.
type tellingHasher struct {
	timingHasher // counts
	inner        *passwordhash.Hasher
}

func (h *tellingHasher) Hash(ctx context.Context, password credentials.Password) (secret.String, error) {
	h.hashes.Add(1)
	return h.inner.Hash(ctx, password)
}

func (h *tellingHasher) Verify(ctx context.Context, hash secret.String, password credentials.Password) (bool, bool, error) {
	h.verifies.Add(1)
	return h.inner.Verify(ctx, hash, password)
}

// tellingCheap are hashers at a cost at which all else is seen beside the hash.
const tellingCheap = "pbkdf2_sha256:1200,pbkdf2_sha1:600"

func tellingNewHasher(t *testing.T) *tellingHasher {
	t.Helper()
	var preferences []passwordhash.Preference
	for _, text := range []string{"pbkdf2_sha256:1200", "pbkdf2_sha1:600"} {
		preference, err := passwordhash.ParsePreference(text)
		require.NoError(t, err)
		preferences = append(preferences, preference)
	}
	inner, err := passwordhash.New(preferences, 2, system.NewRandom())
	require.NoError(t, err)
	return &tellingHasher{inner: inner}
}

// tellingOutbox takes messages and gives none out: what runs after an answer is not its time.
type tellingOutbox struct{ ports.Outbox }

func (tellingOutbox) Claim(context.Context, time.Time, time.Duration, int) ([]ports.Message, error) {
	return nil, nil
}

// tellingBoot lets driver be "sqlite" or "pgx", and where opens the same database beside the service.
func tellingBoot(t *testing.T, settings map[string]string, options ...kit.Option) *tellingService {
	t.Helper()
	s := &tellingService{provider: kit.Provider(t), hasher: tellingNewHasher(t)}
	all := map[string]string{
		"ACCOUNT_EMAIL_VERIFICATION": "mandatory", "ACCOUNT_PREVENT_ENUMERATION": "true", "ACCOUNT_LOGIN_METHODS": "username,email",
		"PASSWORD_HASHERS": tellingCheap, "LOG_LEVEL": "error",
	}
	maps.Copy(all, settings)
	options = append([]kit.Option{
		kit.Settings(all), kit.WithFile(s.provider.File(t)),
		kit.WithFx(bootstrap.Override[ports.PasswordHasher](s.hasher), bootstrap.Decorate(func(o ports.Outbox) ports.Outbox { return tellingOutbox{o} })),
	}, options...)
	s.Service = kit.App(t, options...)
	return s
}

// people makes one account of each kind.
func (s *tellingService) people(t *testing.T, driver, database string) {
	t.Helper()
	db, err := sql.Open(driver, database)
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	s.db = db
	for _, name := range tellingKinds[1:] {
		require.Equal(t, http.StatusCreated, s.ask(t, "registration/", tellingRegistration(name, name)).status)
	}
	old, err := passwordhash.ParsePreference("pbkdf2_sha1:600")
	require.NoError(t, err)
	hasher, err := passwordhash.New([]passwordhash.Preference{old}, 1, system.NewRandom())
	require.NoError(t, err)
	hash, err := hasher.Hash(t.Context(), credentials.NewPassword(accessPassword))
	require.NoError(t, err)
	for _, statement := range []string{
		"UPDATE account_emailaddress SET verified = true WHERE email <> '" + tellingUnproved + "@example.com'",
		"UPDATE auth_user SET is_active = false WHERE username = '" + tellingInactive + "'",
		"UPDATE auth_user SET password = '!" + fmt.Sprintf("%040d", 7) + "' WHERE username = '" + tellingNoHash + "'",
		"UPDATE auth_user SET password = '" + hash.Reveal() + "' WHERE username = '" + tellingOldHash + "'",
	} {
		_, err := db.ExecContext(t.Context(), statement)
		require.NoError(t, err, statement)
	}
	// Somebody with an old hash tried once: what a service has met it reckons with.
	s.ask(t, "login/", tellingLogin(tellingOldHash))
}

func (s *tellingService) messages(t *testing.T) (count int) {
	t.Helper()
	require.NoError(t, s.db.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM latchkey_outbox").Scan(&count))
	return count
}

func tellingRegistration(username, owner string) map[string]string {
	return map[string]string{"username": username, "email": owner + "@example.com", "password1": accessPassword, "password2": accessPassword}
}

func tellingLogin(name string) map[string]string {
	return map[string]string{"username": name, "password": accessSecond}
}

// next is a name that nobody has, as long as the others.
func (s *tellingService) next() string {
	return fmt.Sprintf("x%05d", s.fresh.Add(1))
}

// owner is whose address somebody signs up with: what they leave behind must not add up
// at one address.
func (s *tellingService) owner(kind, name string) string {
	switch {
	case kind == tellingNobody:
		return name
	case kind == tellingActive && s.met.Load() < s.crowd.Load():
		return fmt.Sprintf("y%05d", s.met.Add(1))
	}
	return kind
}

// crowded adds accounts with proved addresses.
func (s *tellingService) crowded(t *testing.T, count int) {
	t.Helper()
	for _, statement := range []string{
		`INSERT INTO auth_user (username, email, password, first_name, last_name, is_active, is_staff, is_superuser, date_joined)
			WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
			SELECT printf('y%05d', i), printf('y%05d@example.com', i), a.password, '', '', true, false, false, a.date_joined FROM n, auth_user a WHERE a.username = 'active'`,
		`INSERT INTO account_emailaddress (user_id, email, verified, "primary") SELECT id, email, true, true FROM auth_user WHERE username LIKE 'y_____' AND ? > 0`,
	} {
		_, err := s.db.ExecContext(t.Context(), statement, count)
		require.NoError(t, err)
	}
	s.crowd.Store(int64(count))
}

// tellingAnswer is all that a stranger sees, and how long it took.
type tellingAnswer struct {
	status int
	body   string
	header http.Header
	took   time.Duration
}

// ask leaves out of the header what differs whoever asks.
func (s *tellingService) ask(t testing.TB, path string, body map[string]string) tellingAnswer {
	t.Helper()
	text, err := json.Marshal(body)
	require.NoError(t, err)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+"/dj-rest-auth/"+path, bytes.NewReader(text))
	require.NoError(t, err)
	request.Header.Set("Content-Type", "application/json")
	begun := time.Now()
	response, err := s.Client.Do(request)
	require.NoError(t, err)
	content, err := io.ReadAll(response.Body)
	took := time.Since(begun)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	response.Header.Del("X-Request-Id")
	response.Header.Del("Date")
	return tellingAnswer{status: response.StatusCode, body: string(content), header: response.Header, took: took}
}

// tellingFlow is something that a stranger may ask about somebody.
type tellingFlow struct {
	name   string
	ranked []string // the kinds whose times are compared with the first one's
	status int
	ask    func(s *tellingService, t testing.TB, kind string) tellingAnswer
}

var tellingFlows = []tellingFlow{
	{"login by name", []string{tellingNobody, tellingActive, tellingInactive, tellingOldHash}, http.StatusBadRequest, func(s *tellingService, t testing.TB, kind string) tellingAnswer {
		return s.ask(t, "login/", tellingLogin(kind))
	}},
	{"login by address", []string{tellingNobody, tellingActive, tellingUnproved}, http.StatusBadRequest, func(s *tellingService, t testing.TB, kind string) tellingAnswer {
		return s.ask(t, "login/", map[string]string{"email": kind + "@example.com", "password": accessSecond})
	}},
	{"login by an address for a name", []string{tellingNobody, tellingActive}, http.StatusBadRequest, func(s *tellingService, t testing.TB, kind string) tellingAnswer {
		return s.ask(t, "login/", tellingLogin(kind+"@example.com"))
	}},
	{"password reset", []string{tellingNobody, tellingActive, tellingInactive}, http.StatusOK, func(s *tellingService, t testing.TB, kind string) tellingAnswer {
		return s.ask(t, "password/reset/", map[string]string{"email": kind + "@example.com"})
	}},
	{"another confirmation mail", []string{tellingNobody, tellingActive, tellingUnproved}, http.StatusOK, func(s *tellingService, t testing.TB, kind string) tellingAnswer {
		return s.ask(t, "registration/resend-email/", map[string]string{"email": kind + "@example.com"})
	}},
	{"registration", []string{tellingNobody, tellingActive}, http.StatusCreated, func(s *tellingService, t testing.TB, kind string) tellingAnswer {
		name := s.next()
		return s.ask(t, "registration/", tellingRegistration(name, s.owner(kind, name)))
	}},
	{"social sign-up", []string{tellingNobody, tellingActive}, http.StatusBadRequest, func(s *tellingService, t testing.TB, kind string) tellingAnswer {
		name := s.next()
		s.provider.AddPerson(kit.Facebook, "token-"+name, map[string]any{"id": name, "email": s.owner(kind, name) + "@example.com", "first_name": name})
		return s.ask(t, "facebook/", map[string]string{"access_token": "token-" + name})
	}},
}
