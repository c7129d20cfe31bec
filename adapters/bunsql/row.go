package bunsql

import (
	"context"
	"database/sql"
)

// row runs a query that changes nothing, as read does, and scans its first row, or
// returns sql.ErrNoRows. It is for what nearly every request asks by a key: bun would find
// out by reflection, each time anew, where the columns go, and database/sql would have a
// goroutine wait for ctx to end beside each of them.
func (db *DB) row(ctx context.Context, query string, args []any, into ...any) error {
	return db.outcome(ctx, toRead, db.scanRow(ctx, query, args, into))
}

func (db *DB) scanRow(ctx context.Context, query string, args, into []any) error {
	db.bindAll(args)
	if tx := db.transactionOf(ctx); tx != nil {
		rows, err := tx.QueryContext(ctx, query, args...)
		return firstOf(rows, err, into)
	}
	return db.dialect.first(ctx, db.reader, query, args, into)
}

// writtenRow is row for a query that changes rows, as write makes one.
func (db *DB) writtenRow(ctx context.Context, query string, args []any, into ...any) error {
	db.bindAll(args)
	rows, err := db.rows(ctx, db.writer, query, args)
	err = firstOf(rows, err, into)
	if db.transactionOf(ctx) == nil {
		return db.ended(ctx, err)
	}
	return db.outcome(ctx, toWrite, err)
}

// eachRow calls take for each row of a query that changes nothing, with rows to scan it from.
func (db *DB) eachRow(ctx context.Context, query string, args []any, take func(rows *sql.Rows) error) error {
	return db.outcome(ctx, toRead, db.scanRows(ctx, query, args, take))
}

func (db *DB) scanRows(ctx context.Context, query string, args []any, take func(rows *sql.Rows) error) error {
	db.bindAll(args)
	rows, err := db.rows(ctx, db.reader, query, args)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := take(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (db *DB) bindAll(args []any) {
	for i, arg := range args {
		args[i] = db.dialect.bind(arg)
	}
}

func (db *DB) rows(ctx context.Context, p *pool, query string, args []any) (*sql.Rows, error) {
	if tx := db.transactionOf(ctx); tx != nil {
		return tx.QueryContext(ctx, query, args...)
	}
	return p.QueryContext(ctx, query, args...)
}

// first scans the first row of the query as database/sql does it.
func (p *pool) first(ctx context.Context, query string, args, into []any) error {
	rows, err := p.QueryContext(ctx, query, args...)
	return firstOf(rows, err, into)
}

func firstOf(rows *sql.Rows, err error, into []any) error {
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return err
		}
		return sql.ErrNoRows
	}
	if err := rows.Scan(into...); err != nil {
		return err
	}
	return rows.Close()
}
