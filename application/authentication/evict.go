package authentication

import (
	"context"
	"errors"
	"time"

	"latchkey/domain/accounts"
	"latchkey/domain/sessions"
)

// Evict ends what others are signed in by when an account's password was changed,
// in the transaction of that change: every family of refresh tokens but keep
// (empty: none is kept), and where all others are to end (Options.EvictAll) the API
// token and every refresh token that was recorded, but the newest of the family
// that is kept. Web sessions end by themselves with the password that they are
// bound to.
func (s *Service) Evict(ctx context.Context, account accounts.ID, keep string, now time.Time) error {
	if s.tracksFamilies() {
		if err := s.Families.EndAll(ctx, account, keep, now); err != nil {
			return err
		}
	}
	if !s.options.EvictAll {
		return nil
	}
	if err := s.Tokens.Revoke(ctx, account); err != nil || !s.options.JWT.Blacklist {
		return err
	}
	kept, err := s.newestOf(ctx, keep)
	if err != nil {
		return err
	}
	return s.Refreshes.RevokeAll(ctx, account, kept, now)
}

// Expel ends everything that anybody is signed in to the account by, whatever the
// settings say, in the transaction of ctx: the account goes to somebody else. The
// password must have been changed in it, too, which ends the web sessions. Access
// tokens end at once only where their session or password is looked at (CheckSession,
// CheckPassword); nobody may be expelled otherwise.
func (s *Service) Expel(ctx context.Context, account accounts.ID, now time.Time) error {
	if err := s.Families.EndAll(ctx, account, "", now); err != nil {
		return err
	}
	if err := s.Refreshes.RevokeAll(ctx, account, "", now); err != nil {
		return err
	}
	return s.Tokens.Revoke(ctx, account)
}

// newestOf returns the id of the newest refresh token of a family; empty when
// there is no such family.
func (s *Service) newestOf(ctx context.Context, id string) (string, error) {
	if id == "" || !s.tracksFamilies() {
		return "", nil
	}
	family, err := s.Families.ByID(ctx, id)
	if errors.Is(err, sessions.ErrJWTRevoked) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return family.Current.ID, nil
}
