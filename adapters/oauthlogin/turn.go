package oauthlogin

import (
	"context"
	"sync"
)

// turn is a lock that nobody waits for longer than their caller does: while a provider
// hangs, those who wait for what it was asked must be able to leave.
type turn struct {
	made  sync.Once
	taken chan struct{}
}

// take waits for the lock, and returns the context's error when that ends first.
func (t *turn) take(ctx context.Context) error {
	t.made.Do(func() { t.taken = make(chan struct{}, 1) })
	select {
	case t.taken <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// try takes the lock if nobody has it.
func (t *turn) try() bool {
	t.made.Do(func() { t.taken = make(chan struct{}, 1) })
	select {
	case t.taken <- struct{}{}:
		return true
	default:
		return false
	}
}

func (t *turn) give() { <-t.taken }
