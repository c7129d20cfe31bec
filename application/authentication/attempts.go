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
	"latchkey/domain/credentials"
	"latchkey/domain/secret"
)

// countNames counts a try by the names that were submitted, before anything is looked up.
func (s *Service) countNames(ctx context.Context, in SignIn) error {
	tried := s.namesTried(in)
	for _, name := range tried {
		err := s.attempt(ctx, nameKey(name, in.Network), s.options.FailedLogins)
		if errors.Is(err, ErrTooManyAttempts) {
			if unheard := s.alarm(ctx, tried); unheard != nil {
				return unheard
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// checkPassword returns the account that the password fits. It does the same
// work for nobody as for somebody.
//
// Tries are counted in two ways. By the names (countNames) that were submitted and the network that
// they come from, whether anybody has them or not: only this count is ever told, so that
// it tells nothing of accounts. And by account, so that somebody with several names or
// many addresses cannot guess through each of them: a try beyond that count is refused as
// a wrong password is. See known.go for how its owner gets in all the same.
func (s *Service) checkPassword(ctx context.Context, found []*accounts.Account, in SignIn) (*accounts.Account, error) {
	if len(found) == 0 {
		nobody := &count{key: "login:nobody:" + strings.ToLower(s.namesTried(in)[0])}
		_, err := s.try(ctx, nobody, secret.String{}, in)
		return nil, err
	}
	for _, account := range found {
		err := s.tryAccount(ctx, account, in)
		if err == nil || !errors.Is(err, ErrCredentialsWrong) {
			return account, err
		}
	}
	return nil, ErrCredentialsWrong
}

// tryAccount forgets what a success shows to have been its owner's slips, and nothing
// else: a success at a network that is known does not clear the count of strangers.
func (s *Service) tryAccount(ctx context.Context, account *accounts.Account, in SignIn) error {
	counted := &count{account: account.ID(), key: accountKey(account)}
	outdated, err := s.try(ctx, counted, account.PasswordHash(), in)
	if err != nil {
		return err
	}
	if !account.Active() {
		return ErrCredentialsWrong
	}
	if err := s.forgetSlips(ctx, counted, in); err != nil {
		return err
	}
	return s.upgrade(ctx, account, in, outdated)
}

func (s *Service) forgetSlips(ctx context.Context, counted *count, in SignIn) error {
	if s.accountLimits().Unlimited() {
		return nil // nothing is counted
	}
	keys := []string{counted.key}
	for _, name := range s.namesTried(in) {
		keys = append(keys, nameKey(name, in.Network))
	}
	return s.Limits.Forget(ctx, keys...)
}

// count is what a try at an account is counted under; of nobody's account the id is 0.
type count struct {
	account accounts.ID
	key     string
}

// try checks the password against a hash. A try beyond the count costs as much and
// fits nothing.
func (s *Service) try(ctx context.Context, counted *count, hash secret.String, in SignIn) (outdated bool, err error) {
	err = s.attemptAccount(ctx, counted, in.Network)
	if errors.Is(err, ErrTooManyAttempts) {
		hash = secret.String{}
		err = s.alarm(ctx, s.namesTried(in))
	}
	if err != nil {
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

// nameKey counts tries at a name from one network: a stranger elsewhere cannot make the
// service refuse the name to everybody.
func nameKey(name, network string) string {
	return "login:name:" + network + ":" + strings.ToLower(name)
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
// no more than the limits allow reach the hash.
func (s *Service) attempt(ctx context.Context, key string, limits ...credentials.Limit) error {
	wait, err := s.Limits.Take(ctx, key, s.Clock.Now(), limits...)
	if err == nil && wait > 0 {
		return ErrTooManyAttempts.After(wait)
	}
	return err
}

func (s *Service) accountLimits() credentials.Limits {
	return append(credentials.Limits{s.options.FailedLogins}, s.options.Locks...)
}
