package bunsql

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
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

// Everything that is particular to SQLite.

var sqliteDialect = dialect{
	open:     openSQLite,
	alone:    aloneOnSQLite,
	folder:   "migrations/sqlite",
	engine:   goose.DialectSQLite3,
	violates: violatesOnSQLite,
	// Transactions wait for their turn to begin, so that none fails later on.
	passing:     func(error) bool { return false },
	unavailable: unavailableOnSQLite,
	undecided:   undecidedOnSQLite,
	bind:        func(value any) any { return value },
	first:       firstOnSQLite,
	// SQLite ignores the lengths of columns.
	longestEmail: math.MaxInt,
	phrases: phrases{
		names:      `SELECT name FROM sqlite_master`,
		inspecting: inspectingSQLite,
		// NOCASE folds the ASCII letters, and the indexes that the migrations add
		// are made with it. LIKE would fold too, but there "_" and "%" in a name
		// would stand for other characters.
		inAnyCase: func(column string, first int) string {
			return fmt.Sprintf("%s COLLATE NOCASE IN ($%d, $%d, $%d, $%d)", column, first, first+1, first+2, first+3)
		},
		beyondASCII: `username GLOB '*[^ -~]*'`,
		bits:        bitsOnSQLite,
		// Asked for one value, SQLite takes the unique index, from which it has to go on to
		// the row; asked for a range, it takes ours, which has all that is needed. Without
		// ours, which a migration of Django's may drop, the unique one does as well.
		keyed: func(column string) string { return column + " BETWEEN $1 AND $1" },
		among: func(column, query string) string { return column + " IN (" + query + ")" },
	},
}

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

// openSQLite opens one connection for all writing. SQLite lets one writer work at a
// time; several connections would wait for each other by polling, which was
// measured to take up to a second for the unlucky one.
func openSQLite(ctx context.Context, config Config) (writer, reader *pool, err error) {
	if err := createFile(config.File); err != nil {
		return nil, nil, fmt.Errorf("bunsql: create the database file: %w", err)
	}
	// The writer comes first: it sets the journal mode that readers rely on, and
	// of several processes that do so at once all but one fail.
	err = alone(ctx, config.File, func() (err error) {
		writer, err = openWriter(ctx, config.File)
		return err
	})
	if err != nil {
		return nil, nil, fmt.Errorf("bunsql: open the database: %w", err)
	}
	if reader, err = openReader(ctx, config.File); err != nil {
		return nil, nil, errors.Join(fmt.Errorf("bunsql: open the database: %w", err), writer.Close())
	}
	if reader.brief, err = openBrief(ctx, config.File); err != nil {
		return nil, nil, errors.Join(fmt.Errorf("bunsql: open the database: %w", err), reader.Close(), writer.Close())
	}
	return writer, reader, nil
}

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

// sqliteColumns are the columns of unique constraints: SQLite names a violated one by those.
var sqliteColumns = map[string]string{
	uniqueUsername:      "UNIQUE constraint failed: auth_user.username",
	uniqueVerifiedEmail: "UNIQUE constraint failed: account_emailaddress.email",
}

func violatesOnSQLite(err error, constraint string) bool {
	var failure *sqlite.Error
	if !errors.As(err, &failure) {
		return false
	}
	_, rest, found := strings.Cut(failure.Error(), sqliteColumns[constraint])
	// What follows the columns is blank or the error's number; a comma goes on to
	// another column, and so to another constraint.
	return found && !strings.HasPrefix(rest, ",")
}
