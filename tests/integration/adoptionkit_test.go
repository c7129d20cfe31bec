package integration

import (
	"bytes"
	"context"
	"database/sql"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib"
	"github.com/stretchr/testify/require"
)

const (
	adoptedKey = "the secret key of a Django, which is long enough for everybody 0123456789"
	// allApps are the apps whose tables the service shares, beside those that every Django has.
	allApps = "django.contrib.sites rest_framework rest_framework.authtoken allauth allauth.account allauth.socialaccount rest_framework_simplejwt.token_blacklist"
)

// djangoPython is a Python that has Django and all of the apps; empty where there is none.
var djangoPython = sync.OnceValue(func() string {
	for _, python := range []string{"/usr/bin/python3", "python3"} { // Debian's own, for which its packages are, comes first
		if exec.CommandContext(context.Background(), python, "-c", "import django, allauth, rest_framework_simplejwt, argon2, bcrypt").Run() == nil {
			return python
		}
	}
	return ""
})

// djangoSpeaksPostgres skips the test where Django has no driver.
func djangoSpeaksPostgres(t *testing.T) {
	t.Helper()
	if exec.CommandContext(t.Context(), djangoPython(), "-c", "import psycopg2").Run() != nil {
		t.Skip("no psycopg2 (Debian's python3-psycopg2): Django cannot speak to PostgreSQL without it")
	}
}

// adopted is a database that Django may be pointed at.
type adopted struct {
	djangoDatabase
	driver, source string // to look into it
}

// onEach runs a test on each kind of database, where there is a Django.
func onEach(t *testing.T, test func(t *testing.T, on adopted)) {
	djangoInstalled(t)
	for name, empty := range djangoDatabases {
		t.Run(name, func(t *testing.T) {
			database := empty(t)
			driver, source := "pgx", database.url
			if file, is := strings.CutPrefix(source, "sqlite://"); is {
				driver, source = "sqlite", file
			}
			test(t, adopted{database, driver, source})
		})
	}
}

// python has Django do something and returns what it printed.
func (a adopted) python(t *testing.T, apps, what string) string {
	t.Helper()
	command := exec.CommandContext(t.Context(), djangoPython(), filepath.Join("testdata", "django", "adopted.py"), what)
	command.Env = []string{a.forDjango(t), "SECRET_KEY=" + adoptedKey, "APPS=" + apps, "PYTHONDONTWRITEBYTECODE=1"}
	out, err := command.CombinedOutput()
	require.NoError(t, err, "%s", out)
	return strings.TrimSpace(string(out))
}

// latchkey runs a command on the database with Django's key, to its end.
func (a adopted) latchkey(t *testing.T, args ...string) (status int, out string) {
	t.Helper()
	return a.latchkeyWith(t, adoptedKey, args...)
}

func (a adopted) latchkeyWith(t *testing.T, key string, args ...string) (status int, out string) {
	t.Helper()
	command := processCommand(t, []string{"DATABASE_URL=" + a.url, "SECRET_KEY=" + key, "DATA_DIR=" + t.TempDir()}, args...)
	var output bytes.Buffer
	command.Stdout, command.Stderr = &output, &output
	_ = command.Run() // the exit status says it
	return command.ProcessState.ExitCode(), output.String()
}

// What a database consists of, but for what is ours: each query returns texts. %s is a table.
var described = map[string]struct{ schema, tables, rows string }{
	"sqlite": {
		schema: `SELECT name || ' ' || sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'latchkey%' AND tbl_name NOT LIKE 'passkeys%' ORDER BY 1`,
		tables: `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'latchkey%' AND name NOT LIKE 'passkeys%' AND name NOT LIKE 'sqlite%' ORDER BY 1`,
		rows:   `SELECT json_object(%s) FROM `,
	},
	"pgx": {
		schema: `SELECT c.relname || ' ' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || ' ' || a.attnotnull || ' ' || a.attidentity::text
				|| ' ' || COALESCE(pg_get_expr(d.adbin, d.adrelid), '')
			FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
			WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'S') AND a.attnum > 0 AND c.relname NOT LIKE 'latchkey%' AND c.relname NOT LIKE 'passkeys%'
			UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND indexname NOT LIKE 'latchkey%' AND indexname NOT LIKE 'passkeys%'
			UNION ALL SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
			WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text NOT LIKE 'latchkey%' AND conrelid::regclass::text NOT LIKE 'passkeys%' ORDER BY 1`,
		tables: `SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname NOT LIKE 'latchkey%' AND relname NOT LIKE 'passkeys%' ORDER BY 1`,
		rows:   `SELECT t::text FROM %s AS t ORDER BY 1`,
	},
}

// dump is the schema and every row of what is not ours, by table; the schema's is "".
func (a adopted) dump(t *testing.T) map[string][]string {
	t.Helper()
	db := a.open(t)
	queries := described[a.driver]
	// The tables of apps that this Django does not have are made, and hold nothing.
	missing := func(text string) bool { return strings.Contains(text, "dj_rest_auth_mfa_authenticator") }
	all := map[string][]string{"": slices.DeleteFunc(a.texts(t, db, queries.schema), missing)}
	for _, table := range slices.DeleteFunc(a.texts(t, db, queries.tables), missing) {
		rows := strings.ReplaceAll(queries.rows, "%s", table)
		if a.driver == "sqlite" {
			columns := a.texts(t, db, `SELECT quote(name) || ', quote("' || name || '")' FROM pragma_table_info('`+table+`')`)
			rows = strings.ReplaceAll(queries.rows, "%s", strings.Join(columns, ", ")) + table + " ORDER BY 1"
		}
		all[table] = a.texts(t, db, rows)
	}
	return all
}

func (adopted) texts(t *testing.T, db *sql.DB, query string) (all []string) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	require.NoError(t, err, query)
	defer func() { require.NoError(t, rows.Close()) }()
	for rows.Next() {
		var text string
		require.NoError(t, rows.Scan(&text))
		all = append(all, text)
	}
	require.NoError(t, rows.Err())
	return all
}

func (a adopted) open(t *testing.T) *sql.DB {
	t.Helper()
	db, err := sql.Open(a.driver, a.source)
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func (a adopted) execute(t *testing.T, statement string) {
	t.Helper()
	_, err := a.open(t).ExecContext(t.Context(), statement)
	require.NoError(t, err)
}

// ours are the names of tables and indexes that are ours.
func (a adopted) ours(t *testing.T) []string {
	t.Helper()
	query := `SELECT name FROM sqlite_master WHERE name LIKE 'latchkey%'`
	if a.driver == "pgx" {
		query = `SELECT relname FROM pg_class WHERE relname LIKE 'latchkey%'`
	}
	return a.texts(t, a.open(t), query)
}

// demandsAnApp reports whether a provider's token must belong to an app.
func (a adopted) demandsAnApp(t *testing.T) bool {
	t.Helper()
	query := `SELECT name FROM pragma_table_info('socialaccount_socialtoken') WHERE name = 'app_id' AND "notnull"`
	if a.driver == "pgx" {
		query = `SELECT column_name FROM information_schema.columns WHERE table_name = 'socialaccount_socialtoken' AND column_name = 'app_id' AND is_nullable = 'NO'`
	}
	return len(a.texts(t, a.open(t), query)) > 0
}
