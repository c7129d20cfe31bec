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

// asOne has what work writes stored as a whole or not at all. Where the entry is stored at once,
// and nothing beside it, a transaction would only keep others who sign in to the account
// waiting for longer.
func (s *Service) asOne(ctx context.Context, in Admission, strange bool, work func(context.Context) error) error {
	_, atOnce := s.entries()
	if atOnce && !strange && in.SessionKey.Empty() && !s.asksFactor(in) && !s.storesPairs() && s.unheard() {
		return work(ctx)
	}
	return s.Transactor.InTx(ctx, work)
}

// storesPairs reports whether the tokens of a login leave something in the database.
func (s *Service) storesPairs() bool {
	return s.options.JWT.Enabled && (s.tracksFamilies() || s.options.JWT.Blacklist)
}

func (s *Service) unheard() bool {
	events, ok := s.Events.(ports.Unheard)
	return ok && events.Unheard()
}

// establish makes what the settings say a signed-in account holds. Between the proof and now
// the account may have been disabled or its password changed: the entry is refused then.
func (s *Service) establish(ctx context.Context, in Admission, claims map[string]any, strange bool) (Grant, error) {
	now, id := s.Clock.Now(), in.Account.ID()
	entry, err := s.entry(ctx, in, now)
	if err != nil {
		return Grant{}, err
	}
	grant := Grant{Account: in.Account, Session: entry.Session}
	entries, _ := s.entries()
	if grant.Token, err = entries.Enter(ctx, entry); err != nil {
		return Grant{}, wrongIfGone(err)
	}
	if strange {
		if err := s.Recognise(ctx, id, in.Network, now); err != nil {
			return Grant{}, err
		}
	}
	if s.options.JWT.Enabled {
		if grant.Pair, err = s.issuePair(ctx, id, claims, now); err != nil {
			return Grant{}, err
		}
	}
	return grant, s.Events.Record(ctx, ports.Event{Name: ports.EventSignedIn, Account: id, At: now})
}

func (s *Service) entries() (entries ports.Entries, atOnce bool) {
	return ports.EntriesOf(s.Accounts, s.Tokens, s.Sessions)
}

func (s *Service) entry(ctx context.Context, in Admission, now time.Time) (entry ports.Entry, err error) {
	entry = ports.Entry{Account: in.Account, At: now, Remember: s.options.Sessions || s.options.RememberSignIns}
	if s.options.Tokens && !s.options.JWT.Enabled {
		entry.Token = s.freshToken(in.Account.ID(), now)
	}
	if s.options.Sessions {
		entry.Session, err = s.session(ctx, in, now)
	}
	return entry, err
}

func (s *Service) freshToken(account accounts.ID, now time.Time) sessions.APIToken {
	key := s.Random.Text(2*sessions.APITokenBytes, sessions.APITokenAlphabet)
	return sessions.APIToken{Key: secret.New(key), Account: account, Created: now}
}

// session keeps the session that came along when it is the account's own
// already. Any other gives way to a new key: a stranger who planted a session in
// the browser (session fixation) must not share it after the login.
func (s *Service) session(ctx context.Context, in Admission, now time.Time) (*sessions.WebSession, error) {
	session, err := s.ownSession(ctx, in, now)
	if err != nil {
		return nil, err
	}
	session.Account = in.Account.ID()
	session.Backend = in.Backend
	session.Fingerprint = s.Seals.Fingerprint(in.Account.PasswordHash())
	session.Expires = now.Add(s.options.SessionAge)
	return session, nil
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
