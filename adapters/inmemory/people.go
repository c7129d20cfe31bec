package inmemory

import (
	"cmp"
	"context"
	"slices"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/identities"
)

// People reads everybody of a Store.
type People struct{ store *Store }

var _ ports.People = (*People)(nil)

// NewPeople returns the store's people.
func NewPeople(store *Store) *People { return &People{store: store} }

// After returns at most limit people whose id is above after, by ascending id.
func (p *People) After(ctx context.Context, after accounts.ID, limit int) (page []ports.Person, err error) {
	err = p.store.run(ctx, func(*transaction) error {
		var rows []accounts.Snapshot
		for _, row := range p.store.accounts.rows {
			if row.ID > after {
				rows = append(rows, row)
			}
		}
		slices.SortFunc(rows, func(x, y accounts.Snapshot) int { return cmp.Compare(x.ID, y.ID) })
		for _, row := range rows[:min(len(rows), limit)] {
			page = append(page, ports.Person{
				Account: accounts.Restore(row), EmailVerified: p.proved(row), Identities: p.identities(row.ID),
			})
		}
		return nil
	})
	return page, err
}

func (p *People) proved(account accounts.Snapshot) bool {
	for _, row := range p.store.addresses.rows {
		if row.Account == account.ID && row.Verified && row.Email.Lower() == account.Email.Lower() {
			return true
		}
	}
	return false
}

func (p *People) identities(account accounts.ID) (keys []identities.Key) {
	var rows []identities.Snapshot
	for _, row := range p.store.logins.rows {
		if row.Account == account {
			rows = append(rows, row)
		}
	}
	slices.SortFunc(rows, func(x, y identities.Snapshot) int { return cmp.Compare(x.ID, y.ID) })
	for _, row := range rows {
		keys = append(keys, row.Key)
	}
	return keys
}
