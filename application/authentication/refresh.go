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

// Refresh implements UseCases.
func (s *Service) Refresh(ctx context.Context, token secret.String) (sessions.TokenPair, error) {
	now := s.Clock.Now()
	claims, err := s.JWTs.Verify(token, now)
	if err == nil {
		err = claims.Must(sessions.KindRefresh)
	}
	if err != nil {
		return sessions.TokenPair{}, err
	}
	// A void token must tell nothing about the account. A family judges for itself:
	// it may answer a used token once more.
	if !s.tracksFamilies() {
		if err := s.notRevoked(ctx, claims); err != nil {
			return sessions.TokenPair{}, err
		}
	}
	account, claims, err := s.mayRefresh(ctx, claims)
	if err != nil {
		return sessions.TokenPair{}, err
	}
	if s.tracksFamilies() {
		return s.refreshInFamily(ctx, token, claims, account, now)
	}
	return s.refreshAlone(ctx, token, claims, account, now)
}

// mayRefresh returns whose token it is, and the claims as they are now; zero for one that names
// nobody, which upstream serves too and no endpoint accepts.
func (s *Service) mayRefresh(ctx context.Context, claims sessions.Claims) (accounts.ID, sessions.Claims, error) {
	if claims.Rest[s.options.JWT.AccountClaim] == nil {
		return 0, claims, nil
	}
	account, err := s.accountOf(ctx, claims)
	if errors.Is(err, sessions.ErrAccountNotFound) || err == nil && !account.Active() {
		err = sessions.ErrNoActiveAccount
	}
	if err == nil {
		err = s.passwordUnchanged(claims, account)
	}
	if err == nil {
		err = s.factorOlder(ctx, claims, account.ID())
	}
	if err != nil {
		return 0, claims, err
	}
	claims, err = s.claimSetUpAnew(ctx, account, claims)
	return account.ID(), claims, err
}

// refreshAlone is simplejwt's refresh: a token that was not made void is good,
// and with BLACKLIST_AFTER_ROTATION it is good once.
func (s *Service) refreshAlone(ctx context.Context, token secret.String, claims sessions.Claims, account accounts.ID, now time.Time) (sessions.TokenPair, error) {
	if !s.options.JWT.Rotate {
		return s.signAccess(claims, now)
	}
	var pair sessions.TokenPair
	err := s.Transactor.InTx(ctx, func(ctx context.Context) error {
		// Also where a token stays good: what was revoked since, with the old
		// password perhaps, must have no successor.
		if err := s.voidRotated(ctx, token, claims, account, now); err != nil {
			return err
		}
		var err error
		pair, err = s.signPair(ctx, claims.Successor(s.newTokenID(), now, s.options.JWT.RefreshLife), account, now)
		return err
	})
	return pair, err
}

func (s *Service) notRevoked(ctx context.Context, claims sessions.Claims) error {
	if !s.options.JWT.Blacklist {
		return nil
	}
	revoked, err := s.Refreshes.Revoked(ctx, claims.ID)
	if err == nil && revoked {
		return sessions.ErrJWTRevoked
	}
	return err
}

// refreshInFamily lets the family judge the token. That a reused token ended the
// family must be remembered, so the refusal is told after the commit.
//
// A token that names no family is refused: it is from before families were kept,
// or from another program, and nothing would end it when the password changes.
func (s *Service) refreshInFamily(ctx context.Context, token secret.String, claims sessions.Claims, account accounts.ID, now time.Time) (sessions.TokenPair, error) {
	if claims.Family() == "" {
		return sessions.TokenPair{}, sessions.ErrJWTRevoked
	}
	var pair sessions.TokenPair
	var verdict error
	err := s.Transactor.InTx(ctx, func(ctx context.Context) error {
		next, turn, err := s.present(ctx, claims, account, now)
		if err != nil {
			return err
		}
		pair, verdict, err = s.answerTurn(ctx, turn, token, claims, next, account, now)
		return err
	})
	if err == nil {
		err = verdict
	}
	if err != nil {
		return sessions.TokenPair{}, err
	}
	return pair, nil
}

// present shows the token to its family and returns the refresh token to go on with.
func (s *Service) present(ctx context.Context, claims sessions.Claims, account accounts.ID, now time.Time) (next sessions.Claims, turn sessions.Turn, err error) {
	err = s.Families.Update(ctx, claims.Family(), func(family *sessions.Family) error {
		next = claims
		if s.options.JWT.Rotate {
			next = claims.Successor(s.newTokenID(), now, s.options.JWT.RefreshLife)
		}
		switch {
		case family.Account != account:
			turn = sessions.TurnEnded // a name or address that went to somebody else
		case !s.options.JWT.Rotate:
			turn = family.Check()
		case !s.options.JWT.Families:
			turn = family.Follow(next.Link())
		default:
			turn = family.Present(claims.ID, next.Link(), s.options.JWT.Grace, now)
			next = next.At(family.Current)
		}
		return nil
	})
	if errors.Is(err, sessions.ErrJWTRevoked) {
		return next, sessions.TurnEnded, nil
	}
	return next, turn, err
}

// answerTurn makes the tokens that the turn allows, or the verdict to tell.
func (s *Service) answerTurn(ctx context.Context, turn sessions.Turn, token secret.String, claims, next sessions.Claims, account accounts.ID, now time.Time) (pair sessions.TokenPair, verdict, err error) {
	switch turn {
	case sessions.TurnRotated:
		return s.rotate(ctx, token, claims, next, account, now)
	case sessions.TurnRepeated, sessions.TurnUnchanged:
		return s.goOn(ctx, turn, next, now)
	case sessions.TurnReused:
		err = s.Events.Record(ctx, ports.Event{Name: ports.EventTokenReused, Account: account, At: now})
	}
	return sessions.TokenPair{}, sessions.ErrJWTRevoked, err
}

// verdictOf parts a refusal, which is told after the commit, from a failure,
// which undoes it.
func verdictOf(err error) (verdict, failure error) {
	if errors.Is(err, sessions.ErrJWTRevoked) {
		return err, nil
	}
	return nil, err
}

// rotate voids the presented token for programs that read simplejwt's tables, too.
// One that such a program has made void ends the family.
func (s *Service) rotate(ctx context.Context, token secret.String, claims, next sessions.Claims, account accounts.ID, now time.Time) (pair sessions.TokenPair, verdict, err error) {
	verdict, err = verdictOf(s.voidRotated(ctx, token, claims, account, now))
	if err != nil {
		return sessions.TokenPair{}, nil, err
	}
	if verdict != nil {
		return sessions.TokenPair{}, verdict, s.endFamily(ctx, claims.Family(), now)
	}
	pair, err = s.signPair(ctx, next, account, now)
	return pair, nil, err
}

func (s *Service) voidRotated(ctx context.Context, token secret.String, claims sessions.Claims, account accounts.ID, now time.Time) error {
	switch options := s.options.JWT; {
	case !options.Blacklist:
		return nil
	case options.Families || options.RevokeRotated:
		return s.Refreshes.Revoke(ctx, token, claims, account, now)
	}
	return s.notRevoked(ctx, claims)
}

// goOn answers with the refresh token that the family has already. One that
// another program has made void ends the family.
func (s *Service) goOn(ctx context.Context, turn sessions.Turn, refresh sessions.Claims, now time.Time) (pair sessions.TokenPair, verdict, err error) {
	verdict, err = verdictOf(s.notRevoked(ctx, refresh))
	if err != nil {
		return sessions.TokenPair{}, nil, err
	}
	if verdict != nil {
		return sessions.TokenPair{}, verdict, s.endFamily(ctx, refresh.Family(), now)
	}
	if turn == sessions.TurnUnchanged {
		pair, err = s.signAccess(refresh, now)
	} else {
		pair, err = s.signAgain(refresh, now)
	}
	return pair, nil, err
}

// signAgain signs a refresh token that was given out before: the same id, the
// same times.
func (s *Service) signAgain(refresh sessions.Claims, now time.Time) (sessions.TokenPair, error) {
	pair, err := s.signAccess(refresh, now)
	if err != nil {
		return sessions.TokenPair{}, err
	}
	pair.Refresh, err = s.JWTs.Sign(refresh)
	pair.RefreshExpires = refresh.Expires
	return pair, err
}

// endFamily ends a family; that there is none is as good.
func (s *Service) endFamily(ctx context.Context, id string, now time.Time) error {
	if id == "" {
		return nil
	}
	err := s.Families.Update(ctx, id, func(family *sessions.Family) error {
		family.End(now)
		return nil
	})
	if errors.Is(err, sessions.ErrJWTRevoked) {
		return nil
	}
	return err
}
