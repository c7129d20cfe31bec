package housekeeping

import (
	"context"
	"log/slog"
	"time"

	"latchkey/application/ports"
)

// Options are the settings of a Worker.
type Options struct {
	// Every is how often the worker cleans; zero never.
	Every time.Duration
	// Batch is how many rows are deleted at once; 500 by default.
	Batch int
	// Pause is how long others get between two batches; 50 ms by default.
	Pause time.Duration
	// Leeway is how long tokens are accepted beyond their end: what makes them void
	// must be kept as long.
	Leeway time.Duration
	// KeepBuried is how long an outbox message that was given up stays to be seen; 30 days by default.
	KeepBuried time.Duration
}

func (o Options) withDefaults() Options {
	if o.Batch == 0 {
		o.Batch = 500
	}
	if o.Pause == 0 {
		o.Pause = 50 * time.Millisecond
	}
	if o.KeepBuried == 0 {
		o.KeepBuried = 30 * 24 * time.Hour
	}
	return o
}

// Worker cleans again and again.
type Worker struct {
	cleaner ports.Cleaner
	clock   ports.Clock
	options Options
	log     *slog.Logger
}

// NewWorker makes a worker that does nothing yet.
func NewWorker(cleaner ports.Cleaner, clock ports.Clock, options Options, log *slog.Logger) *Worker {
	return &Worker{cleaner: cleaner, clock: clock, options: options.withDefaults(), log: log}
}

// Run cleans at once and then every Options.Every, until ctx ends. What goes
// wrong is logged and tried again the next time.
func (w *Worker) Run(ctx context.Context) {
	if w.options.Every == 0 {
		return
	}
	tick := time.NewTicker(w.options.Every)
	defer tick.Stop()
	for {
		deleted, err := w.CleanUp(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			w.log.Error("clean-up failed", "error", err)
		case deleted > 0:
			w.log.Info("cleaned up", "rows", deleted)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// CleanUp deletes everything that has expired by now, batch after batch, and
// returns how many rows it deleted.
func (w *Worker) CleanUp(ctx context.Context) (deleted int, err error) {
	now := w.clock.Now().Add(-w.options.Leeway)
	for {
		count, err := w.cleaner.Clean(ctx, now, now.Add(-w.options.KeepBuried), w.options.Batch)
		deleted += count
		if err != nil || count < w.options.Batch {
			return deleted, err
		}
		select {
		case <-ctx.Done():
			return deleted, ctx.Err()
		case <-time.After(w.options.Pause):
		}
	}
}
