package ports

import (
	"context"
	"errors"
	"time"

	"latchkey/domain/fault"
)

// What any port that stores something may return beside the faults that its methods
// name. Neither tells what broke: that is for the log.
var (
	// ErrUnavailable: the storage does not answer, or takes no change, at the moment.
	// Nothing of what was asked for happened.
	ErrUnavailable = fault.New(fault.Unavailable, "service_unavailable", "Service temporarily unavailable, try again later.")
	// ErrOutcomeUnknown: the storage was lost while a change was being made final. It
	// may have happened or not, so that nobody tries again without looking.
	ErrOutcomeUnknown = fault.New(fault.Unavailable, "outcome_unknown",
		"Service temporarily unavailable. It is not known whether this was done: check before you try again.")
)

// AfterDone returns err for a step that followed one which is done: ErrUnavailable, which is also what
// becomes of a step that took too long, would tell callers that nothing happened, and they would try
// in vain to do it again.
func AfterDone(err error) error {
	told := fault.Of(err)
	for _, refusal := range told {
		if errors.Is(refusal, ErrUnavailable) {
			return ErrOutcomeUnknown.After(refusal.Wait)
		}
	}
	if len(told) == 0 && errors.Is(err, context.DeadlineExceeded) {
		return ErrOutcomeUnknown.After(time.Second)
	}
	return err
}

// Probe looks after one part that the service cannot work without.
type Probe interface {
	// Part is the part's name, for everybody to see: "database".
	Part() string
	// Check returns an error while the part does not work. It is called about once a
	// second at most, and ends with ctx.
	Check(ctx context.Context) error
}

// ProbeFunc makes a Probe of a function.
func ProbeFunc(part string, check func(ctx context.Context) error) Probe {
	return probeFunc{part: part, check: check}
}

type probeFunc struct {
	part  string
	check func(ctx context.Context) error
}

func (p probeFunc) Part() string { return p.part }

func (p probeFunc) Check(ctx context.Context) error { return p.check(ctx) }
