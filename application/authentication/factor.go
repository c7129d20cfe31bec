package authentication

import (
	"context"
	"errors"
	"maps"

	"latchkey/domain/accounts"
	"latchkey/domain/factors"
	"latchkey/domain/secret"
	"latchkey/domain/sessions"
)

// errFactorAppeared takes back what was to be granted.
var errFactorAppeared = errors.New("authentication: a second factor was set up in this moment")

// factorToProve returns what a second proof has to stand on; empty when none is asked for.
func (s *Service) factorToProve(ctx context.Context, in Admission) (standing string, err error) {
	if !s.asksFactor(in) {
		return "", nil
	}
	found, err := s.Factors.Of(ctx, in.Account.ID())
	if err != nil || !found.Enabled() {
		return "", err
	}
	return found.Standing(in.Account), nil
}

func (s *Service) asksFactor(in Admission) bool { return s.Factors != nil && !in.SecondFactorProved }

// suspend gives a token in place of a session: with a code it leads on, once, as long as
// the password and the factor are what they are now. Nothing else is changed: until then
// nobody has signed in.
func (s *Service) suspend(ctx context.Context, in Admission, standing string, err error) (Grant, error) {
	if err != nil {
		return Grant{}, err
	}
	token := secret.New(s.Random.Text(factors.TokenLength, factors.TokenAlphabet))
	err = s.Pending.Put(ctx, factors.Pending{
		Digest: factors.Digest(token), Account: in.Account.ID(), Purpose: factors.PurposeSignIn,
		Backend: in.Backend, Standing: standing, Expires: s.Clock.Now().Add(s.options.PendingLife),
	}, factors.MaxPending)
	if err != nil {
		return Grant{}, err
	}
	return Grant{Pending: token}, nil
}

// factorOlder refuses a refresh token from before the account had a second factor, where
// the settings ask for that: whoever had signed in with a password alone would else stay
// for as long as they refresh. A rotated token is younger, and was only given for one
// that had passed here.
func (s *Service) factorOlder(ctx context.Context, claims sessions.Claims, account accounts.ID) error {
	if s.Factors == nil || !s.options.RefreshNeedsFactor {
		return nil
	}
	found, err := s.Factors.Of(ctx, account)
	if err != nil {
		return err
	}
	// Tokens know whole seconds. One of the same second is refused: it may be older.
	if found.Enabled() && !claims.IssuedAt.After(found.Created()) {
		return sessions.ErrJWTRevoked
	}
	return nil
}

// SetUpClaim is the claim in the tokens of an account that must set up a second factor
// first. Others who accept our tokens know by it that this one is good for nothing else.
const SetUpClaim = "mfa_setup_required"

// claimSetUp adds that claim where it is due.
func (s *Service) claimSetUp(ctx context.Context, account *accounts.Account, claims map[string]any) error {
	if s.Required == nil {
		return nil
	}
	must, err := s.Required.MustSetUp(ctx, account)
	if err == nil && must {
		claims[SetUpClaim] = true
	}
	return err
}

// claimSetUpAnew has the claim say what holds now. Others would otherwise let somebody in by a token from
// before the rule for as long as it is refreshed, and keep out who has set a factor up since.
func (s *Service) claimSetUpAnew(ctx context.Context, account *accounts.Account, claims sessions.Claims) (sessions.Claims, error) {
	if s.Required == nil {
		return claims, nil
	}
	claims.Rest = maps.Clone(claims.Rest)
	delete(claims.Rest, SetUpClaim)
	return claims, s.claimSetUp(ctx, account, claims.Rest)
}

// restricted refuses the access token of an account that must set up a second factor
// first to those who ask whether it is good: it is not, for anything of theirs.
func (s *Service) restricted(ctx context.Context, claims sessions.Claims) error {
	if s.Required == nil || claims.Kind != sessions.KindAccess {
		return nil
	}
	account, err := s.accountOf(ctx, claims)
	if errors.Is(err, sessions.ErrJWTNoAccount) || errors.Is(err, sessions.ErrAccountNotFound) {
		return nil // it is nobody's, and good for nothing here
	}
	if err != nil {
		return err
	}
	must, err := s.Required.MustSetUp(ctx, account)
	if err == nil && must {
		return sessions.ErrJWTRevoked
	}
	return err
}
