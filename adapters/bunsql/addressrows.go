package bunsql

import "latchkey/domain/accounts"

// addressRow is a row of account_emailaddress.
type addressRow struct {
	ID       int64  `bun:"id"`
	Verified bool   `bun:"verified"`
	Primary  bool   `bun:"primary"`
	UserID   int64  `bun:"user_id"`
	Email    string `bun:"email"`
}

const (
	selectAddress = `SELECT id, verified, "primary", user_id, email FROM account_emailaddress`
	insertAddress = `INSERT INTO account_emailaddress (verified, "primary", user_id, email)
		VALUES ($1, $2, $3, $4) RETURNING id`
	updateAddress = `UPDATE account_emailaddress SET verified = $1, "primary" = $2, user_id = $3, email = $4
		WHERE id = $5`
)

// values returns the row's columns in the order of insertAddress and updateAddress.
func (r addressRow) values() []any { return []any{r.Verified, r.Primary, r.UserID, r.Email} }

func (r addressRow) address() *accounts.Address {
	return accounts.RestoreAddress(accounts.AddressSnapshot{
		ID:       accounts.AddressID(r.ID),
		Account:  accounts.ID(r.UserID),
		Email:    accounts.Email(r.Email),
		Verified: r.Verified,
		Primary:  r.Primary,
	})
}

func rowOfAddress(s accounts.AddressSnapshot) addressRow {
	return addressRow{
		ID:       int64(s.ID),
		Verified: s.Verified,
		Primary:  s.Primary,
		UserID:   int64(s.Account),
		Email:    string(s.Email),
	}
}
