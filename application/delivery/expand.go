package delivery

import (
	"context"
	"log/slog"
	"sync"

	"latchkey/application/ports"
)

// expandAtOnce is how many messages that stand for others are dealt with together. Each costs a read;
// the two transactions around them are what takes long.
const expandAtOnce = 256

// expandAll deals with the messages that strangers make at will, beside everything else: at
// one transaction for each, a flood of requests about nobody would hold up everybody's mail.
func (w *Worker) expandAll(ctx context.Context, running *sync.WaitGroup) {
	batches, able := w.outbox.(ports.Batches)
	if !able {
		return
	}
	for _, handler := range w.handlers {
		if expander, ok := handler.(ports.Expander); ok {
			running.Go(func() { w.expandUntil(ctx, batches, expander) })
		}
	}
}

// expandUntil expands until ctx ends. It says nothing of an outbox that fails: Run does.
func (w *Worker) expandUntil(ctx context.Context, batches ports.Batches, expander ports.Expander) {
	watch := outage{log: slog.New(slog.DiscardHandler), poll: w.options.Poll}
	for ctx.Err() == nil {
		messages, err := batches.ClaimOf(ctx, expander.Topic(), w.clock.Now(), w.options.Lease, expandAtOnce)
		pause := watch.observe(err)
		if len(messages) == 0 {
			sleep(ctx, pause)
			continue
		}
		// A stop of the worker does not tear messages in hand.
		w.expand(context.WithoutCancel(ctx), batches, expander, messages)
	}
}

// expand replaces the messages by those that they stand for. When that fails, each is dealt with by
// itself, so that the one that cannot be is found and judged as any other.
func (w *Worker) expand(ctx context.Context, batches ports.Batches, expander ports.Expander, messages []ports.Message) {
	if w.expandTogether(ctx, batches, expander, messages) == nil {
		return
	}
	for _, message := range messages {
		w.deliver(ctx, message)
	}
}

func (w *Worker) expandTogether(ctx context.Context, batches ports.Batches, expander ports.Expander, messages []ports.Message) (err error) {
	ctx, cancel := context.WithTimeout(ctx, w.options.Timeout)
	defer cancel()
	defer func() {
		if recover() != nil {
			err = errAborted // one by one, it is told whose message that was
		}
	}()
	var by []ports.Message
	for _, message := range messages {
		more, err := expander.Expand(ctx, message)
		if err != nil {
			return err
		}
		by = append(by, more...)
	}
	return batches.Replace(ctx, w.clock.Now(), messages, by)
}
