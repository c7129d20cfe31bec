package authentication

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"latchkey/domain/accounts"
	"latchkey/domain/fault"
	"latchkey/domain/secret"
)

// checkPassword returns the account that the password fits. It does the same
// work for nobody as for somebody.
func (s *Service) checkPassword(ctx context.Context, found []*accounts.Account, in SignIn) (*accounts.Account, error) {
	if len(found) == 0 {
		return nil, s.tryNobody(ctx, in)
	}
	var refusal error
	for _, account := range found {
		err := s.try(ctx, account, in)
		if err == nil {
			return account, nil
		}
		if fault.KindOf(err) == fault.Internal {
			return nil, err
		}
		if refusal == nil || errors.Is(err, ErrCredentialsWrong) {
			refusal = err
		}
	}
	return nil, refusal
}

// try checks the password of one account. Every account that a login may mean has
// a count of its own: were they counted as one, somebody who claims a stranger's
// address could take back the guesses at that stranger by signing in himself.
func (s *Service) try(ctx context.Context, account *accounts.Account, in SignIn) error {
	key := "login:account:" + strconv.FormatInt(int64(account.ID()), 10)
	if err := s.attempt(ctx, key); err != nil {
		return err
	}
	fits, outdated, err := s.Hasher.Verify(ctx, account.PasswordHash(), in.Password)
	if err != nil {
		return err
	}
	if !fits || !account.Active() {
		return ErrCredentialsWrong
	}
	if err := s.forgetAttempts(ctx, key); err != nil {
		return err
	}
	return s.upgrade(ctx, account, in, outdated)
}

// tryNobody does for a name that nobody has what try does for an account.
func (s *Service) tryNobody(ctx context.Context, in SignIn) error {
	for _, name := range s.namesTried(in) {
		if err := s.attempt(ctx, "login:name:"+strings.ToLower(name)); err != nil {
			return err
		}
	}
	if _, _, err := s.Hasher.Verify(ctx, secret.String{}, in.Password); err != nil {
		return err
	}
	return ErrCredentialsWrong
}

// namesTried is what candidates looked for. Whatever else came along is not
// counted by: an answer that came later with another text in a field that does
// not matter would tell that nobody has the name.
func (s *Service) namesTried(in SignIn) []string {
	switch {
	case s.options.Plain:
		return slices.DeleteFunc([]string{in.Email, in.Username}, func(name string) bool { return name == "" })
	case s.options.ByEmail && in.Email != "":
		return []string{in.Email}
	}
	return []string{in.Username}
}

// attempt counts one try, before the password is looked at: of parallel guesses
// no more than the limit allows reach the hash.
func (s *Service) attempt(ctx context.Context, key string) error {
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
