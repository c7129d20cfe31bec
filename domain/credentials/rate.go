package credentials

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Counted says whose attempts a Rate counts together.
type Counted string

// The words of allauth's rates.
const (
	CountedByAddress Counted = "ip"
	CountedByKey     Counted = "key" // the name or address that was typed, whoever has it
	CountedByUser    Counted = "user"
)

// Rate is one of the limits that stand under a name of allauth's ACCOUNT_RATE_LIMITS.
type Rate struct {
	Limit Limit
	By    Counted
}

const (
	// rateCountMost bounds what is remembered for one caller: every attempt is.
	rateCountMost = 10_000
	ratePerMost   = 365 * 24 * time.Hour
)

// ParseRates reads rates as allauth 65 writes them: "20/m/ip,5/300s/key". A period is
// a unit of s, m, h and d, with a number before it or without; "ip" may be left
// out. The error says what to write. Unlike allauth it refuses a count of zero, which
// would let nobody through, and fractions.
func ParseRates(text string) ([]Rate, error) {
	var rates []Rate
	for part := range strings.SplitSeq(text, ",") {
		rate, err := parseRate(strings.TrimSpace(part))
		if err != nil {
			return nil, err
		}
		rates = append(rates, rate)
	}
	return rates, nil
}

func parseRate(text string) (Rate, error) {
	parts := strings.Split(text, "/")
	if len(parts) == 2 {
		parts = append(parts, string(CountedByAddress))
	}
	if len(parts) != 3 {
		return Rate{}, notRate(text)
	}
	count, err := strconv.Atoi(parts[0])
	per, by := ratePeriod(parts[1]), Counted(parts[2])
	known := by == CountedByAddress || by == CountedByKey || by == CountedByUser
	if err != nil || count < 1 || count > rateCountMost || per == 0 || !known {
		return Rate{}, notRate(text)
	}
	return Rate{Limit: Limit{Count: count, Per: per}, By: by}, nil
}

func notRate(text string) error {
	return fmt.Errorf("%q is no rate; write a number from 1 to %d, a period of s, m, h or d, and ip, key or user, as in 20/m/ip or 5/300s/key, or false for no limit",
		text, rateCountMost)
}

// ratePeriod returns zero for what is no period.
func ratePeriod(text string) time.Duration {
	if text == "" {
		return 0
	}
	units := map[byte]time.Duration{'s': time.Second, 'm': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour}
	unit, many := units[text[len(text)-1]], 1
	if number := text[:len(text)-1]; number != "" {
		var err error
		if many, err = strconv.Atoi(number); err != nil || many < 1 {
			return 0
		}
	}
	if unit == 0 || many > int(ratePerMost/unit) {
		return 0
	}
	return time.Duration(many) * unit
}

// String writes the rate so that ParseRates reads it.
func (r Rate) String() string {
	period := fmt.Sprintf("%ds", r.Limit.Per/time.Second)
	for _, unit := range []struct {
		length time.Duration
		letter string
	}{{time.Minute, "m"}, {time.Hour, "h"}, {24 * time.Hour, "d"}} {
		if many := r.Limit.Per / unit.length; many > 0 && r.Limit.Per%unit.length == 0 {
			period = fmt.Sprintf("%d%s", many, unit.letter)
		}
	}
	if number, one := strings.CutPrefix(period, "1"); one && len(number) == 1 {
		period = number
	}
	return fmt.Sprintf("%d/%s/%s", r.Limit.Count, period, r.By)
}

// LimitsBy returns the limits of those rates that count in one way, the shortest
// period first: what a short one refuses is not counted by a long one.
func LimitsBy(rates []Rate, by Counted) []Limit {
	var limits []Limit
	for _, rate := range rates {
		if rate.By == by {
			limits = append(limits, rate.Limit)
		}
	}
	slices.SortStableFunc(limits, func(a, b Limit) int { return cmp.Compare(a.Per, b.Per) })
	return limits
}
