package bench

import (
	"database/sql"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite"

	"latchkey/tests/postgres"
)

// kind is a kind of database.
type kind struct {
	name string
	make func(t testing.TB) database
}

var kinds = []kind{{"SQLite", newSQLite}, {"PostgreSQL", newPostgres}}

// database is one database, and how a floor opens it as the service does.
type database struct {
	url, driver, dsn string
	connections      int
	// server is the process whose children work for the database; 0 where it has none.
	server int
}

func cores() int { return runtime.GOMAXPROCS(0) }

func newSQLite(t testing.TB) database {
	file := filepath.Join(t.TempDir(), "latchkey.sqlite3")
	return database{
		url: "sqlite://" + file, driver: "sqlite",
		dsn:         "file:" + file + "?_pragma=busy_timeout(5000)&_pragma=foreign_keys(1)&_time_format=sqlite&_pragma=query_only(1)",
		connections: max(2, cores()),
	}
}

func newPostgres(t testing.TB) database {
	url := postgres.Empty(t)
	db := database{url: url, driver: "pgx", dsn: url, connections: 4 * cores()}
	conn := db.open(t)
	var backend int
	require.NoError(t, conn.QueryRowContext(t.Context(), "SELECT pg_backend_pid()").Scan(&backend))
	var err error
	db.server, err = strconv.Atoi(stat(backend)[1])
	require.NoError(t, err)
	return db
}

// open opens the database beside the service.
func (d database) open(t testing.TB) *sql.DB {
	t.Helper()
	db, err := sql.Open(d.driver, d.dsn)
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// cpu is the processor time of the database's own processes.
func (d database) cpu() time.Duration {
	if d.server == 0 {
		return 0
	}
	return familyCPU(d.server)
}

// people adds accounts with all that belongs to them: a planner that knows of empty tables
// reads them whole, and goes on doing so when they have grown.
func (d database) people(t testing.TB) {
	t.Helper()
	accounts := 2000
	if !*measuring {
		accounts = 10
	}
	if d.server == 0 {
		fillFile(t, strings.TrimPrefix(d.url, "sqlite://"), accounts)
	} else {
		fillServer(t, d.url, accounts)
	}
}

// count returns the one number that a query has.
func (d database) count(t testing.TB, query string) (n int) {
	t.Helper()
	db := d.open(t)
	require.NoError(t, db.QueryRowContext(t.Context(), query).Scan(&n))
	require.NoError(t, db.Close())
	return n
}
