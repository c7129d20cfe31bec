package bunsql

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
)

// migrationTable is where goose remembers what was applied.
const migrationTable = "latchkey_migrations"

//go:embed migrations
var migrations embed.FS

// Migrate makes the tables, or brings them up to date. Tables that Django made
// are taken over with their rows. A migration that fails leaves nothing behind
// and is tried again by the next Migrate; processes that start together take turns.
func (db *DB) Migrate(ctx context.Context) error {
	current, err := db.current(ctx)
	if err != nil {
		return fmt.Errorf("bunsql: look for migrations: %w", err)
	}
	if current {
		return nil
	}
	return db.dialect.alone(ctx, db, func(raw *sql.DB) error { return db.migrate(ctx, raw) })
}

func (db *DB) migrate(ctx context.Context, raw *sql.DB) error {
	migrator, err := db.migrator(raw)
	if err == nil {
		_, err = migrator.Up(ctx)
	}
	if err != nil {
		return fmt.Errorf("bunsql: migrate: %w", err)
	}
	return db.alignVerifiedEmail(ctx, raw)
}

func (db *DB) migrator(raw *sql.DB) (*goose.Provider, error) {
	folder, err := fs.Sub(migrations, db.dialect.folder)
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(db.dialect.engine, raw, folder,
		goose.WithTableName(migrationTable), goose.WithDisableGlobalRegistry(true))
}

// current reports whether there is nothing to do. It only reads: goose's own check
// makes its table when that is missing, without a lock.
func (db *DB) current(ctx context.Context) (bool, error) {
	exists, err := db.exists(ctx, migrationTable)
	if err != nil || !exists {
		return false, err
	}
	migrator, err := db.migrator(db.writer.DB.DB)
	if err != nil {
		return false, err
	}
	var version sql.NullInt64
	query := `SELECT MAX(version_id) FROM ` + migrationTable
	if err := db.read(ctx, query).Scan(ctx, &version); err != nil {
		return false, err
	}
	sources := migrator.ListSources()
	unique, err := db.exists(ctx, uniqueVerifiedEmail)
	return version.Int64 >= sources[len(sources)-1].Version && unique != db.config.SharedEmail, err
}

// alignVerifiedEmail makes the index unique_verified_email exist if and only if
// an address may be verified for one account alone. allauth decides that once,
// when its migration runs; the table may come from there.
func (db *DB) alignVerifiedEmail(ctx context.Context, raw *sql.DB) error {
	query := `CREATE UNIQUE INDEX IF NOT EXISTS "unique_verified_email" ON "account_emailaddress" ("email") WHERE "verified"`
	if db.config.SharedEmail {
		query = `DROP INDEX IF EXISTS unique_verified_email`
	}
	_, err := raw.ExecContext(ctx, query)
	if db.violates(err, uniqueVerifiedEmail) {
		return errors.New("bunsql: an address is verified for several accounts: settle that in account_emailaddress, " +
			"or set ACCOUNT_UNIQUE_EMAIL to false")
	}
	if err != nil {
		return fmt.Errorf("bunsql: index of verified addresses: %w", err)
	}
	return nil
}
