package federation

import (
	"context"
	"errors"

	"latchkey/domain/accounts"
	"latchkey/domain/identities"
	"latchkey/domain/sessions"
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
		err = s.connect(ctx, account, profile)
		if !errors.Is(err, errMeanwhile) {
			return err
		}
	}
	return err
}

// connect never moves an identity from one account to another: whoever holds a
// proof of it would sign its owner out of an account for good.
func (s *Service) connect(ctx context.Context, account *accounts.Account, profile identities.Profile) error {
	return s.Transactor.InTx(ctx, func(ctx context.Context) error {
		if err := s.stillTheirs(ctx, account); err != nil {
			return err
		}
		now := s.Clock.Now()
		if err := s.burn(ctx, profile.Once, now); err != nil {
			return err
		}
		known, err := s.Links.ByKey(ctx, profile.Key)
		switch {
		case errors.Is(err, identities.ErrNotFound):
			return meanwhile(s.link(ctx, account.ID(), profile, now))
		case err != nil:
			return err
		case known.Account() != account.ID():
			return identities.ErrConnectedElsewhere
		}
		return s.used(ctx, known, profile, now)
	})
}

// stillTheirs looks at the caller's account again, and holds it: while the provider was
// asked it may have been disabled, its password changed, or the account given to the
// owner of its address. A way in that was added all the same would outlive that.
func (s *Service) stillTheirs(ctx context.Context, caller *accounts.Account) error {
	err := s.Accounts.Update(ctx, caller.ID(), func(stored *accounts.Account) error {
		if !stored.Active() || !stored.PasswordHash().Equal(caller.PasswordHash()) {
			return sessions.ErrSessionEnded
		}
		return nil
	})
	if errors.Is(err, accounts.ErrNotFound) {
		return sessions.ErrSessionEnded
	}
	return err
}

// meanwhile has a lost race looked at again: it may have been the same account's.
func meanwhile(err error) error {
	if errors.Is(err, identities.ErrConnectedElsewhere) {
		return errMeanwhile
	}
	return err
}
