package integration

import (
	"database/sql"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"latchkey/domain/secret"
	"latchkey/tests/kit"
)

// quirk is a point of what upstream does with second factors and passkeys. Those of part A are
// copied, since clients can see or rely on them; the others must be refused or absent.
type quirk struct {
	point, what string
	try         func(t *testing.T)
}

// quirks are all points: A as upstream has it, B ways past the second factor, C what is told or
// kept, D server errors and slips.
var quirks = map[string][]quirk{"A": quirksCopied, "B": quirksWays, "C": quirksTold, "D": quirksSlips}

// TestWhatUpstreamDoesWithSecondFactors tries each point over HTTP on a service of its own.
func TestWhatUpstreamDoesWithSecondFactors(t *testing.T) {
	for part, count := range map[string]int{"A": 20, "B": 12, "C": 4, "D": 7} {
		t.Run(part, func(t *testing.T) {
			tried := map[string]bool{}
			for _, row := range quirks[part] {
				require.True(t, strings.HasPrefix(row.point, part), row.point)
				tried[row.point] = true
				t.Run(row.point+" "+row.what, func(t *testing.T) {
					t.Parallel()
					row.try(t)
				})
			}
			require.Len(t, tried, count, "every point has a row: %v", slices.Sorted(maps.Keys(tried)))
		})
	}
}

// quirkService is a service with second factors and passkeys.
type quirkService struct {
	factorService
	db *sql.DB
}

const quirkOrigin = "https://example.com"

func quirkBoot(t *testing.T, settings map[string]string, more ...kit.Option) *quirkService {
	t.Helper()
	all := map[string]string{"PASSKEYS": "true", "PASSKEY_RP_ID": "example.com", "PASSKEY_RP_ORIGINS": quirkOrigin, "RATE_LIMITS": "upstream"}
	maps.Copy(all, settings)
	s := &quirkService{factorService: factorBoot(t, all, more...)}
	driver, source := "sqlite", "file:"+s.Database+"?_pragma=busy_timeout(20000)&_txlock=immediate"
	if strings.Contains(s.Database, "://") {
		driver, source = "pgx", s.Database
	}
	db, err := sql.Open(driver, source)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	s.db = db
	return s
}

// onEither runs a test on either kind of database.
func onEither(test func(t *testing.T, database kit.Option)) func(*testing.T) {
	return func(t *testing.T) {
		t.Run("SQLite", func(t *testing.T) { test(t, kit.Settings(nil)) })
		t.Run("PostgreSQL", func(t *testing.T) { test(t, kit.WithPostgres(t)) })
	}
}

func (s *quirkService) exec(statement string, arguments ...any) {
	s.t.Helper()
	_, err := s.db.ExecContext(s.t.Context(), statement, arguments...)
	require.NoError(s.t, err, statement)
}

func (s *quirkService) text(query string, arguments ...any) (text string) {
	s.t.Helper()
	require.NoError(s.t, s.db.QueryRowContext(s.t.Context(), query, arguments...).Scan(&text), query)
	return text
}

func (s *quirkService) post(path, credential string, body map[string]any) (int, map[string]any) {
	s.t.Helper()
	return s.call(http.MethodPost, path, credential, body)
}

// want demands a status of a POST and returns its answer.
func (s *quirkService) want(status int, path, credential string, body map[string]any) map[string]any {
	s.t.Helper()
	got, answer := s.post(path, credential, body)
	require.Equal(s.t, status, got, "%s %v: %v", path, body, answer)
	return answer
}

// list returns an answer that is a list.
func (s *quirkService) list(path, credential string) (items []map[string]any) {
	s.t.Helper()
	request, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, s.URL+"/dj-rest-auth/"+path, nil)
	require.NoError(s.t, err)
	request.Header.Set("Authorization", credential)
	response, err := s.Client.Do(request)
	require.NoError(s.t, err)
	defer func() { _ = response.Body.Close() }()
	require.Equal(s.t, http.StatusOK, response.StatusCode)
	text, err := io.ReadAll(response.Body)
	require.NoError(s.t, err)
	require.NoError(s.t, json.Unmarshal(text, &items))
	return items
}

// enrolled is somebody with a second factor.
type enrolled struct {
	name, credential string
	secret           secret.String
	codes            []any
}

func (s *quirkService) enrol(name string) enrolled {
	s.t.Helper()
	credential := s.register(name)
	shared, codes := s.activate(credential)
	return enrolled{name, credential, shared, codes}
}

// code is that of so many steps from now.
func (s *quirkService) code(p enrolled, steps int) string {
	return factorRules.Code(p.secret, s.Clock.Now().Add(time.Duration(steps)*factorRules.Period))
}

// waiting signs in by password and returns the token that waits for a code.
func (s *quirkService) waiting(name string) string {
	s.t.Helper()
	answer := s.want(http.StatusOK, "login/", "", map[string]any{"username": name, "password": factorPassword})
	require.Equal(s.t, true, answer["mfa_required"])
	return answer["ephemeral_token"].(string)
}

func (s *quirkService) verify(token, code any) (int, map[string]any) {
	s.t.Helper()
	return s.post("mfa/verify/", "", map[string]any{"ephemeral_token": token, "code": code})
}

// accepted and refused judge a code with a token of its own.
func (s *quirkService) accepted(p enrolled, code any, why string) map[string]any {
	s.t.Helper()
	status, answer := s.verify(s.waiting(p.name), code)
	require.Equal(s.t, http.StatusOK, status, "%s: %v", why, answer)
	require.NotContains(s.t, answer, "mfa_required", why)
	return answer
}

func (s *quirkService) refused(p enrolled, code any, why string) {
	s.t.Helper()
	status, answer := s.verify(s.waiting(p.name), code)
	require.Equal(s.t, http.StatusBadRequest, status, "%s: %v", why, answer)
	require.Equal(s.t, []any{"Invalid code."}, answer["code"], why)
}

// stale demands that a token is good for nothing.
func (s *quirkService) stale(token string, code any, why string) {
	s.t.Helper()
	status, answer := s.verify(token, code)
	require.Equal(s.t, http.StatusBadRequest, status, "%s: %v", why, answer)
	require.Equal(s.t, []any{"Invalid or expired token."}, answer["ephemeral_token"], why)
}

// once sends a request of each of twenty at the same moment, and counts the statuses.
func (s *quirkService) once(path string, body func(i int) map[string]any) map[int]int {
	s.t.Helper()
	statuses := make([]int, 20)
	var group sync.WaitGroup
	begin := make(chan struct{})
	for i := range statuses {
		group.Go(func() {
			<-begin
			statuses[i], _ = s.post(path, "", body(i))
		})
	}
	close(begin)
	group.Wait()
	counts := map[int]int{}
	for _, status := range statuses {
		counts[status]++
	}
	return counts
}

// options begins a ceremony and returns what the browser is told, as text and read.
func (s *quirkService) options(path, credential string, body map[string]any) ([]byte, map[string]any) {
	s.t.Helper()
	answer := s.want(http.StatusOK, path, credential, body)
	delete(answer, "cookies")
	text, err := json.Marshal(answer)
	require.NoError(s.t, err)
	return text, answer
}

// passkey registers one.
func (s *quirkService) passkey(credential string, lies ...func(*kit.Ceremony)) *kit.Authenticator {
	s.t.Helper()
	a := kit.NewAuthenticator(s.t, quirkOrigin)
	s.want(http.StatusCreated, "passkeys/register/complete/", credential, s.made(credential, a, lies...))
	return a
}

// made is the body that registers a passkey.
func (s *quirkService) made(credential string, a *kit.Authenticator, lies ...func(*kit.Ceremony)) map[string]any {
	s.t.Helper()
	options, _ := s.options("passkeys/register/begin/", credential, map[string]any{})
	return map[string]any{"credential": a.Create(s.t, options, lies...)}
}

// shown is the body that signs in by a passkey.
func (s *quirkService) shown(names map[string]any, a *kit.Authenticator, lies ...func(*kit.Ceremony)) map[string]any {
	s.t.Helper()
	options, read := s.options("passkeys/login/begin/", "", names)
	return map[string]any{"credential": a.Get(s.t, options, lies...), "session_id": read["session_id"]}
}

// by signs in by a passkey.
func (s *quirkService) by(a *kit.Authenticator, lies ...func(*kit.Ceremony)) (int, map[string]any) {
	s.t.Helper()
	return s.post("passkeys/login/complete/", "", s.shown(map[string]any{}, a, lies...))
}

// failed demands the one answer to a passkey that signs nobody in.
func (s *quirkService) failed(status int, answer map[string]any) {
	s.t.Helper()
	require.Equal(s.t, http.StatusBadRequest, status, answer)
	require.Equal(s.t, []any{"Authentication verification failed."}, answer["non_field_errors"])
	require.Len(s.t, answer, 1)
}

func unverified(c *kit.Ceremony) { c.Verified = false }
