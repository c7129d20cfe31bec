package authentication

import (
	"context"
	"errors"

	"latchkey/domain/accounts"
)

// Admit implements UseCases. It is the one gate: proof, account, address, policies,
// second factor, and only then a session or tokens. Every way in comes through here.
func (s *Service) Admit(ctx context.Context, in Admission) (Grant, error) {
	if err := s.MayEnter(ctx, in.Account); err != nil {
		return Grant{}, err
	}
	standing, err := s.factorToProve(ctx, in)
	if err != nil || standing != "" {
		return s.suspend(ctx, in, standing, err)
	}
	claims, err := s.claimsOf(ctx, in.Account)
	if err != nil {
		return Grant{}, err
	}
	strange, err := s.strange(ctx, in.Account.ID(), in.Network, s.Clock.Now())
	if err != nil {
		return Grant{}, err
	}
	var grant Grant
	err = s.asOne(ctx, in, strange, func(ctx context.Context) error {
		var err error
		if grant, err = s.establish(ctx, in, claims, strange); err != nil {
			return err
		}
		// Once more, now that the account is locked: a factor that was set up meanwhile counts.
		standing, err = s.factorToProve(ctx, in)
		if err == nil && standing != "" {
			return errFactorAppeared
		}
		return err
	})
	if errors.Is(err, errFactorAppeared) {
		return s.suspend(ctx, in, standing, nil)
	}
	if err != nil {
		return Grant{}, err // what was to be granted was taken back
	}
	return grant, nil
}

// MayEnter asks everything that stands between a proved owner and a session: it
// returns what Admit would refuse the account with.
func (s *Service) MayEnter(ctx context.Context, account *accounts.Account) error {
	if !account.Active() {
		return ErrCredentialsWrong
	}
	if err := s.addressVerified(ctx, account); err != nil {
		return err
	}
	return s.policiesAgree(ctx, account)
}

// MayReclaim asks everything but whether the address is proved: who reclaims the
// account has proved it, and that is written down afterwards.
func (s *Service) MayReclaim(ctx context.Context, account *accounts.Account) error {
	if !account.Active() {
		return ErrCredentialsWrong
	}
	return s.policiesAgree(ctx, account)
}

func (s *Service) policiesAgree(ctx context.Context, account *accounts.Account) error {
	for _, policy := range s.MaySignIn {
		if err := policy.MaySignIn(ctx, account); err != nil {
			return err
		}
	}
	return nil
}

// addressVerified compares exactly, as upstream does: the account's own address
// must be one that was proved.
func (s *Service) addressVerified(ctx context.Context, account *accounts.Account) error {
	if !s.options.MandatoryVerification {
		return nil
	}
	rows, err := s.Addresses.Of(ctx, account.ID())
	if err != nil {
		return err
	}
	for _, row := range rows {
		if row.Verified() && row.Email() == account.Email() {
			return nil
		}
	}
	return ErrEmailNotVerified
}
