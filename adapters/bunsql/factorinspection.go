package bunsql

import (
	"context"
	"fmt"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/passkeys"
)

// FactorForms is what rows of second factors and passkeys are held to.
type FactorForms struct {
	Cipher ports.Cipher
	Seals  ports.SecretSeals
	// Signed reports whether a key of now has signed a secret that is kept in clear.
	Signed func(stored string) bool
	// Checks reports whether signatures can be checked by a passkey's public key.
	Checks func(publicKey []byte) bool
	// Readable is set where rows have to be in clear, and Demanded where anybody asks for codes.
	Readable, Demanded bool
}

// FactorInspection looks into the rows of second factors and passkeys.
type FactorInspection struct {
	db      *DB
	forms   FactorForms
	factors *Factors
}

var _ ports.FactorInspection = (*FactorInspection)(nil)

// NewFactorInspection returns the inspection of the database's second factors.
func NewFactorInspection(db *DB, forms FactorForms) *FactorInspection {
	return &FactorInspection{db: db, forms: forms, factors: NewFactors(db, forms.Cipher, forms.Seals, forms.Readable)}
}

const (
	selectFactorsAfter = `SELECT id, user_id, type, data FROM dj_rest_auth_mfa_authenticator
		WHERE (user_id, id) > ($1, $2) ORDER BY user_id, id LIMIT $3`
	selectWebAuthnAfter = `SELECT id, user_id, credential_id, public_key FROM passkeys_webauthncredential
		WHERE (user_id, id) > ($1, $2) ORDER BY user_id, id LIMIT $3`
)

// inspectedBatch is how many rows are in memory at once.
const inspectedBatch = 500

// inspected is a row of either table, as far as it is looked at.
type inspected struct {
	ID           int64  `bun:"id"`
	UserID       int64  `bun:"user_id"`
	Type         string `bun:"type"`
	Data         string `bun:"data"`
	CredentialID []byte `bun:"credential_id"`
	PublicKey    []byte `bun:"public_key"`
}

// FactorOddities reads every row of both tables, some at a time.
func (i *FactorInspection) FactorOddities(ctx context.Context) ([]ports.Oddity, error) {
	found := tallies{}
	if err := i.each(ctx, selectFactorsAfter, func(row inspected) {
		found.add(row, i.factor(row))
		if row.Type == typeTOTP && !i.forms.Demanded {
			found.add(row, ports.OddFactorOff)
		}
	}); err != nil {
		return nil, err
	}
	if err := i.each(ctx, selectWebAuthnAfter, func(row inspected) { found.add(row, i.passkey(row)) }); err != nil {
		return nil, err
	}
	return found.all(), nil
}

func (i *FactorInspection) each(ctx context.Context, query string, look func(inspected)) error {
	last := inspected{}
	for {
		var rows []inspected
		if err := i.db.read(ctx, query, last.UserID, last.ID, inspectedBatch).Scan(ctx, &rows); err != nil {
			return fmt.Errorf("bunsql: look into second factors: %w", err)
		}
		for _, row := range rows {
			look(row)
		}
		if len(rows) < inspectedBatch {
			return nil
		}
		last = rows[len(rows)-1]
	}
}

// factor returns the kind of what is wrong with a row, empty for nothing.
func (i *FactorInspection) factor(row inspected) string {
	m, account := membersOf(row.Data), accounts.ID(row.UserID)
	sealed := m.text(memberSealed)
	opens := true
	if sealed != "" {
		_, err := i.forms.Cipher.Decrypt(sealed, purposeOfFactor(row.Type, account))
		opens = err == nil
	}
	switch row.Type {
	case typeTOTP:
		switch read := i.factors.totp(account, factorRow{Data: row.Data}); {
		case !opens:
			return ports.OddFactorSealed
		case !read.Usable():
			return ports.OddFactorForm
		case sealed == "" && !i.forms.Readable:
			return ports.OddFactorClear
		case sealed == "" && !i.forms.Signed(m.text(memberSecret)):
			return ports.OddFactorSigned
		}
	case typeRecovery:
		switch read := i.factors.recovery(account, factorRow{Data: row.Data}); {
		case !opens:
			return ports.OddCodesSealed
		case !read.Usable():
			return ports.OddCodesForm
		case sealed == "" && !i.forms.Readable:
			return ports.OddFactorClear
		}
	}
	return ""
}

func (i *FactorInspection) passkey(row inspected) string {
	if len(row.CredentialID) == 0 || len(row.CredentialID) > passkeys.CredentialIDMaxLength || !i.forms.Checks(row.PublicKey) {
		return ports.OddPasskeyForm
	}
	return ""
}

// factorOdds are the kinds in the order in which they are told: the worst first.
var factorOdds = []string{
	ports.OddFactorSealed, ports.OddFactorForm, ports.OddFactorOff, ports.OddFactorClear, ports.OddFactorSigned,
	ports.OddCodesSealed, ports.OddCodesForm, ports.OddPasskeyForm,
}

// tallies count accounts by the kind of what is wrong.
type tallies map[string]*tally

type tally struct {
	odd  ports.Oddity
	last int64
}

// add counts an account once of a kind: its rows come one after another.
func (t tallies) add(row inspected, kind string) {
	counted := t[kind]
	switch {
	case kind == "" || counted != nil && counted.last == row.UserID:
		return
	case counted == nil:
		counted = &tally{odd: ports.Oddity{Kind: kind}}
		t[kind] = counted
	}
	counted.last = row.UserID
	counted.odd.Count++
	if len(counted.odd.Examples) < examples {
		counted.odd.Examples = append(counted.odd.Examples, accounts.ID(row.UserID))
	}
}

func (t tallies) all() (odd []ports.Oddity) {
	for _, kind := range factorOdds {
		if counted := t[kind]; counted != nil {
			odd = append(odd, counted.odd)
		}
	}
	return odd
}
