package ports

import (
	"context"

	"latchkey/domain/accounts"
)

// A policy may refuse what a whole activity is about to do, after I/O of its own.
// All policies of a kind must agree. They run outside transactions.

// RegistrationPolicy decides who may register.
type RegistrationPolicy interface {
	// Name is unique and stable.
	Name() string
	// MayRegister returns a fault to refuse.
	MayRegister(ctx context.Context, username accounts.Username, email accounts.Email) error
}

// SignInPolicy decides who may sign in. It is asked after the credential was
// accepted, for every way of signing in.
type SignInPolicy interface {
	// Name is unique and stable.
	Name() string
	// MaySignIn returns a fault to refuse.
	MaySignIn(ctx context.Context, account *accounts.Account) error
}

// ProfileContributor adds fields to an account as user/ shows it.
type ProfileContributor interface {
	// Name is unique and stable.
	Name() string
	// Fields returns the fields to add. A field of the API itself is never replaced.
	Fields(ctx context.Context, account *accounts.Account) (map[string]any, error)
}
