package authentication

import (
	"context"
	"maps"
	"strconv"
	"time"

	"latchkey/domain/accounts"
	"latchkey/domain/secret"
	"latchkey/domain/sessions"
)

// issuePair makes the tokens of a login, and the family that they begin.
func (s *Service) issuePair(ctx context.Context, account accounts.ID, claims map[string]any, now time.Time) (sessions.TokenPair, error) {
	refresh := sessions.Claims{Rest: claims}.Successor(s.newTokenID(), now, s.options.JWT.RefreshLife)
	if s.tracksFamilies() {
		refresh = refresh.In(s.Random.Text(sessions.FamilyIDLength, sessions.TokenIDAlphabet))
		family := sessions.Family{ID: refresh.Family(), Account: account, Began: now, Current: refresh.Link()}
		if err := s.Families.Add(ctx, &family); err != nil {
			return sessions.TokenPair{}, err
		}
	}
	return s.signPair(ctx, refresh, account, now)
}

// tracksFamilies reports whether there is a use for families: rotation that
// notices reuse, or access tokens that end with their session.
func (s *Service) tracksFamilies() bool {
	return s.options.JWT.Families || s.options.JWT.CheckSession
}

func (s *Service) newTokenID() string {
	return s.Random.Text(sessions.TokenIDLength, sessions.TokenIDAlphabet)
}

// claimsOf returns what the tokens of the account say beside their own claims.
// Contributors cannot replace what the service says. They may take their time,
// so that no transaction is open meanwhile.
func (s *Service) claimsOf(ctx context.Context, account *accounts.Account) (map[string]any, error) {
	rest := map[string]any{}
	if !s.options.JWT.Enabled {
		return rest, nil
	}
	for _, contributor := range s.Claims {
		added, err := contributor.Claims(ctx, account)
		if err != nil {
			return nil, err
		}
		added = maps.Clone(added)
		maps.DeleteFunc(added, func(name string, _ any) bool { _, said := rest[name]; return said })
		maps.Copy(rest, added)
	}
	for _, reserved := range reservedClaims {
		delete(rest, reserved)
	}
	if err := s.claimSetUp(ctx, account, rest); err != nil {
		return nil, err
	}
	rest[s.options.JWT.AccountClaim] = s.accountClaim(account)
	if s.options.JWT.CheckPassword {
		rest[s.options.JWT.PasswordClaim] = sessions.PasswordClaim(account.PasswordHash())
	}
	return rest, nil
}

// reservedClaims are the registered claims that decide whether a token is good.
var reservedClaims = []string{"token_type", "exp", "iat", "jti", "nbf", "iss", "aud", "sub", sessions.FamilyClaim, SetUpClaim}

func (s *Service) accountClaim(account *accounts.Account) string {
	switch s.options.JWT.AccountField {
	case FieldUsername:
		return string(account.Username())
	case FieldEmail:
		return string(account.Email())
	}
	return strconv.FormatInt(int64(account.ID()), 10)
}

// signPair signs the refresh token and an access token made from it.
func (s *Service) signPair(ctx context.Context, refresh sessions.Claims, account accounts.ID, now time.Time) (sessions.TokenPair, error) {
	token, err := s.signRefresh(ctx, refresh, account)
	if err != nil {
		return sessions.TokenPair{}, err
	}
	pair, err := s.signAccess(refresh, now)
	pair.Refresh, pair.RefreshExpires = token, now.Add(s.options.JWT.RefreshLife)
	return pair, err
}

func (s *Service) signRefresh(ctx context.Context, refresh sessions.Claims, account accounts.ID) (secret.String, error) {
	token, err := s.JWTs.Sign(refresh)
	if err != nil || !s.options.JWT.Blacklist {
		return token, err
	}
	return token, s.Refreshes.Record(ctx, token, refresh, account)
}

func (s *Service) signAccess(refresh sessions.Claims, now time.Time) (sessions.TokenPair, error) {
	access, err := s.JWTs.Sign(refresh.Access(s.newTokenID(), now, s.options.JWT.AccessLife))
	return sessions.TokenPair{Access: access, AccessExpires: now.Add(s.options.JWT.AccessLife)}, err
}
