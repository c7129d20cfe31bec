package inmemory

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"slices"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/identities"
)

// Identities keeps external logins in a Store.
type Identities struct{ store *Store }

var _ ports.Identities = (*Identities)(nil)

// NewIdentities returns the store's external logins.
func NewIdentities(store *Store) *Identities { return &Identities{store: store} }

// ByKey returns the identity, or identities.ErrNotFound.
func (i *Identities) ByKey(ctx context.Context, key identities.Key) (*identities.Identity, error) {
	found, err := i.where(ctx, func(row identities.Snapshot) bool { return row.Key == key })
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, identities.ErrNotFound
	}
	return found[0], nil
}

// Of returns the account's identities by ascending id.
func (i *Identities) Of(ctx context.Context, account accounts.ID) ([]*identities.Identity, error) {
	return i.where(ctx, func(row identities.Snapshot) bool { return row.Account == account })
}

// where returns the identities that fit, by ascending id.
func (i *Identities) where(ctx context.Context, fits func(identities.Snapshot) bool) ([]*identities.Identity, error) {
	found := []*identities.Identity{}
	err := i.store.run(ctx, func(*transaction) error {
		for _, row := range i.store.logins.rows {
			if fits(row) {
				found = append(found, identities.Restore(detached(row)))
			}
		}
		return nil
	})
	slices.SortFunc(found, func(x, y *identities.Identity) int { return cmp.Compare(x.ID(), y.ID()) })
	return found, err
}

// Add stores a new identity, or returns identities.ErrConnectedElsewhere.
func (i *Identities) Add(ctx context.Context, identity *identities.Identity) error {
	return i.store.run(ctx, func(tx *transaction) error {
		row := identity.Snapshot()
		row.ID = identities.ID(i.store.nextID())
		if err := i.put(tx, row); err != nil {
			return err
		}
		identity.Assign(row.ID)
		return nil
	})
}

// Update changes the identity, or returns identities.ErrNotFound.
func (i *Identities) Update(ctx context.Context, id identities.ID, change func(*identities.Identity) error) error {
	return i.store.inTx(ctx, func(ctx context.Context) error {
		found, err := i.where(ctx, func(row identities.Snapshot) bool { return row.ID == id })
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return identities.ErrNotFound
		}
		if err := change(found[0]); err != nil {
			return err
		}
		row := found[0].Snapshot()
		row.ID = id
		return i.store.run(ctx, func(tx *transaction) error { return i.put(tx, row) })
	})
}

// Remove deletes the identity and its token, or returns identities.ErrNotFound.
func (i *Identities) Remove(ctx context.Context, id identities.ID) error {
	return i.store.run(ctx, func(tx *transaction) error {
		if _, ok := i.store.logins.rows[id]; !ok {
			return identities.ErrNotFound
		}
		i.store.provided.drop(tx, id)
		i.store.logins.drop(tx, id)
		return nil
	})
}

// put stores the row if the constraints that allauth declares on the table hold.
func (i *Identities) put(tx *transaction, row identities.Snapshot) error {
	if _, ok := i.store.accounts.rows[row.Account]; !ok {
		return errNoAccount
	}
	for id, other := range i.store.logins.rows {
		if id != row.ID && other.Key == row.Key {
			return identities.ErrConnectedElsewhere
		}
	}
	i.store.logins.put(tx, row.ID, detached(row))
	return nil
}

// detached returns the row with an Extra of its own, for rows are never changed in
// place, and an empty object for what is no JSON.
func detached(row identities.Snapshot) identities.Snapshot {
	row.Extra = bytes.Clone(row.Extra)
	if !json.Valid(row.Extra) {
		row.Extra = json.RawMessage("{}")
	}
	return row
}
