package delivery

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"runtime/debug"
	"strings"

	"latchkey/application/ports"
)

var (
	errUnknownTopic = errors.New("no handler takes this topic")
	errTimeout      = errors.New("the handler did not finish in time")
	errAborted      = errors.New("the handler ended without an answer")
)

// deliver handles one claimed message and puts its end on record.
func (w *Worker) deliver(ctx context.Context, message ports.Message) {
	handler, known := w.handlers[message.Topic]
	if !known {
		// A newer version beside this one may know the topic, so it is never buried here.
		w.postpone(ctx, message, errUnknownTopic)
		return
	}
	err := w.attempt(ctx, handler, message)
	switch {
	case err == nil:
		w.settle(ctx, message, "done", w.outbox.Done)
	case permanent(err) || message.Attempts >= w.options.MaxAttempts:
		w.bury(ctx, message, err)
	default:
		w.postpone(ctx, message, err)
	}
}

// attempt runs the handler within the timeout. One that ignores the end of its
// context is left behind: it must not hold its slot, and with it everybody's mail,
// for ever.
func (w *Worker) attempt(ctx context.Context, handler ports.Handler, message ports.Message) error {
	ctx, cancel := context.WithTimeout(ctx, w.options.Timeout)
	defer cancel()
	result := make(chan error, 1)
	go func() { w.call(ctx, handler, message, result) }()
	select {
	case err := <-result:
		return err
	case <-ctx.Done():
		return errTimeout
	}
}

// call runs the handler and turns a panic into an error. The panic's value is kept
// out of logs and database unless the runtime wrote it: it may hold a link.
func (w *Worker) call(ctx context.Context, handler ports.Handler, message ports.Message, result chan<- error) {
	err := errAborted
	defer func() {
		if value := recover(); value != nil {
			err = errors.New("the handler panicked")
			if cause, ok := value.(runtime.Error); ok {
				err = fmt.Errorf("the handler panicked: %w", cause)
			}
			w.log.Error("a handler panicked", about(message), "stack", string(debug.Stack()))
		}
		result <- err
	}()
	err = handler.Handle(ctx, message)
}

// permanent reports whether the error says of itself that trying again is useless.
func permanent(err error) bool {
	var judged interface{ Permanent() bool }
	return errors.As(err, &judged) && judged.Permanent()
}

func (w *Worker) postpone(ctx context.Context, message ports.Message, err error) {
	until := w.clock.Now().Add(w.options.delay(message.Attempts))
	w.log.Warn("a message is tried again later", about(message), "until", until, "reason", reason(err))
	w.settle(ctx, message, "postpone", func(ctx context.Context, id int64) error {
		return w.outbox.Postpone(ctx, id, until, reason(err))
	})
}

func (w *Worker) bury(ctx context.Context, message ports.Message, err error) {
	w.log.Error("a message is given up", about(message), "reason", reason(err))
	w.settle(ctx, message, "bury", func(ctx context.Context, id int64) error {
		return w.outbox.Bury(ctx, id, reason(err))
	})
}

// settle writes a message's end into the outbox. When that fails, the message
// comes back after its lease.
func (w *Worker) settle(ctx context.Context, message ports.Message, end string, write func(context.Context, int64) error) {
	ctx, cancel := context.WithTimeout(ctx, settleTimeout)
	defer cancel()
	if err := write(ctx, message.ID); err != nil {
		w.log.Error("a message's end could not be stored", about(message), "end", end, "error", err)
	}
}

// about names a message in the log, without its payload: it holds personal data.
func about(message ports.Message) slog.Attr {
	return slog.Group("message", "id", message.ID, "topic", message.Topic, "attempts", message.Attempts)
}

// reason is an error's text as every database takes it: PostgreSQL refuses NUL and
// broken UTF-8, and a reason that cannot be stored would leave its message due
// for ever.
func reason(err error) string {
	const maxLength = 500
	text := strings.ToValidUTF8(strings.ReplaceAll(err.Error(), "\x00", ""), "")
	return strings.ToValidUTF8(text[:min(len(text), maxLength)], "")
}
