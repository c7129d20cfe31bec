package bunsql

import (
	"context"
	"fmt"
	"slices"
	"time"

	"latchkey/domain/credentials"
)

// TakeInTurn is Take under each of the keys, in one transaction: each would else wait for
// the disk by itself. Whoever takes from the same keys holds them in the same order.
func (l *Limits) TakeInTurn(ctx context.Context, keys []string, limits []credentials.Limit, now time.Time) (wait time.Duration, err error) {
	err = l.db.inTx(ctx, func(ctx context.Context) error {
		for i, key := range keys {
			if wait, err = l.Take(ctx, key, limits[i], now); err != nil || wait > 0 {
				return err
			}
		}
		return nil
	})
	return wait, err
}

// forgotAtOnce is how many keys a statement forgets.
const forgotAtOnce = 4

// ForgetAll drops the attempts under the keys.
func (l *Limits) ForgetAll(ctx context.Context, keys []string) error {
	for some := range slices.Chunk(keys, forgotAtOnce) {
		args := make([]any, forgotAtOnce)
		for i := range args {
			args[i] = digest(some[min(i, len(some)-1)])
		}
		if _, err := l.db.write(ctx, deleteAttempts, args...).Exec(ctx); err != nil {
			return fmt.Errorf("bunsql: forget attempts: %w", err)
		}
	}
	return nil
}
