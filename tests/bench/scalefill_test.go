package bench

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite"

	"latchkey/adapters/bunsql"
	"latchkey/domain/secret"
	"latchkey/tests/kit"
	"latchkey/tests/postgres"
)

// filled is a database with accounts of the numbers from 1 to accounts.
type filled struct {
	db       *bunsql.DB
	accounts int
	bare     *sql.Stmt
	service  *kit.Service
}

// key is what the account's token, session, family and identity go by: spread over
// the whole index, as random ones are.
func key(n int64) string { return fmt.Sprintf("%08x%032x", n*2654435761%(1<<32), n) }

const (
	keyOnSQLite   = `printf('%08x%032x', n * 2654435761 % 4294967296, n)`
	keyOnPostgres = `lpad(to_hex(n * 2654435761 % 4294967296), 8, '0') || lpad(to_hex(n), 32, '0')`
)

// Of the lengths that real ones have.
var (
	hash        = "argon2$argon2id$v=19$m=102400,t=2,p=8$" + strings.Repeat("x", 60)
	refreshText = strings.Repeat("x", 240)
)

// fillings fill a table each from the numbers, in the order of its keys.
var fillings = []string{
	`INSERT INTO auth_user (id, password, is_superuser, username, first_name, last_name, email, is_staff, is_active, date_joined)
		SELECT n, '` + hash + `', false, 'user' || n, '', '', 'user' || n || '@example.com', false, true, '2026-01-01 00:00:00' FROM numbers`,
	`INSERT INTO account_emailaddress (email, verified, "primary", user_id)
		SELECT 'user' || n || '@example.com', true, true, n FROM numbers`,
	`INSERT INTO authtoken_token (key, created, user_id)
		SELECT key, '2026-01-01 00:00:00', n FROM numbers ORDER BY key`,
	`INSERT INTO django_session (session_key, session_data, expire_date)
		SELECT key, '` + strings.Repeat("x", 160) + `', '2027-01-01 00:00:00' FROM numbers ORDER BY key`,
	`INSERT INTO socialaccount_socialaccount (provider, uid, last_login, date_joined, extra_data, user_id)
		SELECT 'google', key, '2026-01-01 00:00:00', '2026-01-01 00:00:00', '{"locale": "en"}', n FROM numbers ORDER BY key`,
	`INSERT INTO token_blacklist_outstandingtoken (token, created_at, expires_at, user_id, jti)
		SELECT '` + refreshText + `', '2026-01-01 00:00:00', '2027-01-01 00:00:00', n, 'j' || key FROM numbers ORDER BY key`,
	`INSERT INTO latchkey_family (id, account_id, began, current_id, current_issued, current_expires, previous_id, expires)
		SELECT 'f' || key, n, '2026-01-01 00:00:00', 'j' || key, '2026-01-01 00:00:00', '2027-01-01 00:00:00', '', '2027-01-01 00:00:00' FROM numbers ORDER BY key`,
}

func execute(t testing.TB, db *sql.DB, statement string, args ...any) {
	t.Helper()
	_, err := db.ExecContext(t.Context(), statement, args...)
	require.NoError(t, err)
}

// opened migrates and returns the database.
func opened(t testing.TB, config bunsql.Config) *bunsql.DB {
	t.Helper()
	db, err := bunsql.Open(t.Context(), config)
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	require.NoError(t, db.Migrate(t.Context()))
	return db
}

// fillSQLite fills the file without a journal; opening it again makes one.
func fillSQLite(t *testing.T, accounts int) *filled {
	file := filepath.Join(t.TempDir(), "latchkey.sqlite3")
	fillFile(t, file, accounts)
	statement := prepared(t, "sqlite", "file:"+file+"?_pragma=query_only(1)", "BETWEEN $1 AND $1")
	return &filled{opened(t, bunsql.Config{File: file}), accounts, statement, served(t, file)}
}

func fillFile(t testing.TB, file string, accounts int) {
	t.Helper()
	config := bunsql.Config{File: file}
	require.NoError(t, opened(t, config).Close())
	raw, err := sql.Open("sqlite", "file:"+config.File+"?_pragma=journal_mode(OFF)&_pragma=synchronous(0)&_pragma=cache_size(-200000)&_pragma=temp_store(2)")
	require.NoError(t, err)
	raw.SetMaxOpenConns(1)
	execute(t, raw, `CREATE TEMPORARY TABLE numbers AS WITH RECURSIVE series (n) AS
		(SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < $1) SELECT n, `+keyOnSQLite+` AS key FROM series`, accounts)
	for _, filling := range fillings {
		execute(t, raw, filling)
	}
	require.NoError(t, raw.Close())
}

// fillPostgres fills the database without looking at what rows point to.
func fillPostgres(t *testing.T, accounts int) *filled {
	url := postgres.Empty(t)
	fillServer(t, url, accounts)
	return &filled{opened(t, bunsql.Config{URL: secret.New(url)}), accounts, prepared(t, "pgx", url, "= $1"), served(t, url)}
}

func fillServer(t testing.TB, url string, accounts int) {
	t.Helper()
	require.NoError(t, opened(t, bunsql.Config{URL: secret.New(url)}).Close())
	raw, err := sql.Open("pgx", url)
	require.NoError(t, err)
	raw.SetMaxOpenConns(1)
	execute(t, raw, `SET session_replication_role = replica`)
	execute(t, raw, `SET synchronous_commit = off`)
	execute(t, raw, fmt.Sprintf(`CREATE TEMPORARY TABLE numbers AS
		SELECT n, %s AS key FROM generate_series(1::bigint, %d) AS n`, keyOnPostgres, accounts))
	for _, filling := range fillings {
		execute(t, raw, strings.ReplaceAll(filling, `'2026-01-01 00:00:00'`, `'2026-01-01'::timestamptz`))
	}
	execute(t, raw, fmt.Sprintf(`ALTER TABLE auth_user ALTER id RESTART WITH %d`, accounts+1))
	execute(t, raw, `VACUUM ANALYZE`)
	require.NoError(t, raw.Close())
}
