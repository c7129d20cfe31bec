package delivery

import (
	"context"
	"errors"
	"sync/atomic"
	"time"
)

const (
	// claimTimeout bounds one look at the outbox. A database that went without a word
	// would else keep the worker waiting for as long as the network hopes for it.
	claimTimeout = 10 * time.Second
	// slack is what a busy machine may add to a turn of the worker.
	slack = 10 * time.Second
)

var errStill = errors.New("delivery: the worker does not run")

// pulse tells whether a worker still turns. It measures by a timer and not by the clock,
// which may be put forward or back.
type pulse struct {
	beating atomic.Bool
	timer   *time.Timer
	longest time.Duration // a turn takes at most
}

func newPulse(o Options) *pulse {
	p := &pulse{longest: o.Timeout + max(maxPause, o.Poll) + claimTimeout + slack}
	p.beating.Store(true) // it has that long to begin
	p.timer = time.AfterFunc(p.longest, func() { p.beating.Store(false) })
	return p
}

func (p *pulse) beat() {
	p.beating.Store(true)
	p.timer.Reset(p.longest)
}

func (p *pulse) end() {
	p.timer.Stop()
	p.beating.Store(false)
}

// Alive returns an error when Run does not run, or has got stuck.
func (w *Worker) Alive(context.Context) error {
	if !w.pulse.beating.Load() {
		return errStill
	}
	return nil
}
