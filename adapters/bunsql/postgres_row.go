package bunsql

import (
	"context"
	"database/sql/driver"
	"errors"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// firstOnPostgres asks the driver itself, on a connection of the pool. It reads the
// columns into where they belong; through database/sql each is made a value of its own
// before, by a function that is made for each column of each query.
func firstOnPostgres(ctx context.Context, p *pool, query string, args, into []any) error {
	err := firstByDriver(ctx, p, query, args, into)
	if errors.Is(err, driver.ErrBadConn) {
		// What reached no server is asked again, by whom has rules for how often.
		return p.first(ctx, query, args, into)
	}
	return err
}

func firstByDriver(ctx context.Context, p *pool, query string, args, into []any) error {
	conn, err := p.DB.DB.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	return conn.Raw(func(raw any) error {
		err := raw.(*stdlib.Conn).Conn().QueryRow(ctx, query, args...).Scan(into...)
		if err != nil && pgconn.SafeToRetry(err) {
			return driver.ErrBadConn // has the pool throw the connection away
		}
		return err
	})
}
