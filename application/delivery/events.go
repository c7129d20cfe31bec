package delivery

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
)

// topicPrefix comes before the name of the subscriber that a message is for.
const topicPrefix = "event."

// Recorder keeps events for the subscribers.
type Recorder struct {
	outbox ports.Outbox
	topics []string
}

var (
	_ ports.Events  = (*Recorder)(nil)
	_ ports.Unheard = (*Recorder)(nil)
)

// NewRecorder makes a Recorder. The order of subscribers means nothing; a name
// that is empty or used twice is an error.
func NewRecorder(outbox ports.Outbox, subscribers []ports.Subscriber) (*Recorder, error) {
	r := &Recorder{outbox: outbox}
	for _, subscriber := range subscribers {
		r.topics = append(r.topics, topicPrefix+subscriber.Name())
	}
	slices.Sort(r.topics)
	if slices.Contains(r.topics, topicPrefix) {
		return nil, errors.New("delivery: a subscriber has no name")
	}
	if all := len(r.topics); len(slices.Compact(slices.Clone(r.topics))) != all {
		return nil, fmt.Errorf("delivery: two subscribers have one name, of %q", r.topics)
	}
	return r, nil
}

// Record appends one message for each subscriber, due at the event's time, in the
// transaction of ctx. Without subscribers it writes nothing.
func (r *Recorder) Record(ctx context.Context, event ports.Event) error {
	if r.Unheard() {
		return nil
	}
	messages := make([]ports.Message, len(r.topics))
	for i, topic := range r.topics {
		messages[i] = ports.Message{Topic: topic, Payload: encodeEvent(event)}
	}
	return r.outbox.Append(ctx, event.At, messages...)
}

// Unheard reports that there are no subscribers.
func (r *Recorder) Unheard() bool { return len(r.topics) == 0 }

// SubscriberHandlers returns the handlers that tell the subscribers what a
// Recorder recorded for them, in the order of their names.
func SubscriberHandlers(subscribers []ports.Subscriber) []ports.Handler {
	sorted := slices.SortedFunc(slices.Values(subscribers), func(a, b ports.Subscriber) int {
		return cmp.Compare(a.Name(), b.Name())
	})
	handlers := make([]ports.Handler, len(sorted))
	for i, subscriber := range sorted {
		handlers[i] = subscriberHandler{subscriber}
	}
	return handlers
}

type subscriberHandler struct{ subscriber ports.Subscriber }

var _ ports.Handler = subscriberHandler{}

// Topic is the subscriber's own.
func (h subscriberHandler) Topic() string { return topicPrefix + h.subscriber.Name() }

// Handle tells the subscriber. A message that holds no event is a permanent error.
func (h subscriberHandler) Handle(ctx context.Context, message ports.Message) error {
	event, err := decodeEvent(message.Payload)
	if err != nil {
		return err
	}
	return h.subscriber.Notice(ctx, event)
}

func encodeEvent(event ports.Event) map[string]string {
	return map[string]string{
		"name":    event.Name,
		"account": strconv.FormatInt(int64(event.Account), 10),
		"at":      event.At.UTC().Format(time.RFC3339Nano),
	}
}

func decodeEvent(payload map[string]string) (ports.Event, error) {
	account, accountErr := strconv.ParseInt(payload["account"], 10, 64)
	at, timeErr := time.Parse(time.RFC3339Nano, payload["at"])
	if accountErr != nil || timeErr != nil || payload["name"] == "" {
		return ports.Event{}, errNoEvent
	}
	return ports.Event{Name: payload["name"], Account: accounts.ID(account), At: at.UTC()}, nil
}

// hopeless is an error that no retry mends.
type hopeless string

const errNoEvent hopeless = "the message holds no event"

// Error returns the text.
func (e hopeless) Error() string { return string(e) }

// Permanent reports true.
func (e hopeless) Permanent() bool { return true }
