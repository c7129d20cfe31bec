package recovery

import (
	"context"
	"errors"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/credentials"
	"latchkey/domain/secret"
	"latchkey/domain/verification"
)

// CheckLink implements UseCases.
func (s *Service) CheckLink(ctx context.Context, uid, token string) error {
	_, err := s.holder(ctx, uid, token)
	return err
}

// ConfirmReset implements UseCases.
func (s *Service) ConfirmReset(ctx context.Context, in ConfirmReset) error {
	account, err := s.holder(ctx, in.UID, in.Token)
	if err != nil {
		return err
	}
	if !in.Password.Equal(in.Repeat) {
		return ErrPasswordsDiffer
	}
	if weak := ports.VetPassword(ctx, s.options.PasswordRules, s.Breaches, in.Password, credentials.SubjectOf(account)); len(weak) > 0 {
		return weak.On(fieldNewPassword)
	}
	// Last of all that can be refused: a code is good once.
	if s.SecondFactor != nil {
		if err := s.SecondFactor.Prove(ctx, account, in.Code); err != nil {
			return err
		}
	}
	hash, err := s.Hasher.Hash(ctx, in.Password)
	if err != nil {
		return err
	}
	return s.Transactor.InTx(ctx, func(ctx context.Context) error {
		return s.reset(ctx, account.ID(), in, hash)
	})
}

// holder returns the account that the link is good for. An inactive one has no
// way back by mail.
func (s *Service) holder(ctx context.Context, uid, token string) (*accounts.Account, error) {
	id, err := s.Tokens.ParseUID(uid)
	if err != nil {
		return nil, err
	}
	account, err := s.Accounts.ByID(ctx, id)
	if errors.Is(err, accounts.ErrNotFound) {
		return nil, verification.ErrUIDInvalid
	}
	if err != nil {
		return nil, err
	}
	return account, s.check(ctx, account, token)
}

// check does the same work for an inactive account: its time must not tell that the
// account was disabled.
func (s *Service) check(ctx context.Context, account *accounts.Account, token string) error {
	state, err := s.state(ctx, account)
	if err != nil {
		return err
	}
	if err := s.Tokens.Check(state, token, s.Clock.Now()); err != nil {
		return err
	}
	if !account.Active() {
		return verification.ErrTokenInvalid
	}
	return nil
}

// reset looks at the token again inside the transaction: of callers who race with
// one token, the first voids it for the others by changing the hash.
func (s *Service) reset(ctx context.Context, id accounts.ID, in ConfirmReset, hash secret.String) error {
	err := s.Accounts.Update(ctx, id, func(account *accounts.Account) error {
		if err := s.check(ctx, account, in.Token); err != nil {
			return err
		}
		account.ChangePassword(hash)
		return nil
	})
	if errors.Is(err, accounts.ErrNotFound) {
		return verification.ErrUIDInvalid
	}
	if err != nil {
		return err
	}
	now := s.Clock.Now()
	if err := s.Evictor.Evict(ctx, id, "", now); err != nil {
		return err
	}
	if err := s.Recogniser.Recognise(ctx, id, in.Network, now); err != nil {
		return err
	}
	return s.Events.Record(ctx, ports.Event{Name: ports.EventPasswordReset, Account: id, At: now})
}
