package bunsql

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"latchkey/domain/accounts"
	"latchkey/domain/verification"
)

// Add stores a new account, or returns accounts.ErrUsernameTaken.
func (a *Accounts) Add(ctx context.Context, account *accounts.Account) error {
	return a.db.inTx(ctx, func(ctx context.Context) error {
		args, err := a.newRow(ctx, account)
		if err != nil {
			return err
		}
		return a.added(ctx, account, a.db.queries.insertAccount, args)
	})
}

// newRow makes sure that the account may be added, and returns its values and the spellings
// of its name. It holds the address before the name, as whoever asks for an address and then
// adds an account does.
func (a *Accounts) newRow(ctx context.Context, account *accounts.Account) ([]any, error) {
	row := rowOfAccount(account.Snapshot())
	row.ID = 0
	if !a.fits(account.Email()) {
		return nil, accounts.ErrEmailInvalid
	}
	if err := a.holdNew(ctx, account); err != nil {
		return nil, err
	}
	return append(row.values(), spellings(row.Username)...), a.freeBeyondASCII(ctx, row)
}

func (a *Accounts) holdNew(ctx context.Context, account *accounts.Account) error {
	name := account.Username().Folded()
	if account.Email() == "" {
		return a.db.hold(ctx, heldName, name)
	}
	return a.db.holdTwo(ctx, heldEmail, string(account.Email().Lower()), heldName, name)
}

// added runs query, which returns the account's new id, and others for into.
func (a *Accounts) added(ctx context.Context, account *accounts.Account, query string, args []any, into ...any) error {
	var id int64
	err := a.db.writtenRow(ctx, query, args, append([]any{&id}, into...)...)
	if errors.Is(err, sql.ErrNoRows) {
		return accounts.ErrUsernameTaken
	}
	if a.db.violates(err, uniqueVerifiedEmail) {
		return verification.ErrVerifiedElsewhere
	}
	if err != nil {
		return fmt.Errorf("bunsql: store account: %w", err)
	}
	account.Assign(accounts.ID(id))
	return nil
}
