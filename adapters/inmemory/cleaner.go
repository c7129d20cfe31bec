package inmemory

import (
	"context"
	"time"

	"latchkey/application/ports"
	"latchkey/domain/passkeys"
	"latchkey/domain/sessions"
)

// Cleaner deletes what has expired from a Store. Limits bounds itself.
type Cleaner struct{ store *Store }

var _ ports.Cleaner = (*Cleaner)(nil)

// NewCleaner returns the store's cleaner.
func NewCleaner(store *Store) *Cleaner { return &Cleaner{store: store} }

// Clean deletes at most limit rows that can never count again, and returns how many.
func (c *Cleaner) Clean(ctx context.Context, now, buried time.Time, limit int) (total int, err error) {
	s := c.store
	err = s.run(ctx, func(tx *transaction) error {
		total = sweep(tx, s.sessions, limit, func(row sessions.WebSession) bool { return row.Expires.Before(now) })
		total += sweep(tx, s.refreshes, limit-total, func(row refreshToken) bool { return row.expires.Before(now) })
		total += sweep(tx, s.families, limit-total, func(row family) bool {
			return row.expires.Before(now) || s.orphaned(row)
		})
		total += sweep(tx, s.pending, limit-total, func(row pendingFactor) bool { return row.Expires.Before(now) })
		total += sweep(tx, s.outbox, limit-total, func(row message) bool {
			return !row.deadAt.IsZero() && row.deadAt.Before(buried)
		})
		total += sweep(tx, s.challenges, limit-total, func(row passkeys.Challenge) bool { return row.Expires.Before(now) })
		for id, row := range s.outbox.rows {
			if row.due.After(now.Add(ports.OutboxHorizon)) {
				row.due = now
				s.outbox.put(tx, id, row)
			}
		}
		return nil
	})
	return total, err
}

// orphaned reports whether the family's account is gone.
func (s *Store) orphaned(row family) bool {
	_, there := s.accounts.rows[row.Account]
	return row.Account != 0 && !there
}

// sweep deletes at most limit rows that are over, and returns how many.
func sweep[K comparable, V any](tx *transaction, t table[K, V], limit int, over func(V) bool) int {
	deleted := 0
	for key, row := range t.rows {
		if deleted < limit && over(row) {
			t.drop(tx, key)
			deleted++
		}
	}
	return deleted
}
