package bunsql

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
	"github.com/uptrace/bun/dialect/sqlitedialect"
)

// looking is of a connection that changes nothing: neither the file nor its journal mode.
const looking = common + "&_pragma=query_only(1)&mode=ro"

// Look opens the database for reading alone. A SQLite file that is not there is not
// made: what is read then is an empty database.
func Look(ctx context.Context, config Config) (*DB, error) {
	dialect, open := &sqliteDialect, lookAtSQLite
	if !config.URL.Empty() {
		dialect, open = &postgresDialect, lookAtPostgres
	}
	reader, err := open(ctx, config)
	if err != nil {
		return nil, err
	}
	return newDB(config, dialect, reader, reader), nil
}

func lookAtSQLite(ctx context.Context, config Config) (*pool, error) {
	reader, err := openThere(ctx, config.File)
	if err != nil {
		return nil, fmt.Errorf("bunsql: open the database: %w", err)
	}
	// Opening reads nothing yet.
	if _, err := reader.DB.DB.ExecContext(ctx, sqliteDialect.names); err != nil {
		return nil, errors.Join(fmt.Errorf("bunsql: open the database: %w", err), reader.Close())
	}
	return reader, nil
}

func openThere(ctx context.Context, file string) (*pool, error) {
	if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) {
		return openPool(ctx, file, looking, 1)
	}
	empty, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		return nil, err
	}
	empty.SetMaxOpenConns(1) // each has a database of its own
	return &pool{DB: bun.NewDB(empty, sqlitedialect.New())}, nil
}

func lookAtPostgres(ctx context.Context, config Config) (*pool, error) {
	settings, err := parsePostgres(config)
	if err != nil {
		return nil, err
	}
	if !pooled(settings) {
		settings.RuntimeParams["default_transaction_read_only"] = "on"
	}
	db := connect(settings, 2)
	if err := db.PingContext(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("bunsql: open the database: %w", err), db.Close())
	}
	return &pool{DB: bun.NewDB(db, pgdialect.New()), plain: true}, nil
}
