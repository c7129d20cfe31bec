package delivery

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"latchkey/application/ports"
)

// outbox keeps messages in memory, in the order of their ids.
type outbox struct {
	mu       sync.Mutex
	nextID   int64
	due      map[int64]time.Time
	messages map[int64]ports.Message
	reasons  map[int64]string
	buried   map[int64]string
	claims   int
	limits   []int
	down     bool
}

func newOutbox(topics ...string) *outbox {
	o := &outbox{due: map[int64]time.Time{}, messages: map[int64]ports.Message{}, reasons: map[int64]string{}, buried: map[int64]string{}}
	for _, topic := range topics {
		_ = o.Append(context.Background(), time.Time{}, ports.Message{Topic: topic})
	}
	return o
}

func (o *outbox) Append(_ context.Context, now time.Time, messages ...ports.Message) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, m := range messages {
		o.nextID++
		m.ID = o.nextID
		o.messages[m.ID], o.due[m.ID] = m, now
	}
	return nil
}

func (o *outbox) Claim(_ context.Context, now time.Time, lease time.Duration, limit int) ([]ports.Message, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.claims++
	o.limits = append(o.limits, limit)
	if o.down {
		return nil, errors.New("connection refused")
	}
	var claimed []ports.Message
	for id := int64(1); id <= o.nextID && len(claimed) < limit; id++ {
		m, exists := o.messages[id]
		if !exists || o.due[id].After(now) {
			continue
		}
		m.Attempts++
		o.messages[id], o.due[id] = m, now.Add(lease)
		claimed = append(claimed, m)
	}
	return claimed, nil
}

func (o *outbox) Done(_ context.Context, id int64) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.messages, id)
	return nil
}

func (o *outbox) Postpone(_ context.Context, id int64, until time.Time, reason string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.due[id], o.reasons[id] = until, reason
	return nil
}

func (o *outbox) Bury(_ context.Context, id int64, reason string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.messages, id)
	o.buried[id] = reason
	return nil
}

func (o *outbox) left() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.messages)
}

func (o *outbox) looks() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.claims
}

func (o *outbox) setDown(down bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.down = down
}

// handler is a function for a topic.
type handler struct {
	topic string
	do    func(context.Context, ports.Message) error
}

func (h handler) Topic() string                                     { return h.topic }
func (h handler) Handle(ctx context.Context, m ports.Message) error { return h.do(ctx, m) }

// bubbleClock tells the time of the synctest bubble.
type bubbleClock struct{}

func (bubbleClock) Now() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }

// logbook is a log to read.
type logbook struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logbook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *logbook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

func (l *logbook) logger() *slog.Logger { return slog.New(slog.NewTextHandler(l, nil)) }
