package bunsql

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"unicode/utf8"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/verification"
)

// Addresses keeps e-mail addresses in account_emailaddress.
type Addresses struct{ db *DB }

var _ ports.Addresses = (*Addresses)(nil)

// NewAddresses returns the e-mail addresses of the database.
func NewAddresses(db *DB) *Addresses { return &Addresses{db: db} }

// ByID returns the address, or accounts.ErrAddressNotFound.
func (a *Addresses) ByID(ctx context.Context, id accounts.AddressID) (*accounts.Address, error) {
	var row addressRow
	err := a.db.read(ctx, a.db.toChange(ctx, selectAddress+" WHERE id = CAST($1 AS bigint)"), int64(id)).Scan(ctx, &row)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, accounts.ErrAddressNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("bunsql: read address: %w", err)
	}
	return row.address(), nil
}

// Of returns the account's addresses by ascending id.
func (a *Addresses) Of(ctx context.Context, account accounts.ID) ([]*accounts.Address, error) {
	if err := a.holdAll(ctx, account); err != nil {
		return nil, err
	}
	return a.all(ctx, selectAddress+" WHERE user_id = $1 ORDER BY id", int64(account))
}

// ByEmail returns the rows with that address in any case, by ascending id.
func (a *Addresses) ByEmail(ctx context.Context, email accounts.Email) ([]*accounts.Address, error) {
	if err := a.db.hold(ctx, heldEmail, string(email.Lower())); err != nil {
		return nil, err
	}
	return a.all(ctx, a.db.queries.addressesAt, spellings(string(email))...)
}

// holdAll makes others who look at the account's addresses in a transaction, or
// change one of them, wait: whether one is the main one depends on the others.
func (a *Addresses) holdAll(ctx context.Context, account accounts.ID) error {
	return a.db.hold(ctx, heldAddresses, strconv.FormatInt(int64(account), 10))
}

func (a *Addresses) all(ctx context.Context, query string, args ...any) ([]*accounts.Address, error) {
	var rows []addressRow
	if err := a.db.read(ctx, query, args...).Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("bunsql: read addresses: %w", err)
	}
	found := make([]*accounts.Address, len(rows))
	for i, row := range rows {
		found[i] = row.address()
	}
	return found, nil
}

// Add stores a new address, or assigns the id under which the account has it.
// An address that is verified already may return verification.ErrVerifiedElsewhere.
func (a *Addresses) Add(ctx context.Context, address *accounts.Address) error {
	return a.db.inPart(ctx, func(ctx context.Context) error {
		row := rowOfAddress(address.Snapshot())
		row.ID = 0
		if utf8.RuneCountInString(row.Email) > a.db.dialect.longestEmail {
			return accounts.ErrEmailInvalid
		}
		same, err := a.ByEmail(ctx, address.Email())
		if err != nil {
			return err
		}
		mine := func(other *accounts.Address) bool { return other.Account() == address.Account() }
		if i := slices.IndexFunc(same, mine); i >= 0 {
			address.Assign(same[i].ID())
			return nil
		}
		if err := a.unproved(ctx, row); err != nil {
			return err
		}
		if err := a.holdAll(ctx, address.Account()); err != nil {
			return err
		}
		if err := a.db.write(ctx, insertAddress, row.values()...).Scan(ctx, &row.ID); err != nil {
			return a.storing(err)
		}
		address.Assign(accounts.AddressID(row.ID))
		return nil
	})
}

// Update changes the address, or returns accounts.ErrAddressNotFound or
// verification.ErrVerifiedElsewhere.
func (a *Addresses) Update(ctx context.Context, id accounts.AddressID, change func(*accounts.Address) error) error {
	return a.db.inPart(ctx, func(ctx context.Context) error {
		address, err := a.ByID(ctx, id)
		if err != nil {
			return err
		}
		if err := a.db.hold(ctx, heldEmail, string(address.Email().Lower())); err != nil {
			return err
		}
		if err := a.holdAll(ctx, address.Account()); err != nil {
			return err
		}
		before := address.Verified()
		if err := change(address); err != nil {
			return err
		}
		row := rowOfAddress(address.Snapshot())
		row.ID = int64(id)
		if !before {
			if err := a.unproved(ctx, row); err != nil {
				return err
			}
		}
		_, err = a.db.write(ctx, updateAddress, append(row.values(), row.ID)...).Exec(ctx)
		return a.storing(err)
	})
}

// unproved returns verification.ErrVerifiedElsewhere when the row is to be
// verified and another with its address is. The index unique_verified_email
// alone is not enough: it tells "A@b.c" from "a@b.c".
func (a *Addresses) unproved(ctx context.Context, row addressRow) error {
	if a.db.config.SharedEmail || !row.Verified {
		return nil
	}
	same, err := a.ByEmail(ctx, accounts.Email(row.Email))
	if err != nil {
		return err
	}
	proved := func(other *accounts.Address) bool { return other.Verified() && int64(other.ID()) != row.ID }
	if slices.ContainsFunc(same, proved) {
		return verification.ErrVerifiedElsewhere
	}
	return nil
}

func (a *Addresses) storing(err error) error {
	if err == nil {
		return nil
	}
	if a.db.violates(err, uniqueVerifiedEmail) {
		return verification.ErrVerifiedElsewhere
	}
	return fmt.Errorf("bunsql: store address: %w", err)
}
