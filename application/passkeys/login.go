package passkeys

import (
	"context"
	"errors"
	"strings"
	"time"

	"latchkey/domain/accounts"
	"latchkey/domain/passkeys"
)

// BeginLogin implements UseCases.
func (s *Service) BeginLogin(ctx context.Context, in BeginLogin) (passkeys.Request, error) {
	if err := s.configured(); err != nil {
		return passkeys.Request{}, err
	}
	account, err := s.named(ctx, in)
	if err != nil {
		return passkeys.Request{}, err
	}
	allow, err := s.allowed(ctx, account, in)
	if err != nil {
		return passkeys.Request{}, err
	}
	session, now := s.Random.Text(passkeys.SessionIDLength, passkeys.SessionIDAlphabet), s.Clock.Now()
	challenge := s.challenge(passkeys.LoginKey(session), account, now)
	if err := s.Challenges.Put(ctx, challenge, now); err != nil {
		return passkeys.Request{}, err
	}
	return passkeys.Request{
		RelyingParty: s.options.RelyingParty,
		Challenge:    challenge.Bytes,
		Timeout:      s.options.Timeout,
		Allow:        allow,
		Verification: s.options.Verification,
		SessionID:    session,
	}, nil
}

// nobody is an account that no credential belongs to. A challenge of a name that nobody has is
// bound to it, so that it is as good for somebody else's credential as one of a
// name that somebody has: not at all.
const nobody accounts.ID = -1

// named returns the account that is meant: 0 where none is named, nobody where nobody
// has the name. An address that two accounts share means neither.
func (s *Service) named(ctx context.Context, in BeginLogin) (accounts.ID, error) {
	var found []*accounts.Account
	var err error
	switch {
	case in.Username != "":
		found, err = s.Accounts.ByUsername(ctx, accounts.Username(in.Username))
		found = found[:min(len(found), 1)]
	case in.Email != "":
		found, err = s.withOwnEmail(ctx, accounts.Email(in.Email))
	default:
		return 0, nil
	}
	if err != nil || len(found) != 1 {
		return nobody, err
	}
	return found[0].ID(), nil
}

// withOwnEmail returns the accounts whose own address it is, and not just one of theirs.
func (s *Service) withOwnEmail(ctx context.Context, email accounts.Email) ([]*accounts.Account, error) {
	found, err := s.Accounts.ByEmail(ctx, email)
	var own []*accounts.Account
	for _, account := range found {
		if account.Email().Lower() == email.Lower() {
			own = append(own, account)
		}
	}
	return own, err
}

// allowed returns the credentials that may answer. Anybody can ask, so that the answer
// must not tell who is there: whoever has no passkey, or is not there at all, seems to have
// what follows from the name and our key. The same is looked up and computed for everybody.
//
// Only one kind of name leads to credentials, the user name where people sign in by
// it. By the others authenticators offer what they have: if an address led to the same ids
// as a user name, the two would tell that somebody with passkeys has both.
func (s *Service) allowed(ctx context.Context, account accounts.ID, in BeginLogin) ([][]byte, error) {
	name := in.Username
	if s.options.NamedByEmail {
		name = in.Email
		if in.Username != "" {
			name = ""
		}
	}
	if name == "" {
		return nil, nil
	}
	decoys := passkeys.Decoys(s.Decoys.Seed(strings.ToLower(name)), s.Decoys.Mark)
	own, err := s.Passkeys.Of(ctx, account)
	if err != nil || len(own) == 0 {
		return decoys, err
	}
	return credentialIDs(own), nil
}

// CompleteLogin implements UseCases. The challenge is used up first, and for good: an
// answer that is refused was a try.
func (s *Service) CompleteLogin(ctx context.Context, in CompleteLogin) (Recognised, error) {
	if err := s.configured(); err != nil {
		return Recognised{}, err
	}
	now := s.Clock.Now()
	challenge, err := s.Challenges.Take(ctx, passkeys.LoginKey(in.SessionID), now)
	if errors.Is(err, passkeys.ErrChallengeGone) {
		return Recognised{}, passkeys.ErrAuthenticationGone
	}
	if err != nil {
		return Recognised{}, err
	}
	credential, err := s.shown(ctx, in.Response, challenge)
	if err != nil {
		return Recognised{}, err
	}
	asserted, err := s.check(ctx, credential, challenge, in.Response)
	if err != nil {
		return Recognised{}, err
	}
	return s.recognise(ctx, credential, asserted, now)
}

// shown returns the credential that the answer says to be of. One that we have made up
// must not be told from somebody's by sending it back: that it is nobody's would say that its name is.
func (s *Service) shown(ctx context.Context, response []byte, challenge passkeys.Challenge) (*passkeys.Credential, error) {
	id, err := s.Ceremonies.Named(response)
	if err != nil {
		return nil, err
	}
	credential, err := s.Passkeys.ByCredentialID(ctx, id)
	if !errors.Is(err, passkeys.ErrNotFound) {
		return credential, err
	}
	if passkeys.IsDecoy(id, s.Decoys.Mark) {
		_, _ = s.Ceremonies.Asserted(response, passkeys.DecoyKey(), s.expected(challenge)) // for the time that it takes
		return nil, passkeys.ErrRefused
	}
	return nil, passkeys.ErrUnknown
}

// check holds the answer to its challenge. A login that was begun for somebody is not
// completed by anybody else, and what an authenticator holds for one account signs in to no other.
func (s *Service) check(ctx context.Context, credential *passkeys.Credential, challenge passkeys.Challenge, response []byte) (passkeys.Asserted, error) {
	asserted, err := s.Ceremonies.Asserted(response, credential.PublicKey(), s.expected(challenge))
	if err != nil {
		return passkeys.Asserted{}, err
	}
	handle, err := s.Handles.Of(ctx, credential.Account())
	if err != nil {
		return passkeys.Asserted{}, err
	}
	if !challenge.For(credential.Account()) || !asserted.OwnerIs(credential.Account(), handle) {
		return passkeys.Asserted{}, passkeys.ErrRefused
	}
	return asserted, nil
}

// recognise remembers the use. Whether the account may come in is asked before: a
// login that is refused leaves the counter as it was, or its owner's next one would fail.
func (s *Service) recognise(ctx context.Context, credential *passkeys.Credential, asserted passkeys.Asserted, now time.Time) (Recognised, error) {
	account, err := s.Accounts.ByID(ctx, credential.Account())
	if errors.Is(err, accounts.ErrNotFound) {
		return Recognised{}, passkeys.ErrUnknown // a row that its account's deletion left behind
	}
	if err != nil {
		return Recognised{}, err
	}
	if !account.Active() {
		return Recognised{}, passkeys.ErrRefused
	}
	if err := s.Gate.MayEnter(ctx, account); err != nil {
		return Recognised{}, err
	}
	verified := false
	err = s.Passkeys.Update(ctx, credential.ID(), func(stored *passkeys.Credential) error {
		verified = stored.Verifies(asserted)
		return stored.Use(asserted, now)
	})
	if errors.Is(err, passkeys.ErrNotFound) {
		err = passkeys.ErrUnknown // deleted meanwhile
	}
	if err != nil {
		return Recognised{}, err
	}
	return Recognised{Account: account, UserVerified: verified}, nil
}
