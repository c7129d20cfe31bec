package bunsql

import (
	"context"
	"errors"
	"fmt"
)

// exists reports whether the database has a table or index of that name.
func (db *DB) exists(ctx context.Context, name string) (bool, error) {
	var count int
	err := db.read(ctx, `SELECT COUNT(*) FROM sqlite_master WHERE name = $1`, name).Scan(ctx, &count)
	return count > 0, err
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
