package secondfactor

import (
	"context"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
)

// Mode says who must have a second factor.
type Mode string

// The modes of MFA_REQUIRED.
const (
	RequiredNone  Mode = "none"
	RequiredStaff Mode = "staff"
	RequiredAll   Mode = "all"
)

// Requirement knows who must have a second factor.
type Requirement struct {
	Factors  ports.Factors
	Mode     Mode
	Policies []ports.FactorPolicy
}

// MustSetUp reports whether the account must have a second factor and has none. It is
// found out anew each time and written nowhere: every credential of the account is
// restricted, also one from before the rule, until the moment it has a factor.
func (r Requirement) MustSetUp(ctx context.Context, account *accounts.Account) (bool, error) {
	if r.Mode == RequiredNone && len(r.Policies) == 0 {
		return false, nil
	}
	found, err := r.Factors.Of(ctx, account.ID())
	if err != nil || found.Enabled() {
		return false, err
	}
	return r.must(ctx, account)
}

func (r Requirement) must(ctx context.Context, account *accounts.Account) (bool, error) {
	s := account.Snapshot()
	if r.Mode == RequiredAll || r.Mode == RequiredStaff && (s.Staff || s.Superuser) {
		return true, nil
	}
	for _, policy := range r.Policies {
		if must, err := policy.MustHaveFactor(ctx, account); err != nil || must {
			return must, err
		}
	}
	return false, nil
}

// MustSetUp implements UseCases.
func (s *Service) MustSetUp(ctx context.Context, account *accounts.Account) (bool, error) {
	return s.Required.MustSetUp(ctx, account)
}
