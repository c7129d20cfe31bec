package registration

import (
	"context"

	"latchkey/domain/accounts"
	"latchkey/domain/credentials"
	"latchkey/domain/fault"
)

// Vet implements UseCases.
func (s *Service) Vet(ctx context.Context, in Register) (fault.List, error) {
	var refusals fault.List
	if in.Username != nil {
		err := s.vetUsername(ctx, *in.Username)
		if fault.Failed(err) {
			return nil, err
		}
		refusals = append(refusals, fault.Of(err).On("username")...)
	}
	if in.Email != nil {
		err := s.vetEmail(ctx, *in.Email)
		if fault.Failed(err) {
			return nil, err
		}
		refusals = append(refusals, fault.Of(err).On("email")...)
	}
	if in.Password != nil {
		// Nobody is known yet whom the password could resemble; Register asks again.
		weak := credentials.Check(s.options.PasswordRules, *in.Password, credentials.Subject{})
		refusals = append(refusals, weak.On("password1")...)
	}
	return refusals, nil
}

func (s *Service) vetUsername(ctx context.Context, text string) error {
	name, err := accounts.ParseUsername(text)
	if err != nil {
		return err
	}
	if err := s.options.Usernames.Permits(name); err != nil {
		return err
	}
	taken, err := s.Accounts.ByUsername(ctx, name)
	if err == nil && len(taken) > 0 {
		return accounts.ErrUsernameTaken
	}
	return err
}

func (s *Service) vetEmail(ctx context.Context, text string) error {
	email, err := accounts.ParseEmail(text)
	if err != nil || !s.options.UniqueEmail || s.hidesTaken() {
		return err
	}
	taken, err := s.provedBySomebody(ctx, email)
	if err == nil && taken {
		return accounts.ErrEmailTaken
	}
	return err
}

// provedBySomebody ignores unproved claims: or anybody could keep the owner of an
// address from registering by claiming it first.
func (s *Service) provedBySomebody(ctx context.Context, email accounts.Email) (bool, error) {
	rows, err := s.Addresses.ByEmail(ctx, email)
	for _, row := range rows {
		if row.Verified() {
			return true, err
		}
	}
	return false, err
}
