package secondfactor

import (
	"context"
	"time"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/factors"
	"latchkey/domain/secret"
	"latchkey/domain/sessions"
	"latchkey/domain/verification"
)

// Status implements UseCases.
func (s *Service) Status(ctx context.Context, account accounts.ID) (Status, error) {
	found, err := s.Factors.Of(ctx, account)
	if err != nil {
		return Status{}, err
	}
	return Status{Enabled: found.Enabled(), Created: found.Created(), LastUsed: found.LastUsed()}, nil
}

// Begin implements UseCases. One secret of an account waits at a time: who got to see
// an older one cannot have it activated.
func (s *Service) Begin(ctx context.Context, account *accounts.Account) (Begun, error) {
	found, err := s.Factors.Of(ctx, account.ID())
	if err != nil {
		return Begun{}, err
	}
	if found.Enabled() {
		return Begun{}, factors.ErrEnabled
	}
	now := s.Clock.Now()
	shared := secret.New(s.Random.Text(factors.SecretLength, factors.SecretAlphabet))
	begun := Begun{Secret: shared, URL: s.options.Rules.URL(s.options.Issuer, account, shared)}
	if begun.QRCode, err = s.QRCodes.Draw(begun.URL); err != nil {
		return Begun{}, err
	}
	begun.Token = s.Seals.Seal(factors.Activation{Account: account.ID(), Secret: shared, Made: now})
	return begun, s.Pending.Put(ctx, factors.Pending{
		Digest: factors.Digest(begun.Token), Account: account.ID(), Purpose: factors.PurposeActivation,
		Standing: found.Standing(account), Expires: now.Add(s.options.Life),
	}, 1)
}

// Activate implements UseCases.
func (s *Service) Activate(ctx context.Context, in Activate) ([]string, error) {
	now := s.Clock.Now()
	activation, err := s.opened(in, now)
	if err != nil {
		return nil, err
	}
	if err := s.Confirm(ctx, in.Confirmed); err != nil {
		return nil, err
	}
	recovery, codes := s.newRecovery(now)
	err = s.Transactor.InTx(ctx, func(ctx context.Context) error {
		if err := s.stillCaller(ctx, in.Account); err != nil {
			return err
		}
		err := s.Factors.Update(ctx, in.Account.ID(), func(f *factors.Factors) error {
			return s.activate(ctx, f, in, activation, recovery, now)
		})
		if err != nil {
			return err
		}
		if _, err := s.Devices.See(ctx, in.Account.ID(), in.Device, now); err != nil {
			return err
		}
		return s.tell(ctx, in.Account.ID(), ports.EventFactorAdded, ports.MailFactorAdded, now)
	})
	if err != nil {
		return nil, err
	}
	return codes, nil
}

// opened judges the token: it is ours, in its time, and the caller's.
func (s *Service) opened(in Activate, now time.Time) (factors.Activation, error) {
	activation, err := s.Seals.Open(in.Token)
	if err == nil && verification.Expired(activation.Made, now, s.options.Life) {
		err = factors.ErrActivationTokenInvalid
	}
	if err == nil && activation.Account != in.Account.ID() {
		err = factors.ErrActivationTokenForeign
	}
	return activation, err
}

// activate looks at the code before it uses the token up: a slip of the finger must not
// make somebody scan again. A used token would put the same secret, leaked since
// perhaps, back after it was given up.
func (s *Service) activate(ctx context.Context, f *factors.Factors, in Activate, activation factors.Activation, recovery *factors.Recovery, now time.Time) error {
	if f.Enabled() {
		return factors.ErrEnabled
	}
	standing := f.Standing(in.Account)
	if err := f.Activate(activation.Secret, in.Code, recovery, s.options.Rules, now); err != nil {
		return err
	}
	digest := factors.Digest(in.Token)
	waiting, err := s.Pending.ByDigest(ctx, digest, now)
	if err == nil && waiting.Purpose == factors.PurposeActivation && waiting.Standing == standing {
		err = s.Pending.Take(ctx, digest, now)
	} else if err == nil {
		err = factors.ErrTokenInvalid
	}
	if isTokenInvalid(err) {
		return factors.ErrActivationTokenInvalid
	}
	return err
}

// stillCaller looks at the account again: whoever was thrown out by a new password
// meanwhile must not lock its owner out with a factor of theirs, nor leave with codes.
func (s *Service) stillCaller(ctx context.Context, caller *accounts.Account) error {
	return s.Accounts.Update(ctx, caller.ID(), func(account *accounts.Account) error {
		if !account.Active() || !account.PasswordHash().Equal(caller.PasswordHash()) {
			return sessions.ErrSessionEnded
		}
		return nil
	})
}

// newRecovery makes recovery codes in the form that the settings ask for.
func (s *Service) newRecovery(now time.Time) (*factors.Recovery, []string) {
	rules := s.options.Rules
	if s.options.Readable {
		seeded := factors.SeededRecovery(secret.New(s.Random.Text(factors.SeedLength, factors.RecoveryAlphabet)), now)
		return seeded, seeded.Unused(rules)
	}
	codes := make([]string, rules.Codes)
	for i := range codes {
		codes[i] = s.Random.Text(factors.CodeLength, factors.RecoveryAlphabet)
	}
	return factors.NewRecovery(s.Random.Text(factors.SaltLength, factors.RecoveryAlphabet), codes, now)
}
