package redislimits

import (
	"context"
	"fmt"
	"time"

	"latchkey/domain/credentials"
)

// retryAfter is how long callers are asked to stay away. Redis is looked for every second.
const retryAfter = 5 * time.Second

// outcome turns a failure into the refusal that callers are told. The log hears of the
// first failure and of the end: one line a request would let anybody fill it while Redis is gone.
func (l *Limits) outcome(ctx context.Context, step string, err error) error {
	switch {
	case err == nil:
		if l.down.CompareAndSwap(true, false) {
			l.log.InfoContext(ctx, "attempts are counted again")
		}
		return nil
	case ctx.Err() != nil: // the caller left, which says nothing about Redis
		return fmt.Errorf("redislimits: %s: %w", step, ctx.Err())
	}
	if l.down.CompareAndSwap(false, true) {
		l.log.ErrorContext(ctx, "attempts cannot be counted: whatever is limited is refused until Redis answers", "step", step, "error", err)
	}
	return credentials.ErrLimitsUnavailable.After(retryAfter)
}
