package system

import (
	"time"

	"latchkey/application/ports"
)

// Clock reads the machine's clock.
type Clock struct{}

var _ ports.Clock = Clock{}

// NewClock returns the machine's clock.
func NewClock() Clock { return Clock{} }

// Now returns the current time in UTC, cut to microseconds. Databases keep no
// more: a time that carried nanoseconds would differ from itself once stored,
// and every token bound to it would be void.
func (Clock) Now() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }
