package delivery

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/application/ports"
)

func always(err error) func(context.Context, ports.Message) error {
	return func(context.Context, ports.Message) error { return err }
}

func newTestWorker(t *testing.T, box *outbox, options Options, handlers ...ports.Handler) (*Worker, *logbook) {
	t.Helper()
	book := &logbook{}
	worker, err := NewWorker(box, handlers, bubbleClock{}, options, book.logger())
	require.NoError(t, err)
	return worker, book
}

func TestSuccessDeletesTheMessage(t *testing.T) {
	box := newOutbox("mail", "mail", "mail", "mail", "mail", "mail")
	worker, _ := newTestWorker(t, box, Options{}, handler{"mail", always(nil)})
	handled, err := worker.DeliverDue(t.Context())
	require.NoError(t, err)
	require.Equal(t, 6, handled)
	require.Zero(t, box.left())
}

func TestFailureIsTriedAgainWithDoublingDelays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var at []time.Duration
		start := time.Now()
		box := newOutbox("mail")
		ctx, cancel := context.WithCancel(t.Context())
		failing := func(context.Context, ports.Message) error {
			at = append(at, time.Since(start).Round(time.Second))
			return errors.New("mailbox busy")
		}
		worker, _ := newTestWorker(t, box, Options{Random: func() float64 { return 0 }, MaxDelay: 15 * time.Second}, handler{"mail", failing})
		go worker.Run(ctx)
		time.Sleep(65 * time.Second)
		cancel()
		synctest.Wait()
		require.Equal(t, []time.Duration{0, 5 * time.Second, 15 * time.Second, 30 * time.Second, 45 * time.Second, 60 * time.Second}, at)
		require.Equal(t, "mailbox busy", box.reasons[1])
	})
}

func TestTheLastAttemptBuriesAndLogsWithoutThePayload(t *testing.T) {
	box := newOutbox()
	require.NoError(t, box.Append(t.Context(), time.Time{}, ports.Message{Topic: "mail", Attempts: 35, Payload: map[string]string{"to": "bob@example.com"}}))
	worker, book := newTestWorker(t, box, Options{}, handler{"mail", always(errors.New("nobody home"))})
	_, err := worker.DeliverDue(t.Context())
	require.NoError(t, err)
	require.Equal(t, map[int64]string{1: "nobody home"}, box.buried)
	require.Regexp(t, `level=ERROR.*message.id=1 message.topic=mail.*nobody home`, book.String())
	require.NotContains(t, book.String(), "bob@")
}

type judged bool

func (judged) Error() string     { return "judged" }
func (j judged) Permanent() bool { return bool(j) }

func TestOnlyAPermanentErrorBuriesAtOnce(t *testing.T) {
	for _, final := range []bool{true, false} {
		box := newOutbox("mail")
		worker, _ := newTestWorker(t, box, Options{}, handler{"mail", always(errors.Join(judged(final)))})
		_, err := worker.DeliverDue(t.Context())
		require.NoError(t, err)
		require.Equal(t, final, len(box.buried) == 1)
		require.Equal(t, !final, box.left() == 1)
	}
}

func TestAnUnknownTopicIsNeverLost(t *testing.T) {
	box := newOutbox()
	require.NoError(t, box.Append(t.Context(), time.Time{}, ports.Message{Topic: "of a newer version", Attempts: 1000}))
	worker, _ := newTestWorker(t, box, Options{}, handler{"mail", always(nil)})
	_, err := worker.DeliverDue(t.Context())
	require.NoError(t, err)
	require.Equal(t, 1, box.left())
	require.Empty(t, box.buried)
	require.WithinDuration(t, time.Now().Add(time.Hour), box.due[1], 16*time.Minute)
}

func TestAPanicIsAFailureThatTellsNothingSecret(t *testing.T) {
	box := newOutbox("secret", "index", "good")
	worker, book := newTestWorker(t, box, Options{},
		handler{"secret", func(context.Context, ports.Message) error { panic("https://example.com/token") }},
		handler{"index", func(_ context.Context, m ports.Message) error { return []error{}[m.ID] }},
		handler{"good", always(nil)})
	handled, err := worker.DeliverDue(t.Context())
	require.NoError(t, err)
	require.Equal(t, 3, handled)
	require.Equal(t, "the handler panicked", box.reasons[1])
	require.Contains(t, box.reasons[2], "index out of range")
	require.NotContains(t, book.String(), "token")
	require.Equal(t, 2, box.left())
}

func TestMessagesThatHandlersAppendAreDeliveredInTheSameRun(t *testing.T) {
	box := newOutbox("first")
	var third atomic.Bool
	chain := func(next string) func(context.Context, ports.Message) error {
		return func(ctx context.Context, _ ports.Message) error {
			return box.Append(ctx, time.Time{}, ports.Message{Topic: next})
		}
	}
	worker, _ := newTestWorker(t, box, Options{}, handler{"first", chain("second")}, handler{"second", chain("third")},
		handler{"third", func(context.Context, ports.Message) error { third.Store(true); return nil }})
	handled, err := worker.DeliverDue(t.Context())
	require.NoError(t, err)
	require.Equal(t, 3, handled)
	require.True(t, third.Load())
}

func TestNoMoreThanParallelMessagesAreInHand(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		box := newOutbox(strings.Fields(strings.Repeat("mail ", 20))...)
		var inHand, most atomic.Int32
		worker, _ := newTestWorker(t, box, Options{Parallel: 3}, handler{"mail", func(context.Context, ports.Message) error {
			now := inHand.Add(1)
			for seen := most.Load(); now > seen && !most.CompareAndSwap(seen, now); seen = most.Load() {
			}
			time.Sleep(time.Second)
			inHand.Add(-1)
			return nil
		}})
		handled, err := worker.DeliverDue(t.Context())
		require.NoError(t, err)
		require.Equal(t, 20, handled)
		require.EqualValues(t, 3, most.Load())
		for _, limit := range box.limits {
			require.LessOrEqual(t, limit, 3)
		}
	})
}

func TestASlowMessageDoesNotHoldUpTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		box := newOutbox("slow", "mail", "mail", "mail", "mail", "mail", "mail")
		worker, _ := newTestWorker(t, box, Options{Parallel: 2}, handler{"mail", always(nil)},
			handler{"slow", func(ctx context.Context, _ ports.Message) error { <-ctx.Done(); return ctx.Err() }})
		ctx, cancel := context.WithCancel(t.Context())
		go worker.Run(ctx)
		time.Sleep(5 * time.Second)
		require.Equal(t, 1, box.left())
		cancel()
		time.Sleep(time.Minute)
	})
}

func TestAHandlerThatIgnoresItsTimeoutIsLeftBehindBeforeTheLeaseEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		box, release := newOutbox("deaf"), make(chan struct{})
		defer close(release)
		worker, _ := newTestWorker(t, box, Options{}, handler{"deaf", func(context.Context, ports.Message) error { <-release; return nil }})
		start := time.Now()
		_, err := worker.DeliverDue(t.Context())
		require.NoError(t, err)
		require.Equal(t, 30*time.Second, time.Since(start))
		require.Equal(t, errTimeout.Error(), box.reasons[1])
	})
}

func TestStopFinishesWhatIsInHandAndLeavesTheRest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		box := newOutbox("mail", "mail", "mail")
		worker, _ := newTestWorker(t, box, Options{Parallel: 1}, handler{"mail", func(ctx context.Context, _ ports.Message) error {
			time.Sleep(10 * time.Second)
			return ctx.Err()
		}})
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(5*time.Second, cancel)
		start := time.Now()
		worker.Run(ctx)
		require.Equal(t, 10*time.Second, time.Since(start))
		require.Equal(t, 2, box.left())
		require.Empty(t, box.reasons)
	})
}

func TestAnIdleWorkerLooksOncePerPoll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		box := newOutbox()
		worker, _ := newTestWorker(t, box, Options{})
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second+time.Millisecond)
		defer cancel()
		worker.Run(ctx)
		require.Equal(t, 51, box.claims)
	})
}

func TestAnOutageIsLoggedOnceAndAskedAboutRarely(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		box := newOutbox("mail")
		box.setDown(true)
		worker, book := newTestWorker(t, box, Options{}, handler{"mail", always(nil)})
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		time.AfterFunc(30*time.Minute, func() {
			require.Less(t, box.looks(), 200)
			box.setDown(false)
		})
		worker.Run(ctx)
		require.Equal(t, 1, strings.Count(book.String(), "does not answer"))
		require.Equal(t, 1, strings.Count(book.String(), "answers again"))
		require.Zero(t, box.left())
	})
}

func TestDeliverDueReturnsTheOutboxsError(t *testing.T) {
	box := newOutbox("mail")
	box.setDown(true)
	worker, _ := newTestWorker(t, box, Options{}, handler{"mail", always(nil)})
	for range 10 { // a slot that leaked would block here
		_, err := worker.DeliverDue(t.Context())
		require.ErrorContains(t, err, "connection refused")
	}
	box.setDown(false)
	handled, err := worker.DeliverDue(t.Context())
	require.NoError(t, err)
	require.Equal(t, 1, handled)
}

func TestImpossibleWorkersAreRefused(t *testing.T) {
	good := handler{"mail", always(nil)}
	for name, c := range map[string]struct {
		handlers []ports.Handler
		options  Options
	}{
		"two handlers of a topic":   {handlers: []ports.Handler{good, good}},
		"no topic":                  {handlers: []ports.Handler{handler{}}},
		"a lease like the timeout":  {options: Options{Lease: 30 * time.Second}},
		"a negative poll":           {options: Options{Poll: -1}},
		"a negative parallel bound": {options: Options{Parallel: -1}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := NewWorker(newOutbox(), c.handlers, bubbleClock{}, c.options, (&logbook{}).logger())
			require.Error(t, err)
		})
	}
}
