package bunsql

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5/pgconn"
)

// aloneOnPostgres calls work with connections of their own: a migration may take
// longer than any other statement.
//
// Starters wait for each other by a lock of a transaction. goose's own lock belongs
// to a session, and behind a pooler a session is nobody's.
func aloneOnPostgres(ctx context.Context, db *DB, work func(*sql.DB) error) error {
	settings, err := parsePostgres(db.config)
	if err != nil {
		return err
	}
	delete(settings.RuntimeParams, "statement_timeout")
	delete(settings.RuntimeParams, "idle_in_transaction_session_timeout")
	own := connect(settings, 2)
	tx, err := own.BeginTx(ctx, nil)
	if err != nil {
		return errors.Join(fmt.Errorf("lock: %w", err), own.Close())
	}
	if _, err := tx.ExecContext(ctx, db.dialect.queue, heldTable.number(migrationTable)); err != nil {
		return errors.Join(fmt.Errorf("lock: %w", err), tx.Rollback(), own.Close())
	}
	return errors.Join(work(own), tx.Rollback(), own.Close())
}

// The codes of PostgreSQL's errors.
const (
	uniqueViolation      = "23505"
	serializationFailure = "40001"
	deadlockDetected     = "40P01"
)

func violatesOnPostgres(err error, constraint string) bool {
	var failure *pgconn.PgError
	if !errors.As(err, &failure) || failure.Code != uniqueViolation {
		return false
	}
	// Where the table comes from an older allauth, other names stand for the rule.
	older := constraint == uniqueVerifiedEmail && slices.Contains([]string{ownVerifiedEmail, exclusiveEmail}, failure.ConstraintName)
	return failure.ConstraintName == constraint || older
}

func passingOnPostgres(err error) bool {
	var failure *pgconn.PgError
	return errors.As(err, &failure) && slices.Contains([]string{serializationFailure, deadlockDetected}, failure.Code)
}
