package secondfactor

import (
	"context"

	"latchkey/application/ports"
	"latchkey/domain/factors"
)

// RecoveryCodes implements UseCases. Codes that are kept as digests cannot be told again,
// and those that could be are not unless a program beside this one tells them as well: a
// mere token would be enough to read ways past the second factor.
func (s *Service) RecoveryCodes(ctx context.Context, in Confirmed) ([]string, error) {
	found, err := s.Factors.Of(ctx, in.Account.ID())
	if err != nil {
		return nil, err
	}
	if !found.Enabled() || found.Snapshot().Recovery == nil {
		return []string{}, nil
	}
	if !s.options.Readable || !found.Tellable() {
		return nil, ErrCodesShown
	}
	if err := s.Confirm(ctx, in); err != nil {
		return nil, err
	}
	if found, err = s.Factors.Of(ctx, in.Account.ID()); err != nil {
		return nil, err // again: one of the codes may have been the proof
	}
	return found.Unused(s.options.Rules), nil
}

// Regenerate implements UseCases.
func (s *Service) Regenerate(ctx context.Context, in Confirmed) ([]string, error) {
	found, err := s.Factors.Of(ctx, in.Account.ID())
	if err != nil {
		return nil, err
	}
	if !found.Enabled() {
		return nil, factors.ErrNotEnabled
	}
	if err := s.Confirm(ctx, in); err != nil {
		return nil, err
	}
	now := s.Clock.Now()
	recovery, codes := s.newRecovery(now)
	err = s.Transactor.InTx(ctx, func(ctx context.Context) error {
		if err := s.stillCaller(ctx, in.Account); err != nil {
			return err
		}
		err := s.Factors.Update(ctx, in.Account.ID(), func(f *factors.Factors) error {
			if !f.Enabled() {
				return factors.ErrNotEnabled
			}
			f.Renew(recovery)
			return nil
		})
		if err != nil {
			return err
		}
		return s.tell(ctx, in.Account.ID(), ports.EventRecoveryCodesRenewed, ports.MailRecoveryRenewed, now)
	})
	if err != nil {
		return nil, err
	}
	return codes, nil
}
