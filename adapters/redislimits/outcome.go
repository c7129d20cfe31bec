package redislimits

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"latchkey/domain/credentials"
)

// retryAfter is how long callers are asked to stay away. Redis is looked for every second.
const retryAfter = 5 * time.Second

// outcome turns a failure into the refusal that callers are told. The log hears of the
// first failure and of the end: one line a request would let anybody fill it while Redis is gone.
func (l *Limits) outcome(ctx context.Context, step string, err error) error {
	switch {
	case err == nil:
		l.answered(ctx)
		return nil
	case ctx.Err() != nil: // the caller left, which says nothing about Redis
		return fmt.Errorf("redislimits: %s: %w", step, ctx.Err())
	}
	// That no connection was free in time says nothing about Redis either: other calls may
	// be answered at the same moment, and the log would be told of an end and of another
	// beginning by each pair of requests.
	if errors.Is(err, redis.ErrPoolTimeout) {
		if !l.down.Load() && l.busy.CompareAndSwap(false, true) {
			l.log.ErrorContext(ctx, "attempts cannot be counted: every connection to Redis is busy", "step", step)
		}
		return credentials.ErrLimitsUnavailable.After(retryAfter)
	}
	if l.down.CompareAndSwap(false, true) {
		l.log.ErrorContext(ctx, "attempts cannot be counted: whatever is limited is refused until Redis answers", "step", step, "error", err)
	}
	return credentials.ErrLimitsUnavailable.After(retryAfter)
}

// answered notes the end of an outage. The rush is over when half of the connections
// are idle: at the first free one it would end and begin again many times.
func (l *Limits) answered(ctx context.Context) {
	if l.down.CompareAndSwap(true, false) {
		l.log.InfoContext(ctx, "attempts are counted again")
	}
	if l.busy.Load() && l.client.PoolStats().IdleConns >= connections/2 {
		l.busy.Store(false)
	}
}
