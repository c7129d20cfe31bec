package registration

import (
	"context"
	"errors"

	"latchkey/domain/accounts"
)

// nameAttempts is how many made-up names are tried before giving up.
const nameAttempts = 20

// addUnderMadeUpName stores the account that named makes under the first free name
// that is made from base.
func (s *Service) addUnderMadeUpName(ctx context.Context, base accounts.Username, named func(accounts.Username) *accounts.Account) (*accounts.Account, error) {
	for attempt := range nameAttempts {
		account := named(s.candidate(base, attempt))
		err := s.Accounts.Add(ctx, account)
		if !errors.Is(err, accounts.ErrUsernameTaken) {
			return account, err
		}
	}
	return nil, accounts.ErrUsernameTaken
}

// candidate is the base itself, then the base with ever more random digits, so
// that taken names cannot be counted up by a stranger.
func (s *Service) candidate(base accounts.Username, attempt int) accounts.Username {
	missing := s.options.Usernames.MinLength - len([]rune(base))
	if attempt == 0 && missing <= 0 && s.options.Usernames.Permits(base) == nil {
		return base
	}
	return base.WithSuffix(s.Random.Text(max(2+attempt, missing), "0123456789"))
}
