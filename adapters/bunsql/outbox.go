package bunsql

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"latchkey/application/ports"
)

// Outbox keeps messages in latchkey_outbox.
type Outbox struct{ db *DB }

var (
	_ ports.Outbox  = (*Outbox)(nil)
	_ ports.Batches = (*Outbox)(nil)
)

// NewOutbox returns the outbox of the database.
func NewOutbox(db *DB) *Outbox { return &Outbox{db: db} }

const (
	insertMessage = `INSERT INTO latchkey_outbox (topic, payload, due, attempts, reason, created)
		VALUES ($1, $2, $3, 0, '', $3)`
	claimMessages   = `UPDATE latchkey_outbox SET due = $1, attempts = attempts + 1 WHERE `
	deleteMessage   = `DELETE FROM latchkey_outbox WHERE id = $1`
	postponeMessage = `UPDATE latchkey_outbox SET due = $1, reason = $2 WHERE id = $3`
	buryMessage     = `UPDATE latchkey_outbox SET dead_at = CURRENT_TIMESTAMP, reason = $1 WHERE id = $2`
)

// messageRow is what a message consists of in latchkey_outbox.
type messageRow struct {
	ID       int64  `bun:"id"`
	Topic    string `bun:"topic"`
	Payload  string `bun:"payload"`
	Attempts int    `bun:"attempts"`
}

func (r messageRow) message() (ports.Message, error) {
	message := ports.Message{ID: r.ID, Topic: r.Topic, Attempts: r.Attempts}
	if err := json.Unmarshal([]byte(r.Payload), &message.Payload); err != nil {
		return message, fmt.Errorf("bunsql: payload of message %d: %w", r.ID, err)
	}
	return message, nil
}

// Append stores the messages, due at now, in the transaction of ctx.
func (o *Outbox) Append(ctx context.Context, now time.Time, messages ...ports.Message) error {
	return o.db.inTx(ctx, func(ctx context.Context) error {
		for _, message := range messages {
			payload, err := json.Marshal(message.Payload)
			if err != nil {
				return fmt.Errorf("bunsql: payload: %w", err)
			}
			_, err = o.db.write(ctx, insertMessage, message.Topic, string(payload), djangoTime{now}).Exec(ctx)
			if err != nil {
				return fmt.Errorf("bunsql: append message: %w", err)
			}
		}
		return nil
	})
}

// Claim returns at most limit messages that are due, oldest first, and makes
// them due again after lease.
func (o *Outbox) Claim(ctx context.Context, now time.Time, lease time.Duration, limit int) ([]ports.Message, error) {
	return o.claim(ctx, o.db.queries.claimMessages, djangoTime{now.Add(lease)}, djangoTime{now}, max(limit, 0))
}

// ClaimOf is Claim for the messages of one topic.
func (o *Outbox) ClaimOf(ctx context.Context, topic string, now time.Time, lease time.Duration, limit int) ([]ports.Message, error) {
	return o.claim(ctx, o.db.queries.claimMessagesOf, djangoTime{now.Add(lease)}, djangoTime{now}, max(limit, 0), topic)
}

func (o *Outbox) claim(ctx context.Context, query string, args ...any) ([]ports.Message, error) {
	var rows []messageRow
	if err := o.db.write(ctx, query, args...).Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("bunsql: claim messages: %w", err)
	}
	// RETURNING promises no order.
	slices.SortFunc(rows, func(a, b messageRow) int { return cmp.Compare(a.ID, b.ID) })
	claimed := make([]ports.Message, 0, len(rows))
	for _, row := range rows {
		message, err := row.message()
		if err != nil {
			// One that nobody can read must not hold up the others for ever.
			if err := o.Bury(ctx, row.ID, err.Error()); err != nil {
				return nil, err
			}
			continue
		}
		claimed = append(claimed, message)
	}
	return claimed, nil
}

// Replace deletes the messages done and appends others, due at now.
func (o *Outbox) Replace(ctx context.Context, now time.Time, done, by []ports.Message) error {
	return o.db.inTx(ctx, func(ctx context.Context) error {
		for _, message := range done {
			if err := o.Done(ctx, message.ID); err != nil {
				return err
			}
		}
		return o.Append(ctx, now, by...)
	})
}

// Done deletes the message.
func (o *Outbox) Done(ctx context.Context, id int64) error {
	return o.exec(ctx, deleteMessage, id)
}

// Postpone makes the message due at until and remembers why.
func (o *Outbox) Postpone(ctx context.Context, id int64, until time.Time, reason string) error {
	return o.exec(ctx, postponeMessage, djangoTime{until}, reason, id)
}

// Bury gives the message up and keeps it, with the reason, for an operator to see.
func (o *Outbox) Bury(ctx context.Context, id int64, reason string) error {
	return o.exec(ctx, buryMessage, reason, id)
}

func (o *Outbox) exec(ctx context.Context, query string, args ...any) error {
	if _, err := o.db.write(ctx, query, args...).Exec(ctx); err != nil {
		return fmt.Errorf("bunsql: change message: %w", err)
	}
	return nil
}
