package bunsql

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"time"

	"github.com/uptrace/bun"

	"latchkey/domain/secret"
)

// Config says where the database is: URL when it is not empty, File otherwise.
type Config struct {
	// File is the SQLite file. It is made when it does not exist, readable by
	// its owner only, as is the folder it stands in.
	File string
	// URL is a PostgreSQL database, as postgres://user:password@host/database.
	URL secret.String
	// MaxConnections bounds the connections to PostgreSQL; four times the cores
	// when it is 0. More of them were measured to answer no faster, and each costs
	// the server memory.
	MaxConnections int
	// StatementTimeout is when PostgreSQL gives up a statement; 0 is never.
	StatementTimeout time.Duration
	// SharedEmail lets several accounts verify one address
	// (ACCOUNT_UNIQUE_EMAIL=false).
	SharedEmail bool
	// Log hears when the database ceases to work and when it works again; nil is slog's default.
	Log *slog.Logger
}

// DB is an open database.
type DB struct {
	config  Config
	dialect *dialect
	queries queries
	writer  *pool
	reader  *pool
	outage  outage
}

// Open opens the database. It does not touch the tables: Migrate does.
func Open(ctx context.Context, config Config) (*DB, error) {
	dialect := &sqliteDialect
	if !config.URL.Empty() {
		dialect = &postgresDialect
	}
	writer, reader, err := dialect.open(ctx, config)
	if err != nil {
		return nil, err
	}
	return newDB(config, dialect, writer, reader), nil
}

func newDB(config Config, dialect *dialect, writer, reader *pool) *DB {
	log := config.Log
	if log == nil {
		log = slog.Default()
	}
	return &DB{
		config: config, dialect: dialect, queries: queriesOf(dialect.phrases),
		writer: writer, reader: reader, outage: outage{log: log},
	}
}

// Close waits for what is running and closes the database.
func (db *DB) Close() error {
	if db.reader == db.writer {
		return db.writer.Close()
	}
	return errors.Join(db.reader.Close(), db.writer.Close())
}

// read makes a query that changes nothing. It sees what the transaction of ctx
// has written.
func (db *DB) read(ctx context.Context, query string, args ...any) statement {
	return statement{db: db, raw: db.query(ctx, db.reader, query, args), of: toRead}
}

// write makes a query that changes rows.
func (db *DB) write(ctx context.Context, query string, args ...any) statement {
	// In a transaction it is the commit that makes it final.
	return statement{db: db, raw: db.query(ctx, db.writer, query, args), of: toWrite, final: db.transactionOf(ctx) == nil}
}

// statement is a query with its arguments.
type statement struct {
	db    *DB
	raw   *bun.RawQuery
	of    use
	final bool // what it writes is in effect when it ends
}

// Scan runs the statement and reads its rows into dest.
func (s statement) Scan(ctx context.Context, dest ...any) error {
	return s.judged(ctx, s.raw.Scan(ctx, dest...))
}

// Exec runs the statement.
func (s statement) Exec(ctx context.Context) (sql.Result, error) {
	result, err := s.raw.Exec(ctx)
	return result, s.judged(ctx, err)
}

func (s statement) judged(ctx context.Context, err error) error {
	if s.final {
		return s.db.ended(ctx, err)
	}
	return s.db.outcome(ctx, s.of, err)
}

func (db *DB) query(ctx context.Context, p *pool, query string, args []any) *bun.RawQuery {
	for i, arg := range args {
		args[i] = db.dialect.bind(arg)
	}
	if tx := db.transactionOf(ctx); tx != nil {
		return db.writer.NewRaw(query).Conn(bound{conn: tx, args: args})
	}
	return p.NewRaw(query).Conn(bound{conn: p, args: args})
}

// toChange returns query, a SELECT, such that nobody else changes the rows that it
// finds before the transaction of ctx ends: what is read there still holds when it
// writes. Outside of a transaction it reads as it is.
func (db *DB) toChange(ctx context.Context, query string) string {
	if db.transactionOf(ctx) == nil {
		return query
	}
	return query + db.dialect.lock
}

// violates reports whether err says that the constraint would be violated.
func (db *DB) violates(err error, constraint string) bool {
	return db.dialect.violates(err, constraint)
}

// The unique constraints that are refusals.
const (
	uniqueUsername      = "auth_user_username_key"
	uniqueVerifiedEmail = "unique_verified_email"
)
