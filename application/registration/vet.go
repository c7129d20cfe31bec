package registration

import (
	"context"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/credentials"
	"latchkey/domain/fault"
)

// Vet implements UseCases.
func (s *Service) Vet(ctx context.Context, in Register) (fault.List, error) {
	name, nameRefused := s.nameToAskFor(in)
	email, emailRefused := s.emailToAskFor(in)
	if name != "" || email != "" {
		named, proved, err := s.newcomers().Taken(ctx, name, email)
		if err != nil {
			return nil, err
		}
		if named {
			nameRefused = accounts.ErrUsernameTaken
		}
		if proved {
			emailRefused = accounts.ErrEmailTaken
		}
	}
	refusals := append(fault.Of(nameRefused).On("username"), fault.Of(emailRefused).On("email")...)
	if in.Password != nil {
		// Nobody is known yet whom the password could resemble; Register asks again.
		weak := credentials.Check(s.options.PasswordRules, *in.Password, credentials.Subject{})
		refusals = append(refusals, weak.On("password1")...)
	}
	return refusals, nil
}

func (s *Service) newcomers() ports.Newcomers { return ports.NewcomersOf(s.Accounts, s.Addresses) }

// nameToAskFor returns a name that somebody may have, or what it is refused for whoever has it.
func (s *Service) nameToAskFor(in Register) (accounts.Username, error) {
	if in.Username == nil {
		return "", nil
	}
	name, err := accounts.ParseUsername(*in.Username)
	if err == nil {
		err = s.options.Usernames.Permits(name)
	}
	if err != nil {
		return "", err
	}
	return name, nil
}

// emailToAskFor returns an address only where it may be told that somebody proved it.
func (s *Service) emailToAskFor(in Register) (accounts.Email, error) {
	if in.Email == nil {
		return "", nil
	}
	email, err := accounts.ParseEmail(*in.Email)
	if err != nil || !s.options.UniqueEmail || s.hidesTaken() {
		return "", err
	}
	return email, nil
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
