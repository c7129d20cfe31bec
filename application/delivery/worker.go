package delivery

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"latchkey/application/ports"
)

// Worker drains an outbox. Any number of workers, in one process or in several,
// may share it.
type Worker struct {
	outbox   ports.Outbox
	handlers map[string]ports.Handler
	clock    ports.Clock
	options  Options
	log      *slog.Logger
	slots    chan struct{} // holds one entry for each message that may be begun
	pulse    *pulse
}

// NewWorker makes a worker. The order of handlers means nothing; two for one
// topic are an error, as are impossible options.
func NewWorker(outbox ports.Outbox, handlers []ports.Handler, clock ports.Clock, options Options, log *slog.Logger) (*Worker, error) {
	options, err := options.withDefaults()
	if err != nil {
		return nil, err
	}
	w := &Worker{outbox: outbox, handlers: map[string]ports.Handler{}, clock: clock, options: options, log: log, pulse: newPulse(options)}
	for _, handler := range handlers {
		topic := handler.Topic()
		if _, taken := w.handlers[topic]; taken || topic == "" {
			return nil, fmt.Errorf("delivery: the topic %q is empty or has two handlers", topic)
		}
		w.handlers[topic] = handler
	}
	w.slots = make(chan struct{}, options.Parallel)
	w.release(options.Parallel)
	return w, nil
}

// Run delivers what is due until ctx ends. Then it begins nothing more, waits for
// the messages in hand, each for the rest of its timeout at most, and returns;
// the others stay in the outbox.
func (w *Worker) Run(ctx context.Context) {
	var running sync.WaitGroup
	defer running.Wait()
	defer w.pulse.end()
	w.expandAll(ctx, &running)
	watch := outage{log: w.log, poll: w.options.Poll}
	for ctx.Err() == nil {
		w.pulse.beat()
		begun, err := w.begin(ctx, &running)
		if ctx.Err() != nil {
			return
		}
		pause := watch.observe(err)
		if begun == 0 {
			sleep(ctx, pause)
		}
	}
}

// DeliverDue delivers everything that is due now, and what the handlers append
// meanwhile, and returns how many messages it handled, failures included. A
// message that fails is due later and not tried again. When the outbox fails or
// ctx ends it returns that error after the messages in hand.
func (w *Worker) DeliverDue(ctx context.Context) (int, error) {
	var running sync.WaitGroup
	defer running.Wait()
	handled, settled := 0, true
	for {
		begun, err := w.begin(ctx, &running)
		handled += begun
		switch {
		case err != nil:
			return handled, err
		case begun > 0:
			settled = false
		case settled:
			return handled, nil
		default:
			running.Wait() // a message in hand may append more
			settled = true
		}
	}
}

// begin waits for a free slot, claims as many messages as there are free slots,
// starts them and returns their number. No message is claimed that would have to
// wait: its lease would run meanwhile.
func (w *Worker) begin(ctx context.Context, running *sync.WaitGroup) (int, error) {
	free, err := w.acquire(ctx)
	if err != nil {
		return 0, err
	}
	messages, err := w.claim(ctx, free)
	if err != nil {
		w.release(free)
		return 0, fmt.Errorf("claim messages: %w", err)
	}
	w.release(free - len(messages))
	for _, message := range messages {
		running.Go(func() {
			defer w.release(1)
			// A stop of the worker does not tear a message in hand.
			w.deliver(context.WithoutCancel(ctx), message)
		})
	}
	return len(messages), nil
}

func (w *Worker) claim(ctx context.Context, free int) ([]ports.Message, error) {
	ctx, cancel := context.WithTimeout(ctx, claimTimeout)
	defer cancel()
	return w.outbox.Claim(ctx, w.clock.Now(), w.options.Lease, free)
}

// acquire takes one slot, and all others that are free.
func (w *Worker) acquire(ctx context.Context) (int, error) {
	select {
	case <-w.slots:
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	for taken := 1; ; taken++ {
		select {
		case <-w.slots:
		default:
			return taken, nil
		}
	}
}

func (w *Worker) release(slots int) {
	for range slots {
		w.slots <- struct{}{}
	}
}

// sleep returns after pause or when ctx ends.
func sleep(ctx context.Context, pause time.Duration) {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
