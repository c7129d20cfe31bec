package passkeys

import (
	"context"
	"errors"
	"time"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/passkeys"
	"latchkey/domain/sessions"
)

// BeginRegistration implements UseCases.
func (s *Service) BeginRegistration(ctx context.Context, in BeginRegistration) (passkeys.Creation, error) {
	account := in.Account
	if err := s.mayRegister(ctx, account); err != nil {
		return passkeys.Creation{}, err
	}
	handle, err := s.handle(ctx, account.ID())
	if err != nil {
		return passkeys.Creation{}, err
	}
	existing, err := s.Passkeys.Of(ctx, account.ID())
	if err != nil {
		return passkeys.Creation{}, err
	}
	now := s.Clock.Now()
	challenge := s.challenge(passkeys.RegistrationKey(account.ID()), account.ID(), now)
	challenge.Name = passkeys.CutName(in.Name)
	if err := s.Challenges.Put(ctx, challenge, now); err != nil {
		return passkeys.Creation{}, err
	}
	party, err := s.relyingParty(ctx)
	if err != nil {
		return passkeys.Creation{}, err
	}
	return passkeys.Creation{
		RelyingParty: party,
		UserHandle:   handle,
		Username:     string(account.Username()),
		Challenge:    challenge.Bytes,
		Timeout:      s.options.Timeout,
		Algorithms:   passkeys.Algorithms(),
		Exclude:      credentialIDs(existing),
		Verification: s.options.Verification,
	}, nil
}

// relyingParty goes by the site's name unless it has one of its own.
func (s *Service) relyingParty(ctx context.Context) (passkeys.RelyingParty, error) {
	party := s.options.RelyingParty
	if party.Name != "" {
		return party, nil
	}
	site, err := s.Sites.Current(ctx)
	party.Name = site.Name
	return party, err
}

func (s *Service) mayRegister(ctx context.Context, account *accounts.Account) error {
	if err := s.configured(); err != nil {
		return err
	}
	return s.stepUp(ctx, account)
}

// handle returns what authenticators know the account by: not its primary key, which
// they would show to whoever holds them.
func (s *Service) handle(ctx context.Context, account accounts.ID) ([]byte, error) {
	fresh := []byte(s.Random.Text(passkeys.HandleLength, passkeys.HandleAlphabet))
	return s.Handles.Issue(ctx, account, fresh)
}

func credentialIDs(credentials []*passkeys.Credential) [][]byte {
	ids := make([][]byte, len(credentials))
	for i, credential := range credentials {
		ids[i] = credential.CredentialID()
	}
	return ids
}

// CompleteRegistration implements UseCases.
func (s *Service) CompleteRegistration(ctx context.Context, in CompleteRegistration) (passkeys.Snapshot, error) {
	if err := s.mayRegister(ctx, in.Account); err != nil {
		return passkeys.Snapshot{}, err
	}
	given, err := nameOf(in.Name)
	if err != nil {
		return passkeys.Snapshot{}, err
	}
	now := s.Clock.Now()
	challenge, err := s.Challenges.Take(ctx, passkeys.RegistrationKey(in.Account.ID()), now)
	if errors.Is(err, passkeys.ErrChallengeGone) {
		return passkeys.Snapshot{}, passkeys.ErrRegistrationGone
	}
	if err != nil {
		return passkeys.Snapshot{}, err
	}
	attested, err := s.Ceremonies.Registered(in.Response, s.expected(challenge))
	if err != nil {
		return passkeys.Snapshot{}, err
	}
	name := given.Or(challenge.Name).Or(passkeys.DefaultName)
	return s.add(ctx, in.Account, passkeys.New(in.Account.ID(), name, attested, now), now)
}

// nameOf returns the empty name where none was given. One that is given empty is refused.
func nameOf(given *string) (passkeys.Name, error) {
	if given == nil {
		return "", nil
	}
	return passkeys.ParseName(*given)
}

// add stores the credential, and has its owner told: who finds an account open for a
// moment may otherwise leave a way back in that nobody notices.
func (s *Service) add(ctx context.Context, owner *accounts.Account, credential *passkeys.Credential, now time.Time) (passkeys.Snapshot, error) {
	err := s.Transactor.InTx(ctx, func(ctx context.Context) error {
		if err := s.stillTheirs(ctx, owner); err != nil {
			return err
		}
		existing, err := s.Passkeys.Of(ctx, owner.ID())
		if err != nil {
			return err
		}
		if len(existing) >= passkeys.MaxPerAccount {
			return passkeys.ErrTooMany
		}
		if err := s.free(ctx, credential.CredentialID()); err != nil {
			return err
		}
		if err := s.Passkeys.Add(ctx, credential); err != nil {
			return err
		}
		return s.tell(ctx, topicAdded, ports.EventPasskeyAdded, owner.ID(), now)
	})
	return credential.Snapshot(), err
}

// free returns ErrAlreadyRegistered for an id that somebody has. One that we have made up is as
// taken: it must not be told from somebody's by having it registered, nor by the work that takes.
func (s *Service) free(ctx context.Context, id []byte) error {
	_, err := s.Passkeys.ByCredentialID(ctx, id)
	if err == nil || errors.Is(err, passkeys.ErrNotFound) && passkeys.IsDecoy(id, s.Decoys.Mark) {
		return passkeys.ErrAlreadyRegistered
	}
	if errors.Is(err, passkeys.ErrNotFound) {
		return nil // Add finds out about one who comes at the same time
	}
	return err
}

// stillTheirs looks at the caller's account again, and holds it: since the caller was
// recognised it may have been disabled or its password changed, and a way in that was
// added all the same would outlive that.
func (s *Service) stillTheirs(ctx context.Context, caller *accounts.Account) error {
	err := s.Accounts.Update(ctx, caller.ID(), func(stored *accounts.Account) error {
		if !stored.Active() || !stored.PasswordHash().Equal(caller.PasswordHash()) {
			return sessions.ErrSessionEnded
		}
		return nil
	})
	if errors.Is(err, accounts.ErrNotFound) {
		return sessions.ErrSessionEnded
	}
	return err
}
