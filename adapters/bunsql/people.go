package bunsql

import (
	"context"
	"fmt"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/identities"
)

// People reads everybody of the database.
type People struct{ db *DB }

var _ ports.People = (*People)(nil)

// NewPeople returns the database's people.
func NewPeople(db *DB) *People { return &People{db: db} }

const (
	selectPeople = selectAccount + " WHERE u.id > $1 ORDER BY u.id LIMIT $2"
	// A page's belongings are those of the accounts from its first id to its last.
	selectAddressesBetween  = selectAddress + " WHERE user_id BETWEEN $1 AND $2 AND verified"
	selectIdentitiesBetween = selectIdentity + " WHERE user_id BETWEEN $1 AND $2 ORDER BY id"
)

// After returns at most limit people whose id is above after, by ascending id.
func (p *People) After(ctx context.Context, after accounts.ID, limit int) ([]ports.Person, error) {
	var rows []accountRow
	if err := p.db.read(ctx, selectPeople, int64(after), limit).Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("bunsql: read people: %w", err)
	}
	if len(rows) == 0 {
		return nil, nil
	}
	first, last := rows[0].ID, rows[len(rows)-1].ID
	proved, err := p.proved(ctx, first, last)
	if err != nil {
		return nil, err
	}
	keys, err := p.identities(ctx, first, last)
	if err != nil {
		return nil, err
	}
	page := make([]ports.Person, len(rows))
	for i, row := range rows {
		own := ownAddress{account: row.ID, email: accounts.Email(row.Email).Lower()}
		page[i] = ports.Person{Account: row.account(), EmailVerified: proved[own], Identities: keys[row.ID]}
	}
	return page, nil
}

// ownAddress is an address of an account, in lower case.
type ownAddress struct {
	account int64
	email   accounts.Email
}

func (p *People) proved(ctx context.Context, first, last int64) (map[ownAddress]bool, error) {
	var rows []addressRow
	if err := p.db.read(ctx, selectAddressesBetween, first, last).Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("bunsql: read addresses of people: %w", err)
	}
	proved := make(map[ownAddress]bool, len(rows))
	for _, row := range rows {
		proved[ownAddress{account: row.UserID, email: accounts.Email(row.Email).Lower()}] = true
	}
	return proved, nil
}

func (p *People) identities(ctx context.Context, first, last int64) (map[int64][]identities.Key, error) {
	var rows []identityRow
	if err := p.db.read(ctx, selectIdentitiesBetween, first, last).Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("bunsql: read identities of people: %w", err)
	}
	keys := make(map[int64][]identities.Key)
	for _, row := range rows {
		keys[row.UserID] = append(keys[row.UserID], identities.Key{Provider: row.Provider, Subject: row.UID})
	}
	return keys, nil
}
