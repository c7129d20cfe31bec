package passkeys

import (
	"cmp"
	"context"
	"slices"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/passkeys"
)

// List implements UseCases.
func (s *Service) List(ctx context.Context, account accounts.ID) ([]passkeys.Snapshot, error) {
	own, err := s.Passkeys.Of(ctx, account)
	if err != nil {
		return nil, err
	}
	snapshots := make([]passkeys.Snapshot, len(own))
	for i, credential := range own {
		snapshots[i] = credential.Snapshot()
	}
	slices.SortStableFunc(snapshots, func(a, b passkeys.Snapshot) int {
		if order := b.Created.Compare(a.Created); order != 0 {
			return order
		}
		return cmp.Compare(b.ID, a.ID)
	})
	return snapshots, nil
}

// ByID implements UseCases.
func (s *Service) ByID(ctx context.Context, account accounts.ID, id passkeys.ID) (passkeys.Snapshot, error) {
	own, err := s.List(ctx, account)
	if err != nil {
		return passkeys.Snapshot{}, err
	}
	at := slices.IndexFunc(own, func(credential passkeys.Snapshot) bool { return credential.ID == id })
	if at < 0 {
		return passkeys.Snapshot{}, passkeys.ErrNotFound // somebody else's, too: that there is one is nobody's business
	}
	return own[at], nil
}

// Rename implements UseCases.
func (s *Service) Rename(ctx context.Context, account accounts.ID, id passkeys.ID, name string) (passkeys.Snapshot, error) {
	parsed, err := passkeys.ParseName(name)
	if err != nil {
		return passkeys.Snapshot{}, err
	}
	var renamed passkeys.Snapshot
	err = s.Passkeys.Update(ctx, id, func(stored *passkeys.Credential) error {
		if stored.Account() != account {
			return passkeys.ErrNotFound
		}
		stored.Rename(parsed)
		renamed = stored.Snapshot()
		return nil
	})
	return renamed, err
}

// Delete implements UseCases. The owner is told: who takes an account over may lock its
// owner out.
func (s *Service) Delete(ctx context.Context, account *accounts.Account, id passkeys.ID) error {
	if err := s.stepUp(ctx, account); err != nil {
		return err
	}
	return s.Transactor.InTx(ctx, func(ctx context.Context) error {
		if _, err := s.ByID(ctx, account.ID(), id); err != nil {
			return err
		}
		if err := s.Passkeys.Remove(ctx, id); err != nil {
			return err
		}
		return s.tell(ctx, topicRemoved, ports.EventPasskeyRemoved, account.ID(), s.Clock.Now())
	})
}
