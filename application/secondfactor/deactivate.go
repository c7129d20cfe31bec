package secondfactor

import (
	"context"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/factors"
)

// Deactivate implements UseCases. The code is the proof that it is asked for: that of
// the app, and one that was used at a sign-in is as used here.
func (s *Service) Deactivate(ctx context.Context, account *accounts.Account, code string) error {
	return s.counted(ctx, account, func() error {
		return s.remove(ctx, account.ID(), ports.EventFactorRemoved, ports.MailFactorRemoved, func(f *factors.Factors) error {
			return f.ProveTOTP(code, s.options.Rules, s.Clock.Now())
		})
	})
}

// Reset implements UseCases. Somebody has looked at who asks for it, and not at a code.
func (s *Service) Reset(ctx context.Context, account accounts.ID) error {
	return s.remove(ctx, account, ports.EventFactorReset, ports.MailFactorReset, func(*factors.Factors) error { return nil })
}

// remove switches the factor off if may agrees, and forgets from where it was used: the
// next one begins anew.
func (s *Service) remove(ctx context.Context, account accounts.ID, event, mail string, may func(*factors.Factors) error) error {
	return s.Transactor.InTx(ctx, func(ctx context.Context) error {
		err := s.Factors.Update(ctx, account, func(f *factors.Factors) error {
			if !f.Enabled() {
				return factors.ErrNotEnabled
			}
			if err := may(f); err != nil {
				return err
			}
			f.Deactivate()
			return nil
		})
		if err != nil {
			return err
		}
		if err := s.Devices.Forget(ctx, account); err != nil {
			return err
		}
		return s.tell(ctx, account, event, mail, s.Clock.Now())
	})
}
