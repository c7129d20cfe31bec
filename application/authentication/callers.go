package authentication

import (
	"context"

	"latchkey/domain/secret"
	"latchkey/domain/sessions"
)

// ByToken implements UseCases.
func (s *Service) ByToken(ctx context.Context, key secret.String) (sessions.Principal, error) {
	account, err := s.Tokens.Owner(ctx, key)
	if err != nil {
		return sessions.Principal{}, err
	}
	if !account.Active() {
		return sessions.Principal{}, sessions.ErrInactive
	}
	return sessions.Principal{Account: account}, nil
}

// BySession implements UseCases.
func (s *Service) BySession(ctx context.Context, key secret.String) (sessions.Principal, error) {
	session, account, err := s.Sessions.Holder(ctx, key, s.Clock.Now())
	if err != nil || account == nil || !account.Active() || !s.knownBackend(session.Backend) {
		return sessions.Principal{}, err
	}
	if !s.Seals.Fits(session.Fingerprint, account.PasswordHash()) {
		// The password was changed elsewhere: this session is over.
		if err := s.Sessions.Delete(ctx, key); err != nil {
			return sessions.Principal{}, err
		}
		return sessions.Principal{}, sessions.ErrSessionEnded
	}
	return sessions.Principal{Account: account, Session: session}, nil
}

// knownBackend refuses sessions that a backend made which this deployment does
// not have, as Django does.
func (s *Service) knownBackend(name string) bool {
	return name == sessions.BackendModel || name == sessions.BackendAllauth && !s.options.Plain
}
