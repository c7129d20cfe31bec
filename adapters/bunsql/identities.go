package bunsql

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/identities"
)

// Identities keeps external logins in socialaccount_socialaccount.
type Identities struct{ db *DB }

var _ ports.Identities = (*Identities)(nil)

// NewIdentities returns the external logins of the database.
func NewIdentities(db *DB) *Identities { return &Identities{db: db} }

// ByKey returns the identity, or identities.ErrNotFound.
func (i *Identities) ByKey(ctx context.Context, key identities.Key) (*identities.Identity, error) {
	return i.one(ctx, i.db.toChange(ctx, selectIdentityAt), key.Provider, key.Subject)
}

// Of returns the account's identities by ascending id.
func (i *Identities) Of(ctx context.Context, account accounts.ID) ([]*identities.Identity, error) {
	var rows []identityRow
	if err := i.db.read(ctx, selectIdentitiesOf, int64(account)).Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("bunsql: read identities: %w", err)
	}
	found := make([]*identities.Identity, len(rows))
	for at, row := range rows {
		found[at] = row.identity()
	}
	return found, nil
}

// one returns the identity that query finds, or identities.ErrNotFound.
func (i *Identities) one(ctx context.Context, query string, args ...any) (*identities.Identity, error) {
	var row identityRow
	err := i.db.read(ctx, query, args...).Scan(ctx, &row)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, identities.ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("bunsql: read identity: %w", err)
	}
	return row.identity(), nil
}

// Add stores a new identity, or returns identities.ErrConnectedElsewhere. The
// unique index decides which of many calls was the first.
func (i *Identities) Add(ctx context.Context, identity *identities.Identity) error {
	return i.db.inTx(ctx, func(ctx context.Context) error {
		row := rowOfIdentity(identity.Snapshot())
		err := i.db.write(ctx, i.db.queries.insertIdentity, row.values()...).Scan(ctx, &row.ID)
		if errors.Is(err, sql.ErrNoRows) {
			return identities.ErrConnectedElsewhere
		}
		if err != nil {
			return fmt.Errorf("bunsql: store identity: %w", err)
		}
		identity.Assign(identities.ID(row.ID))
		return nil
	})
}

// Update changes the identity, or returns identities.ErrNotFound.
func (i *Identities) Update(ctx context.Context, id identities.ID, change func(*identities.Identity) error) error {
	return i.db.inTx(ctx, func(ctx context.Context) error {
		identity, err := i.one(ctx, i.db.toChange(ctx, selectIdentityByID), int64(id))
		if err != nil {
			return err
		}
		if err := change(identity); err != nil {
			return err
		}
		row := rowOfIdentity(identity.Snapshot())
		if _, err := i.db.write(ctx, i.db.queries.updateIdentity, append(row.values(), int64(id))...).Exec(ctx); err != nil {
			return fmt.Errorf("bunsql: store identity: %w", err)
		}
		return nil
	})
}

// Remove deletes the identity and its token, or returns identities.ErrNotFound. The
// token goes first: its row points to the identity's.
func (i *Identities) Remove(ctx context.Context, id identities.ID) error {
	return i.db.inTx(ctx, func(ctx context.Context) error {
		if _, err := i.db.write(ctx, deleteProviderToken, int64(id)).Exec(ctx); err != nil {
			return fmt.Errorf("bunsql: delete provider token: %w", err)
		}
		result, err := i.db.write(ctx, deleteIdentity, int64(id)).Exec(ctx)
		if err != nil {
			return fmt.Errorf("bunsql: delete identity: %w", err)
		}
		deleted, err := result.RowsAffected()
		if err == nil && deleted == 0 {
			return identities.ErrNotFound
		}
		return err
	})
}
