package bunsql

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/passkeys"
)

// Passkeys keeps WebAuthn credentials in passkeys_webauthncredential, and what that has
// no place for in latchkey_passkey.
type Passkeys struct{ db *DB }

var _ ports.Passkeys = (*Passkeys)(nil)

// NewPasskeys returns the credentials of the database.
func NewPasskeys(db *DB) *Passkeys { return &Passkeys{db: db} }

// ByCredentialID returns the credential, or passkeys.ErrNotFound.
func (p *Passkeys) ByCredentialID(ctx context.Context, id []byte) (*passkeys.Credential, error) {
	return p.one(ctx, selectPasskeyAt, id)
}

// Of returns the account's credentials by ascending id.
func (p *Passkeys) Of(ctx context.Context, account accounts.ID) ([]*passkeys.Credential, error) {
	var rows []passkeyRow
	if err := p.db.read(ctx, selectPasskeys, int64(account)).Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("bunsql: read passkeys: %w", err)
	}
	found := make([]*passkeys.Credential, len(rows))
	for i, row := range rows {
		found[i] = row.credential()
	}
	return found, nil
}

// one returns the credential that query finds, or passkeys.ErrNotFound.
func (p *Passkeys) one(ctx context.Context, query string, args ...any) (*passkeys.Credential, error) {
	var row passkeyRow
	err := p.db.read(ctx, query, args...).Scan(ctx, &row)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, passkeys.ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("bunsql: read passkey: %w", err)
	}
	return row.credential(), nil
}

// Add stores a new credential, or returns passkeys.ErrAlreadyRegistered. The unique index
// decides which of many calls was the first.
func (p *Passkeys) Add(ctx context.Context, credential *passkeys.Credential) error {
	return p.db.inTx(ctx, func(ctx context.Context) error {
		s := credential.Snapshot()
		var id int64
		err := p.db.write(ctx, p.db.queries.insertPasskey, insertValues(s)...).Scan(ctx, &id)
		if errors.Is(err, sql.ErrNoRows) {
			return passkeys.ErrAlreadyRegistered
		}
		if err != nil {
			return fmt.Errorf("bunsql: store passkey: %w", err)
		}
		s.ID = passkeys.ID(id)
		if err := p.storeFlags(ctx, s); err != nil {
			return err
		}
		credential.Assign(s.ID)
		return nil
	})
}

func (p *Passkeys) storeFlags(ctx context.Context, s passkeys.Snapshot) error {
	if !s.Flags.Known {
		return nil
	}
	if _, err := p.db.write(ctx, storeFlags, flagValues(s)...).Exec(ctx); err != nil {
		return fmt.Errorf("bunsql: store passkey's flags: %w", err)
	}
	return nil
}

// Update changes the credential, or returns passkeys.ErrNotFound.
func (p *Passkeys) Update(ctx context.Context, id passkeys.ID, change func(*passkeys.Credential) error) error {
	return p.db.inTx(ctx, func(ctx context.Context) error {
		var locked []int64
		if err := p.db.read(ctx, p.db.toChange(ctx, lockPasskey), int64(id)).Scan(ctx, &locked); err != nil {
			return fmt.Errorf("bunsql: lock passkey: %w", err)
		}
		credential, err := p.one(ctx, selectPasskeyBy, int64(id))
		if err != nil {
			return err
		}
		if err := change(credential); err != nil {
			return err
		}
		s := credential.Snapshot()
		s.ID = id
		_, err = p.db.write(ctx, updatePasskey, string(s.Name), djangoCount(s.SignCount), djangoTime{s.LastUsed}, int64(id)).Exec(ctx)
		if err != nil {
			return fmt.Errorf("bunsql: store passkey: %w", err)
		}
		return p.storeFlags(ctx, s)
	})
}

// Remove deletes the credential, or returns passkeys.ErrNotFound.
func (p *Passkeys) Remove(ctx context.Context, id passkeys.ID) error {
	return p.db.inTx(ctx, func(ctx context.Context) error {
		result, err := p.db.write(ctx, deletePasskey, int64(id)).Exec(ctx)
		if err != nil {
			return fmt.Errorf("bunsql: delete passkey: %w", err)
		}
		deleted, err := result.RowsAffected()
		if err != nil {
			return fmt.Errorf("bunsql: delete passkey: %w", err)
		}
		if deleted == 0 {
			return passkeys.ErrNotFound
		}
		if _, err := p.db.write(ctx, deleteFlags, int64(id)).Exec(ctx); err != nil {
			return fmt.Errorf("bunsql: delete passkey's flags: %w", err)
		}
		return nil
	})
}
