package bunsql

import (
	"context"
	"runtime"
)

// brief is connections for reads by a key, which take SQLite some microseconds: less than
// what database/sql and the driver do so that a query can be given up, a goroutine each. These
// cannot be given up. What can take long is the wait for a connection, and that is ended:
// whoever has a turn finds one free. The longest that another program can hold up such a read
// is busy_timeout.
type brief struct {
	*pool
	turns chan struct{}
}

func openBrief(ctx context.Context, file string) (*brief, error) {
	size := max(2, runtime.NumCPU())
	p, err := openPool(ctx, file, reading, size)
	if err != nil {
		return nil, err
	}
	return &brief{pool: p, turns: make(chan struct{}, size)}, nil
}

// firstOnSQLite takes a turn.
func firstOnSQLite(ctx context.Context, p *pool, query string, args, into []any) error {
	if p.brief == nil {
		return p.first(ctx, query, args, into)
	}
	if err := p.brief.take(ctx); err != nil {
		return err
	}
	defer func() { <-p.brief.turns }()
	return p.brief.first(context.WithoutCancel(ctx), query, args, into)
}

// take waits for a turn, or for ctx to end.
func (b *brief) take(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case b.turns <- struct{}{}:
		return nil
	default: // only who has to wait has ctx set its timer, or whatever it ends by
	}
	select {
	case b.turns <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
