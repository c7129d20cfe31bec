package delivery

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/application/ports"
)

// batchOutbox is an outbox that can do batches.
type batchOutbox struct {
	*outbox
	replaced int
	err      error
}

func (o *batchOutbox) ClaimOf(ctx context.Context, topic string, now time.Time, lease time.Duration, limit int) ([]ports.Message, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	var claimed []ports.Message
	for id := int64(1); id <= o.nextID && len(claimed) < limit; id++ {
		if m, exists := o.messages[id]; exists && m.Topic == topic && !o.due[id].After(now) {
			m.Attempts++
			o.messages[id], o.due[id] = m, now.Add(lease)
			claimed = append(claimed, m)
		}
	}
	return claimed, nil
}

func (o *batchOutbox) Replace(ctx context.Context, now time.Time, done, by []ports.Message) error {
	if o.err != nil {
		return o.err
	}
	o.replaced++
	for _, m := range done {
		_ = o.Done(ctx, m.ID)
	}
	return o.Append(ctx, now, by...)
}

// request stands for a mail to somebody; about nobody, for none.
type request struct {
	expanded, handled atomic.Int32
	fails             string
}

func (*request) Topic() string { return "request" }

func (r *request) Handle(_ context.Context, message ports.Message) error {
	r.handled.Add(1)
	if message.Payload["about"] == r.fails {
		return errors.New("no such table")
	}
	return nil
}

func (r *request) Expand(_ context.Context, message ports.Message) ([]ports.Message, error) {
	r.expanded.Add(1)
	switch message.Payload["about"] {
	case "nobody":
		return nil, nil
	case "panic":
		panic("out of range")
	case r.fails:
		return nil, errors.New("no such table")
	}
	return []ports.Message{{Topic: "mail", Payload: message.Payload}}, nil
}

func requestsFor(names ...string) (all []ports.Message) {
	for _, name := range names {
		all = append(all, ports.Message{Topic: "request", Payload: map[string]string{"about": name}})
	}
	return all
}

func newExpandingWorker(t *testing.T, box *batchOutbox, handlers ...ports.Handler) *Worker {
	t.Helper()
	worker, err := NewWorker(box, handlers, bubbleClock{}, Options{}, (&logbook{}).logger())
	require.NoError(t, err)
	return worker
}

// run lets the worker run for a while.
func run(t *testing.T, worker *Worker, while time.Duration) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	go worker.Run(ctx)
	time.Sleep(while)
	cancel()
	synctest.Wait()
}

// The requests are there before the worker, so that Claim, too, gets some: four at most.
func TestAFloodAboutNobodyIsDealtWithByTheHundredAndHoldsUpNoMail(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		box, stranger := &batchOutbox{outbox: newOutbox()}, &request{}
		for range 1000 {
			require.NoError(t, box.Append(t.Context(), time.Time{}, requestsFor("nobody")...))
		}
		require.NoError(t, box.Append(t.Context(), time.Time{}, requestsFor("ann")...))
		var mailed []string
		mail := handler{"mail", func(_ context.Context, m ports.Message) error {
			mailed = append(mailed, m.Payload["about"])
			return nil
		}}
		run(t, newExpandingWorker(t, box, stranger, mail), time.Second)
		require.Equal(t, []string{"ann"}, mailed)
		require.Zero(t, box.left())
		require.LessOrEqual(t, box.replaced, 5, "a transaction for each hundred, and not for each request")
		require.EqualValues(t, 1001, stranger.expanded.Load()+stranger.handled.Load())
	})
}

// What fails together is tried one by one: neither a poisoned request nor a crash of its
// handler holds up or loses another.
func TestARequestThatFailsIsFoundAmongTheOthers(t *testing.T) {
	for _, poison := range []string{"broken", "panic"} {
		t.Run(poison, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				box, stranger := &batchOutbox{outbox: newOutbox()}, &request{fails: poison}
				messages := requestsFor("ann", poison, "bob")
				require.NoError(t, box.Append(t.Context(), time.Time{}, messages...))
				for id := range box.messages {
					messages[id-1].ID = id
				}
				newExpandingWorker(t, box, stranger).expand(t.Context(), box, stranger, messages)
				require.EqualValues(t, 3, stranger.handled.Load())
				require.Equal(t, 1, box.left())
				require.Equal(t, map[int64]string{2: "no such table"}, box.reasons)
			})
		})
	}
}

func TestRequestsThatCannotBeReplacedAreHandledOneByOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		box, stranger := &batchOutbox{outbox: newOutbox(), err: errors.New("connection refused")}, &request{fails: "none"}
		require.NoError(t, box.Append(t.Context(), time.Time{}, requestsFor("ann", "nobody", "bob")...))
		run(t, newExpandingWorker(t, box, stranger), time.Second)
		require.EqualValues(t, 3, stranger.handled.Load())
		require.Zero(t, box.left())
	})
}
