package registration

import (
	"context"
	"errors"
	"time"
	"unicode/utf8"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/identities"
	"latchkey/domain/verification"
)

// MayEnrol asks the policies whether somebody whom a provider vouches for may
// register: a rule about who may have an account holds whichever way they come.
func (s *Service) MayEnrol(ctx context.Context, profile identities.Profile) error {
	name := s.wish(profile)
	if name == "" {
		name = s.nameBase(profile)
	}
	for _, policy := range s.MayRegister {
		if err := policy.MayRegister(ctx, name, profile.Main().Address.Lower()); err != nil {
			return err
		}
	}
	return nil
}

// Enrol makes an account without a password for somebody whom a provider vouches
// for, in the transaction of ctx. Addresses that the provider verified count as
// proved; the main one is asked for a proof otherwise. It returns
// accounts.ErrEmailTaken when somebody else proved the main address meanwhile.
func (s *Service) Enrol(ctx context.Context, profile identities.Profile, now time.Time) (*accounts.Account, error) {
	account, err := s.addEnrolled(ctx, profile, now)
	if err != nil {
		return nil, err
	}
	if err := s.addEnrolledAddresses(ctx, account.ID(), profile, now); err != nil {
		return nil, err
	}
	return account, s.Events.Record(ctx, ports.Event{Name: ports.EventRegistered, Account: account.ID(), At: now})
}

// addEnrolled stores the account under the name that it has at the provider, or
// else under one made from what else is known, as allauth does.
func (s *Service) addEnrolled(ctx context.Context, profile identities.Profile, now time.Time) (account *accounts.Account, err error) {
	add := func(name accounts.Username) error {
		unusable := accounts.Unusable(s.Random.Text(accounts.UnusableLength, accounts.UnusableAlphabet))
		account = accounts.New(name, profile.Main().Address.Lower(), unusable, now)
		account.CallThem(profile.Names())
		return s.Accounts.Add(ctx, account)
	}
	if wish := s.wish(profile); wish != "" {
		if err := add(wish); !errors.Is(err, accounts.ErrUsernameTaken) {
			return account, err
		}
	}
	err = s.addUnderMadeUpName(s.nameBase(profile), add)
	return account, err
}

// wish returns the name at the provider if anybody could choose it here; empty otherwise.
func (s *Service) wish(profile identities.Profile) accounts.Username {
	name, err := accounts.ParseUsername(profile.Username)
	length := utf8.RuneCountInString(profile.Username)
	if err != nil || length < s.options.Usernames.MinLength || length > accounts.UsernameMaxLength || s.options.Usernames.Permits(name) != nil {
		return ""
	}
	return s.options.Usernames.Normalize(name)
}

func (s *Service) nameBase(profile identities.Profile) accounts.Username {
	first, last := profile.Names()
	return accounts.UsernameBase(first, last, string(profile.Main().Address))
}

// addEnrolledAddresses stores the main address, and those others that nobody has.
func (s *Service) addEnrolledAddresses(ctx context.Context, account accounts.ID, profile identities.Profile, now time.Time) error {
	main := profile.Main()
	if main.Address == "" {
		return nil
	}
	address := enrolledAddress(account, main, true)
	if err := s.Addresses.Add(ctx, address); err != nil {
		return verification.Taken(err)
	}
	if err := s.askForProof(ctx, address, now); err != nil {
		return err
	}
	for _, other := range profile.Emails {
		if err := s.addSecondary(ctx, account, other); err != nil {
			return err
		}
	}
	return nil
}

// addSecondary leaves out an address that somebody has already: at their sign-in it
// would mean two accounts. Where that must not be told it does not look for those
// that anybody may have made up: somebody with a list of them could tell by the time which are taken.
func (s *Service) addSecondary(ctx context.Context, account accounts.ID, email identities.Email) error {
	if s.hidesTaken() && !email.Verified {
		return nil
	}
	owners, err := s.Accounts.ByEmail(ctx, email.Address)
	if err != nil || len(owners) > 0 {
		return err
	}
	err = s.Addresses.Add(ctx, enrolledAddress(account, email, false))
	if errors.Is(err, accounts.ErrEmailInvalid) {
		return nil // longer than the database takes: no reason to refuse the person
	}
	return err
}

func enrolledAddress(account accounts.ID, email identities.Email, primary bool) *accounts.Address {
	address := accounts.NewAddress(account, email.Address, primary)
	if email.Verified {
		address.Verify()
	}
	return address
}
