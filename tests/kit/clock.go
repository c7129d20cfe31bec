package kit

import (
	"sync"
	"time"

	"latchkey/application/ports"
)

// Clock is a ports.Clock that stands still until it is moved, so that expiry is
// tested without waiting. It is safe for concurrent use.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

var _ ports.Clock = (*Clock)(nil)

// NewClock returns a clock that shows at.
func NewClock(at time.Time) *Clock {
	clock := &Clock{}
	clock.Set(at)
	return clock
}

// Now returns the time that the clock shows, in UTC and cut to microseconds.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Set moves the clock to at, backwards if need be.
func (c *Clock) Set(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = at.UTC().Truncate(time.Microsecond)
}

// Advance moves the clock forward by d.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d).Truncate(time.Microsecond)
}
