package selfservice

import (
	"context"
	"errors"
	"strconv"
	"time"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/credentials"
	"latchkey/domain/secret"
	"latchkey/domain/sessions"
)

// VetOldPassword implements UseCases. Wrong ones are counted: whoever got hold of
// a token or a session must not use it to guess the password. A try that found no turn
// at the hasher is none.
func (s *Service) VetOldPassword(ctx context.Context, account *accounts.Account, old credentials.Password) error {
	return s.Hasher.InTurn(ctx, func(ctx context.Context) error { return s.tryOldPassword(ctx, account, old) })
}

func (s *Service) tryOldPassword(ctx context.Context, account *accounts.Account, old credentials.Password) error {
	key := "old_password:" + strconv.FormatInt(int64(account.ID()), 10)
	if !s.options.FailedPasswords.Unlimited() {
		wait, err := s.Limits.Take(ctx, key, s.Clock.Now(), s.options.FailedPasswords)
		if err != nil {
			return err
		}
		if wait > 0 {
			return ErrTooManyAttempts.After(wait)
		}
	}
	fits, _, err := s.Hasher.Verify(ctx, account.PasswordHash(), old)
	if err != nil {
		return err
	}
	if !fits {
		return ErrOldPasswordWrong
	}
	if s.options.FailedPasswords.Unlimited() {
		return nil
	}
	return s.Limits.Forget(ctx, key)
}

// ChangePassword implements UseCases.
func (s *Service) ChangePassword(ctx context.Context, in ChangePassword) (*sessions.WebSession, error) {
	if !in.Password.Equal(in.Repeat) {
		return nil, ErrPasswordsDiffer
	}
	if weak := ports.VetPassword(ctx, s.options.PasswordRules, s.Breaches, in.Password, credentials.SubjectOf(in.Caller.Account)); len(weak) > 0 {
		return nil, weak.On(fieldNewPassword)
	}
	hash, err := s.Hasher.Hash(ctx, in.Password)
	if err != nil {
		return nil, err
	}
	now := s.Clock.Now()
	var session *sessions.WebSession
	err = s.Transactor.InTx(ctx, func(ctx context.Context) error {
		if err := s.replaceHash(ctx, in.Caller.Account, hash); err != nil {
			return err
		}
		if err := s.Evictor.Evict(ctx, in.Caller.ID(), in.Caller.Family, now); err != nil {
			return err
		}
		if session, err = s.moveSession(ctx, in.Caller.Session, hash, now); err != nil {
			return err
		}
		return s.Events.Record(ctx, ports.Event{Name: ports.EventPasswordChanged, Account: in.Caller.ID(), At: now})
	})
	if err != nil {
		return nil, err // what was saved under the new key is gone
	}
	return session, nil
}

// replaceHash changes the password that the caller was recognised under. If it was
// reset meanwhile, the caller may be the very intruder whom the reset was to throw out.
func (s *Service) replaceHash(ctx context.Context, caller *accounts.Account, hash secret.String) error {
	err := s.Accounts.Update(ctx, caller.ID(), func(account *accounts.Account) error {
		if !account.Active() || !account.PasswordHash().Equal(caller.PasswordHash()) {
			return sessions.ErrSessionEnded
		}
		account.ChangePassword(hash)
		return nil
	})
	if errors.Is(err, accounts.ErrNotFound) {
		return sessions.ErrSessionEnded
	}
	return err
}

// moveSession ends the session, or takes it over to a new key and the new
// password: a copy of the old cookie is worth nothing afterwards.
func (s *Service) moveSession(ctx context.Context, old *sessions.WebSession, hash secret.String, now time.Time) (*sessions.WebSession, error) {
	if old == nil {
		return nil, nil
	}
	if err := s.Sessions.Delete(ctx, old.Key); err != nil || s.options.EndSession {
		return nil, err
	}
	moved := *old
	moved.Key = secret.New(s.Random.Text(sessions.KeyLength, sessions.KeyAlphabet))
	moved.Fingerprint = s.Seals.Fingerprint(hash)
	moved.Expires = now.Add(s.options.SessionAge)
	return &moved, s.Sessions.Save(ctx, &moved, now)
}
