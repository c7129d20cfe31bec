package authentication

import (
	"context"
	"errors"
	"time"

	"latchkey/application/ports"
	"latchkey/domain/secret"
	"latchkey/domain/sessions"
)

// SignOut implements UseCases.
func (s *Service) SignOut(ctx context.Context, in SignOut) error {
	now := s.Clock.Now()
	if in.Caller.Anonymous() && s.options.Tokens && !s.options.Sessions && !s.options.JWT.Enabled {
		return sessions.ErrNotLoggedIn
	}
	err := s.Transactor.InTx(ctx, func(ctx context.Context) error {
		if err := s.endCookieFamily(ctx, in, now); err != nil {
			return err
		}
		if err := s.endSession(ctx, in); err != nil || in.Caller.Anonymous() {
			return err
		}
		return s.endCaller(ctx, in.Caller, now)
	})
	if err != nil || !s.options.JWT.Enabled {
		return err
	}
	return s.endRefresh(ctx, in, now)
}

// endSession ends the session of the cookie, whoever's it is: who has the cookie
// in hand may throw it away.
func (s *Service) endSession(ctx context.Context, in SignOut) error {
	if in.SessionKey.Empty() || !s.options.Sessions && in.Caller.Session == nil {
		return nil
	}
	return s.Sessions.Delete(ctx, in.SessionKey)
}

// endCookieFamily ends the family of the access cookie: a browser that was
// recognised by its session holds tokens, too.
func (s *Service) endCookieFamily(ctx context.Context, in SignOut, now time.Time) error {
	if !s.tracksFamilies() || in.Access.Empty() {
		return nil
	}
	claims, err := s.JWTs.Verify(in.Access, now)
	if err != nil {
		return nil //nolint:nilerr // a token that is worth nothing ends nothing
	}
	return s.endFamily(ctx, claims.Family(), now)
}

func (s *Service) endCaller(ctx context.Context, caller sessions.Principal, now time.Time) error {
	if err := s.Tokens.Revoke(ctx, caller.ID()); err != nil {
		return err
	}
	if s.tracksFamilies() {
		if err := s.endFamily(ctx, caller.Family, now); err != nil {
			return err
		}
	}
	return s.Events.Record(ctx, ports.Event{Name: ports.EventSignedOut, Account: caller.ID(), At: now})
}

// endRefresh makes the refresh token void. Without a blacklist and families there
// is nothing that could remember it, and the token is not even looked at.
func (s *Service) endRefresh(ctx context.Context, in SignOut, now time.Time) error {
	if in.Refresh == nil && s.options.JWT.Blacklist {
		return sessions.ErrJWTMissing
	}
	if in.Refresh == nil || !s.options.JWT.Blacklist && !s.tracksFamilies() {
		return nil
	}
	claims, err := s.JWTs.Verify(*in.Refresh, now)
	if err == nil {
		err = claims.Must(sessions.KindRefresh)
	}
	if err != nil {
		return s.refusedRefresh(err)
	}
	return s.revoke(ctx, *in.Refresh, claims, now)
}

// refusedRefresh is told only where upstream has a blacklist to tell of; a caller
// without one is signed out, whatever came along.
func (s *Service) refusedRefresh(err error) error {
	if s.options.JWT.Blacklist {
		return err
	}
	return nil
}

// revoke ends the token's family even when the token itself was void already:
// that one is told after the commit.
func (s *Service) revoke(ctx context.Context, token secret.String, claims sessions.Claims, now time.Time) error {
	account, _, err := s.mayRefresh(ctx, claims)
	if err != nil {
		account = 0 // a token of somebody who is gone can still be thrown away
	}
	var verdict error
	err = s.Transactor.InTx(ctx, func(ctx context.Context) error {
		if s.tracksFamilies() {
			if err := s.endFamily(ctx, claims.Family(), now); err != nil {
				return err
			}
		}
		if !s.options.JWT.Blacklist {
			return nil
		}
		verdict = s.Refreshes.Revoke(ctx, token, claims, account, now)
		if errors.Is(verdict, sessions.ErrJWTRevoked) {
			return nil
		}
		return verdict
	})
	if err == nil {
		err = verdict
	}
	return err
}
