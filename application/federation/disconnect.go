package federation

import (
	"context"
	"slices"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/identities"
)

// Identities implements UseCases.
func (s *Service) Identities(ctx context.Context, account accounts.ID) ([]identities.Snapshot, error) {
	linked, err := s.Links.Of(ctx, account)
	if err != nil {
		return nil, err
	}
	snapshots := make([]identities.Snapshot, len(linked))
	for i, identity := range linked {
		snapshots[i] = identity.Snapshot()
	}
	return snapshots, nil
}

// Disconnect implements UseCases. The account is held meanwhile: of two identities
// that are removed at the same moment one stays, if it is the last way in.
func (s *Service) Disconnect(ctx context.Context, account accounts.ID, id identities.ID) error {
	return s.Transactor.InTx(ctx, func(ctx context.Context) error {
		return s.Accounts.Update(ctx, account, func(owner *accounts.Account) error {
			return s.disconnect(ctx, owner, id)
		})
	})
}

func (s *Service) disconnect(ctx context.Context, owner *accounts.Account, id identities.ID) error {
	linked, err := s.Links.Of(ctx, owner.ID())
	if err != nil {
		return err
	}
	others := slices.DeleteFunc(slices.Clone(linked), func(i *identities.Identity) bool { return i.ID() == id })
	if len(others) == len(linked) {
		return identities.ErrNotFound // somebody else's, too: that there is one is nobody's business
	}
	if err := identities.MayDisconnect(owner, others, s.Providers.Configured); err != nil {
		return err
	}
	if err := s.Links.Remove(ctx, id); err != nil {
		return err
	}
	return s.Events.Record(ctx, ports.Event{Name: ports.EventIdentityDisconnected, Account: owner.ID(), At: s.Clock.Now()})
}
