package registration

import (
	"context"
	"errors"
	"time"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/credentials"
	"latchkey/domain/secret"
	"latchkey/domain/verification"
)

// Register implements UseCases.
func (s *Service) Register(ctx context.Context, in Register) (Registered, error) {
	refusals, err := s.Vet(ctx, in)
	if err == nil {
		err = refusals.Err()
	}
	if err == nil {
		err = s.vetWhole(ctx, in)
	}
	if err != nil {
		return Registered{}, err
	}
	hash, err := s.Hasher.Hash(ctx, *in.Password)
	if err != nil {
		return Registered{}, err
	}
	return s.store(ctx, in, hash)
}

// vetWhole asks what only the whole input can answer.
func (s *Service) vetWhole(ctx context.Context, in Register) error {
	if in.Repeat != nil && !in.Repeat.Equal(*in.Password) {
		return ErrPasswordsDiffer
	}
	username, email := s.names(in)
	subject := credentials.Subject{Username: string(username), Email: string(email)}
	refusals := ports.VetPassword(ctx, s.options.PasswordRules, s.Breaches, *in.Password, subject)
	if errors.Is(refusals, credentials.ErrBreached) {
		return refusals.On("password1") // it says nothing of the rest of the input
	}
	if len(refusals) > 0 {
		return refusals
	}
	for _, policy := range s.MayRegister {
		if err := policy.MayRegister(ctx, username, email); err != nil {
			return err
		}
	}
	return nil
}

// names returns the user name and address as they are stored. The name is empty
// when it is to be made up.
func (s *Service) names(in Register) (accounts.Username, accounts.Email) {
	var username accounts.Username
	var email accounts.Email
	if in.Username != nil {
		username = s.options.Usernames.Normalize(accounts.Username(*in.Username))
	}
	if in.Email != nil {
		email = accounts.Email(*in.Email).Lower()
	}
	return username, email
}

func (s *Service) store(ctx context.Context, in Register, hash secret.String) (Registered, error) {
	now := s.Clock.Now()
	username, email := s.names(in)
	var done Registered
	err := s.Transactor.InTx(ctx, func(ctx context.Context) error {
		account, err := s.add(ctx, username, email, hash, now)
		if err != nil {
			return err
		}
		done = Registered{Account: account, Pending: s.options.Verification == VerificationMandatory}
		return s.Events.Record(ctx, ports.Event{Name: ports.EventRegistered, Account: account.ID(), At: now})
	})
	if err != nil {
		return Registered{}, underField(err)
	}
	return done, nil
}

// underField puts a lost race for the name or the address where Vet would have put
// it. Tables of allauth before 0.58 hold every address once: there a claim that nobody
// proved wins, too.
func underField(err error) error {
	switch {
	case errors.Is(err, accounts.ErrUsernameTaken):
		return accounts.ErrUsernameTaken.On("username")
	case errors.Is(err, verification.ErrVerifiedElsewhere):
		return accounts.ErrEmailTaken.On("email")
	default:
		return err
	}
}

// hidesTaken: where addresses may be shared none is ever taken.
func (s *Service) hidesTaken() bool {
	return s.options.UniqueEmail && s.options.PreventEnumeration && s.options.Verification == VerificationMandatory
}

// add stores the account with its address, and asks the address's owner to prove it.
func (s *Service) add(ctx context.Context, username accounts.Username, email accounts.Email, hash secret.String, now time.Time) (*accounts.Account, error) {
	account, address, err := s.addAccount(ctx, username, email, hash, now)
	if err != nil || address == nil {
		return account, err
	}
	return account, s.askForProof(ctx, address, now)
}

// askForProof asks the owner of an address to prove it unless that was done.
func (s *Service) askForProof(ctx context.Context, address *accounts.Address, now time.Time) error {
	if address.Verified() || s.options.Verification == VerificationNone {
		return nil
	}
	mail, err := s.firstMail(ctx, address)
	if err != nil {
		return err
	}
	return s.enqueueOnce(ctx, address.Email(), mail, now)
}

// firstMail asks the owner of the address to confirm it, or tells him that he has
// an account already. That is all the difference there is where it must not
// be told that an address is taken (OWASP Authentication Cheat Sheet, account
// creation): the account is made in both cases, and without a proof it is worth
// nothing.
func (s *Service) firstMail(ctx context.Context, address *accounts.Address) (ports.Message, error) {
	if s.hidesTaken() {
		taken, err := s.provedBySomebody(ctx, address.Email())
		if err != nil || taken {
			return accountExists(address.Email()), err
		}
	}
	return confirmation(address.ID(), true), nil
}

func (s *Service) addAccount(ctx context.Context, username accounts.Username, email accounts.Email, hash secret.String, now time.Time) (account *accounts.Account, address *accounts.Address, err error) {
	add := func(name accounts.Username) (err error) {
		account = accounts.New(name, email, hash, now)
		address, err = s.newcomers().Add(ctx, account)
		return err
	}
	if username != "" {
		err = add(username)
	} else {
		err = s.addUnderMadeUpName(accounts.UsernameBase(email.LocalPart()), add)
	}
	return account, address, err
}
