package inmemory

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"time"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/passkeys"
)

// Passkeys keeps WebAuthn credentials in a Store.
type Passkeys struct{ store *Store }

var _ ports.Passkeys = (*Passkeys)(nil)

// NewPasskeys returns the store's credentials.
func NewPasskeys(store *Store) *Passkeys { return &Passkeys{store: store} }

// ByCredentialID returns the credential, or passkeys.ErrNotFound.
func (p *Passkeys) ByCredentialID(ctx context.Context, id []byte) (*passkeys.Credential, error) {
	return p.one(ctx, func(row passkeys.Snapshot) bool { return bytes.Equal(row.CredentialID, id) })
}

// Of returns the account's credentials by ascending id.
func (p *Passkeys) Of(ctx context.Context, account accounts.ID) ([]*passkeys.Credential, error) {
	return p.where(ctx, func(row passkeys.Snapshot) bool { return row.Account == account })
}

func (p *Passkeys) one(ctx context.Context, fits func(passkeys.Snapshot) bool) (*passkeys.Credential, error) {
	found, err := p.where(ctx, fits)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, passkeys.ErrNotFound
	}
	return found[0], nil
}

// where returns the credentials that fit, by ascending id.
func (p *Passkeys) where(ctx context.Context, fits func(passkeys.Snapshot) bool) ([]*passkeys.Credential, error) {
	found := []*passkeys.Credential{}
	err := p.store.run(ctx, func(*transaction) error {
		for _, row := range p.store.passkeys.rows {
			if fits(row) {
				found = append(found, passkeys.Restore(passkeys.Restore(row).Snapshot()))
			}
		}
		return nil
	})
	slices.SortFunc(found, func(x, y *passkeys.Credential) int { return cmp.Compare(x.ID(), y.ID()) })
	return found, err
}

// Add stores a new credential, or returns passkeys.ErrAlreadyRegistered.
func (p *Passkeys) Add(ctx context.Context, credential *passkeys.Credential) error {
	return p.store.run(ctx, func(tx *transaction) error {
		row := credential.Snapshot()
		if _, ok := p.store.accounts.rows[row.Account]; !ok {
			return errNoAccount
		}
		for _, other := range p.store.passkeys.rows {
			if bytes.Equal(other.CredentialID, row.CredentialID) {
				return passkeys.ErrAlreadyRegistered
			}
		}
		row.ID = passkeys.ID(p.store.nextID())
		p.store.passkeys.put(tx, row.ID, row)
		credential.Assign(row.ID)
		return nil
	})
}

// Update changes the credential, or returns passkeys.ErrNotFound.
func (p *Passkeys) Update(ctx context.Context, id passkeys.ID, change func(*passkeys.Credential) error) error {
	return p.store.inTx(ctx, func(ctx context.Context) error {
		credential, err := p.one(ctx, func(row passkeys.Snapshot) bool { return row.ID == id })
		if err != nil {
			return err
		}
		if err := change(credential); err != nil {
			return err
		}
		return p.store.run(ctx, func(tx *transaction) error {
			row, changed := p.store.passkeys.rows[id], credential.Snapshot()
			row.Name, row.SignCount, row.Flags, row.LastUsed = changed.Name, changed.SignCount, changed.Flags, changed.LastUsed
			p.store.passkeys.put(tx, id, row)
			return nil
		})
	})
}

// Remove deletes the credential, or returns passkeys.ErrNotFound.
func (p *Passkeys) Remove(ctx context.Context, id passkeys.ID) error {
	return p.store.run(ctx, func(tx *transaction) error {
		if _, ok := p.store.passkeys.rows[id]; !ok {
			return passkeys.ErrNotFound
		}
		p.store.passkeys.drop(tx, id)
		return nil
	})
}

// PasskeyHandles keeps user handles in a Store.
type PasskeyHandles struct{ store *Store }

var _ ports.PasskeyHandles = (*PasskeyHandles)(nil)

// NewPasskeyHandles returns the store's user handles.
func NewPasskeyHandles(store *Store) *PasskeyHandles { return &PasskeyHandles{store: store} }

// Of returns the account's handle, nil when it has none.
func (h *PasskeyHandles) Of(ctx context.Context, account accounts.ID) (handle []byte, err error) {
	err = h.store.run(ctx, func(*transaction) error {
		handle = bytes.Clone(h.store.handles.rows[account])
		return nil
	})
	return handle, err
}

// Issue stores fresh unless the account has a handle already, and returns the one that
// the account then has.
func (h *PasskeyHandles) Issue(ctx context.Context, account accounts.ID, fresh []byte) (handle []byte, err error) {
	err = h.store.run(ctx, func(tx *transaction) error {
		if _, ok := h.store.handles.rows[account]; !ok {
			h.store.handles.put(tx, account, bytes.Clone(fresh))
		}
		handle = bytes.Clone(h.store.handles.rows[account])
		return nil
	})
	return handle, err
}

// PasskeyChallenges keeps challenges in a Store.
type PasskeyChallenges struct{ store *Store }

var _ ports.PasskeyChallenges = (*PasskeyChallenges)(nil)

// NewPasskeyChallenges returns the store's challenges.
func NewPasskeyChallenges(store *Store) *PasskeyChallenges { return &PasskeyChallenges{store: store} }

// Put stores the challenge in place of one with the same key, and forgets those that
// nobody can answer any more.
func (c *PasskeyChallenges) Put(ctx context.Context, challenge passkeys.Challenge, now time.Time) error {
	return c.store.run(ctx, func(tx *transaction) error {
		sweep(tx, c.store.challenges, pruned, func(row passkeys.Challenge) bool { return row.Expires.Before(now) })
		challenge.Bytes = bytes.Clone(challenge.Bytes)
		c.store.challenges.put(tx, challenge.Key, challenge)
		return nil
	})
}

// pruned is how many expired challenges a new one takes away at most.
const pruned = 100

// Take deletes the challenge and returns it, or passkeys.ErrChallengeGone.
func (c *PasskeyChallenges) Take(ctx context.Context, key string, now time.Time) (taken passkeys.Challenge, err error) {
	err = c.store.run(ctx, func(tx *transaction) error {
		taken = c.store.challenges.rows[key]
		c.store.challenges.drop(tx, key)
		return nil
	})
	if err == nil && (taken.Key != key || !taken.Alive(now)) {
		return passkeys.Challenge{}, passkeys.ErrChallengeGone
	}
	return taken, err
}
