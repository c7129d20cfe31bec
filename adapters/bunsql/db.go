package bunsql

import (
	"context"
	"errors"
	"fmt"

	"github.com/uptrace/bun"
)

// Config says where the database is.
type Config struct {
	// File is the SQLite file. It is made when it does not exist, readable by
	// its owner only, as is the folder it stands in.
	File string
	// SharedEmail lets several accounts verify one address
	// (ACCOUNT_UNIQUE_EMAIL=false).
	SharedEmail bool
}

// DB is an open database.
type DB struct {
	config Config
	// All writing goes through one connection. SQLite lets one writer work at a
	// time; several connections would wait for each other by polling, which was
	// measured to take up to a second for the unlucky one.
	writer *pool
	reader *pool
}

// Open opens the database. It does not touch the tables: Migrate does.
func Open(ctx context.Context, config Config) (*DB, error) {
	if err := createFile(config.File); err != nil {
		return nil, fmt.Errorf("bunsql: create the database file: %w", err)
	}
	// The writer comes first: it sets the journal mode that readers rely on, and
	// of several processes that do so at once all but one fail.
	var writer *pool
	err := alone(ctx, config.File, func() (err error) {
		writer, err = openWriter(ctx, config.File)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("bunsql: open the database: %w", err)
	}
	reader, err := openReader(ctx, config.File)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("bunsql: open the database: %w", err), writer.Close())
	}
	return &DB{config: config, writer: writer, reader: reader}, nil
}

// Close waits for what is running and closes the database.
func (db *DB) Close() error { return errors.Join(db.reader.Close(), db.writer.Close()) }

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
	if tx := db.transactionOf(ctx); tx != nil {
		return db.writer.NewRaw(query).Conn(bound{conn: tx, args: args})
	}
	return p.NewRaw(query).Conn(bound{conn: p, args: args})
}
