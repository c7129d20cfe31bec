package authentication

import (
	"context"
	"strconv"

	"latchkey/domain/accounts"
	"latchkey/domain/secret"
	"latchkey/domain/sessions"
)

// SignIn implements UseCases.
func (s *Service) SignIn(ctx context.Context, in SignIn) (Grant, error) {
	if err := s.complete(in); err != nil {
		return Grant{}, err
	}
	found, err := s.candidates(ctx, in)
	if err != nil {
		return Grant{}, err
	}
	attempts := attemptKey(in, found)
	if err := s.attempt(ctx, attempts); err != nil {
		return Grant{}, err
	}
	account, err := s.checkPassword(ctx, found, in)
	if err != nil {
		return Grant{}, err
	}
	if err := s.forgetAttempts(ctx, attempts); err != nil {
		return Grant{}, err
	}
	return s.Admit(ctx, Admission{Account: account, Backend: s.backend(account, in), SessionKey: in.SessionKey})
}

// complete returns ErrCredentialsMissing in the words of the login methods in use.
func (s *Service) complete(in SignIn) error {
	switch named := in.Username != "" || in.Email != ""; {
	case s.options.Plain && !named:
		return ErrCredentialsWrong
	case s.options.Plain:
		return nil
	case !s.options.ByEmail && in.Username == "":
		return ErrCredentialsMissing
	case !s.options.ByUsername && in.Email == "":
		return ErrCredentialsMissing.Saying(`Must include "email" and "password".`)
	case !named:
		return ErrCredentialsMissing.Saying(`Must include either "username" or "email" and "password".`)
	}
	return nil
}

// attempt counts one try, before the password is looked at: of parallel guesses
// no more than the limit allows reach the hash.
func (s *Service) attempt(ctx context.Context, key string) error {
	if s.options.FailedLogins.Unlimited() {
		return nil
	}
	wait, err := s.Limits.Take(ctx, key, s.options.FailedLogins, s.Clock.Now())
	if err == nil && wait > 0 {
		return ErrTooManyAttempts.After(wait)
	}
	return err
}

func (s *Service) forgetAttempts(ctx context.Context, key string) error {
	if s.options.FailedLogins.Unlimited() {
		return nil
	}
	return s.Limits.Forget(ctx, key)
}

// attemptKey names the account that is guessed at, by whichever of its names; a
// name that nobody has is counted just the same, or the answer would tell that nobody has it.
func attemptKey(in SignIn, found []*accounts.Account) string {
	if len(found) > 0 {
		return "login:account:" + strconv.FormatInt(int64(found[0].ID()), 10)
	}
	return "login:name:" + accounts.Username(in.Username).Folded() + "\x00" + string(accounts.Email(in.Email).Lower())
}

// checkPassword returns the account that the password fits. It does the same
// work for nobody as for somebody.
func (s *Service) checkPassword(ctx context.Context, found []*accounts.Account, in SignIn) (*accounts.Account, error) {
	if len(found) == 0 {
		_, _, err := s.Hasher.Verify(ctx, secret.String{}, in.Password)
		return nil, refusedUnless(err)
	}
	for _, account := range found {
		fits, outdated, err := s.Hasher.Verify(ctx, account.PasswordHash(), in.Password)
		if err != nil {
			return nil, err
		}
		if fits && account.Active() {
			return account, s.upgrade(ctx, account, in, outdated)
		}
	}
	return nil, ErrCredentialsWrong
}

func refusedUnless(err error) error {
	if err != nil {
		return err
	}
	return ErrCredentialsWrong
}

// upgrade replaces a hash of another algorithm or cost, as Django does at login,
// unless the password was changed meanwhile: that must never be undone.
func (s *Service) upgrade(ctx context.Context, account *accounts.Account, in SignIn, outdated bool) error {
	if !outdated {
		return nil
	}
	old := account.PasswordHash()
	hash, err := s.Hasher.Hash(ctx, in.Password)
	if err != nil {
		return err
	}
	return s.Accounts.Update(ctx, account.ID(), func(stored *accounts.Account) error {
		if !stored.PasswordHash().Equal(old) {
			return ErrCredentialsWrong
		}
		stored.ChangePassword(hash)
		account.ChangePassword(hash)
		return nil
	})
}

// backend is what Django would have recorded: its own backend recognises exact
// user names, allauth's the rest.
func (s *Service) backend(account *accounts.Account, in SignIn) string {
	if s.options.Plain || in.Username == string(account.Username()) && (in.Email == "" || !s.options.ByEmail) {
		return sessions.BackendModel
	}
	return sessions.BackendAllauth
}
