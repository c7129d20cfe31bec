package bunsql

import (
	"context"
	"database/sql"
)

// transaction is one on a connection of pool. It runs what the pool has prepared, and
// leaves word of the rest, which is prepared when the connection is free again: SQLite
// was measured to read the text of a statement for as long as it runs.
type transaction struct {
	*sql.Tx
	pool *pool
}

// QueryContext runs query as a prepared statement if there is one.
func (t *transaction) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if statement := t.prepared(ctx, query); statement != nil {
		return statement.QueryContext(ctx, args...)
	}
	return t.Tx.QueryContext(ctx, query, args...)
}

// ExecContext runs query as a prepared statement if there is one.
func (t *transaction) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if statement := t.prepared(ctx, query); statement != nil {
		return statement.ExecContext(ctx, args...)
	}
	return t.Tx.ExecContext(ctx, query, args...)
}

// prepared returns nil where there is none, or where preparing is left to the driver.
func (t *transaction) prepared(ctx context.Context, query string) *sql.Stmt {
	if t.pool.plain {
		return nil
	}
	statement, ok := t.pool.statements.Load(query)
	if !ok {
		t.pool.missed.Store(query, nil)
		return nil
	}
	return t.StmtContext(ctx, statement.(*sql.Stmt))
}

// prepareMissed prepares what transactions had no statement for. That it may fail is no
// matter: the next one runs it as it is, and leaves word again.
func (p *pool) prepareMissed(ctx context.Context) {
	p.missed.Range(func(query, _ any) bool {
		p.missed.Delete(query)
		_, _ = p.prepared(ctx, query.(string))
		return true
	})
}
