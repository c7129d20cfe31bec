package bunsql

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

func aloneOnSQLite(ctx context.Context, db *DB, work func(*sql.DB) error) error {
	return alone(ctx, db.config.File, func() error { return work(db.writer.DB.DB) })
}

// alone calls work while no other process does the same for this database file.
// goose has no lock on SQLite, and of four processes that started together two failed.
//
// The lock is a write transaction on a second, empty SQLite file: that is a file
// lock on every operating system, it ends with a process that dies, and waiting
// for it ends with ctx.
func alone(ctx context.Context, file string, work func() error) error {
	file += ".lock"
	if err := createFile(file); err != nil {
		return fmt.Errorf("lock: %w", err)
	}
	lock, err := openPool(ctx, file, locking, 1)
	if err != nil {
		return fmt.Errorf("lock: %w", err)
	}
	tx, err := lock.DB.DB.BeginTx(ctx, nil)
	if err != nil {
		return errors.Join(fmt.Errorf("lock: %w", err), lock.Close())
	}
	return errors.Join(work(), tx.Rollback(), lock.Close())
}
