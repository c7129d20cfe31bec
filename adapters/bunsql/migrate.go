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

// Migrate makes the tables, or brings them up to date, and makes indexes of ours anew
// that are gone. Tables that Django made are taken over with their rows, as they are. A
// migration that fails leaves nothing behind and is tried again by the next Migrate;
// processes that start together take turns.
func (db *DB) Migrate(ctx context.Context) error {
	steps, err := db.Pending(ctx)
	if err != nil || len(steps) == 0 {
		return err
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
	left, err := db.Pending(ctx)
	if err != nil {
		return err
	}
	for _, step := range left {
		if err := db.take(ctx, raw, step); err != nil {
			return err
		}
	}
	return nil
}

// take makes or drops an index.
func (db *DB) take(ctx context.Context, raw *sql.DB, step Step) error {
	_, err := raw.ExecContext(ctx, step.SQL)
	if db.violates(err, uniqueVerifiedEmail) {
		return errors.New("bunsql: an address is verified for several accounts: settle that in account_emailaddress, " +
			"or set ACCOUNT_UNIQUE_EMAIL to false")
	}
	if err != nil {
		return fmt.Errorf("bunsql: %s: %w", step.Name, err)
	}
	return nil
}

func (db *DB) migrator(raw *sql.DB) (*goose.Provider, error) {
	folder, err := fs.Sub(migrations, db.dialect.folder)
	if err != nil {
		return nil, err
	}
	adoption, err := db.adoption()
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(db.dialect.engine, raw, folder,
		goose.WithExcludeNames([]string{firstScript}), goose.WithGoMigrations(adoption),
		goose.WithTableName(migrationTable), goose.WithDisableGlobalRegistry(true))
}
