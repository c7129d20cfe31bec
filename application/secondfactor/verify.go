package secondfactor

import (
	"context"
	"errors"
	"fmt"
	"time"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/credentials"
	"latchkey/domain/factors"
)

// Verify implements UseCases. The token is judged before the code, and what it stands
// on before that is used up.
func (s *Service) Verify(ctx context.Context, in Verify) (Proved, error) {
	now := s.Clock.Now()
	digest := factors.Digest(in.Token)
	waiting, err := s.Pending.ByDigest(ctx, digest, now)
	if err == nil && waiting.Purpose != factors.PurposeSignIn {
		err = factors.ErrTokenInvalid
	}
	if err != nil {
		return Proved{}, err
	}
	account, err := s.waitingFor(ctx, waiting)
	if err != nil {
		return Proved{}, err
	}
	err = s.counted(ctx, account, func() error { return s.finish(ctx, account, waiting, in, now) })
	if errors.Is(err, factors.ErrCodeInvalid) {
		if err := s.Pending.Fail(ctx, digest, factors.MaxFailed); err != nil {
			return Proved{}, err
		}
	}
	if err != nil {
		return Proved{}, err
	}
	return Proved{Account: account, Backend: waiting.Backend}, nil
}

// waitingFor returns the account that waits, if what was true at the first proof still is.
func (s *Service) waitingFor(ctx context.Context, waiting factors.Pending) (*accounts.Account, error) {
	account, err := s.Accounts.ByID(ctx, waiting.Account)
	if errors.Is(err, accounts.ErrNotFound) {
		return nil, factors.ErrTokenInvalid
	}
	if err != nil {
		return nil, err
	}
	if !account.Active() {
		return nil, ErrDisabled
	}
	found, err := s.Factors.Of(ctx, account.ID())
	if err != nil {
		return nil, err
	}
	// Another password, or another factor: the first proof was of what is no more.
	if !found.Enabled() || found.Standing(account) != waiting.Standing {
		return nil, factors.ErrTokenInvalid
	}
	return account, s.Gate.MayEnter(ctx, account)
}

// finish uses the code and the token up, both or none. The factor's lock comes first, as
// everywhere: of many calls with one code, or one token, one succeeds.
func (s *Service) finish(ctx context.Context, account *accounts.Account, waiting factors.Pending, in Verify, now time.Time) error {
	return s.Transactor.InTx(ctx, func(ctx context.Context) error {
		err := s.Factors.Update(ctx, account.ID(), func(f *factors.Factors) error {
			if f.Standing(account) != waiting.Standing {
				return factors.ErrTokenInvalid
			}
			return f.Prove(in.Code, s.options.Rules, now)
		})
		if errors.Is(err, accounts.ErrNotFound) {
			return factors.ErrTokenInvalid
		}
		if err != nil {
			return err
		}
		if err := s.Pending.Take(ctx, waiting.Digest, now); err != nil {
			return err
		}
		known, err := s.Devices.See(ctx, account.ID(), in.Device, now)
		if err != nil || known {
			return err
		}
		return s.mail(ctx, account.ID(), ports.MailFactorNewDevice, now)
	})
}

// counted calls prove unless too many wrong codes were tried. A try is counted before
// the code is looked at: of parallel guesses no more than the limit allows are compared.
// It is counted for the account, however many tokens somebody gets with the password. The key has the
// password and the factor in it: with a new one its owner gets in at once. A thief of a session or of
// mails makes new passwords as well, so that all tries for the factor are counted beside it.
func (s *Service) counted(ctx context.Context, account *accounts.Account, prove func() error) error {
	if s.options.FailedCodes.Unlimited() {
		return prove()
	}
	found, err := s.Factors.Of(ctx, account.ID())
	if err != nil {
		return err
	}
	now, standing := s.Clock.Now(), "mfa:"+found.Standing(account)
	all := fmt.Sprintf("mfa:%d:%d", account.ID(), found.Created().UnixMicro())
	wait, err := s.Limits.Take(ctx, standing, now, s.options.FailedCodes)
	if err == nil && wait == 0 {
		wait, err = s.Limits.Take(ctx, all, now, s.options.allFailedCodes())
	}
	if err != nil {
		return err
	}
	if wait > 0 {
		return ErrTooManyCodes.After(wait)
	}
	err = prove()
	if errors.Is(err, factors.ErrCodeInvalid) {
		if err := s.alarm(ctx, account.ID(), standing); err != nil {
			return err
		}
	}
	if err != nil {
		return err
	}
	// Of all tries only this one is forgotten: its owner's sign-ins must not buy a thief more.
	if err := s.Limits.GiveBack(ctx, all); err != nil {
		return err
	}
	return s.Limits.Forget(ctx, standing)
}

// allFailedCodes limits wrong codes for one factor whatever the password is. It allows more
// than can be tried with one: who knows an old password locks nobody out of the new one.
func (o Options) allFailedCodes() credentials.Limit {
	return credentials.Limit{Count: 30 * o.FailedCodes.Count, Per: 24 * o.FailedCodes.Per}
}

// Prove implements UseCases.
func (s *Service) Prove(ctx context.Context, account *accounts.Account, code string) error {
	found, err := s.Factors.Of(ctx, account.ID())
	if err != nil || !found.Enabled() {
		return err
	}
	return s.counted(ctx, account, func() error {
		return s.Factors.Update(ctx, account.ID(), func(f *factors.Factors) error {
			return f.Prove(code, s.options.Rules, s.Clock.Now())
		})
	})
}

func isTokenInvalid(err error) bool { return errors.Is(err, factors.ErrTokenInvalid) }
