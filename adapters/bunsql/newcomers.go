package bunsql

import (
	"context"
	"fmt"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
)

// newcomers stores accounts with their address. The address of an account that is made in
// the same moment needs no look whether it is there already, and nobody else knows the account.
type newcomers struct {
	db        *DB
	accounts  *Accounts
	addresses *Addresses
}

var _ ports.Receiving = (*Accounts)(nil)

// Newcomers returns nil unless addresses are those of the same database.
func (a *Accounts) Newcomers(addresses ports.Addresses) ports.Newcomers {
	kept, _ := addresses.(*Addresses)
	if kept == nil || kept.db != a.db {
		return nil
	}
	return &newcomers{db: a.db, accounts: a, addresses: kept}
}

// Taken reports whether somebody has the name, and whether somebody proved the address.
func (n *newcomers) Taken(ctx context.Context, name accounts.Username, email accounts.Email) (named, proved bool, err error) {
	args := append(spellings(string(name)), spellings(string(email))...)
	if err := n.db.row(ctx, n.db.queries.taken, args, &named, &proved); err != nil {
		return false, false, fmt.Errorf("bunsql: look for the name and the address: %w", err)
	}
	return named && name != "", proved && email != "", nil
}

// insertNewcomer is for where one statement can store both rows; empty elsewhere.
func insertNewcomer(p phrases) string {
	return `WITH added AS (` + insertAccountUnless(p) + `), owned AS (
		INSERT INTO account_emailaddress (verified, "primary", user_id, email) SELECT $15, $16, id, $17 FROM added RETURNING id)
		SELECT added.id, owned.id FROM added, owned`
}

// Add stores the account and its address.
func (n *newcomers) Add(ctx context.Context, account *accounts.Account) (*accounts.Address, error) {
	if account.Email() == "" {
		return nil, n.accounts.Add(ctx, account)
	}
	var id int64
	err := n.db.inTx(ctx, func(ctx context.Context) error {
		args, err := n.accounts.newRow(ctx, account)
		if err != nil {
			return err
		}
		return n.store(ctx, account, args, &id)
	})
	if err != nil {
		return nil, err
	}
	address := accounts.NewAddress(account.ID(), account.Email(), true)
	address.Assign(accounts.AddressID(id))
	return address, nil
}

func (n *newcomers) store(ctx context.Context, account *accounts.Account, args []any, id *int64) error {
	address := rowOfAddress(accounts.NewAddress(0, account.Email(), true).Snapshot())
	if n.db.dialect.compound {
		args = append(args, address.Verified, address.Primary, address.Email)
		return n.accounts.added(ctx, account, n.db.queries.insertNewcomer, args, id)
	}
	if err := n.accounts.added(ctx, account, n.db.queries.insertAccount, args); err != nil {
		return err
	}
	address.UserID = int64(account.ID())
	return n.addresses.storing(n.db.writtenRow(ctx, insertAddress, address.values(), id))
}
