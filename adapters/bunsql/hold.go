package bunsql

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
)

// held is a kind of thing that one transaction at a time may look at and change,
// where rows cannot be locked because there may be none yet.
type held string

const (
	heldName      held = "name"                 // in the form in which names are compared
	heldEmail     held = "e-mail address"       // in lower case
	heldAddresses held = "addresses of account" // an id
	heldTable     held = "table"
)

// hold makes transactions that hold the same thing take turns, until they end:
// what one has found out about it, that a name is free for instance, still holds
// when it writes. Outside of a transaction it does nothing.
func (db *DB) hold(ctx context.Context, kind held, thing string) error {
	if !db.dialect.aside() || db.transactionOf(ctx) == nil {
		return nil
	}
	if _, err := db.write(ctx, db.dialect.queue, kind.number(thing)).Exec(ctx); err != nil {
		return fmt.Errorf("bunsql: wait for the %s: %w", kind, err)
	}
	return nil
}

// holdTwo is hold for two things, in this order.
func (db *DB) holdTwo(ctx context.Context, kind held, thing string, otherKind held, other string) error {
	if !db.dialect.aside() || db.transactionOf(ctx) == nil {
		return nil
	}
	if _, err := db.write(ctx, db.dialect.queueTwo, kind.number(thing), otherKind.number(other)).Exec(ctx); err != nil {
		return fmt.Errorf("bunsql: wait for the %s and the %s: %w", kind, otherKind, err)
	}
	return nil
}

// number is what the thing goes by in the database. Nobody can find another thing
// with the same number, and keep others waiting with it.
func (h held) number(thing string) int64 {
	sum := sha256.Sum256([]byte("latchkey " + string(h) + "\x00" + thing))
	return int64(binary.BigEndian.Uint64(sum[:8]))
}

// inPart calls work in a part of the transaction of ctx, or in one of its own. When
// work fails the rest can go on: on PostgreSQL a statement that violates a
// constraint would else be the end of the whole transaction.
func (db *DB) inPart(ctx context.Context, work func(ctx context.Context) error) error {
	tx := db.transactionOf(ctx)
	if tx == nil || !db.dialect.aside() {
		return db.inTx(ctx, work)
	}
	if _, err := tx.ExecContext(ctx, "SAVEPOINT latchkey"); err != nil {
		return fmt.Errorf("bunsql: savepoint: %w", db.outcome(ctx, toWrite, err))
	}
	workErr := work(ctx)
	if workErr != nil {
		if _, err := tx.ExecContext(ctx, "ROLLBACK TO SAVEPOINT latchkey"); err != nil {
			return errors.Join(workErr, fmt.Errorf("bunsql: back to savepoint: %w", db.outcome(ctx, toWrite, err)))
		}
	}
	if _, err := tx.ExecContext(ctx, "RELEASE SAVEPOINT latchkey"); err != nil {
		return errors.Join(workErr, fmt.Errorf("bunsql: release savepoint: %w", db.outcome(ctx, toWrite, err)))
	}
	return workErr
}
