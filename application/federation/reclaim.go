package federation

import (
	"context"
	"errors"
	"slices"
	"time"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/verification"
)

// reclaim gives an account to the proved owner of the address that it claims. All
// that somebody else may sign in to it by dies first: password, identities,
// sessions and tokens. What was planted in it before its owner came must not stay.
func (s *Service) reclaim(ctx context.Context, id accounts.ID, email accounts.Email, now time.Time) (*accounts.Account, error) {
	var account *accounts.Account
	err := s.Accounts.Update(ctx, id, func(stored *accounts.Account) error {
		stored.ChangePassword(accounts.Unusable(s.Random.Text(accounts.UnusableLength, accounts.UnusableAlphabet)))
		account = stored
		return nil
	})
	if err != nil {
		return nil, err
	}
	if err := s.removeAll(ctx, id); err != nil {
		return nil, err
	}
	if err := s.Gate.Expel(ctx, id, now); err != nil {
		return nil, err
	}
	if err := s.prove(ctx, id, email); err != nil {
		return nil, err
	}
	return account, s.Events.Record(ctx, ports.Event{Name: ports.EventReclaimed, Account: id, At: now})
}

func (s *Service) removeAll(ctx context.Context, account accounts.ID) error {
	linked, err := s.Links.Of(ctx, account)
	if err != nil {
		return err
	}
	for _, identity := range linked {
		if err := s.Links.Remove(ctx, identity.ID()); err != nil {
			return err
		}
	}
	return nil
}

// prove marks the account's address as proved: the provider made sure of it.
func (s *Service) prove(ctx context.Context, account accounts.ID, email accounts.Email) error {
	rows, err := s.Addresses.Of(ctx, account)
	if err != nil {
		return err
	}
	address := accounts.NewAddress(account, email, !slices.ContainsFunc(rows, (*accounts.Address).Primary))
	if err := s.Addresses.Add(ctx, address); err != nil {
		return err
	}
	err = s.Addresses.Update(ctx, address.ID(), func(stored *accounts.Address) error {
		stored.Verify()
		return nil
	})
	if errors.Is(err, verification.ErrVerifiedElsewhere) {
		return accounts.ErrEmailTaken
	}
	return err
}
