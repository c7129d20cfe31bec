package authentication_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/application/authentication"
	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/secret"
	"latchkey/domain/sessions"
)

// countedRefreshes counts what is written.
type countedRefreshes struct {
	ports.RefreshTokens
	written *int
}

func (c countedRefreshes) Record(ctx context.Context, token secret.String, claims sessions.Claims, account accounts.ID) error {
	*c.written++
	return c.RefreshTokens.Record(ctx, token, claims, account)
}

func (c countedRefreshes) Revoke(ctx context.Context, token secret.String, claims sessions.Claims, account accounts.ID, now time.Time) error {
	*c.written++
	return c.RefreshTokens.Revoke(ctx, token, claims, account, now)
}

type countedFamilies struct {
	ports.Families
	written *int
}

func (c countedFamilies) Add(ctx context.Context, family *sessions.Family) error {
	*c.written++
	return c.Families.Add(ctx, family)
}

func (c countedFamilies) Update(ctx context.Context, id string, change func(*sessions.Family) error) error {
	*c.written++
	return c.Families.Update(ctx, id, change)
}

// refreshAtLogout are refresh tokens that come along with a logout, and what is
// said of them where there is a blacklist.
var refreshAtLogout = map[string]struct {
	token func(t *testing.T, w *world, pair sessions.TokenPair) *secret.String
	want  error
}{
	"none":  {func(*testing.T, *world, sessions.TokenPair) *secret.String { return nil }, sessions.ErrJWTMissing},
	"empty": {func(*testing.T, *world, sessions.TokenPair) *secret.String { return &secret.String{} }, sessions.ErrJWTInvalid},
	"garbage": {func(*testing.T, *world, sessions.TokenPair) *secret.String {
		token := secret.New("a.b.c")
		return &token
	}, sessions.ErrJWTInvalid},
	"an access token": {func(_ *testing.T, _ *world, pair sessions.TokenPair) *secret.String { return &pair.Access }, sessions.ErrJWTWrongType},
	"expired": {func(t *testing.T, w *world, _ sessions.TokenPair) *secret.String {
		claims := w.foreign(sessions.KindRefresh, map[string]any{"user_id": "1"})
		claims.Expires = start
		token := w.sign(t, claims)
		return &token
	}, sessions.ErrJWTExpired},
}

func TestARefreshTokenThatIsRefusedKeepsNothingElseAlive(t *testing.T) {
	for name, test := range refreshAtLogout {
		for _, blacklist := range []bool{true, false} {
			t.Run(name, func(t *testing.T) {
				w := newWorld(t, func(o *authentication.Options) {
					jwt(checkSession)(o)
					o.Sessions, o.JWT.Blacklist = true, blacklist
				})
				ann := w.add(t, "ann", "ann@example.com")
				grant, err := w.SignIn(w.ctx, byName("ann"))
				require.NoError(t, err)
				key, err := w.tokens.Issue(w.ctx, sessions.APIToken{Key: secret.New("key"), Account: ann.ID(), Created: start})
				require.NoError(t, err)
				caller, err := w.ByAccessToken(w.ctx, grant.Pair.Access)
				require.NoError(t, err)
				want := test.want
				if !blacklist {
					want = nil
				}
				err = w.SignOut(w.ctx, authentication.SignOut{
					Caller: caller, SessionKey: grant.Session.Key, Refresh: test.token(t, w, grant.Pair),
				})
				require.Equal(t, want, err)
				w.gone(t, grant.Session.Key)
				_, err = w.ByToken(w.ctx, key.Key)
				require.Equal(t, sessions.ErrTokenUnknown, err)
				_, err = w.ByAccessToken(w.ctx, grant.Pair.Access)
				require.Equal(t, sessions.ErrSessionEnded, err)
				w.refuses(t, grant.Pair.Refresh, sessions.ErrJWTRevoked)
				require.Equal(t, ports.Event{Name: ports.EventSignedOut, Account: ann.ID(), At: start}, w.events.all[1])
			})
		}
	}
}

// Upstream let anybody fill the blacklist's tables.
func TestAnonymousCallersWriteNothingWithWhatIsNoRefreshToken(t *testing.T) {
	for name, test := range refreshAtLogout {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, jwt(inFamilies, blacklisting))
			w.add(t, "ann", "ann@example.com")
			token := test.token(t, w, w.login(t, "ann"))
			written := 0
			w.Refreshes, w.Families = countedRefreshes{w.refreshes, &written}, countedFamilies{w.families, &written}
			require.Equal(t, test.want, w.SignOut(w.ctx, authentication.SignOut{Refresh: token}))
			require.Zero(t, written)
			require.Len(t, w.events.all, 1)
		})
	}
}

func TestALogoutVoidsItsRefreshTokenOnce(t *testing.T) {
	w := newWorld(t, jwt(rotating, blacklisting))
	w.add(t, "ann", "ann@example.com")
	pair, other := w.login(t, "ann"), w.login(t, "ann")
	out := authentication.SignOut{Refresh: &pair.Refresh}
	require.NoError(t, w.SignOut(w.ctx, out), "whoever has the token may throw it away")
	w.refuses(t, pair.Refresh, sessions.ErrJWTRevoked)
	require.Equal(t, sessions.ErrJWTRevoked, w.SignOut(w.ctx, out))
	_, err := w.ByAccessToken(w.ctx, pair.Access)
	require.NoError(t, err, "an access token is good by itself")
	w.refresh(t, other.Refresh)
}

func TestALogoutEndsTheFamilyEvenWhenTheTokenWasVoid(t *testing.T) {
	w := newWorld(t, jwt(inFamilies, blacklisting))
	w.add(t, "ann", "ann@example.com")
	pair := w.login(t, "ann")
	next := w.refresh(t, pair.Refresh)
	require.Equal(t, sessions.ErrJWTRevoked, w.SignOut(w.ctx, authentication.SignOut{Refresh: &pair.Refresh}))
	w.refuses(t, next.Refresh, sessions.ErrJWTRevoked)
	require.Equal(t, start, w.family(t, next).Ended)
}

func TestALogoutWithFamiliesAndNoBlacklistEndsTheFamily(t *testing.T) {
	w := newWorld(t, jwt(inFamilies))
	w.add(t, "ann", "ann@example.com")
	pair, other := w.login(t, "ann"), w.login(t, "ann")
	out := authentication.SignOut{Refresh: &pair.Refresh}
	require.NoError(t, w.SignOut(w.ctx, out))
	require.NoError(t, w.SignOut(w.ctx, out))
	w.refuses(t, pair.Refresh, sessions.ErrJWTRevoked)
	require.False(t, w.revoked(t, pair.Refresh), "there is no blacklist")
	w.refresh(t, other.Refresh)
}

func TestTheAccessCookieEndsItsFamilyWhateverTheCallerWasKnownBy(t *testing.T) {
	w := newWorld(t, jwt(inFamilies, checkSession))
	w.add(t, "ann", "ann@example.com")
	pair, other := w.login(t, "ann"), w.login(t, "ann")
	require.NoError(t, w.SignOut(w.ctx, authentication.SignOut{Access: pair.Access}))
	require.NoError(t, w.SignOut(w.ctx, authentication.SignOut{Access: secret.New("garbage")}))
	w.refuses(t, pair.Refresh, sessions.ErrJWTRevoked)
	w.refresh(t, other.Refresh)
	w.Families = brokenFamilies{w.families}
	require.ErrorIs(t, w.SignOut(w.ctx, authentication.SignOut{Access: other.Access}), errDown)
}

func TestWithoutABlacklistAndFamiliesALogoutRemembersNothing(t *testing.T) {
	w := newWorld(t, jwt())
	ann := w.add(t, "ann", "ann@example.com")
	pair := w.login(t, "ann")
	require.NoError(t, w.SignOut(w.ctx, authentication.SignOut{}), "anonymous")
	garbage := secret.New("garbage")
	require.NoError(t, w.SignOut(w.ctx, authentication.SignOut{Refresh: &garbage}), "it is not even looked at")
	require.NoError(t, w.SignOut(w.ctx, authentication.SignOut{Caller: sessions.Principal{Account: ann}, Refresh: &pair.Refresh}))
	w.refresh(t, pair.Refresh)
}

func TestATokenOfSomebodyWhoIsGoneCanBeThrownAway(t *testing.T) {
	w := newWorld(t, jwt(inFamilies, blacklisting))
	ann := w.add(t, "ann", "ann@example.com")
	pair := w.login(t, "ann")
	w.delete(t, ann)
	require.NoError(t, w.SignOut(w.ctx, authentication.SignOut{Refresh: &pair.Refresh}))
	require.True(t, w.revoked(t, pair.Refresh))
	require.False(t, w.family(t, pair).Alive())
}

func TestALogoutThatFailsIsNoRefusalAndUndoesItsFamily(t *testing.T) {
	w := newWorld(t, jwt(inFamilies, blacklisting))
	w.add(t, "ann", "ann@example.com")
	pair := w.login(t, "ann")
	w.Refreshes = brokenRefreshes{w.refreshes}
	require.ErrorIs(t, w.SignOut(w.ctx, authentication.SignOut{Refresh: &pair.Refresh}), errDown)
	require.True(t, w.family(t, pair).Alive())
	w.Refreshes, w.Families = w.refreshes, brokenFamilies{w.families}
	require.ErrorIs(t, w.SignOut(w.ctx, authentication.SignOut{Refresh: &pair.Refresh}), errDown)
	w.refuses(t, pair.Refresh, errDown)
	require.False(t, w.revoked(t, pair.Refresh))
}

type brokenRefreshes struct{ ports.RefreshTokens }

func (brokenRefreshes) Revoke(context.Context, secret.String, sessions.Claims, accounts.ID, time.Time) error {
	return errDown
}

func (brokenRefreshes) Revoked(context.Context, string) (bool, error) { return false, errDown }

type brokenFamilies struct{ ports.Families }

func (brokenFamilies) ByID(context.Context, string) (*sessions.Family, error) { return nil, errDown }

func (brokenFamilies) Add(context.Context, *sessions.Family) error { return errDown }

func (brokenFamilies) Update(context.Context, string, func(*sessions.Family) error) error {
	return errDown
}

func (brokenFamilies) EndAll(context.Context, accounts.ID, string, time.Time) error { return errDown }

// Where the storage fails nothing may count as good.
func TestAFailureOfTheStorageOpensNothing(t *testing.T) {
	w := newWorld(t, jwt(checkSession, blacklisting))
	w.add(t, "ann", "ann@example.com")
	pair := w.login(t, "ann")
	w.Refreshes = brokenRefreshes{w.refreshes}
	w.refuses(t, pair.Refresh, errDown)
	require.Equal(t, errDown, w.VerifyToken(w.ctx, pair.Refresh))
	w.Families = brokenFamilies{w.families}
	_, err := w.ByAccessToken(w.ctx, pair.Access)
	require.Equal(t, errDown, err)
	grant, err := w.SignIn(w.ctx, byName("ann"))
	require.Equal(t, errDown, err)
	require.Zero(t, grant)
	w.Accounts = brokenAccounts{w.accounts}
	_, err = w.ByAccessToken(w.ctx, pair.Access)
	require.Equal(t, errDown, err)
	w.refuses(t, pair.Refresh, errDown)

	alone := newWorld(t, jwt(blacklisting))
	alone.add(t, "ann", "ann@example.com")
	pair = alone.login(t, "ann")
	alone.Refreshes = brokenRefreshes{alone.refreshes}
	alone.refuses(t, pair.Refresh, errDown)
}

type brokenAccounts struct{ ports.Accounts }

func (brokenAccounts) ByID(context.Context, accounts.ID) (*accounts.Account, error) {
	return nil, errDown
}
