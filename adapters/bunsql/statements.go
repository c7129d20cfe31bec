package bunsql

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"time"

	"github.com/uptrace/bun"
)

// bound gives bun a connection on which each query gets args as bound parameters.
type bound struct {
	conn bun.IConn
	args []any
}

var _ bun.IConn = bound{}

// QueryContext runs query with the bound parameters.
func (b bound) QueryContext(ctx context.Context, query string, _ ...any) (*sql.Rows, error) {
	return b.conn.QueryContext(ctx, query, b.args...)
}

// ExecContext runs query with the bound parameters.
func (b bound) ExecContext(ctx context.Context, query string, _ ...any) (sql.Result, error) {
	return b.conn.ExecContext(ctx, query, b.args...)
}

// QueryRowContext runs query with the bound parameters.
func (b bound) QueryRowContext(ctx context.Context, query string, _ ...any) *sql.Row {
	return b.conn.QueryRowContext(ctx, query, b.args...)
}

// pool is connections that keep the statements which they have prepared. The
// texts are constants of this package, so that there is an end to them.
//
// A transaction uses them, and prepares none: that needs a connection, and the writer's
// only one is the transaction's own. It would wait for itself. See transaction.
type pool struct {
	*bun.DB
	// plain leaves preparing to the driver.
	plain bool
	// remote connections can be lost without a word.
	remote     bool
	statements sync.Map // text to *sql.Stmt
	missed     sync.Map // texts that transactions had no statement for
	brief      *brief   // nil: reads by a key are read as all others are
}

var _ bun.IConn = (*pool)(nil)

// QueryContext runs query as a prepared statement.
func (p *pool) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if p.plain {
		return p.DB.DB.QueryContext(ctx, query, args...)
	}
	statement, err := p.prepared(ctx, query)
	if err != nil {
		return nil, err
	}
	return statement.QueryContext(ctx, args...)
}

// ExecContext runs query as a prepared statement.
func (p *pool) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if p.plain {
		return p.DB.DB.ExecContext(ctx, query, args...)
	}
	statement, err := p.prepared(ctx, query)
	if err != nil {
		return nil, err
	}
	return statement.ExecContext(ctx, args...)
}

// QueryRowContext runs query as it is: a *sql.Row cannot carry an error of preparing.
func (p *pool) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	return p.DB.DB.QueryRowContext(ctx, query, args...)
}

func (p *pool) prepared(ctx context.Context, query string) (*sql.Stmt, error) {
	if statement, ok := p.statements.Load(query); ok {
		return statement.(*sql.Stmt), nil
	}
	fresh, err := p.DB.DB.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	statement, lost := p.statements.LoadOrStore(query, fresh)
	if lost {
		_ = fresh.Close() // another goroutine was faster, and its statement works
	}
	return statement.(*sql.Stmt), nil
}

// closeTimeout bounds the wait for connections that somebody still has: a server that
// hangs must not keep the service from ending.
const closeTimeout = 5 * time.Second

// Close closes the statements and the connections. database/sql closes one that is in use
// when it is given back, and who gave up waiting for a statement, as a worker does that is
// told to stop, does not give it back himself but leaves that to a goroutine. It is waited
// for: on SQLite whoever closes the last connection puts the write-ahead log into the file.
func (p *pool) Close() error {
	var errs []error
	if p.brief != nil {
		errs = append(errs, p.brief.Close())
	}
	p.statements.Range(func(_, statement any) bool {
		errs = append(errs, statement.(*sql.Stmt).Close())
		return true
	})
	errs = append(errs, p.DB.Close())
	for end := time.After(closeTimeout); p.DB.Stats().OpenConnections > 0; {
		select {
		case <-end:
			return errors.Join(errs...)
		case <-time.After(time.Millisecond):
		}
	}
	return errors.Join(errs...)
}
