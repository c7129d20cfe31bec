package delivery

import (
	"errors"
	"math/rand/v2"
	"time"
)

// Options tunes a Worker. The zero value means the defaults.
type Options struct {
	// Poll is how often an idle worker looks for messages; 200 ms.
	Poll time.Duration
	// Lease is how long a claimed message is kept from other workers; 60 s.
	Lease time.Duration
	// Timeout bounds the handling of one message; 30 s. It leaves at least
	// settleTimeout of the lease, or another worker would begin the same message
	// before this one has put its end on record.
	Timeout time.Duration
	// Parallel is how many messages are handled at once; 4.
	Parallel int
	// MaxAttempts is after how many failures a message is buried; 36, which is
	// about 23 hours with the default delays.
	MaxAttempts int
	// FirstDelay is how long a message waits after its first failure; 5 s. Each
	// further failure doubles it, up to MaxDelay; 1 h. A random part of at most a
	// quarter is taken off, so that what failed together is not tried together.
	FirstDelay, MaxDelay time.Duration
	// Random returns a number in [0,1) and is safe for concurrent use; math/rand/v2's
	// by default.
	Random func() float64
}

// settleTimeout bounds the writing of a message's end into the outbox.
const settleTimeout = 10 * time.Second

func (o Options) withDefaults() (Options, error) {
	orDefault(&o.Poll, 200*time.Millisecond)
	orDefault(&o.Lease, time.Minute)
	orDefault(&o.Timeout, 30*time.Second)
	orDefault(&o.Parallel, 4)
	orDefault(&o.MaxAttempts, 36)
	orDefault(&o.FirstDelay, 5*time.Second)
	orDefault(&o.MaxDelay, time.Hour)
	if o.Random == nil {
		o.Random = rand.Float64
	}
	if min(o.Poll, o.Lease, o.Timeout, o.FirstDelay, o.MaxDelay) < 0 || min(o.Parallel, o.MaxAttempts) < 0 {
		return o, errors.New("delivery: an option is negative")
	}
	if o.Timeout+settleTimeout > o.Lease {
		return o, errors.New("delivery: the lease must outlast the timeout by 10 s")
	}
	return o, nil
}

func orDefault[T int | time.Duration](option *T, value T) {
	if *option == 0 {
		*option = value
	}
}

// delay returns how long to wait after the given number of attempts.
func (o Options) delay(attempts int) time.Duration {
	delay := o.FirstDelay
	for i := 1; i < attempts && delay < o.MaxDelay; i++ {
		delay *= 2
	}
	delay = min(delay, o.MaxDelay)
	return delay - time.Duration(o.Random()*float64(delay)/4)
}
