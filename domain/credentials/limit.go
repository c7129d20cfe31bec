package credentials

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Limit allows Count attempts in any window of length Per. The zero Limit
// allows everything.
type Limit struct {
	Count int
	Per   time.Duration
}

// ParseLimit reads a rate as DRF writes it: "5/min" allows five attempts a minute.
// Of the period only the first letter counts: s(econd), m(inute), h(our) or
// d(ay). The error says what to write. Two rates that DRF takes are refused
// because they mean something else than they say: a count of zero, and "month",
// which would be a minute.
func ParseLimit(text string) (Limit, error) {
	number, period, _ := strings.Cut(text, "/")
	count, err := strconv.Atoi(strings.TrimSpace(number))
	per := periodLength(strings.TrimSpace(period))
	if err != nil || count < 1 || per == 0 {
		return Limit{}, fmt.Errorf("%q is no rate; write a number from 1 on, a slash, and s, m, h or d, as in 5/min", text)
	}
	return Limit{Count: count, Per: per}, nil
}

// periodLength returns zero for a period that it does not know.
func periodLength(period string) time.Duration {
	if period == "" || strings.HasPrefix(period, "mo") {
		return 0
	}
	lengths := map[byte]time.Duration{'s': time.Second, 'm': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour}
	return lengths[period[0]]
}

// Unlimited reports whether the limit allows everything.
func (l Limit) Unlimited() bool { return l.Count <= 0 || l.Per <= 0 }

// Recent drops from times, which are in ascending order, those that have left the window,
// and those that lie further ahead than a window is long: they were recorded while the
// clock was wrong, and would lock somebody out for as long as it was wrong by. What lies
// ahead by less may be another instance's, whose clock differs.
func (l Limit) Recent(times []time.Time, now time.Time) []time.Time {
	for len(times) > 0 && times[len(times)-1].After(now.Add(l.Per)) {
		times = times[:len(times)-1]
	}
	for len(times) > 0 && !times[0].After(now.Add(-l.Per)) {
		times = times[1:]
	}
	return times
}

// Wait returns how long to stay away after the recent attempts at times (as
// Recent returns them); zero when another attempt is allowed. It is the time until
// so many attempts have left the window that one more fits, which is what DRF's
// SimpleRateThrottle says when the limit is just used up. More attempts than the
// limit are recent after the limit was lowered.
func (l Limit) Wait(recent []time.Time, now time.Time) time.Duration {
	if l.Unlimited() || len(recent) < l.Count {
		return 0
	}
	frees := recent[len(recent)-l.Count].Add(l.Per)
	return max(frees.Sub(now), time.Nanosecond)
}

// Limits are limits of the same attempts: another one has to fit into each.
type Limits []Limit

// Unlimited reports whether they allow everything.
func (l Limits) Unlimited() bool { return l.Longest() == 0 }

// Longest returns the longest window; zero when nothing is limited.
func (l Limits) Longest() (longest time.Duration) {
	for _, limit := range l {
		if !limit.Unlimited() {
			longest = max(longest, limit.Per)
		}
	}
	return longest
}

// Recent drops from times, which are in ascending order, those that count for none of the limits.
func (l Limits) Recent(times []time.Time, now time.Time) []time.Time {
	return Limit{Count: 1, Per: l.Longest()}.Recent(times, now)
}

// Wait returns how long to stay away after the attempts at times, which are in ascending
// order: until another one fits into the last of the limits.
func (l Limits) Wait(times []time.Time, now time.Time) (wait time.Duration) {
	for _, limit := range l {
		wait = max(wait, limit.Wait(limit.Recent(times, now), now))
	}
	return wait
}
