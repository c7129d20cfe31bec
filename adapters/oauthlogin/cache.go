package oauthlogin

import (
	"context"
	"sync"
	"time"

	"latchkey/application/ports"
)

const (
	// cachePause is how long what a value lacks is not asked for again: strangers can
	// make up names of keys, and each would be a call.
	cachePause = 10 * time.Second
	// cacheRetry is how long a provider that gave no answer is left alone.
	cacheRetry = 5 * time.Second
	// cacheStale is how long an old value is used while the provider cannot be asked:
	// a key that it gave up must not be good for ever.
	cacheStale = 24 * time.Hour
)

// cache keeps what a provider publishes. While a provider hangs, one caller waits for
// it, and all others go on with the old value, if it is one to go on with.
type cache[T any] struct {
	clock ports.Clock
	// fetch asks the provider, and says how long the answer is fresh.
	fetch func(ctx context.Context) (T, time.Duration, error)

	turn turn // held while fetching, so that many wait for one call
	mu   sync.Mutex
	last fetched[T]
}

// fetched is what the last calls brought.
type fetched[T any] struct {
	value   T
	got     time.Time // when the value came; zero before any
	fresh   time.Duration
	again   time.Time // when the provider may be asked again
	failure error     // of the last call
}

// get returns the value, asked for anew when it is old or not enough for the caller. A
// value that is not enough is returned all the same where the provider has no better.
func (c *cache[T]) get(ctx context.Context, enough func(T) bool) (T, error) {
	last := c.snapshot()
	if c.fresh(last, enough) {
		return last.value, nil
	}
	if c.good(last, enough) {
		if !c.turn.try() {
			return last.value, nil
		}
	} else if err := c.turn.take(ctx); err != nil {
		return last.value, err
	}
	defer c.turn.give()
	if last = c.snapshot(); !c.fresh(last, enough) && !c.clock.Now().Before(last.again) {
		last = c.ask(ctx)
	}
	if c.good(last, enough) || last.failure == nil {
		return last.value, nil
	}
	return last.value, last.failure
}

func (c *cache[T]) snapshot() fetched[T] {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.last
}

func (c *cache[T]) fresh(last fetched[T], enough func(T) bool) bool {
	return !last.got.IsZero() && c.clock.Now().Before(last.got.Add(last.fresh)) && enough(last.value)
}

// good reports whether the value serves while there is no newer one.
func (c *cache[T]) good(last fetched[T], enough func(T) bool) bool {
	return !last.got.IsZero() && c.clock.Now().Before(last.got.Add(cacheStale)) && enough(last.value)
}

// ask asks the provider. Who asked may go away meanwhile; others wait for the answer.
// Pauses count from the end of the call: of a provider that hangs, those who waited
// would otherwise each wait through a call of their own.
func (c *cache[T]) ask(ctx context.Context) fetched[T] {
	value, fresh, err := c.fetch(context.WithoutCancel(ctx))
	now := c.clock.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last.failure, c.last.again = err, now.Add(cacheRetry)
	if err == nil {
		c.last = fetched[T]{value: value, got: now, fresh: fresh, again: now.Add(cachePause)}
	}
	return c.last
}
