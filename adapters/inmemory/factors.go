package inmemory

import (
	"context"
	"errors"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/factors"
)

// Factors keeps second factors in a Store.
type Factors struct{ store *Store }

var _ ports.Factors = (*Factors)(nil)

// NewFactors returns the store's second factors.
func NewFactors(store *Store) *Factors { return &Factors{store: store} }

// Of returns the factors of the account.
func (f *Factors) Of(ctx context.Context, account accounts.ID) (found *factors.Factors, err error) {
	err = f.store.run(ctx, func(*transaction) error {
		found = f.of(account)
		return nil
	})
	return found, err
}

func (f *Factors) of(account accounts.ID) *factors.Factors {
	row := f.store.factors.rows[account]
	row.Account = account
	return factors.Restore(row)
}

// Update changes the factors, or returns accounts.ErrNotFound.
func (f *Factors) Update(ctx context.Context, account accounts.ID, change func(*factors.Factors) error) error {
	return f.store.inTx(ctx, func(ctx context.Context) error {
		var changed *factors.Factors
		err := f.store.run(ctx, func(*transaction) error {
			if _, ok := f.store.accounts.rows[account]; !ok {
				return accounts.ErrNotFound
			}
			changed = f.of(account)
			return nil
		})
		if err != nil {
			return err
		}
		if err := change(changed); err != nil {
			return err
		}
		return f.store.run(ctx, func(tx *transaction) error {
			f.store.factors.put(tx, account, changed.Snapshot())
			return nil
		})
	})
}

var errPendingExists = errors.New("inmemory: something waits under that digest")
