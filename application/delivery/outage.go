package delivery

import (
	"log/slog"
	"time"
)

// maxPause is the longest pause between two looks at an outbox that fails.
const maxPause = 10 * time.Second

// outage watches whether the outbox answers. A database that is down for an hour
// makes one line in the log and not eighteen thousand.
type outage struct {
	log   *slog.Logger
	poll  time.Duration
	pause time.Duration // zero while all is well
}

// observe takes the outcome of one look at the outbox and returns how long to
// pause before the next: longer each time while the outbox fails.
func (o *outage) observe(err error) time.Duration {
	switch {
	case err == nil && o.pause == 0:
		return o.poll
	case err == nil:
		o.pause = 0
		o.log.Info("the outbox answers again")
		return o.poll
	case o.pause == 0:
		o.log.Error("the outbox does not answer", "error", err)
		o.pause = o.poll
		return o.pause
	default:
		o.pause = min(2*o.pause, max(maxPause, o.poll))
		return o.pause
	}
}
