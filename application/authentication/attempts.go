package authentication

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strconv"
	"strings"

	"latchkey/domain/accounts"
	"latchkey/domain/secret"
)

// checkPassword returns the account that the password fits. It does the same
// work for nobody as for somebody.
//
// Tries are counted in two ways. By the names that were submitted, whether anybody has
// them or not: only this count is ever told, so that it tells nothing of accounts.
// And by account, so that somebody with several names cannot be guessed at through
// each of them: a try beyond that count is refused as a wrong password is.
func (s *Service) checkPassword(ctx context.Context, found []*accounts.Account, in SignIn) (*accounts.Account, error) {
	names := nameKeys(s.namesTried(in))
	for _, key := range names {
		if err := s.attempt(ctx, key); err != nil {
			return nil, err
		}
	}
	if len(found) == 0 {
		_, err := s.try(ctx, names[0]+":nobody", secret.String{}, in)
		return nil, err
	}
	for _, account := range found {
		err := s.tryAccount(ctx, account, names, in)
		if err == nil || !errors.Is(err, ErrCredentialsWrong) {
			return account, err
		}
	}
	return nil, ErrCredentialsWrong
}

func (s *Service) tryAccount(ctx context.Context, account *accounts.Account, names []string, in SignIn) error {
	outdated, err := s.try(ctx, accountKey(account), account.PasswordHash(), in)
	if err != nil {
		return err
	}
	if !account.Active() {
		return ErrCredentialsWrong
	}
	for _, key := range append(names, accountKey(account)) {
		if err := s.forgetAttempts(ctx, key); err != nil {
			return err
		}
	}
	return s.upgrade(ctx, account, in, outdated)
}

// try checks the password against a hash. A try beyond the count under key costs
// as much and fits nothing.
func (s *Service) try(ctx context.Context, key string, hash secret.String, in SignIn) (outdated bool, err error) {
	err = s.attempt(ctx, key)
	if errors.Is(err, ErrTooManyAttempts) {
		hash = secret.String{}
	} else if err != nil {
		return false, err
	}
	fits, outdated, err := s.Hasher.Verify(ctx, hash, in.Password)
	if err == nil && !fits {
		err = ErrCredentialsWrong
	}
	return outdated, err
}

// accountKey counts tries at one password of an account: a new password is not locked by
// guesses at the old one. It tells nothing of the hash, of which it has a digest.
func accountKey(account *accounts.Account) string {
	sum := sha256.Sum256([]byte(account.PasswordHash().Reveal()))
	return "login:account:" + strconv.FormatInt(int64(account.ID()), 10) + ":" + hex.EncodeToString(sum[:])
}

func nameKeys(names []string) []string {
	keys := make([]string, len(names))
	for i, name := range names {
		keys[i] = "login:name:" + strings.ToLower(name)
	}
	return keys
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
