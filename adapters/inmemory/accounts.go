package inmemory

import (
	"cmp"
	"context"
	"slices"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
)

// Accounts keeps accounts in a Store.
type Accounts struct{ store *Store }

var _ ports.Accounts = (*Accounts)(nil)

// NewAccounts returns the store's accounts.
func NewAccounts(store *Store) *Accounts { return &Accounts{store: store} }

// ByID returns the account, or accounts.ErrNotFound.
func (a *Accounts) ByID(ctx context.Context, id accounts.ID) (account *accounts.Account, err error) {
	err = a.store.run(ctx, func(*transaction) error {
		row, ok := a.store.accounts.rows[id]
		if !ok {
			return accounts.ErrNotFound
		}
		account = accounts.Restore(row)
		return nil
	})
	return account, err
}

// ByUsername returns the accounts of that name in any case, the exact spelling first.
func (a *Accounts) ByUsername(ctx context.Context, name accounts.Username) ([]*accounts.Account, error) {
	found, err := a.where(ctx, func(row accounts.Snapshot) bool {
		return row.Username.Folded() == name.Folded()
	})
	slices.SortStableFunc(found, func(x, y *accounts.Account) int {
		return cmp.Compare(rank(x, name), rank(y, name))
	})
	return found, err
}

func rank(account *accounts.Account, name accounts.Username) int {
	if account.Username() == name {
		return 0
	}
	return 1
}

// ByEmail returns the accounts that own the address in any case, by ascending id.
func (a *Accounts) ByEmail(ctx context.Context, email accounts.Email) ([]*accounts.Account, error) {
	return a.where(ctx, func(row accounts.Snapshot) bool {
		if row.Email.Lower() == email.Lower() {
			return true
		}
		for _, address := range a.store.addresses.rows {
			if address.Account == row.ID && address.Email.Lower() == email.Lower() {
				return true
			}
		}
		return false
	})
}

// where returns the accounts that fit, by ascending id.
func (a *Accounts) where(ctx context.Context, fits func(accounts.Snapshot) bool) ([]*accounts.Account, error) {
	found := []*accounts.Account{}
	err := a.store.run(ctx, func(*transaction) error {
		for _, row := range a.store.accounts.rows {
			if fits(row) {
				found = append(found, accounts.Restore(row))
			}
		}
		return nil
	})
	slices.SortFunc(found, func(x, y *accounts.Account) int { return cmp.Compare(x.ID(), y.ID()) })
	return found, err
}

// Add stores a new account, or returns accounts.ErrUsernameTaken.
func (a *Accounts) Add(ctx context.Context, account *accounts.Account) error {
	return a.store.run(ctx, func(tx *transaction) error {
		row := account.Snapshot()
		row.ID = accounts.ID(a.store.nextID())
		if err := a.put(tx, row); err != nil {
			return err
		}
		account.Assign(row.ID)
		return nil
	})
}

// Update changes the account, or returns accounts.ErrNotFound or accounts.ErrUsernameTaken.
func (a *Accounts) Update(ctx context.Context, id accounts.ID, change func(*accounts.Account) error) error {
	return a.store.inTx(ctx, func(ctx context.Context) error {
		account, err := a.ByID(ctx, id)
		if err != nil {
			return err
		}
		if err := change(account); err != nil {
			return err
		}
		row := account.Snapshot()
		row.ID = id
		return a.store.run(ctx, func(tx *transaction) error { return a.put(tx, row) })
	})
}

func (a *Accounts) put(tx *transaction, row accounts.Snapshot) error {
	old := a.store.accounts.rows[row.ID]
	if old.Username != row.Username && a.taken(row) {
		return accounts.ErrUsernameTaken
	}
	a.store.accounts.put(tx, row.ID, row)
	return nil
}

func (a *Accounts) taken(row accounts.Snapshot) bool {
	for id, other := range a.store.accounts.rows {
		if id != row.ID && other.Username.Folded() == row.Username.Folded() {
			return true
		}
	}
	return false
}
