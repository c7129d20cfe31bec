package authentication

import (
	"context"

	"latchkey/application/ports"
	"latchkey/domain/sessions"
)

// SignOut implements UseCases.
func (s *Service) SignOut(ctx context.Context, in SignOut) error {
	if in.Caller.Anonymous() && s.options.Tokens && !s.options.Sessions {
		return sessions.ErrNotLoggedIn
	}
	if in.Caller.Anonymous() && in.SessionKey.Empty() {
		return nil
	}
	return s.Transactor.InTx(ctx, func(ctx context.Context) error {
		if err := s.endSession(ctx, in); err != nil || in.Caller.Anonymous() {
			return err
		}
		if err := s.Tokens.Revoke(ctx, in.Caller.ID()); err != nil {
			return err
		}
		return s.Events.Record(ctx, ports.Event{Name: ports.EventSignedOut, Account: in.Caller.ID(), At: s.Clock.Now()})
	})
}

// endSession ends the session of the cookie, whoever's it is: who has the cookie
// in hand may throw it away.
func (s *Service) endSession(ctx context.Context, in SignOut) error {
	if in.SessionKey.Empty() || !s.options.Sessions {
		return nil
	}
	return s.Sessions.Delete(ctx, in.SessionKey)
}
