package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
)

var (
	once   sync.Once
	shared *server
	reason error // why there is no server

	templates sync.Map // name to func() error
	count     atomic.Int64
)

// Empty returns the URL of a new, empty database, which is gone after the test. A
// test is skipped where no PostgreSQL is installed.
func Empty(t testing.TB) string {
	t.Helper()
	return create(t, "template0")
}

// Copy returns the URL of a new database that is a copy of the template, which
// prepare makes of an empty one at the template's first use.
func Copy(t testing.TB, template string, prepare func(url string) error) string {
	t.Helper()
	s := running(t)
	made, _ := templates.LoadOrStore(template, sync.OnceValue(func() error {
		if err := s.execute("CREATE DATABASE " + template + " TEMPLATE template0"); err != nil {
			return err
		}
		return prepare(s.url(template))
	}))
	if err := made.(func() error)(); err != nil {
		t.Fatalf("prepare the database %s: %v", template, err)
	}
	return create(t, template)
}

func create(t testing.TB, template string) string {
	t.Helper()
	s := running(t)
	name := fmt.Sprint("test_", count.Add(1))
	if err := s.execute("CREATE DATABASE " + name + " TEMPLATE " + template + " STRATEGY file_copy"); err != nil {
		t.Fatalf("create a database: %v", err)
	}
	t.Cleanup(func() {
		if err := s.execute("DROP DATABASE " + name + " WITH (FORCE)"); err != nil {
			t.Errorf("drop a database: %v", err)
		}
	})
	return s.url(name)
}

func running(t testing.TB) *server {
	t.Helper()
	once.Do(func() { shared, reason = start(initialize, "synchronous_commit=off") })
	there(t, reason)
	return shared
}

// there skips the test where something is not installed.
func there(t testing.TB, err error) {
	t.Helper()
	if missing := missingError(""); errors.As(err, &missing) {
		t.Skip("not installed: " + string(missing))
	}
	if err != nil {
		t.Fatalf("start PostgreSQL: %v", err)
	}
}

// statementTimeout is far beyond what making a database takes.
const statementTimeout = 2 * time.Minute

func (s *server) execute(statement string) error {
	ctx, cancel := context.WithTimeout(context.Background(), statementTimeout)
	defer cancel()
	_, err := s.admin.ExecContext(ctx, statement)
	return err
}

func (s *server) url(database string) string {
	return "postgres://" + superuser + "@/" + database + "?host=" + s.folder + "&port=" + s.port
}

func open(url string) (*sql.DB, error) {
	db, err := sql.Open("pgx", url)
	if err == nil {
		db.SetMaxOpenConns(1)
	}
	return db, err
}

// missingError says what is not installed.
type missingError string

func (m missingError) Error() string { return string(m) }
