package bunsql

import (
	"database/sql"

	"latchkey/domain/accounts"
	"latchkey/domain/sessions"
)

// familyRow is a row of latchkey_family.
type familyRow struct {
	ID             string        `bun:"id"`
	AccountID      sql.NullInt64 `bun:"account_id"`
	Began          djangoTime    `bun:"began"`
	Ended          djangoTime    `bun:"ended"`
	CurrentID      string        `bun:"current_id"`
	CurrentIssued  djangoTime    `bun:"current_issued"`
	CurrentExpires djangoTime    `bun:"current_expires"`
	PreviousID     string        `bun:"previous_id"`
	Expires        djangoTime    `bun:"expires"`
}

const (
	// The times are expressions for the reason that those of accountColumns are.
	selectFamily = `SELECT id, account_id, COALESCE(began, NULL), COALESCE(ended, NULL), current_id,
		COALESCE(current_issued, NULL), COALESCE(current_expires, NULL), previous_id, COALESCE(expires, NULL) FROM latchkey_family WHERE id = $1`
	insertFamily = `INSERT INTO latchkey_family (account_id, began, ended, current_id, current_issued,
		current_expires, previous_id, expires, id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`
	updateFamily = `UPDATE latchkey_family SET account_id = $1, began = $2, ended = $3, current_id = $4,
		current_issued = $5, current_expires = $6, previous_id = $7, expires = $8 WHERE id = $9`
	endFamilies = `UPDATE latchkey_family SET ended = $1 WHERE account_id = $2 AND ended IS NULL AND id <> $3`
)

// values returns the row's columns in the order of insertFamily and updateFamily,
// without the id.
func (r familyRow) values() []any {
	return []any{r.AccountID, r.Began, r.Ended, r.CurrentID, r.CurrentIssued,
		r.CurrentExpires, r.PreviousID, r.Expires}
}

// columns is where the columns of selectFamily go.
func (r *familyRow) columns() []any {
	return []any{&r.ID, &r.AccountID, &r.Began, &r.Ended, &r.CurrentID, &r.CurrentIssued,
		&r.CurrentExpires, &r.PreviousID, &r.Expires}
}

func (r familyRow) family() *sessions.Family {
	return &sessions.Family{
		ID:       r.ID,
		Account:  accounts.ID(r.AccountID.Int64),
		Began:    r.Began.Time,
		Ended:    r.Ended.Time,
		Current:  sessions.Link{ID: r.CurrentID, IssuedAt: r.CurrentIssued.Time, Expires: r.CurrentExpires.Time},
		Previous: r.PreviousID,
	}
}

func rowOfFamily(f sessions.Family) familyRow {
	return familyRow{
		ID:             f.ID,
		AccountID:      sql.NullInt64{Int64: int64(f.Account), Valid: f.Account != 0},
		Began:          djangoTime{f.Began},
		Ended:          djangoTime{f.Ended},
		CurrentID:      f.Current.ID,
		CurrentIssued:  djangoTime{f.Current.IssuedAt},
		CurrentExpires: djangoTime{f.Current.Expires},
		PreviousID:     f.Previous,
		Expires:        djangoTime{f.Current.Expires},
	}
}
