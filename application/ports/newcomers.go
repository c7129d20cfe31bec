package ports

import (
	"context"
	"slices"

	"latchkey/domain/accounts"
)

// Newcomers stores accounts that come with an address of their own.
type Newcomers interface {
	// Taken reports whether an account has the name, and whether the address was proved for
	// one, both without regard to case. What is empty is nobody's. It holds neither: who
	// adds one may be told ErrUsernameTaken all the same.
	Taken(ctx context.Context, name accounts.Username, email accounts.Email) (named, proved bool, err error)
	// Add stores a new account as Accounts.Add does, and its own address as its main one
	// that nobody has proved, in the transaction of ctx. It assigns their ids, and returns the address: nil
	// where the account has none. It returns accounts.ErrUsernameTaken, behind which the transaction goes on.
	// accounts.ErrEmailInvalid says that the address is longer than can be stored, and verification.ErrVerifiedElsewhere
	// that it is somebody's, where nobody may share even one that is not proved.
	Add(ctx context.Context, account *accounts.Account) (*accounts.Address, error)
}

// Receiving is what an Accounts may be able to do besides: to store newcomers at once. Whoever embeds
// such a type and overrides a method of Accounts has to override this, too: it does not call them.
type Receiving interface {
	// Newcomers returns nil unless addresses are kept in the same place as the accounts.
	Newcomers(addresses Addresses) Newcomers
}

// NewcomersOf returns what adds to these two, at once if they can do that.
func NewcomersOf(kept Accounts, addresses Addresses) Newcomers {
	if receiving, ok := kept.(Receiving); ok {
		if newcomers := receiving.Newcomers(addresses); newcomers != nil {
			return newcomers
		}
	}
	return newcomersByParts{accounts: kept, addresses: addresses}
}

// newcomersByParts asks and stores one after the other.
type newcomersByParts struct {
	accounts  Accounts
	addresses Addresses
}

// Taken implements Newcomers.
func (n newcomersByParts) Taken(ctx context.Context, name accounts.Username, email accounts.Email) (named, proved bool, err error) {
	if name != "" {
		found, err := n.accounts.ByUsername(ctx, name)
		if err != nil {
			return false, false, err
		}
		named = len(found) > 0
	}
	if email == "" {
		return named, false, nil
	}
	rows, err := n.addresses.ByEmail(ctx, email)
	return named, slices.ContainsFunc(rows, (*accounts.Address).Verified), err
}

// Add implements Newcomers.
func (n newcomersByParts) Add(ctx context.Context, account *accounts.Account) (*accounts.Address, error) {
	if err := n.accounts.Add(ctx, account); err != nil || account.Email() == "" {
		return nil, err
	}
	address := accounts.NewAddress(account.ID(), account.Email(), true)
	return address, n.addresses.Add(ctx, address)
}
