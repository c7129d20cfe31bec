package bunsql

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
)

// Everything that is particular to PostgreSQL.

var postgresDialect = dialect{
	open:         openPostgres,
	alone:        aloneOnPostgres,
	folder:       "migrations/postgres",
	engine:       goose.DialectPostgres,
	violates:     violatesOnPostgres,
	passing:      passingOnPostgres,
	unavailable:  unavailableOnPostgres,
	undecided:    undecidedOnPostgres,
	bind:         bindOnPostgres,
	first:        firstOnPostgres,
	longestEmail: 254,
	isolation:    &sql.TxOptions{Isolation: sql.LevelReadCommitted},
	queue:        `SELECT pg_advisory_xact_lock($1)`,
	queueTwo:     `SELECT pg_advisory_xact_lock($1), pg_advisory_xact_lock($2)`,
	// Weaker than FOR UPDATE, which rows that point to the locked one wait for.
	lock:     " FOR NO KEY UPDATE",
	compound: true,
	phrases: phrases{
		names:      `SELECT relname FROM pg_catalog.pg_class WHERE pg_catalog.pg_table_is_visible(oid) AND relkind IN ('r', 'p', 'v', 'i', 'I')`,
		inspecting: inspectingPostgres,
		inAnyCase:  inAnyCaseOnPostgres,
		// In UTF-8 these letters, and no others, have several bytes.
		beyondASCII: `octet_length(username) <> length(username)`,
		bits:        bitsOnPostgres,
		// An index that covers the look-up was measured to bring nothing here.
		keyed: func(column string) string { return column + " = $1" },
		// ARRAY: with IN the subquery may run several times, and lock more rows than its limit.
		among: func(column, query string) string { return column + " = ANY (ARRAY(" + query + "))" },
		idle:  " FOR UPDATE SKIP LOCKED",
		json:  "::jsonb",
	},
}

// inAnyCaseOnPostgres compares in upper case, as Django does, and has the indexes
// of the migrations for it. In lower case as well: the upper case of "mıke" is
// "MIKE", and a reset for the one must not find the other. That there are four
// spellings is for databases that fold ASCII only, or the "i" of Turkish.
func inAnyCaseOnPostgres(column string, first int) string {
	folded := func(fold string) string {
		each := make([]string, 4)
		for i := range each {
			each[i] = fmt.Sprintf("%s($%d)", fold, first+i)
		}
		return fmt.Sprintf("%s(%s) IN (%s)", fold, column, strings.Join(each, ", "))
	}
	return "(" + folded("UPPER") + " AND " + folded("LOWER") + ")"
}

// openPostgres opens one pool for everything.
func openPostgres(ctx context.Context, config Config) (writer, reader *pool, err error) {
	settings, err := parsePostgres(config)
	if err != nil {
		return nil, nil, err
	}
	size := config.MaxConnections
	if size == 0 {
		size = 4 * runtime.NumCPU()
	}
	db := connect(settings, size)
	if err := db.PingContext(ctx); err != nil {
		return nil, nil, errors.Join(fmt.Errorf("bunsql: open the database: %w", err), db.Close())
	}
	// The driver prepares what it runs, or does not where the URL asks for that.
	both := &pool{DB: bun.NewDB(db, pgdialect.New()), plain: true, remote: true}
	return both, both, nil
}

const (
	// connectTimeout bounds a connection that nobody answers.
	connectTimeout = 10 * time.Second
	// idleLife lets connections end that were needed for a moment only, and wholeLife
	// those to a server that others have taken over from.
	idleLife, wholeLife = 5 * time.Minute, time.Hour
	// forgotten is when the server ends a transaction whose client is gone: others
	// wait for what it holds.
	forgotten = time.Minute
)

func connect(settings *pgx.ConnConfig, size int) *sql.DB {
	db := stdlib.OpenDB(*settings)
	db.SetMaxOpenConns(size)
	db.SetMaxIdleConns(size)
	db.SetConnMaxIdleTime(idleLife)
	db.SetConnMaxLifetime(wholeLife)
	return db
}

// parsePostgres reads the URL. Of what is wrong with it nothing is told, because it
// contains a password, but for a file that it names.
func parsePostgres(config Config) (*pgx.ConnConfig, error) {
	settings, err := pgx.ParseConfig(config.URL.Reveal())
	if file := (*fs.PathError)(nil); errors.As(err, &file) {
		return nil, fmt.Errorf("bunsql: a file of the database's URL: %w", file)
	}
	if err != nil {
		return nil, errors.New("bunsql: the database's URL cannot be read")
	}
	if settings.ConnectTimeout == 0 {
		settings.ConnectTimeout = connectTimeout
	}
	settings.RuntimeParams["application_name"] = "latchkey"
	if pooled(settings) {
		return settings, nil
	}
	settings.RuntimeParams["statement_timeout"] = milliseconds(config.StatementTimeout)
	settings.RuntimeParams["idle_in_transaction_session_timeout"] = milliseconds(forgotten)
	return settings, nil
}

// pooled reports whether the URL is that of a pooler, such as PgBouncer, that gives
// each transaction another connection. It takes neither prepared statements nor
// settings that are meant to last.
func pooled(settings *pgx.ConnConfig) bool {
	return settings.DefaultQueryExecMode == pgx.QueryExecModeExec
}

func milliseconds(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }
