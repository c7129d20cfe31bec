package bunsql

import (
	"fmt"

	"latchkey/domain/accounts"
	"latchkey/domain/secret"
)

// accountRow is a row of auth_user.
type accountRow struct {
	ID          int64      `bun:"id"`
	Password    string     `bun:"password"`
	LastLogin   djangoTime `bun:"last_login"`
	IsSuperuser bool       `bun:"is_superuser"`
	Username    string     `bun:"username"`
	LastName    string     `bun:"last_name"`
	Email       string     `bun:"email"`
	IsStaff     bool       `bun:"is_staff"`
	IsActive    bool       `bun:"is_active"`
	DateJoined  djangoTime `bun:"date_joined"`
	FirstName   string     `bun:"first_name"`
}

const (
	// selectAccount names its columns: "*" would break prepared statements when
	// Django adds a column.
	accountColumns = `u.id, u.password, ` + lastLogin + `, u.is_superuser, u.username, u.last_name,
		u.email, u.is_staff, u.is_active, ` + dateJoined + `, u.first_name`
	selectAccount = "SELECT " + accountColumns + " FROM auth_user AS u"
	// An expression is text to SQLite's driver. On a column that says it is a time it
	// tries one layout after the other, which cost as much as the rest of the row.
	lastLogin  = "COALESCE(u.last_login, NULL) AS last_login"
	dateJoined = "COALESCE(u.date_joined, NULL) AS date_joined"

	// The cast is for ids beyond the column, which are nobody's and no failure.
	selectAccountByID = selectAccount + " WHERE u.id = CAST($1 AS bigint)"
	// The column's own constraint tells "Ann" from "ann". A program that holds no names
	// may add the same one in this moment.
	insertAccount = `INSERT INTO auth_user (password, last_login, is_superuser, username, last_name,
		email, is_staff, is_active, date_joined, first_name)
		SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10
		WHERE NOT EXISTS (SELECT 1 FROM auth_user WHERE %s) ON CONFLICT (username) DO NOTHING RETURNING id`
	updateAccount = `UPDATE auth_user SET password = $1, last_login = $2, is_superuser = $3, username = $4,
		last_name = $5, email = $6, is_staff = $7, is_active = $8, date_joined = $9, first_name = $10
		WHERE id = $11`
)

// insertAccountUnless binds the spellings of the name behind the row's values.
func insertAccountUnless(p phrases) string {
	return fmt.Sprintf(insertAccount, p.inAnyCase("username", 11))
}

// values returns the row's columns in the order of insertAccount and updateAccount.
func (r accountRow) values() []any {
	return []any{r.Password, r.LastLogin, r.IsSuperuser, r.Username, r.LastName,
		r.Email, r.IsStaff, r.IsActive, r.DateJoined, r.FirstName}
}

// columns is where the columns of accountColumns go.
func (r *accountRow) columns() []any {
	return []any{&r.ID, &r.Password, &r.LastLogin, &r.IsSuperuser, &r.Username, &r.LastName,
		&r.Email, &r.IsStaff, &r.IsActive, &r.DateJoined, &r.FirstName}
}

func (r accountRow) account() *accounts.Account {
	return accounts.Restore(accounts.Snapshot{
		ID:           accounts.ID(r.ID),
		Username:     accounts.Username(r.Username),
		Email:        accounts.Email(r.Email),
		FirstName:    r.FirstName,
		LastName:     r.LastName,
		PasswordHash: secret.New(r.Password),
		Active:       r.IsActive,
		Staff:        r.IsStaff,
		Superuser:    r.IsSuperuser,
		LastLogin:    r.LastLogin.Time,
		Joined:       r.DateJoined.Time,
	})
}

func rowOfAccount(s accounts.Snapshot) accountRow {
	return accountRow{
		ID:          int64(s.ID),
		Password:    s.PasswordHash.Reveal(),
		LastLogin:   djangoTime{s.LastLogin},
		IsSuperuser: s.Superuser,
		Username:    string(s.Username),
		LastName:    s.LastName,
		Email:       string(s.Email),
		IsStaff:     s.Staff,
		IsActive:    s.Active,
		DateJoined:  djangoTime{s.Joined},
		FirstName:   s.FirstName,
	}
}
