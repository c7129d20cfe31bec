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
	owners, proved, err := s.owners(ctx, accounts.Email(text))
	if err != nil {
		return nil, err
	}
	named, err := s.named(ctx, accounts.Username(text))
	if err != nil {
		return nil, err
	}
	if s.options.MandatoryVerification {
		return proving(owners, proved, named), nil
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

// proving prefers whoever proved the address to whoever has it for a name, and that one to whoever
// claims it. To try them all would tell by the time, to somebody who calls himself by
// an address that he asks about, whether another has it.
func proving(owners []*accounts.Account, proved bool, named []*accounts.Account) []*accounts.Account {
	if proved || len(named) == 0 {
		return owners
	}
	return named
}

// ownersOf returns the accounts that have the address. Where somebody proved to
// own it, others who merely claim it are left out.
func (s *Service) ownersOf(ctx context.Context, email accounts.Email) ([]*accounts.Account, error) {
	found, _, err := s.owners(ctx, email)
	return found, err
}

// owners also reports whether those that it returns proved the address; where that need not
// be known it does not ask.
//
// Where addresses must be proved, a claim cannot come in, and only the latest is
// tried: it is that of whoever may be waiting for the mail. Somebody could otherwise register an address
// twice, and count by the time of a login whether its two claims are tried, or its owner
// alone. For the same reason the rows are asked for even for nobody.
func (s *Service) owners(ctx context.Context, email accounts.Email) (found []*accounts.Account, proved bool, err error) {
	found, err = s.Accounts.ByEmail(ctx, email)
	if err != nil || len(found) < 2 && !s.options.MandatoryVerification {
		return found, false, err
	}
	rows, err := s.Addresses.ByEmail(ctx, email)
	if err != nil {
		return nil, false, err
	}
	verified := slices.DeleteFunc(slices.Clone(found), func(a *accounts.Account) bool {
		return !slices.ContainsFunc(rows, func(r *accounts.Address) bool { return r.Verified() && r.Account() == a.ID() })
	})
	switch {
	case len(verified) > 0:
		found = verified
	case s.options.MandatoryVerification:
		found = found[max(len(found)-1, 0):]
	}
	return found[:min(len(found), maxCandidates)], len(verified) > 0, nil
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
