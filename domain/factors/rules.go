package factors

import "time"

// Rules are what an account's factors are made and judged by.
type Rules struct {
	// Digits is the length of a code, from 6 to 8.
	Digits int
	// Period is how long a code is shown: whole seconds.
	Period time.Duration
	// Codes is how many recovery codes there are, at most MaxCodes.
	Codes int
}

// MaxCodes is the most recovery codes that one account may have: which of them are
// used is remembered in the bits of one number.
const MaxCodes = 60

// step returns the number of the period that now lies in.
func (r Rules) step(now time.Time) int64 { return now.Unix() / int64(r.Period/time.Second) }
