package bunsql

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/factors"
)

// Factors keeps second factors in dj_rest_auth_mfa_authenticator: our own encrypted,
// since a copy of the database would else be enough to make everybody's codes. Rows of
// dj_rest_auth are read as well, and stay in its form.
type Factors struct {
	db     *DB
	cipher ports.Cipher
	seals  ports.SecretSeals
	// readable writes new rows in the form that dj_rest_auth reads.
	readable bool
}

var _ ports.Factors = (*Factors)(nil)

// NewFactors returns the second factors of the database, which cipher encrypts. Where
// they have to be readable for dj_rest_auth, seals sign them in its place.
func NewFactors(db *DB, cipher ports.Cipher, seals ports.SecretSeals, readable bool) *Factors {
	return &Factors{db: db, cipher: cipher, seals: seals, readable: readable}
}

// stored is what the table has of an account.
type stored struct {
	rows    map[string]*factorRow
	factors *factors.Factors
}

// Of returns the factors of the account.
func (f *Factors) Of(ctx context.Context, account accounts.ID) (*factors.Factors, error) {
	found, err := f.load(ctx, account)
	return found.factors, err
}

func (f *Factors) load(ctx context.Context, account accounts.ID) (stored, error) {
	var rows []factorRow
	if err := f.db.read(ctx, f.db.toChange(ctx, selectFactors), int64(account)).Scan(ctx, &rows); err != nil {
		return stored{}, fmt.Errorf("bunsql: read second factors: %w", err)
	}
	found, snapshot := stored{rows: map[string]*factorRow{}}, factors.Snapshot{Account: account}
	for _, row := range rows {
		found.rows[row.Type] = &row
		switch row.Type {
		case typeTOTP:
			snapshot.TOTP = f.totp(account, row)
		case typeRecovery:
			snapshot.Recovery = f.recovery(account, row)
		}
	}
	found.factors = factors.Restore(snapshot)
	return found, nil
}

// selectFactorOwner locks the account: that one without factors gets its first, and two
// rows belong together, no lock of theirs could say.
const selectFactorOwner = `SELECT id FROM auth_user WHERE id = $1`

// Update changes the factors, or returns accounts.ErrNotFound.
func (f *Factors) Update(ctx context.Context, account accounts.ID, change func(*factors.Factors) error) error {
	return f.db.inTx(ctx, func(ctx context.Context) error {
		var id int64
		err := f.db.read(ctx, f.db.toChange(ctx, selectFactorOwner), int64(account)).Scan(ctx, &id)
		if errors.Is(err, sql.ErrNoRows) {
			return accounts.ErrNotFound
		}
		if err != nil {
			return fmt.Errorf("bunsql: lock account: %w", err)
		}
		before, err := f.load(ctx, account)
		if err != nil {
			return err
		}
		old := before.factors.Snapshot()
		if err := change(before.factors); err != nil {
			return err
		}
		return f.store(ctx, before, old, before.factors.Snapshot())
	})
}

func (f *Factors) store(ctx context.Context, before stored, old, changed factors.Snapshot) error {
	totp, recovery := before.rows[typeTOTP], before.rows[typeRecovery]
	var wanted *factorRow
	if changed.TOTP != nil {
		data, err := f.totpData(changed.Account, totp, old.TOTP, changed.TOTP)
		if err != nil {
			return err
		}
		wanted = &factorRow{Data: data, CreatedAt: djangoTime{changed.TOTP.Created}, LastUsedAt: djangoTime{changed.TOTP.LastUsed}}
	}
	if err := f.put(ctx, changed.Account, typeTOTP, totp, wanted); err != nil {
		return err
	}
	wanted = nil
	if changed.Recovery != nil {
		data, err := f.recoveryData(changed.Account, recovery, old.Recovery, changed.Recovery)
		if err != nil {
			return err
		}
		wanted = &factorRow{Data: data, CreatedAt: djangoTime{changed.Recovery.Created}, LastUsedAt: djangoTime{changed.Recovery.LastUsed}}
	}
	return f.put(ctx, changed.Account, typeRecovery, recovery, wanted)
}

// put makes the row of one type what it is wanted to be; nil stands for none.
func (f *Factors) put(ctx context.Context, account accounts.ID, kind string, before, wanted *factorRow) error {
	var query string
	args := []any{int64(account), kind}
	switch {
	case wanted == nil && before == nil:
		return nil
	case wanted == nil:
		query = deleteFactor
	case before == nil:
		query = f.db.queries.insertFactor
	case before.Data == wanted.Data && before.LastUsedAt.Equal(wanted.LastUsedAt.Time) && before.CreatedAt.Equal(wanted.CreatedAt.Time):
		return nil
	default:
		query = f.db.queries.updateFactor
	}
	if wanted != nil {
		args = append([]any{jsonText(wanted.Data), wanted.CreatedAt, wanted.LastUsedAt}, args...)
	}
	if _, err := f.db.write(ctx, query, args...).Exec(ctx); err != nil {
		return fmt.Errorf("bunsql: store second factors: %w", err)
	}
	return nil
}
