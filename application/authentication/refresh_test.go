package authentication_test

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/application/authentication"
	"latchkey/domain/accounts"
	"latchkey/domain/secret"
	"latchkey/domain/sessions"
)

func TestARefreshWithoutRotationGivesAnAccessTokenOnly(t *testing.T) {
	w := newWorld(t, jwt())
	ann := w.add(t, "ann", "ann@example.com")
	pair := w.login(t, "ann")
	w.clock.advance(time.Hour)
	refreshed := w.refresh(t, pair.Refresh)
	require.True(t, refreshed.Refresh.Empty())
	require.Zero(t, refreshed.RefreshExpires)
	require.Equal(t, start.Add(time.Hour+accessLife), refreshed.AccessExpires)
	claims := w.says(t, refreshed.Access)
	require.Equal(t, sessions.KindAccess, claims.Kind)
	require.Equal(t, start.Add(time.Hour), claims.IssuedAt)
	require.Equal(t, start.Add(time.Hour+accessLife), claims.Expires)
	require.Equal(t, w.says(t, pair.Refresh).Rest, claims.Rest)
	require.NotEqual(t, w.says(t, w.refresh(t, pair.Refresh).Access).ID, claims.ID)
	caller, err := w.ByAccessToken(w.ctx, refreshed.Access)
	require.NoError(t, err)
	require.Equal(t, ann.ID(), caller.ID())
	w.clock.advance(refreshLife - time.Hour)
	w.refuses(t, pair.Refresh, sessions.ErrJWTExpired)
}

func TestARotationGivesANewRefreshTokenAndMayLeaveTheOldOneGood(t *testing.T) {
	for name, options := range map[string][]func(*authentication.JWT){
		"no blacklist":                  {rotating},
		"revoking without a blacklist":  {rotating, func(j *authentication.JWT) { j.RevokeRotated = true }},
		"a blacklist, without revoking": {rotating, blacklisting},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, jwt(options...))
			w.add(t, "ann", "ann@example.com")
			pair := w.login(t, "ann")
			w.clock.advance(time.Hour)
			next := w.refresh(t, pair.Refresh)
			claims := w.says(t, next.Refresh)
			require.Equal(t, sessions.KindRefresh, claims.Kind)
			require.NotEqual(t, w.says(t, pair.Refresh).ID, claims.ID)
			require.Equal(t, start.Add(time.Hour), claims.IssuedAt)
			require.Equal(t, start.Add(time.Hour+refreshLife), claims.Expires)
			require.Equal(t, claims.Expires, next.RefreshExpires)
			require.Equal(t, w.says(t, pair.Refresh).Rest, claims.Rest)
			w.refresh(t, next.Refresh)
			w.refresh(t, pair.Refresh)
		})
	}
}

func TestWithoutRotationNothingIsRevoked(t *testing.T) {
	w := newWorld(t, jwt(blacklisting, func(j *authentication.JWT) { j.RevokeRotated = true }))
	w.add(t, "ann", "ann@example.com")
	pair := w.login(t, "ann")
	w.refresh(t, pair.Refresh)
	w.refresh(t, pair.Refresh)
	require.False(t, w.revoked(t, pair.Refresh))
}

func TestARotatedTokenIsGoodOnce(t *testing.T) {
	w := newWorld(t, jwt(onceOnly))
	ann := w.add(t, "ann", "ann@example.com")
	pair := w.login(t, "ann")
	next := w.refresh(t, pair.Refresh)
	w.refuses(t, pair.Refresh, sessions.ErrJWTRevoked)
	again := w.refresh(t, next.Refresh)
	require.NoError(t, w.refreshes.RevokeAll(w.ctx, ann.ID(), "", start))
	w.refuses(t, again.Refresh, sessions.ErrJWTRevoked) // successors are recorded for the account
}

func TestOfTwentyUsesOfOneRefreshTokenOneSucceeds(t *testing.T) {
	w := newWorld(t, jwt(onceOnly))
	w.add(t, "ann", "ann@example.com")
	pair := w.login(t, "ann")
	var arrived, done sync.WaitGroup
	arrived.Add(20)
	// Each racer has passed every check that comes before the transaction.
	w.Transactor = before{w.Transactor, func() { arrived.Done(); arrived.Wait() }}
	errs := make([]error, 20)
	for i := range errs {
		done.Go(func() { _, errs[i] = w.Refresh(w.ctx, pair.Refresh) })
	}
	done.Wait()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
		} else {
			require.Equal(t, sessions.ErrJWTRevoked, err)
		}
	}
	require.Equal(t, 1, won)
}

// Whoever holds a refresh token must not save himself over the change of the
// password by refreshing at the same moment.
func TestATokenThatIsRevokedWhileItIsRefreshedHasNoSuccessor(t *testing.T) {
	for name, options := range map[string][]func(*authentication.JWT){
		"good once":       {onceOnly},
		"good many times": {rotating, blacklisting},
		"in a family":     {inFamilies},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, func(o *authentication.Options) {
				jwt(options...)(o)
				o.EvictAll = true
			})
			ann := w.add(t, "ann", "ann@example.com")
			pair := w.login(t, "ann")
			inner := w.Transactor
			w.Transactor = before{inner, func() {
				w.Transactor = inner
				w.changePassword(t, ann, "another", "")
			}}
			w.refuses(t, pair.Refresh, sessions.ErrJWTRevoked)
		})
	}
}

// Each token has everything wrong that the later ones have.
func TestWhatIsWrongWithARefreshTokenIsToldInOrder(t *testing.T) {
	w := newWorld(t, jwt(onceOnly, checkPassword))
	ann, bob := w.add(t, "ann", "ann@example.com"), w.add(t, "bob", "bob@example.com")
	w.disable(t, bob)
	stale := func(id accounts.ID) map[string]any {
		return map[string]any{"user_id": int(id), "hash_password": "stale"}
	}
	token := func(kind sessions.TokenKind, id string, rest map[string]any) secret.String {
		claims := w.foreign(kind, rest)
		claims.ID = id
		return w.sign(t, claims)
	}
	void := w.foreign(sessions.KindRefresh, nil)
	void.ID = "void"
	require.NoError(t, w.refreshes.Revoke(w.ctx, secret.String{}, void, 0, start))
	expired := void
	expired.Kind, expired.Expires = sessions.KindAccess, start
	tests := map[string]struct {
		token secret.String
		want  error
	}{
		"1 empty":             {secret.String{}, sessions.ErrJWTInvalid},
		"1 garbage":           {secret.New("a.b.c"), sessions.ErrJWTInvalid},
		"2 expired":           {w.sign(t, expired), sessions.ErrJWTExpired},
		"3 an access token":   {token(sessions.KindAccess, "void", stale(404)), sessions.ErrJWTWrongType},
		"4 void":              {token(sessions.KindRefresh, "void", stale(404)), sessions.ErrJWTRevoked},
		"4 void, inactive":    {token(sessions.KindRefresh, "void", stale(bob.ID())), sessions.ErrJWTRevoked},
		"5 unknown account":   {token(sessions.KindRefresh, "x", stale(404)), sessions.ErrNoActiveAccount},
		"5 inactive":          {token(sessions.KindRefresh, "x", stale(bob.ID())), sessions.ErrNoActiveAccount},
		"6 password":          {token(sessions.KindRefresh, "x", stale(ann.ID())), sessions.ErrPasswordChanged},
		"6 no password claim": {token(sessions.KindRefresh, "x", map[string]any{"user_id": 1}), sessions.ErrPasswordChanged},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { w.refuses(t, test.token, test.want) })
	}
	require.False(t, w.revoked(t, token(sessions.KindRefresh, "x", nil)), "a refusal uses nothing up")
	w.Service.JWTs = untyped{w.jwts}
	w.refuses(t, w.sign(t, void), sessions.ErrJWTNoType)
}

// Upstream serves such tokens; what they give opens nothing.
func TestATokenThatNamesNobodyIsRefreshedToOneThatOpensNothing(t *testing.T) {
	for name, rest := range map[string]map[string]any{"no claim": nil, "null": {"user_id": nil}} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, jwt(onceOnly, checkPassword))
			token := w.sign(t, w.foreign(sessions.KindRefresh, rest))
			pair := w.refresh(t, token)
			_, err := w.ByAccessToken(w.ctx, pair.Access)
			require.Contains(t, []error{sessions.ErrJWTNoAccount, sessions.ErrAccountNotFound}, err)
			w.refuses(t, token, sessions.ErrJWTRevoked)
			w.refresh(t, pair.Refresh)
		})
	}
	w := newWorld(t, jwt(inFamilies))
	w.refuses(t, w.sign(t, w.foreign(sessions.KindRefresh, nil)), sessions.ErrJWTRevoked)
}

func TestARefreshThatFailsUsesNothingUp(t *testing.T) {
	w := newWorld(t, jwt(onceOnly))
	w.add(t, "ann", "ann@example.com")
	pair := w.login(t, "ann")
	w.JWTs = unsigned{w.jwts}
	_, err := w.Refresh(w.ctx, pair.Refresh)
	require.ErrorIs(t, err, errDown)
	w.JWTs = w.jwts
	w.refresh(t, pair.Refresh)
}

// unsigned verifies tokens and cannot sign any.
type unsigned struct{ verifier }

type verifier interface {
	Verify(token secret.String, now time.Time) (sessions.Claims, error)
}

func (unsigned) Sign(sessions.Claims) (secret.String, error) { return secret.String{}, errDown }
