package selfservice

import (
	"context"
	"errors"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
)

// Profile implements UseCases.
func (s *Service) Profile(ctx context.Context, account *accounts.Account) (Profile, error) {
	profile := Profile{Account: account.Snapshot()}
	for _, contributor := range s.Contributors {
		fields, err := contributor.Fields(ctx, account)
		if err != nil {
			return Profile{}, err
		}
		profile.add(fields)
	}
	return profile, nil
}

// add keeps what is there: contributors come in the order of their names and
// cannot replace each other's fields.
func (p *Profile) add(fields map[string]any) {
	if p.Extra == nil {
		p.Extra = make(map[string]any, len(fields))
	}
	for name, value := range fields {
		if _, taken := p.Extra[name]; !taken {
			p.Extra[name] = value
		}
	}
}

// VetUsername implements UseCases.
func (s *Service) VetUsername(ctx context.Context, account accounts.ID, name string) error {
	if err := s.options.Usernames.Permits(accounts.Username(name)); err != nil {
		return accounts.ErrUsernameBlacklisted.On("username")
	}
	found, err := s.Accounts.ByUsername(ctx, accounts.Username(name))
	if err != nil {
		return err
	}
	for _, other := range found {
		if other.ID() != account || other.Username() != accounts.Username(name) {
			return accounts.ErrUsernameTaken.On("username")
		}
	}
	return nil
}

// UpdateProfile implements UseCases.
func (s *Service) UpdateProfile(ctx context.Context, id accounts.ID, in UpdateProfile) (Profile, error) {
	if in.Username != nil {
		if err := s.VetUsername(ctx, id, *in.Username); err != nil {
			return Profile{}, err
		}
	}
	var changed *accounts.Account
	err := s.Transactor.InTx(ctx, func(ctx context.Context) error {
		err := s.Accounts.Update(ctx, id, func(account *accounts.Account) error {
			in.apply(account)
			changed = account
			return nil
		})
		if err != nil {
			return takenAs("username", err)
		}
		return s.Events.Record(ctx, ports.Event{Name: ports.EventProfileUpdated, Account: id, At: s.Clock.Now()})
	})
	if err != nil {
		return Profile{}, err
	}
	return s.Profile(ctx, changed)
}

func (in UpdateProfile) apply(account *accounts.Account) {
	if in.Username != nil {
		account.Rename(accounts.Username(*in.Username))
	}
	now := account.Snapshot()
	account.CallThem(orElse(in.FirstName, now.FirstName), orElse(in.LastName, now.LastName))
}

func orElse(given *string, otherwise string) string {
	if given == nil {
		return otherwise
	}
	return *given
}

// takenAs puts a lost race for the name under the field, where VetUsername would have put it.
func takenAs(field string, err error) error {
	if errors.Is(err, accounts.ErrUsernameTaken) {
		return accounts.ErrUsernameTaken.On(field)
	}
	return err
}
