package federation

import (
	"context"
	"slices"
	"time"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/identities"
	"latchkey/domain/verification"
)

// reclaim gives an account to the proved owner of the address that it claims. All
// that somebody else may sign in to it by dies first: password, identities,
// passkeys, sessions and tokens. What was planted in it before its owner came must not stay.
func (s *Service) reclaim(ctx context.Context, d decision, profile identities.Profile, now time.Time) (*accounts.Account, error) {
	id, email := d.account.ID(), profile.Main().Address.Lower()
	account, err := s.retake(ctx, d, profile)
	if err != nil {
		return nil, err
	}
	if err := s.removeAll(ctx, id); err != nil {
		return nil, err
	}
	if err := s.removePasskeys(ctx, id); err != nil {
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

// retake takes the password away, and holds the account from then on. It judges
// again when nobody else can change the account any more: its owner may have proved the address, or
// become somebody who matters, a moment ago.
func (s *Service) retake(ctx context.Context, d decision, profile identities.Profile) (account *accounts.Account, err error) {
	err = s.Accounts.Update(ctx, d.account.ID(), func(stored *accounts.Account) error {
		again, err := s.decide(ctx, profile)
		if err != nil {
			return err
		}
		if !again.same(d) {
			return errMeanwhile
		}
		stored.ChangePassword(accounts.Unusable(s.Random.Text(accounts.UnusableLength, accounts.UnusableAlphabet)))
		stored.MoveTo(profile.Main().Address.Lower())
		account = stored
		return nil
	})
	return account, err
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

func (s *Service) removePasskeys(ctx context.Context, account accounts.ID) error {
	if s.Passkeys == nil {
		return nil
	}
	registered, err := s.Passkeys.Of(ctx, account)
	if err != nil {
		return err
	}
	for _, credential := range registered {
		if err := s.Passkeys.Remove(ctx, credential.ID()); err != nil {
			return err
		}
	}
	return nil
}

// unguarded returns accounts.ErrEmailTaken for an account with a second factor. Who has the
// address may be its owner whom a squatter locks out, or a thief of its mails who would come past
// the factor by having a provider verify the address: a person has to tell them apart.
func (s *Service) unguarded(ctx context.Context, account accounts.ID) error {
	if s.Factors == nil {
		return nil
	}
	found, err := s.Factors.Of(ctx, account)
	if err == nil && found.Enabled() {
		return accounts.ErrEmailTaken
	}
	return err
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
	return verification.Taken(s.Addresses.Update(ctx, address.ID(), func(stored *accounts.Address) error {
		stored.Verify()
		return nil
	}))
}
