package authentication

import (
	"context"
	"slices"
	"strings"

	"latchkey/domain/accounts"
)

// maxCandidates bounds how many hashes one login can make us compute: anybody
// may register an address that he does not own any number of times.
const maxCandidates = 4

// candidates returns the accounts that the login may mean, in the order in which
// the password is tried on them.
func (s *Service) candidates(ctx context.Context, in SignIn) ([]*accounts.Account, error) {
	switch {
	case s.options.Plain:
		return s.plainCandidates(ctx, in)
	case s.options.ByEmail && in.Email != "":
		return s.ownersOf(ctx, accounts.Email(in.Email))
	case s.options.ByEmail && strings.Contains(in.Username, "@"):
		return s.ownersOrNamed(ctx, in.Username)
	}
	return s.named(ctx, accounts.Username(in.Username))
}

// ownersOrNamed takes an address in the user name's place, as allauth does.
func (s *Service) ownersOrNamed(ctx context.Context, text string) ([]*accounts.Account, error) {
	owners, err := s.ownersOf(ctx, accounts.Email(text))
	if err != nil {
		return nil, err
	}
	named, err := s.named(ctx, accounts.Username(text))
	if err != nil {
		return nil, err
	}
	for _, account := range named {
		// An account whose name is its address is tried once, or the time would tell.
		if !slices.ContainsFunc(owners, func(o *accounts.Account) bool { return o.ID() == account.ID() }) {
			owners = append(owners, account)
		}
	}
	return owners, nil
}

func (s *Service) named(ctx context.Context, name accounts.Username) ([]*accounts.Account, error) {
	found, err := s.Accounts.ByUsername(ctx, name)
	return found[:min(len(found), 1)], err
}

// ownersOf returns the accounts that have the address. Where somebody proved to
// own it, others who merely claim it are left out.
func (s *Service) ownersOf(ctx context.Context, email accounts.Email) ([]*accounts.Account, error) {
	found, err := s.Accounts.ByEmail(ctx, email)
	if err != nil || len(found) < 2 {
		return found, err
	}
	rows, err := s.Addresses.ByEmail(ctx, email)
	if err != nil {
		return nil, err
	}
	verified := slices.DeleteFunc(slices.Clone(found), func(a *accounts.Account) bool {
		return !slices.ContainsFunc(rows, func(r *accounts.Address) bool { return r.Verified() && r.Account() == a.ID() })
	})
	if len(verified) > 0 {
		found = verified
	}
	return found[:min(len(found), maxCandidates)], nil
}

// plainCandidates resolves an address to the account whose own address it is,
// and compares user names exactly. An address that two accounts share means neither.
func (s *Service) plainCandidates(ctx context.Context, in SignIn) ([]*accounts.Account, error) {
	if in.Email != "" {
		owners, err := s.withOwnEmail(ctx, accounts.Email(in.Email))
		if err != nil || len(owners) > 1 {
			return nil, err
		}
		if len(owners) == 1 {
			return owners, nil
		}
	}
	found, err := s.named(ctx, accounts.Username(in.Username))
	if err != nil || len(found) == 0 || string(found[0].Username()) != in.Username {
		return nil, err
	}
	return found, nil
}

func (s *Service) withOwnEmail(ctx context.Context, email accounts.Email) ([]*accounts.Account, error) {
	found, err := s.Accounts.ByEmail(ctx, email)
	return ofOwn(found, email), err
}

// ofOwn returns those of the accounts whose own address it is, and not just one of theirs.
func ofOwn(found []*accounts.Account, email accounts.Email) []*accounts.Account {
	return slices.DeleteFunc(found, func(a *accounts.Account) bool {
		return a.Email().Lower() != email.Lower()
	})
}
