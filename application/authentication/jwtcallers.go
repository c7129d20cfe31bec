package authentication

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"latchkey/domain/accounts"
	"latchkey/domain/secret"
	"latchkey/domain/sessions"
)

// ByAccessToken implements UseCases.
func (s *Service) ByAccessToken(ctx context.Context, token secret.String) (sessions.Principal, error) {
	claims, err := s.JWTs.Verify(token, s.Clock.Now())
	if err == nil {
		err = claims.Must(sessions.KindAccess)
	}
	if err != nil {
		return sessions.Principal{}, err
	}
	account, err := s.accountOf(ctx, claims)
	if err != nil {
		return sessions.Principal{}, err
	}
	if !account.Active() {
		return sessions.Principal{}, sessions.ErrAccountInactive
	}
	if err := s.passwordUnchanged(claims, account); err != nil {
		return sessions.Principal{}, err
	}
	if err := s.sessionAlive(ctx, claims, account.ID()); err != nil {
		return sessions.Principal{}, err
	}
	return sessions.Principal{Account: account, Family: claims.Family()}, nil
}

// accountOf returns the account that a token names.
func (s *Service) accountOf(ctx context.Context, claims sessions.Claims) (*accounts.Account, error) {
	named, present := claims.Rest[s.options.JWT.AccountClaim]
	if !present {
		return nil, sessions.ErrJWTNoAccount
	}
	account, err := s.accountNamed(ctx, named)
	if errors.Is(err, accounts.ErrNotFound) {
		return nil, sessions.ErrAccountNotFound
	}
	return account, err
}

// accountNamed looks an account up by what stands in a token. The claim is signed,
// and still checked: simplejwt wrote numbers before 5.5.1, and other programs
// with the same key may write anything.
func (s *Service) accountNamed(ctx context.Context, named any) (*accounts.Account, error) {
	text, ok := claimText(named)
	if !ok || text == "" { // accounts may lack an address: an empty one names nobody
		return nil, accounts.ErrNotFound
	}
	switch s.options.JWT.AccountField {
	case FieldUsername:
		return s.exactly(ctx, text)
	case FieldEmail:
		owners, err := s.ownersOf(ctx, accounts.Email(text))
		return onlyOne(ofOwn(owners, accounts.Email(text)), err)
	}
	id, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
	if err != nil {
		return nil, accounts.ErrNotFound
	}
	return s.Accounts.ByID(ctx, accounts.ID(id))
}

func claimText(value any) (string, bool) {
	switch v := value.(type) {
	case string:
		return v, true
	case json.Number:
		return v.String(), true
	}
	return "", false
}

func (s *Service) exactly(ctx context.Context, name string) (*accounts.Account, error) {
	found, err := s.named(ctx, accounts.Username(name))
	if err == nil && (len(found) == 0 || string(found[0].Username()) != name) {
		return nil, accounts.ErrNotFound
	}
	return onlyOne(found, err)
}

// onlyOne refuses to choose: an address that two accounts share names neither.
func onlyOne(found []*accounts.Account, err error) (*accounts.Account, error) {
	if err != nil {
		return nil, err
	}
	if len(found) != 1 {
		return nil, accounts.ErrNotFound
	}
	return found[0], nil
}

func (s *Service) passwordUnchanged(claims sessions.Claims, account *accounts.Account) error {
	if !s.options.JWT.CheckPassword {
		return nil
	}
	claimed, _ := claims.Rest[s.options.JWT.PasswordClaim].(string)
	if claimed != sessions.PasswordClaim(account.PasswordHash()) {
		return sessions.ErrPasswordChanged
	}
	return nil
}

// sessionAlive refuses a token whose session was ended or is another account's,
// and one that belongs to no session: it was made by somebody who does not keep them.
func (s *Service) sessionAlive(ctx context.Context, claims sessions.Claims, account accounts.ID) error {
	if !s.options.JWT.CheckSession {
		return nil
	}
	family, err := s.Families.ByID(ctx, claims.Family())
	if errors.Is(err, sessions.ErrJWTRevoked) || err == nil && (!family.Alive() || family.Account != account) {
		return sessions.ErrSessionEnded
	}
	return err
}

// VerifyToken implements UseCases.
func (s *Service) VerifyToken(ctx context.Context, token secret.String) error {
	claims, err := s.JWTs.Verify(token, s.Clock.Now())
	if err != nil {
		return err
	}
	if err := s.restricted(ctx, claims); err != nil {
		return err
	}
	good := s.usable
	if claims.Kind == sessions.KindRefresh && s.tracksFamilies() {
		good = s.newestOfFamily
	}
	if err := good(ctx, claims); err != nil || !s.options.JWT.Blacklist {
		return err
	}
	revoked, err := s.Refreshes.Revoked(ctx, claims.ID)
	if err == nil && revoked {
		return ErrTokenBlacklisted
	}
	return err
}

// newestOfFamily refuses a refresh token that was used up or whose family ended.
func (s *Service) newestOfFamily(ctx context.Context, claims sessions.Claims) error {
	family, err := s.Families.ByID(ctx, claims.Family())
	if errors.Is(err, sessions.ErrJWTRevoked) || err == nil && (!family.Alive() || family.Current.ID != claims.ID) {
		return ErrTokenBlacklisted
	}
	return err
}

// usable refuses what ByAccessToken would refuse where sessions are looked at;
// otherwise a token is good by itself, as upstream has it.
func (s *Service) usable(ctx context.Context, claims sessions.Claims) error {
	if !s.options.JWT.CheckSession {
		return nil
	}
	account, err := s.accountOf(ctx, claims)
	if err != nil {
		return err
	}
	if !account.Active() {
		return sessions.ErrAccountInactive
	}
	if err := s.passwordUnchanged(claims, account); err != nil {
		return err
	}
	return s.sessionAlive(ctx, claims, account.ID())
}
