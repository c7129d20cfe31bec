package authentication

import (
	"context"
	"time"

	"latchkey/domain/accounts"
)

// Evict ends what others are signed in by when an account's password was changed,
// in the transaction of that change: every family of refresh tokens but keep
// (empty: none is kept), and where all others are to end (Options.EvictAll) the API
// token and every refresh token that was recorded. Web sessions end by
// themselves with the password that they are bound to.
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
	return s.Refreshes.RevokeAll(ctx, account, now)
}
