package authentication

import (
	"context"
	"errors"

	"latchkey/domain/accounts"
	"latchkey/domain/sessions"
)

// SignIn implements UseCases.
func (s *Service) SignIn(ctx context.Context, in SignIn) (Grant, error) {
	if err := s.complete(in); err != nil {
		return Grant{}, err
	}
	account, err := s.proved(ctx, in)
	if err != nil {
		return Grant{}, err
	}
	return s.Admit(ctx, Admission{Account: account, Backend: s.backend(account, in), SessionKey: in.SessionKey, Network: in.Network})
}

// proved returns the account that the password fits. It waits for the hasher before it looks
// at anything: who is sent away because too many wait has had no try counted, has learnt
// nothing of any account, and has cost no query.
func (s *Service) proved(ctx context.Context, in SignIn) (account *accounts.Account, err error) {
	err = s.Hasher.InTurn(ctx, func(ctx context.Context) error {
		if err := s.countNames(ctx, in); err != nil {
			return err
		}
		found, err := s.candidates(ctx, in)
		if err != nil {
			return err
		}
		account, err = s.checkPassword(ctx, found, in)
		return err
	})
	return account, err
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
	err = s.Accounts.Update(ctx, account.ID(), func(stored *accounts.Account) error {
		if !stored.PasswordHash().Equal(old) {
			return ErrCredentialsWrong
		}
		stored.ChangePassword(hash)
		return nil
	})
	if err == nil {
		account.ChangePassword(hash)
	}
	return wrongIfGone(err)
}

// wrongIfGone answers for an account that was deleted since it was found.
func wrongIfGone(err error) error {
	if errors.Is(err, accounts.ErrNotFound) {
		return ErrCredentialsWrong
	}
	return err
}

// backend is what Django would have recorded: its own backend recognises exact
// user names, allauth's the rest.
func (s *Service) backend(account *accounts.Account, in SignIn) string {
	if s.options.Plain || in.Username == string(account.Username()) && (in.Email == "" || !s.options.ByEmail) {
		return sessions.BackendModel
	}
	return sessions.BackendAllauth
}
