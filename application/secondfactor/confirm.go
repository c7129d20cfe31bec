package secondfactor

import (
	"context"
	"time"

	"latchkey/domain/accounts"
	"latchkey/domain/fault"
)

// recently is how long ago an account without a password may have signed in to change
// its factor: it has nothing else to prove anew.
const recently = 10 * time.Minute

// Confirm implements UseCases. A token or session that somebody got hold of must not be
// enough to lock the owner out, or to make a way in for good. Who has a factor proves that
// one: with a password that leaked as well, codes would be a way around it.
func (s *Service) Confirm(ctx context.Context, in Confirmed) error {
	if !s.options.Confirm {
		return nil
	}
	found, err := s.Factors.Of(ctx, in.Account.ID())
	if err != nil {
		return err
	}
	if found.Enabled() {
		return s.confirmByCode(ctx, in)
	}
	if in.Password != nil {
		err := s.Passwords.VetOldPassword(ctx, in.Account, *in.Password)
		if fault.KindOf(err) == fault.Invalid {
			return ErrPasswordWrong
		}
		return err
	}
	signedIn := in.Account.LastLogin()
	if !in.Account.HasPassword() && s.Clock.Now().Sub(signedIn) <= recently {
		return nil
	}
	return ErrProofMissing
}

func (s *Service) confirmByCode(ctx context.Context, in Confirmed) error {
	if in.Code == "" {
		return ErrCodeMissing
	}
	return s.Prove(ctx, in.Account, in.Code)
}

// MayChangeFactors implements passkeys.StepUp: what browsers send when they make a
// passkey has no place for a password, so that a sign-in of just now is what stands for one.
func (s *Service) MayChangeFactors(_ context.Context, account *accounts.Account) error {
	if s.options.Confirm && s.Clock.Now().Sub(account.LastLogin()) > recently {
		return ErrSignInAgain
	}
	return nil
}
