package registration

import (
	"errors"

	"latchkey/domain/accounts"
)

// nameAttempts is how many made-up names are tried before giving up.
const nameAttempts = 20

// addUnderMadeUpName has add store an account under the first free name that is made
// from base.
func (s *Service) addUnderMadeUpName(base accounts.Username, add func(accounts.Username) error) error {
	for attempt := range nameAttempts {
		if err := add(s.candidate(base, attempt)); !errors.Is(err, accounts.ErrUsernameTaken) {
			return err
		}
	}
	return accounts.ErrUsernameTaken
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
