package inmemory

import (
	"context"
	"errors"

	"latchkey/application/ports"
	"latchkey/domain/identities"
)

// ProviderTokens keeps the tokens for providers' APIs in a Store. They are not
// encrypted: they never leave the memory, where the key would lie beside them.
type ProviderTokens struct{ store *Store }

var _ ports.ProviderTokens = (*ProviderTokens)(nil)

// NewProviderTokens returns the store's tokens for providers' APIs.
func NewProviderTokens(store *Store) *ProviderTokens { return &ProviderTokens{store: store} }

var errNoIdentity = errors.New("inmemory: no such identity")

// Keep stores the token in place of the one that the identity had.
func (p *ProviderTokens) Keep(ctx context.Context, identity identities.ID, token identities.Token) error {
	return p.store.run(ctx, func(tx *transaction) error {
		if _, ok := p.store.logins.rows[identity]; !ok {
			return errNoIdentity
		}
		p.store.provided.put(tx, identity, token)
		return nil
	})
}

// Of returns the identity's token, or identities.ErrNotFound.
func (p *ProviderTokens) Of(ctx context.Context, identity identities.ID) (token identities.Token, err error) {
	err = p.store.run(ctx, func(*transaction) error {
		kept, ok := p.store.provided.rows[identity]
		if !ok {
			return identities.ErrNotFound
		}
		token = kept
		return nil
	})
	return token, err
}
