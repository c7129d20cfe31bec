package authentication_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/adapters/inmemory"
	"latchkey/application/authentication"
	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/factors"
	"latchkey/domain/secret"
	"latchkey/domain/sessions"
)

// guarded is a world with second factors.
type guarded struct {
	*world
	factors *inmemory.Factors
	pending *inmemory.PendingFactors
}

func newGuarded(t *testing.T, change func(*authentication.Options), required authentication.Requirement) guarded {
	t.Helper()
	w := newWorld(t, func(o *authentication.Options) {
		o.PendingLife = time.Minute
		if change != nil {
			change(o)
		}
	})
	store := w.store
	g := guarded{world: w, factors: inmemory.NewFactors(store), pending: inmemory.NewPendingFactors(store)}
	w.Factors, w.Pending, w.Required = g.factors, g.pending, required
	return g
}

// protect gives the account a second factor.
func (g guarded) protect(t *testing.T, account *accounts.Account) {
	t.Helper()
	require.NoError(t, g.factors.Update(g.ctx, account.ID(), func(f *factors.Factors) error {
		*f = *factors.Restore(factors.Snapshot{Account: account.ID(), TOTP: &factors.TOTP{
			Secret: secret.New("JBSWY3DPEHPK3PXPGEZDGNBVGY3TQOJQ"), Created: g.clock.Now(),
		}})
		return nil
	}))
}

// Every way in comes through Admit. Upstream's social and passkey logins, and its login
// without the slash, build sessions of their own and pass the second factor by.
func TestNoWayInPassesTheSecondFactorBy(t *testing.T) {
	ways := map[string]struct {
		enter  func(g guarded, account *accounts.Account) (authentication.Grant, error)
		proved bool
	}{
		"password": {enter: func(g guarded, _ *accounts.Account) (authentication.Grant, error) {
			return g.SignIn(g.ctx, byName("ann"))
		}},
		"social": {enter: func(g guarded, account *accounts.Account) (authentication.Grant, error) {
			return g.Admit(g.ctx, authentication.Admission{Account: account, Backend: sessions.BackendAllauth})
		}},
		"passkey without user verification": {enter: func(g guarded, account *accounts.Account) (authentication.Grant, error) {
			return g.Admit(g.ctx, authentication.Admission{Account: account, Backend: sessions.BackendModel, SecondFactorProved: false})
		}},
		"passkey with user verification": {proved: true, enter: func(g guarded, account *accounts.Account) (authentication.Grant, error) {
			return g.Admit(g.ctx, authentication.Admission{Account: account, Backend: sessions.BackendModel, SecondFactorProved: true})
		}},
	}
	modes := map[string]func(*authentication.Options){"token and session": nil, "json web tokens": jwt()}
	for way, w := range ways {
		for mode, options := range modes {
			t.Run(way+", "+mode, func(t *testing.T) {
				g := newGuarded(t, options, nil)
				ann := g.add(t, "ann", "ann@example.com")
				grant, err := w.enter(g, ann)
				require.NoError(t, err)
				g.requireGranted(t, grant, options == nil)
				before := g.stored(t, ann).LastLogin()

				g.clock.advance(time.Second)
				g.protect(t, ann)
				grant, err = w.enter(g, g.stored(t, ann))
				require.NoError(t, err)
				if w.proved {
					g.requireGranted(t, grant, options == nil)
					return
				}
				require.Equal(t, authentication.Grant{Pending: grant.Pending}, grant, "nothing but the token that waits")
				waiting, err := g.pending.ByDigest(g.ctx, factors.Digest(grant.Pending), g.clock.Now())
				require.NoError(t, err)
				require.Equal(t, ann.ID(), waiting.Account)
				require.Equal(t, before, g.stored(t, ann).LastLogin(), "nobody has signed in yet")
			})
		}
	}
}

func (g guarded) requireGranted(t *testing.T, grant authentication.Grant, tokens bool) {
	t.Helper()
	require.True(t, grant.Pending.Empty())
	if tokens {
		require.False(t, grant.Token.Key.Empty())
		require.NotNil(t, grant.Session)
		return
	}
	require.False(t, grant.Pair.Access.Empty())
}

func TestWhatRefusesAtASignInRefusesBeforeTheSecondFactor(t *testing.T) {
	g := newGuarded(t, func(o *authentication.Options) { o.MandatoryVerification = true }, nil)
	ann := g.add(t, "ann", "ann@example.com")
	g.protect(t, ann)
	_, err := g.SignIn(g.ctx, byName("ann"))
	require.ErrorIs(t, err, authentication.ErrEmailNotVerified)
	g.disable(t, ann)
	_, err = g.SignIn(g.ctx, byName("ann"))
	require.ErrorIs(t, err, authentication.ErrCredentialsWrong)
}

// protecting sets a factor up between the look at it and the session.
type protecting struct {
	ports.Transactor
	protect func()
}

func (p *protecting) InTx(ctx context.Context, work func(context.Context) error) error {
	p.protect()
	return p.Transactor.InTx(ctx, work)
}

func TestAFactorThatIsSetUpDuringASignInIsDemanded(t *testing.T) {
	g := newGuarded(t, nil, nil)
	ann := g.add(t, "ann", "ann@example.com")
	g.Transactor = &protecting{Transactor: g.Transactor, protect: func() { g.protect(t, ann) }}
	grant, err := g.Admit(g.ctx, authentication.Admission{Account: ann, Backend: sessions.BackendModel})
	require.NoError(t, err)
	require.False(t, grant.Pending.Empty())
	require.True(t, grant.Token.Key.Empty())
	require.Zero(t, g.stored(t, ann).LastLogin(), "what was granted was taken back")
}

func TestRefreshTokensFromBeforeTheFactorEndWhereAsked(t *testing.T) {
	for _, ends := range []bool{false, true} {
		g := newGuarded(t, func(o *authentication.Options) {
			jwt(rotating)(o)
			o.RefreshNeedsFactor = ends
		}, nil)
		ann := g.add(t, "ann", "ann@example.com")
		older := g.admit(t, ann)
		g.clock.advance(time.Minute)
		g.protect(t, ann)
		g.clock.advance(time.Minute)
		_, err := g.Refresh(g.ctx, older.Refresh)
		if !ends {
			require.NoError(t, err)
			continue
		}
		require.ErrorIs(t, err, sessions.ErrJWTRevoked)
		grant, err := g.Admit(g.ctx, authentication.Admission{Account: g.stored(t, ann), SecondFactorProved: true})
		require.NoError(t, err)
		g.clock.advance(time.Minute)
		_, err = g.Refresh(g.ctx, grant.Pair.Refresh)
		require.NoError(t, err)
	}
}

// must says of everybody what it is.
type must bool

func (m must) MustSetUp(context.Context, *accounts.Account) (bool, error) { return bool(m), nil }

// Others who take our access tokens do not ask us each time.
func TestTokensOfAnAccountThatMustSetUpAFactorSaySo(t *testing.T) {
	for _, restricted := range []must{false, true} {
		g := newGuarded(t, jwt(), restricted)
		pair := g.admit(t, g.add(t, "ann", "ann@example.com"))
		said := g.says(t, pair.Access).Rest[authentication.SetUpClaim]
		err := g.VerifyToken(g.ctx, pair.Access)
		if restricted {
			require.Equal(t, true, said)
			require.ErrorIs(t, err, sessions.ErrJWTRevoked)
		} else {
			require.Nil(t, said)
			require.NoError(t, err)
		}
		require.NoError(t, g.VerifyToken(g.ctx, pair.Refresh))
	}
}

// The rule may be younger than a token, and so may the factor.
func TestRefreshedTokensSayWhatHoldsNow(t *testing.T) {
	alone, families := jwt(), jwt(rotating)
	for name, options := range map[string]func(*authentication.Options){"alone": alone, "in a family": families} {
		g := newGuarded(t, options, must(false))
		pair := g.admit(t, g.add(t, "ann", "ann@example.com"))
		for _, restricted := range []must{true, false} {
			g.Required = restricted
			g.clock.advance(time.Minute)
			next, err := g.Refresh(g.ctx, pair.Refresh)
			require.NoError(t, err)
			_, said := g.says(t, next.Access).Rest[authentication.SetUpClaim]
			require.Equal(t, bool(restricted), said, name)
			if !next.Refresh.Empty() {
				pair = next
				_, said = g.says(t, next.Refresh).Rest[authentication.SetUpClaim]
				require.Equal(t, bool(restricted), said, name)
			}
		}
	}
}

func TestManySignInsLeaveFewThatWait(t *testing.T) {
	g := newGuarded(t, nil, nil)
	g.protect(t, g.add(t, "ann", "ann@example.com"))
	left := 0
	var tokens []secret.String
	for range 3 * factors.MaxPending {
		grant, err := g.SignIn(g.ctx, byName("ann"))
		require.NoError(t, err)
		tokens = append(tokens, grant.Pending)
	}
	for _, token := range tokens {
		if _, err := g.pending.ByDigest(g.ctx, factors.Digest(token), g.clock.Now()); err == nil {
			left++
		}
	}
	require.Equal(t, factors.MaxPending, left)
}
