package bunsql

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
)

// Accounts keeps accounts in auth_user.
type Accounts struct{ db *DB }

var _ ports.Accounts = (*Accounts)(nil)

// NewAccounts returns the accounts of the database.
func NewAccounts(db *DB) *Accounts { return &Accounts{db: db} }

// ByID returns the account, or accounts.ErrNotFound.
func (a *Accounts) ByID(ctx context.Context, id accounts.ID) (*accounts.Account, error) {
	account, err := a.one(ctx, a.db.toChange(ctx, selectAccountByID), int64(id))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, accounts.ErrNotFound
	}
	return account, err
}

// ByUsername returns the accounts of that name in any case, the exact spelling first.
func (a *Accounts) ByUsername(ctx context.Context, name accounts.Username) ([]*accounts.Account, error) {
	if err := a.db.hold(ctx, heldName, name.Folded()); err != nil {
		return nil, err
	}
	found, err := a.all(ctx, a.db.queries.accountsNamed, spellings(string(name))...)
	if err != nil {
		return nil, err
	}
	exact := slices.IndexFunc(found, func(account *accounts.Account) bool { return account.Username() == name })
	if exact > 0 {
		first := found[exact]
		found = slices.Insert(slices.Delete(found, exact, exact+1), 0, first)
	}
	return found, nil
}

// ByEmail returns the accounts that own the address in any case, by ascending id.
func (a *Accounts) ByEmail(ctx context.Context, email accounts.Email) ([]*accounts.Account, error) {
	if err := a.db.hold(ctx, heldEmail, string(email.Lower())); err != nil {
		return nil, err
	}
	return a.all(ctx, a.db.queries.accountsAt, spellings(string(email))...)
}

// one returns the account that query finds, or sql.ErrNoRows.
func (a *Accounts) one(ctx context.Context, query string, args ...any) (*accounts.Account, error) {
	var row accountRow
	if err := a.db.row(ctx, query, args, row.columns()...); err != nil {
		return nil, fmt.Errorf("bunsql: read account: %w", err)
	}
	return row.account(), nil
}

func (a *Accounts) all(ctx context.Context, query string, args ...any) ([]*accounts.Account, error) {
	found := []*accounts.Account{}
	err := a.db.eachRow(ctx, query, args, func(rows *sql.Rows) error {
		var row accountRow
		err := rows.Scan(row.columns()...)
		found = append(found, row.account())
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("bunsql: read accounts: %w", err)
	}
	return found, nil
}

// Update changes the account, or returns accounts.ErrNotFound or accounts.ErrUsernameTaken.
func (a *Accounts) Update(ctx context.Context, id accounts.ID, change func(*accounts.Account) error) error {
	return a.db.inTx(ctx, func(ctx context.Context) error {
		account, err := a.ByID(ctx, id)
		if err != nil {
			return err
		}
		before, email := account.Username(), account.Email()
		if err := change(account); err != nil {
			return err
		}
		row := rowOfAccount(account.Snapshot())
		row.ID = int64(id)
		// An unchanged name is not looked at: it may stand twice in tables that
		// another program filled, and its owner must still be able to sign in.
		if account.Username() != before {
			if err := a.free(ctx, row); err != nil {
				return err
			}
		}
		if account.Email() != email {
			if err := a.emailFits(ctx, account.Email()); err != nil {
				return err
			}
		}
		return a.store(ctx, row, account.Username() != before)
	})
}

// store writes the row. A new name may turn out to be taken by a program that holds no names.
func (a *Accounts) store(ctx context.Context, row accountRow, renamed bool) error {
	update := func(ctx context.Context) error {
		_, err := a.db.write(ctx, updateAccount, append(row.values(), row.ID)...).Exec(ctx)
		return err
	}
	if !renamed {
		return a.storing(update(ctx))
	}
	return a.storing(a.db.inPart(ctx, update))
}

// emailFits makes others who look for the address in a transaction wait until it is
// known whether this account has it. It returns accounts.ErrEmailInvalid when the
// column is too short for it.
func (a *Accounts) emailFits(ctx context.Context, email accounts.Email) error {
	if email == "" {
		return nil
	}
	if !a.fits(email) {
		return accounts.ErrEmailInvalid
	}
	return a.db.hold(ctx, heldEmail, string(email.Lower()))
}

func (a *Accounts) fits(email accounts.Email) bool {
	return utf8.RuneCountInString(string(email)) <= a.db.dialect.longestEmail
}

// free returns accounts.ErrUsernameTaken when the row's name belongs to another
// row. The column's own constraint tells "Ann" from "ann".
func (a *Accounts) free(ctx context.Context, row accountRow) error {
	found, err := a.ByUsername(ctx, accounts.Username(row.Username))
	if err != nil {
		return err
	}
	if slices.ContainsFunc(found, func(other *accounts.Account) bool { return int64(other.ID()) != row.ID }) {
		return accounts.ErrUsernameTaken
	}
	return a.freeBeyondASCII(ctx, row)
}

// freeBeyondASCII compares the name with those that have letters beyond ASCII and its
// digest: the database folds ASCII only, and "ÉÉ", "éé" and "éÉ" must not be three people.
// Of ASCII, "i" and "k" are the lower case of such letters.
func (a *Accounts) freeBeyondASCII(ctx context.Context, row accountRow) error {
	name := accounts.Username(row.Username)
	if !strings.ContainsFunc(name.Folded(), func(r rune) bool { return r > unicode.MaxASCII || r == 'i' || r == 'k' }) {
		return nil
	}
	var others []string
	err := a.db.read(ctx, a.db.queries.namesBeyondASCII, row.Username, row.ID).Scan(ctx, &others)
	if err != nil {
		return fmt.Errorf("bunsql: read names: %w", err)
	}
	if slices.ContainsFunc(others, func(other string) bool { return accounts.Username(other).Folded() == name.Folded() }) {
		return accounts.ErrUsernameTaken
	}
	return nil
}

func (a *Accounts) storing(err error) error {
	if err == nil {
		return nil
	}
	if a.db.violates(err, uniqueUsername) {
		return accounts.ErrUsernameTaken
	}
	return fmt.Errorf("bunsql: store account: %w", err)
}
