package federation

import (
	"context"
	"errors"

	"latchkey/domain/accounts"
	"latchkey/domain/identities"
)

// Connect implements UseCases. Whether the account may come in is asked first:
// what a refusal follows must not have been done.
func (s *Service) Connect(ctx context.Context, account *accounts.Account, in Presented) error {
	if err := s.Gate.MayEnter(ctx, account); err != nil {
		return err
	}
	profile, err := s.vouched(ctx, in)
	if err != nil {
		return err
	}
	for range attempts {
		err = s.connect(ctx, account.ID(), profile)
		if !errors.Is(err, errMeanwhile) {
			return err
		}
	}
	return err
}

// connect never moves an identity from one account to another: whoever holds a
// proof of it would sign its owner out of an account for good.
func (s *Service) connect(ctx context.Context, account accounts.ID, profile identities.Profile) error {
	return s.Transactor.InTx(ctx, func(ctx context.Context) error {
		now := s.Clock.Now()
		if err := s.burn(ctx, profile.Once, now); err != nil {
			return err
		}
		known, err := s.Links.ByKey(ctx, profile.Key)
		switch {
		case errors.Is(err, identities.ErrNotFound):
			return meanwhile(s.link(ctx, account, profile, now))
		case err != nil:
			return err
		case known.Account() != account:
			return identities.ErrConnectedElsewhere
		}
		return s.used(ctx, known, profile, now)
	})
}

// meanwhile has a lost race looked at again: it may have been the same account's.
func meanwhile(err error) error {
	if errors.Is(err, identities.ErrConnectedElsewhere) {
		return errMeanwhile
	}
	return err
}
