package inmemory

import (
	"context"
	"errors"
	"time"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/sessions"
)

// family is a family and when the last of its tokens ends.
type family struct {
	sessions.Family
	expires time.Time
}

var errFamilyExists = errors.New("inmemory: there is a family of that id")

// Families keeps families of refresh tokens in a Store.
type Families struct{ store *Store }

var _ ports.Families = (*Families)(nil)

// NewFamilies returns the store's families.
func NewFamilies(store *Store) *Families { return &Families{store: store} }

// Add stores a new family. An id that is taken is a failure: it would join two lines.
func (f *Families) Add(ctx context.Context, added *sessions.Family) error {
	return f.store.run(ctx, func(tx *transaction) error {
		if _, ok := f.store.families.rows[added.ID]; ok {
			return errFamilyExists
		}
		f.store.families.put(tx, added.ID, family{Family: *added, expires: added.Current.Expires})
		return nil
	})
}

// ByID returns the family, or sessions.ErrJWTRevoked.
func (f *Families) ByID(ctx context.Context, id string) (found *sessions.Family, err error) {
	err = f.store.run(ctx, func(*transaction) error {
		row, ok := f.store.families.rows[id]
		if !ok {
			return sessions.ErrJWTRevoked
		}
		found = &row.Family
		return nil
	})
	return found, err
}

// Update changes the family, or returns sessions.ErrJWTRevoked.
func (f *Families) Update(ctx context.Context, id string, change func(*sessions.Family) error) error {
	return f.store.inTx(ctx, func(ctx context.Context) error {
		changed, err := f.ByID(ctx, id)
		if err != nil {
			return err
		}
		if err := change(changed); err != nil {
			return err
		}
		return f.store.run(ctx, func(tx *transaction) error {
			row := f.store.families.rows[id]
			row.Family = *changed
			row.ID = id
			// A successor may end before its predecessor: the family is kept until
			// the last of them is worthless.
			if changed.Current.Expires.After(row.expires) {
				row.expires = changed.Current.Expires
			}
			f.store.families.put(tx, id, row)
			return nil
		})
	})
}

// EndAll ends every living family of the account but keep.
func (f *Families) EndAll(ctx context.Context, account accounts.ID, keep string, now time.Time) error {
	return f.store.run(ctx, func(tx *transaction) error {
		for id, row := range f.store.families.rows {
			if account != 0 && row.Account == account && id != keep {
				row.End(now)
				f.store.families.put(tx, id, row)
			}
		}
		return nil
	})
}
