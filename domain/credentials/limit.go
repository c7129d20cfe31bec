package credentials

import (
	"time"
)

// Limit allows Count attempts in any window of length Per. The zero Limit
// allows everything.
type Limit struct {
	Count int
	Per   time.Duration
}

// Unlimited reports whether the limit allows everything.
func (l Limit) Unlimited() bool { return l.Count <= 0 || l.Per <= 0 }

// Recent drops from times, which are in ascending order, those that have left the window.
func (l Limit) Recent(times []time.Time, now time.Time) []time.Time {
	for len(times) > 0 && !times[0].After(now.Add(-l.Per)) {
		times = times[1:]
	}
	return times
}

// Wait returns how long to stay away after the recent attempts at times (as
// Recent returns them); zero when another attempt is allowed. The pause spreads what is left of the
// window over the attempts that are left, as DRF's SimpleRateThrottle does.
func (l Limit) Wait(recent []time.Time, now time.Time) time.Duration {
	if l.Unlimited() || len(recent) < l.Count {
		return 0
	}
	left := l.Per - now.Sub(recent[0])
	return max(left/time.Duration(max(l.Count-len(recent)+1, 1)), time.Nanosecond)
}
