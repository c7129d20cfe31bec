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
	for i, arg := range args {
		args[i] = db.dialect.bind(arg)
	}
	if tx := db.transactionOf(ctx); tx != nil {
		rows, err := tx.QueryContext(ctx, query, args...)
		return firstOf(rows, err, into)
	}
	return db.dialect.first(ctx, db.reader, query, args, into)
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
