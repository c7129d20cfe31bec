package bunsql

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/sessions"
)

// Families keeps families of refresh tokens in latchkey_family.
type Families struct{ db *DB }

var _ ports.Families = (*Families)(nil)

// NewFamilies returns the families of the database.
func NewFamilies(db *DB) *Families { return &Families{db: db} }

// Add stores a new family. An id that is taken is a failure: it would join two lines.
func (f *Families) Add(ctx context.Context, family *sessions.Family) error {
	row := rowOfFamily(*family)
	if _, err := f.db.write(ctx, insertFamily, append(row.values(), row.ID)...).Exec(ctx); err != nil {
		return fmt.Errorf("bunsql: store family: %w", err)
	}
	return nil
}

// ByID returns the family, or sessions.ErrJWTRevoked.
func (f *Families) ByID(ctx context.Context, id string) (*sessions.Family, error) {
	row, err := f.row(ctx, id)
	if err != nil {
		return nil, err
	}
	return row.family(), nil
}

func (f *Families) row(ctx context.Context, id string) (familyRow, error) {
	var row familyRow
	err := f.db.row(ctx, f.db.toChange(ctx, selectFamily), []any{id}, row.columns()...)
	if errors.Is(err, sql.ErrNoRows) {
		return row, sessions.ErrJWTRevoked
	}
	if err != nil {
		return row, fmt.Errorf("bunsql: read family: %w", err)
	}
	return row, nil
}

// Update changes the family, or returns sessions.ErrJWTRevoked. It reads with the
// right to write: of two who present one token the second sees what the first did.
func (f *Families) Update(ctx context.Context, id string, change func(*sessions.Family) error) error {
	return f.db.inTx(ctx, func(ctx context.Context) error {
		before, err := f.row(ctx, id)
		if err != nil {
			return err
		}
		family := before.family()
		if err := change(family); err != nil {
			return err
		}
		row := rowOfFamily(*family)
		// A successor may end before its predecessor, after REFRESH_TOKEN_LIFETIME
		// was shortened: the family is kept until the last of them is worthless.
		if before.Expires.After(row.Expires.Time) {
			row.Expires = before.Expires
		}
		if _, err := f.db.write(ctx, updateFamily, append(row.values(), id)...).Exec(ctx); err != nil {
			return fmt.Errorf("bunsql: store family: %w", err)
		}
		return nil
	})
}

// EndAll ends every living family of the account but keep.
func (f *Families) EndAll(ctx context.Context, account accounts.ID, keep string, now time.Time) error {
	if _, err := f.db.write(ctx, endFamilies, djangoTime{now}, int64(account), keep).Exec(ctx); err != nil {
		return fmt.Errorf("bunsql: end families: %w", err)
	}
	return nil
}
