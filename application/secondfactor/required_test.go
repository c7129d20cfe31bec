package secondfactor_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/application/ports"
	"latchkey/application/secondfactor"
	"latchkey/domain/accounts"
)

// named demands a factor of the one who has the name, or fails.
type named struct {
	name string
	err  error
}

func (n named) Name() string { return n.name }

func (n named) MustHaveFactor(_ context.Context, account *accounts.Account) (bool, error) {
	return string(account.Username()) == n.name, n.err
}

func TestWhoMustHaveAFactor(t *testing.T) {
	w := newWorld(t, nil)
	plain, ivan := w.add(t, "plain"), w.add(t, "ivan")
	staff := w.set(t, w.add(t, "staff"), func(s *accounts.Snapshot) { s.Staff = true })
	super := w.set(t, w.add(t, "super"), func(s *accounts.Snapshot) { s.Superuser = true })
	everybody := []*accounts.Account{plain, ivan, staff, super}
	for _, test := range []struct {
		mode     secondfactor.Mode
		policies []ports.FactorPolicy
		want     []bool
	}{
		{secondfactor.RequiredNone, nil, []bool{false, false, false, false}},
		{secondfactor.RequiredStaff, nil, []bool{false, false, true, true}},
		{secondfactor.RequiredAll, nil, []bool{true, true, true, true}},
		{secondfactor.RequiredNone, []ports.FactorPolicy{named{name: "x"}, named{name: "ivan"}}, []bool{false, true, false, false}},
	} {
		required := secondfactor.Requirement{Factors: w.factors, Mode: test.mode, Policies: test.policies}
		for i, account := range everybody {
			must, err := required.MustSetUp(w.ctx, account)
			require.NoError(t, err)
			require.Equal(t, test.want[i], must, "%s %s", test.mode, account.Username())
		}
	}
	w.activate(t, plain)
	must, err := secondfactor.Requirement{Factors: w.factors, Mode: secondfactor.RequiredAll}.MustSetUp(w.ctx, plain)
	require.NoError(t, err)
	require.False(t, must, "who has one need not set one up")

	down := errors.New("down")
	_, err = secondfactor.Requirement{Factors: w.factors, Policies: []ports.FactorPolicy{named{err: down}}}.MustSetUp(w.ctx, ivan)
	require.ErrorIs(t, err, down, "what cannot be found out is not allowed")
}
