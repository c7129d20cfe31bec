package bunsql

import (
	"context"
	"errors"
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
}

// DB is an open database.
type DB struct {
	config  Config
	dialect *dialect
	queries queries
	writer  *pool
	reader  *pool
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
	return &DB{config: config, dialect: dialect, queries: queriesOf(dialect.phrases), writer: writer, reader: reader}, nil
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
func (db *DB) read(ctx context.Context, query string, args ...any) *bun.RawQuery {
	return db.query(ctx, db.reader, query, args)
}

// write makes a query that changes rows.
func (db *DB) write(ctx context.Context, query string, args ...any) *bun.RawQuery {
	return db.query(ctx, db.writer, query, args)
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
