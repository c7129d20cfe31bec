package inmemory

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/verification"
)

// Addresses keeps e-mail addresses in a Store.
type Addresses struct{ store *Store }

var _ ports.Addresses = (*Addresses)(nil)

// NewAddresses returns the store's addresses.
func NewAddresses(store *Store) *Addresses { return &Addresses{store: store} }

var (
	errNoAccount  = errors.New("inmemory: no such account")
	errTwoPrimary = errors.New("inmemory: the account has a primary address already")
)

// ByID returns the address, or accounts.ErrAddressNotFound.
func (a *Addresses) ByID(ctx context.Context, id accounts.AddressID) (address *accounts.Address, err error) {
	err = a.store.run(ctx, func(*transaction) error {
		row, ok := a.store.addresses.rows[id]
		if !ok {
			return accounts.ErrAddressNotFound
		}
		address = accounts.RestoreAddress(row)
		return nil
	})
	return address, err
}

// Of returns the account's addresses by ascending id.
func (a *Addresses) Of(ctx context.Context, account accounts.ID) ([]*accounts.Address, error) {
	return a.where(ctx, func(row accounts.AddressSnapshot) bool { return row.Account == account })
}

// ByEmail returns the rows with that address in any case, by ascending id.
func (a *Addresses) ByEmail(ctx context.Context, email accounts.Email) ([]*accounts.Address, error) {
	return a.where(ctx, func(row accounts.AddressSnapshot) bool { return row.Email.Lower() == email.Lower() })
}

// where returns the addresses that fit, by ascending id.
func (a *Addresses) where(ctx context.Context, fits func(accounts.AddressSnapshot) bool) ([]*accounts.Address, error) {
	found := []*accounts.Address{}
	err := a.store.run(ctx, func(*transaction) error {
		for _, row := range a.store.addresses.rows {
			if fits(row) {
				found = append(found, accounts.RestoreAddress(row))
			}
		}
		return nil
	})
	slices.SortFunc(found, func(x, y *accounts.Address) int { return cmp.Compare(x.ID(), y.ID()) })
	return found, err
}

// Add stores a new address, or assigns the id under which the account has it.
func (a *Addresses) Add(ctx context.Context, address *accounts.Address) error {
	return a.store.run(ctx, func(tx *transaction) error {
		row := address.Snapshot()
		for id, old := range a.store.addresses.rows {
			if old.Account == row.Account && old.Email.Lower() == row.Email.Lower() {
				address.Assign(id)
				return nil
			}
		}
		row.ID = accounts.AddressID(a.store.nextID())
		if err := a.put(tx, row); err != nil {
			return err
		}
		address.Assign(row.ID)
		return nil
	})
}

// Update changes the address, or returns accounts.ErrAddressNotFound or
// verification.ErrVerifiedElsewhere.
func (a *Addresses) Update(ctx context.Context, id accounts.AddressID, change func(*accounts.Address) error) error {
	return a.store.inTx(ctx, func(ctx context.Context) error {
		address, err := a.ByID(ctx, id)
		if err != nil {
			return err
		}
		if err := change(address); err != nil {
			return err
		}
		row := address.Snapshot()
		row.ID = id
		return a.store.run(ctx, func(tx *transaction) error { return a.put(tx, row) })
	})
}

// put stores the row if the constraints that allauth declares on the table hold.
func (a *Addresses) put(tx *transaction, row accounts.AddressSnapshot) error {
	if _, ok := a.store.accounts.rows[row.Account]; !ok {
		return errNoAccount
	}
	proved := row.Verified && !a.store.addresses.rows[row.ID].Verified && !a.store.SharedEmail
	for id, other := range a.store.addresses.rows {
		if id == row.ID {
			continue
		}
		if proved && other.Verified && other.Email.Lower() == row.Email.Lower() {
			return verification.ErrVerifiedElsewhere
		}
		if row.Primary && other.Primary && other.Account == row.Account {
			return errTwoPrimary
		}
	}
	a.store.addresses.put(tx, row.ID, row)
	return nil
}
