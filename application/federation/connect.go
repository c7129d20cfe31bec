package federation

import (
	"context"
	"errors"
	"time"

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

// connect never moves an identity from an account that somebody uses to another: whoever holds a
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
			return s.takeOver(ctx, account, known, profile, now)
		}
		return s.used(ctx, known, profile, now)
	})
}

// takeOver moves an identity from an account that nobody could ever come in to, where
// identities get such accounts so as not to tell that an address is taken. Its holder
// would otherwise be locked out of connecting it; and a stranger who holds an account and an
// identity could ask by connecting what the sign-in did not tell.
func (s *Service) takeOver(ctx context.Context, to *accounts.Account, known *identities.Identity, profile identities.Profile, now time.Time) error {
	if !s.options.Linking.HideTaken {
		return identities.ErrConnectedElsewhere
	}
	err := s.Accounts.Update(ctx, known.Account(), func(stored *accounts.Account) error {
		rows, err := s.Addresses.Of(ctx, stored.ID())
		if err != nil {
			return err
		}
		if !(identities.Claimant{Account: stored, Addresses: rows}).Vacant() {
			return identities.ErrConnectedElsewhere
		}
		return s.Links.Remove(ctx, known.ID())
	})
	switch {
	case errors.Is(err, accounts.ErrNotFound):
		return identities.ErrConnectedElsewhere // a row that its account's deletion left behind
	case errors.Is(err, identities.ErrNotFound):
		return errMeanwhile // connected a moment ago
	case err != nil:
		return err
	}
	return meanwhile(s.link(ctx, to.ID(), profile, now))
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
