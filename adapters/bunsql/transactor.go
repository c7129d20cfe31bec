package bunsql

import (
	"context"
	"errors"
	"fmt"
	"time"

	"latchkey/application/ports"
)

// Transactor runs work on a DB as a whole or not at all.
type Transactor struct{ db *DB }

var _ ports.Transactor = (*Transactor)(nil)

// NewTransactor returns the database's Transactor.
func NewTransactor(db *DB) *Transactor { return &Transactor{db: db} }

// InTx calls work with a context that carries a transaction. What it has read still
// holds when it writes: on SQLite transactions take turns; on PostgreSQL they lock
// the rows that they read by their keys, and hold the names and addresses that they
// look for. Those that wait for each other there are begun again.
func (t *Transactor) InTx(ctx context.Context, work func(ctx context.Context) error) error {
	return t.db.inTx(ctx, work)
}

// transactionKey is where ctx carries the transaction of a database. The
// database is part of the key: a transaction of another one is not ours to join.
type transactionKey struct{ db *DB }

func (db *DB) transactionOf(ctx context.Context) *transaction {
	tx, _ := ctx.Value(transactionKey{db}).(*transaction)
	return tx
}

const (
	// tries is how often a transaction is begun that others made fail.
	tries = 5
	// retryPause is before the second try, and grows with each.
	retryPause = 20 * time.Millisecond
)

// inTx calls work in the transaction of ctx, or in one of its own.
func (db *DB) inTx(ctx context.Context, work func(ctx context.Context) error) error {
	return db.again(ctx, func(ctx context.Context) error { return db.inOneTx(ctx, work) }, work)
}

// again calls whole, a transaction of its own, until others have not made it fail, or joins
// the transaction of ctx by part.
func (db *DB) again(ctx context.Context, whole, part func(ctx context.Context) error) error {
	if db.transactionOf(ctx) != nil {
		return part(ctx)
	}
	for try := 1; ; try++ {
		err := whole(ctx)
		if err == nil || !db.dialect.passing(err) {
			return err
		}
		if try == tries {
			return ports.ErrUnavailable.After(time.Second)
		}
		select {
		case <-ctx.Done():
			return errors.Join(err, ctx.Err())
		case <-time.After(time.Duration(try) * retryPause):
		}
	}
}

// inStatement calls work, whose one statement is a transaction if there is none in ctx.
func (db *DB) inStatement(ctx context.Context, work func(ctx context.Context) error) error {
	return db.again(ctx, work, work)
}

func (db *DB) inOneTx(ctx context.Context, work func(ctx context.Context) error) error {
	tx, err := db.writer.DB.DB.BeginTx(ctx, db.dialect.isolation)
	if err != nil {
		return fmt.Errorf("bunsql: begin: %w", db.outcome(ctx, toWrite, err))
	}
	// Does nothing after a commit; it is there for errors and for panics, which go on.
	defer func() { _ = tx.Rollback() }()
	if err := work(context.WithValue(ctx, transactionKey{db}, &transaction{Tx: tx, pool: db.writer})); err != nil {
		return err
	}
	if err := db.ended(ctx, tx.Commit()); err != nil {
		return fmt.Errorf("bunsql: commit: %w", err)
	}
	db.writer.prepareMissed(ctx)
	return nil
}
