package inmemory

import (
	"cmp"
	"context"
	"slices"
	"time"

	"latchkey/application/ports"
	"latchkey/domain/factors"
)

// pendingFactor is what waits, and when it was put relative to others.
type pendingFactor struct {
	factors.Pending
	order int64
}

// PendingFactors keeps what waits for a code in a Store.
type PendingFactors struct{ store *Store }

var _ ports.PendingFactors = (*PendingFactors)(nil)

// NewPendingFactors returns what waits in the store.
func NewPendingFactors(store *Store) *PendingFactors { return &PendingFactors{store: store} }

// Put stores what waits, and ends the oldest beyond keep.
func (p *PendingFactors) Put(ctx context.Context, pending factors.Pending, keep int) error {
	return p.store.run(ctx, func(tx *transaction) error {
		rows := p.store.pending
		if _, taken := rows.rows[pending.Digest]; taken {
			return errPendingExists
		}
		rows.put(tx, pending.Digest, pendingFactor{Pending: pending, order: p.store.nextID()})
		var same []pendingFactor
		for _, row := range rows.rows {
			if row.Account == pending.Account && row.Purpose == pending.Purpose {
				same = append(same, row)
			}
		}
		slices.SortFunc(same, func(a, b pendingFactor) int { return cmp.Compare(b.order, a.order) })
		for _, old := range same[min(len(same), keep):] {
			rows.drop(tx, old.Digest)
		}
		return nil
	})
}

// ByDigest returns what waits, or factors.ErrTokenInvalid.
func (p *PendingFactors) ByDigest(ctx context.Context, digest string, now time.Time) (found factors.Pending, err error) {
	err = p.store.run(ctx, func(*transaction) error {
		row, ok := p.store.pending.rows[digest]
		if !ok || !row.Expires.After(now) {
			return factors.ErrTokenInvalid
		}
		found = row.Pending
		return nil
	})
	return found, err
}

// Take ends what waits, or returns factors.ErrTokenInvalid.
func (p *PendingFactors) Take(ctx context.Context, digest string, now time.Time) error {
	return p.store.run(ctx, func(tx *transaction) error {
		row, ok := p.store.pending.rows[digest]
		if !ok || !row.Expires.After(now) {
			return factors.ErrTokenInvalid
		}
		p.store.pending.drop(tx, digest)
		return nil
	})
}

// Fail counts a wrong code, and ends what waits at the last of most.
func (p *PendingFactors) Fail(ctx context.Context, digest string, most int) error {
	return p.store.run(ctx, func(tx *transaction) error {
		row, ok := p.store.pending.rows[digest]
		if !ok {
			return nil
		}
		if row.Failed++; row.Failed >= most {
			p.store.pending.drop(tx, digest)
			return nil
		}
		p.store.pending.put(tx, digest, row)
		return nil
	})
}
