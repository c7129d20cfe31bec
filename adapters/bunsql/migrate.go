package bunsql

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
)

// migrationTable is where goose remembers what was applied.
const migrationTable = "latchkey_migrations"

// Migrate makes the tables, or brings them up to date. Tables that Django made
// are taken over with their rows. A migration that fails leaves nothing behind
// and is tried again by the next Migrate; processes that start together take turns.
func (db *DB) Migrate(ctx context.Context) error {
	migrator, err := db.migrator()
	if err != nil {
		return fmt.Errorf("bunsql: load migrations: %w", err)
	}
	current, err := db.current(ctx, migrator)
	if err == nil && !current {
		err = alone(ctx, db.config.File, func() error {
			_, err := migrator.Up(ctx)
			return err
		})
	}
	if err != nil {
		return fmt.Errorf("bunsql: migrate: %w", err)
	}
	return db.alignVerifiedEmail(ctx)
}

func (db *DB) migrator() (*goose.Provider, error) {
	folder, err := fs.Sub(migrations, migrationFolder)
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(migrationDialect, db.writer.DB.DB, folder,
		goose.WithTableName(migrationTable), goose.WithDisableGlobalRegistry(true))
}

// current reports whether every migration was applied. It only reads: goose's
// own check makes its table when that is missing, without a lock.
func (db *DB) current(ctx context.Context, migrator *goose.Provider) (bool, error) {
	exists, err := db.exists(ctx, migrationTable)
	if err != nil || !exists {
		return false, err
	}
	var version sql.NullInt64
	query := `SELECT MAX(version_id) FROM ` + migrationTable
	if err := db.read(ctx, query).Scan(ctx, &version); err != nil {
		return false, err
	}
	sources := migrator.ListSources()
	return version.Int64 >= sources[len(sources)-1].Version, nil
}

// alignVerifiedEmail makes the index unique_verified_email exist if and only if
// an address may be verified for one account alone. allauth decides that once,
// when its migration runs; the table may come from there.
func (db *DB) alignVerifiedEmail(ctx context.Context) error {
	exists, err := db.exists(ctx, "unique_verified_email")
	if err == nil && exists == db.config.SharedEmail {
		query := `CREATE UNIQUE INDEX IF NOT EXISTS "unique_verified_email" ON "account_emailaddress" ("email") WHERE "verified"`
		if exists {
			query = `DROP INDEX IF EXISTS unique_verified_email`
		}
		_, err = db.write(ctx, query).Exec(ctx)
	}
	if violates(err, uniqueVerifiedEmail) {
		return errors.New("bunsql: an address is verified for several accounts: settle that in account_emailaddress, " +
			"or set ACCOUNT_UNIQUE_EMAIL to false")
	}
	if err != nil {
		return fmt.Errorf("bunsql: index of verified addresses: %w", err)
	}
	return nil
}
