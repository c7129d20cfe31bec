package authentication

import (
	"context"
	"errors"
	"time"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/secret"
	"latchkey/domain/sessions"
)

// Admit implements UseCases. It is the one gate: proof, account, address, policies,
// second factor, and only then a session or tokens. Every way in comes through here.
func (s *Service) Admit(ctx context.Context, in Admission) (Grant, error) {
	if err := s.MayEnter(ctx, in.Account); err != nil {
		return Grant{}, err
	}
	standing, err := s.factorToProve(ctx, in)
	if err != nil || standing != "" {
		return s.suspend(ctx, in, standing, err)
	}
	claims, err := s.claimsOf(ctx, in.Account)
	if err != nil {
		return Grant{}, err
	}
	var grant Grant
	err = s.Transactor.InTx(ctx, func(ctx context.Context) error {
		var err error
		if grant, err = s.establish(ctx, in, claims, s.Clock.Now()); err != nil {
			return err
		}
		// Once more, now that the account is locked: a factor that was set up meanwhile counts.
		standing, err = s.factorToProve(ctx, in)
		if err == nil && standing != "" {
			return errFactorAppeared
		}
		return err
	})
	if errors.Is(err, errFactorAppeared) {
		return s.suspend(ctx, in, standing, nil)
	}
	if err != nil {
		return Grant{}, err // what was to be granted was taken back
	}
	return grant, nil
}

// MayEnter asks everything that stands between a proved owner and a session: it
// returns what Admit would refuse the account with.
func (s *Service) MayEnter(ctx context.Context, account *accounts.Account) error {
	if !account.Active() {
		return ErrCredentialsWrong
	}
	if err := s.addressVerified(ctx, account); err != nil {
		return err
	}
	return s.policiesAgree(ctx, account)
}

// MayReclaim asks everything but whether the address is proved: who reclaims the
// account has proved it, and that is written down afterwards.
func (s *Service) MayReclaim(ctx context.Context, account *accounts.Account) error {
	if !account.Active() {
		return ErrCredentialsWrong
	}
	return s.policiesAgree(ctx, account)
}

func (s *Service) policiesAgree(ctx context.Context, account *accounts.Account) error {
	for _, policy := range s.MaySignIn {
		if err := policy.MaySignIn(ctx, account); err != nil {
			return err
		}
	}
	return nil
}

// addressVerified compares exactly, as upstream does: the account's own address
// must be one that was proved.
func (s *Service) addressVerified(ctx context.Context, account *accounts.Account) error {
	if !s.options.MandatoryVerification {
		return nil
	}
	rows, err := s.Addresses.Of(ctx, account.ID())
	if err != nil {
		return err
	}
	for _, row := range rows {
		if row.Verified() && row.Email() == account.Email() {
			return nil
		}
	}
	return ErrEmailNotVerified
}

// establish makes what the settings say a signed-in account holds.
func (s *Service) establish(ctx context.Context, in Admission, claims map[string]any, now time.Time) (Grant, error) {
	err := s.stillProved(ctx, in.Account, now)
	if err != nil {
		return Grant{}, err
	}
	if err := s.Recognise(ctx, in.Account.ID(), in.Network, now); err != nil {
		return Grant{}, err
	}
	grant := Grant{Account: in.Account}
	if s.options.JWT.Enabled {
		if grant.Pair, err = s.issuePair(ctx, in.Account.ID(), claims, now); err != nil {
			return Grant{}, err
		}
	} else if s.options.Tokens {
		if grant.Token, err = s.issueToken(ctx, in.Account.ID(), now); err != nil {
			return Grant{}, err
		}
	}
	if s.options.Sessions {
		if grant.Session, err = s.beginSession(ctx, in, now); err != nil {
			return Grant{}, err
		}
	}
	return grant, s.Events.Record(ctx, ports.Event{Name: ports.EventSignedIn, Account: in.Account.ID(), At: now})
}

// stillProved looks at the account again: between the proof and now it may have
// been disabled or its password changed, and a token or session that was given
// all the same would outlive that.
func (s *Service) stillProved(ctx context.Context, proved *accounts.Account, now time.Time) error {
	err := s.Accounts.Update(ctx, proved.ID(), func(account *accounts.Account) error {
		if !account.Active() || !account.PasswordHash().Equal(proved.PasswordHash()) {
			return ErrCredentialsWrong
		}
		if s.options.Sessions || s.options.RememberSignIns {
			account.SignedIn(now)
		}
		return nil
	})
	return wrongIfGone(err)
}

func (s *Service) issueToken(ctx context.Context, account accounts.ID, now time.Time) (sessions.APIToken, error) {
	key := s.Random.Text(2*sessions.APITokenBytes, sessions.APITokenAlphabet)
	return s.Tokens.Issue(ctx, sessions.APIToken{Key: secret.New(key), Account: account, Created: now})
}

// beginSession keeps the session that came along when it is the account's own
// already. Any other gives way to a new key: a stranger who planted a session in
// the browser (session fixation) must not share it after the login.
func (s *Service) beginSession(ctx context.Context, in Admission, now time.Time) (*sessions.WebSession, error) {
	session, err := s.ownSession(ctx, in, now)
	if err != nil {
		return nil, err
	}
	session.Account = in.Account.ID()
	session.Backend = in.Backend
	session.Fingerprint = s.Seals.Fingerprint(in.Account.PasswordHash())
	session.Expires = now.Add(s.options.SessionAge)
	return session, s.Sessions.Save(ctx, session, now)
}

func (s *Service) ownSession(ctx context.Context, in Admission, now time.Time) (*sessions.WebSession, error) {
	fresh := &sessions.WebSession{Key: secret.New(s.Random.Text(sessions.KeyLength, sessions.KeyAlphabet))}
	if in.SessionKey.Empty() {
		return fresh, nil
	}
	old, err := s.Sessions.ByKey(ctx, in.SessionKey, now)
	if errors.Is(err, sessions.ErrSessionEnded) {
		return fresh, nil
	}
	if err != nil {
		return nil, err
	}
	if old.Account == in.Account.ID() && s.Seals.Fits(old.Fingerprint, in.Account.PasswordHash()) {
		return old, nil
	}
	return fresh, s.Sessions.Delete(ctx, old.Key)
}
