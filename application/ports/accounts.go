package ports

import (
	"context"

	"latchkey/domain/accounts"
)

// Accounts stores accounts.
type Accounts interface {
	// ByID returns the account, or accounts.ErrNotFound.
	ByID(ctx context.Context, id accounts.ID) (*accounts.Account, error)
	// ByUsername returns the accounts whose name equals name without regard to
	// case, the exact spelling first; none is an empty slice. There is more than
	// one only in tables that another program filled.
	ByUsername(ctx context.Context, name accounts.Username) ([]*accounts.Account, error)
	// ByEmail returns the accounts whose own address equals email without regard
	// to case, and those with an Address that does, in ascending order of id.
	ByEmail(ctx context.Context, email accounts.Email) ([]*accounts.Account, error)
	// Add stores a new account and assigns its id. It returns
	// accounts.ErrUsernameTaken when the name, without regard to case, belongs to another:
	// of two concurrent calls with one name exactly one succeeds.
	Add(ctx context.Context, account *accounts.Account) error
	// Update loads the account, calls change and stores the result, alone: no
	// other Update of the account runs in between. An error of change is
	// returned and nothing is stored. It returns accounts.ErrNotFound, and
	// accounts.ErrUsernameTaken as Add does.
	Update(ctx context.Context, id accounts.ID, change func(*accounts.Account) error) error
}

// Addresses stores the e-mail addresses of accounts.
type Addresses interface {
	// ByID returns the address, or accounts.ErrAddressNotFound.
	ByID(ctx context.Context, id accounts.AddressID) (*accounts.Address, error)
	// Of returns the addresses of the account in ascending order of id.
	Of(ctx context.Context, account accounts.ID) ([]*accounts.Address, error)
	// ByEmail returns the addresses equal to email without regard to case, in
	// ascending order of id.
	ByEmail(ctx context.Context, email accounts.Email) ([]*accounts.Address, error)
	// Add stores a new address and assigns its id. An address that the account
	// has already is not added again; it is assigned the id that exists.
	Add(ctx context.Context, address *accounts.Address) error
	// Update works as Accounts.Update does. It returns accounts.ErrAddressNotFound,
	// and verification.ErrVerifiedElsewhere when change verified an address that
	// is verified for another account: of concurrent calls exactly one wins.
	Update(ctx context.Context, id accounts.AddressID, change func(*accounts.Address) error) error
}
