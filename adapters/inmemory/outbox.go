package inmemory

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"latchkey/application/ports"
)

// message is a row of the outbox.
type message struct {
	ports.Message
	due    time.Time
	reason string
	deadAt time.Time // zero unless it was given up
}

// Outbox keeps messages in a Store.
type Outbox struct{ store *Store }

var (
	_ ports.Outbox  = (*Outbox)(nil)
	_ ports.Batches = (*Outbox)(nil)
)

// NewOutbox returns the store's outbox.
func NewOutbox(store *Store) *Outbox { return &Outbox{store: store} }

// Append stores the messages, due at now.
func (o *Outbox) Append(ctx context.Context, now time.Time, messages ...ports.Message) error {
	return o.store.run(ctx, func(tx *transaction) error {
		for _, m := range messages {
			m.ID, m.Attempts, m.Payload = o.store.nextID(), 0, maps.Clone(m.Payload)
			o.store.outbox.put(tx, m.ID, message{Message: m, due: now})
		}
		return nil
	})
}

// Claim returns at most limit messages that are due, oldest first, and makes
// them due again after lease.
func (o *Outbox) Claim(ctx context.Context, now time.Time, lease time.Duration, limit int) ([]ports.Message, error) {
	return o.claim(ctx, now, lease, limit, func(message) bool { return true })
}

// ClaimOf is Claim for the messages of one topic.
func (o *Outbox) ClaimOf(ctx context.Context, topic string, now time.Time, lease time.Duration, limit int) ([]ports.Message, error) {
	return o.claim(ctx, now, lease, limit, func(m message) bool { return m.Topic == topic })
}

func (o *Outbox) claim(ctx context.Context, now time.Time, lease time.Duration, limit int, meant func(message) bool) (claimed []ports.Message, err error) {
	err = o.store.run(ctx, func(tx *transaction) error {
		due := slices.DeleteFunc(o.due(now), func(m message) bool { return !meant(m) })
		for _, m := range due[:min(len(due), max(limit, 0))] {
			m.due = now.Add(lease)
			m.Attempts++
			o.store.outbox.put(tx, m.ID, m)
			given := m.Message
			given.Payload = maps.Clone(m.Payload)
			claimed = append(claimed, given)
		}
		return nil
	})
	return claimed, err
}

func (o *Outbox) due(now time.Time) []message {
	var due []message
	for _, m := range o.store.outbox.rows {
		if m.deadAt.IsZero() && !m.due.After(now) {
			due = append(due, m)
		}
	}
	slices.SortFunc(due, func(a, b message) int { return cmp.Or(a.due.Compare(b.due), cmp.Compare(a.ID, b.ID)) })
	return due
}

// Replace deletes the messages done and appends others, due at now.
func (o *Outbox) Replace(ctx context.Context, now time.Time, done, by []ports.Message) error {
	return o.store.run(ctx, func(tx *transaction) error {
		for _, m := range done {
			o.store.outbox.drop(tx, m.ID)
		}
		for _, m := range by {
			m.ID, m.Attempts, m.Payload = o.store.nextID(), 0, maps.Clone(m.Payload)
			o.store.outbox.put(tx, m.ID, message{Message: m, due: now})
		}
		return nil
	})
}

// Done deletes the message.
func (o *Outbox) Done(ctx context.Context, id int64) error {
	return o.store.run(ctx, func(tx *transaction) error {
		o.store.outbox.drop(tx, id)
		return nil
	})
}

// Postpone makes the message due at until and remembers why.
func (o *Outbox) Postpone(ctx context.Context, id int64, until time.Time, reason string) error {
	return o.change(ctx, id, func(m *message) { m.due, m.reason = until, reason })
}

// Bury gives the message up and keeps it.
func (o *Outbox) Bury(ctx context.Context, id int64, reason string) error {
	return o.change(ctx, id, func(m *message) { m.deadAt, m.reason = time.Now().UTC(), reason })
}

func (o *Outbox) change(ctx context.Context, id int64, change func(*message)) error {
	return o.store.run(ctx, func(tx *transaction) error {
		if m, ok := o.store.outbox.rows[id]; ok {
			change(&m)
			o.store.outbox.put(tx, id, m)
		}
		return nil
	})
}
