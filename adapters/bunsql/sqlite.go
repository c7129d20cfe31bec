package bunsql

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/pressly/goose/v3"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/sqlitedialect"
	"modernc.org/sqlite"
)

// Everything that is particular to SQLite: how it is opened, how it names a
// violated constraint, how it compares without case, and its migrations.

//go:embed migrations/sqlite/*.sql
var migrations embed.FS

const (
	migrationFolder  = "migrations/sqlite"
	migrationDialect = goose.DialectSQLite3
)

// Of every connection. foreign_keys is off by default in SQLite.
const common = "?_pragma=busy_timeout(5000)&_pragma=foreign_keys(1)&_time_format=sqlite"

// Of the writer.
//
//   - journal_mode(WAL): readers and the writer do not wait for each other.
//   - synchronous(FULL): a commit returns when it is on the disk. With NORMAL, a
//     power cut takes back the last commits, and what was acknowledged, a changed
//     password or a revoked token, would be undone.
//   - _txlock=immediate: a transaction takes the right to write when it begins.
//     One that read first and then asks for it fails when another program wrote
//     in between, in spite of busy_timeout.
const writing = common + "&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_txlock=immediate"

// Of readers: one that tries to write fails, instead of getting in the writer's way.
const reading = common + "&_pragma=query_only(1)"

// Of the lock beside the file: whoever waits for another's migration has a minute.
const locking = "?_pragma=busy_timeout(60000)&_txlock=exclusive"

func openWriter(ctx context.Context, file string) (*pool, error) {
	return openPool(ctx, file, writing, 1)
}

func openReader(ctx context.Context, file string) (*pool, error) {
	return openPool(ctx, file, reading, max(2, runtime.NumCPU()))
}

func openPool(ctx context.Context, file, options string, size int) (*pool, error) {
	path, err := filepath.Abs(file)
	if err != nil {
		return nil, err
	}
	// A "?" or "#" in the path would otherwise end it.
	escaped := (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath()
	db, err := sql.Open("sqlite", "file:"+escaped+options)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(size)
	db.SetMaxIdleConns(size)
	if err := db.PingContext(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &pool{DB: bun.NewDB(db, sqlitedialect.New())}, nil
}

// createFile makes the file, and its folder, unless they are there. SQLite would
// make it readable by everybody; its journal files get the mode of the file.
func createFile(file string) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	created, err := os.OpenFile(file, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return created.Close()
}

// The unique constraints that are refusals, as SQLite names them.
const (
	uniqueUsername      = "UNIQUE constraint failed: auth_user.username"
	uniqueVerifiedEmail = "UNIQUE constraint failed: account_emailaddress.email"
	// Of the index socialaccount_socialaccount_provider_uid_fc810c6e_uniq.
	uniqueIdentity = "UNIQUE constraint failed: socialaccount_socialaccount.provider, socialaccount_socialaccount.uid"
)

// violates reports whether err says that the constraint would be violated.
func violates(err error, constraint string) bool {
	var failure *sqlite.Error
	if !errors.As(err, &failure) {
		return false
	}
	_, rest, found := strings.Cut(failure.Error(), constraint)
	// What follows the constraint is blank or the error's number; a comma goes
	// on to another column, and so to another constraint.
	return found && !strings.HasPrefix(rest, ",")
}

// inAnyCase is SQL that is true when column equals one of the four spellings
// bound at $1 to $4. NOCASE folds the ASCII letters, and the indexes that the
// migrations add are made with it. LIKE would fold too, but there "_" and "%"
// in a name would stand for other characters.
func inAnyCase(column string) string { return column + " COLLATE NOCASE IN ($1, $2, $3, $4)" }
