package authentication_test

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/application/authentication"
	"latchkey/application/ports"
	"latchkey/domain/secret"
	"latchkey/domain/sessions"
)

func TestALoginBeginsAFamily(t *testing.T) {
	for name, option := range map[string]func(*authentication.JWT){"families": inFamilies, "checked sessions": checkSession} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, jwt(option))
			ann := w.add(t, "ann", "ann@example.com")
			pair, other := w.login(t, "ann"), w.login(t, "ann")
			refresh := w.says(t, pair.Refresh)
			require.Regexp(t, "^[0-9a-f]{32}$", refresh.Family())
			require.Equal(t, refresh.Family(), w.says(t, pair.Access).Family())
			require.NotEqual(t, refresh.Family(), w.says(t, other.Refresh).Family())
			require.Equal(t, &sessions.Family{ID: refresh.Family(), Account: ann.ID(), Began: start, Current: refresh.Link()}, w.family(t, pair))
		})
	}
}

func TestARefreshMovesTheFamilyOn(t *testing.T) {
	w := newWorld(t, jwt(inFamilies))
	w.add(t, "ann", "ann@example.com")
	pair := w.login(t, "ann")
	w.clock.advance(time.Hour)
	next := w.refresh(t, pair.Refresh)
	family, claims := w.family(t, pair), w.says(t, next.Refresh)
	require.Equal(t, claims.Link(), family.Current)
	require.Equal(t, w.says(t, pair.Refresh).ID, family.Previous)
	require.Equal(t, w.says(t, pair.Refresh).Family(), claims.Family())
	require.Equal(t, claims.Family(), w.says(t, next.Access).Family())
	require.Equal(t, start.Add(time.Hour+refreshLife), claims.Expires)
	require.Equal(t, start, family.Began)
	require.True(t, family.Alive())
}

// Tabs of one browser refresh at the same moment.
func TestFiftyParallelRefreshesAgreeOnOneSuccessor(t *testing.T) {
	for name, options := range map[string][]func(*authentication.JWT){
		"alone": {inFamilies}, "with a blacklist": {inFamilies, onceOnly},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, jwt(options...))
			w.add(t, "ann", "ann@example.com")
			pair := w.login(t, "ann")
			var arrived, done sync.WaitGroup
			arrived.Add(50)
			inner := w.Transactor
			w.Transactor = before{inner, func() { arrived.Done(); arrived.Wait() }}
			pairs, errs := make([]sessions.TokenPair, 50), make([]error, 50)
			for i := range pairs {
				done.Go(func() { pairs[i], errs[i] = w.Refresh(w.ctx, pair.Refresh) })
			}
			done.Wait()
			w.Transactor = inner
			for i, got := range pairs {
				require.NoError(t, errs[i])
				require.Equal(t, w.says(t, pairs[0].Refresh), w.says(t, got.Refresh))
			}
			w.refresh(t, pairs[0].Refresh)
		})
	}
}

func TestWithinGraceAUsedTokenGetsTheSameSuccessorAgain(t *testing.T) {
	w := newWorld(t, jwt(inFamilies, blacklisting))
	w.add(t, "ann", "ann@example.com")
	pair := w.login(t, "ann")
	w.clock.advance(time.Minute)
	next := w.refresh(t, pair.Refresh)
	w.clock.advance(grace + 999*time.Millisecond) // whole seconds count
	again := w.refresh(t, pair.Refresh)
	require.Equal(t, next.Refresh.Reveal(), again.Refresh.Reveal())
	require.True(t, next.RefreshExpires.Equal(again.RefreshExpires), "its life does not grow")
	require.NotEqual(t, w.says(t, next.Access).ID, w.says(t, again.Access).ID)
	require.Equal(t, w.clock.Now().Add(accessLife), again.AccessExpires)
	require.Empty(t, w.events.all[1:], "nothing was stolen")
	w.refresh(t, next.Refresh)
}

// The refusal is told after the commit: told inside, it would undo what it says.
func TestReuseAfterGraceEndsTheFamilyForEverAndIsTold(t *testing.T) {
	w := newWorld(t, jwt(inFamilies, checkSession))
	ann := w.add(t, "ann", "ann@example.com")
	pair, other := w.login(t, "ann"), w.login(t, "ann")
	next := w.refresh(t, pair.Refresh)
	w.events.all = nil
	w.clock.advance(grace + time.Second)
	at := w.clock.Now()
	w.refuses(t, pair.Refresh, sessions.ErrJWTRevoked)
	require.Equal(t, []ports.Event{{Name: ports.EventTokenReused, Account: ann.ID(), At: at}}, w.events.all)
	require.Equal(t, at, w.family(t, pair).Ended)
	for range 2 {
		w.refuses(t, next.Refresh, sessions.ErrJWTRevoked)
		w.refuses(t, pair.Refresh, sessions.ErrJWTRevoked)
	}
	_, err := w.ByAccessToken(w.ctx, next.Access)
	require.Equal(t, sessions.ErrSessionEnded, err)
	require.Len(t, w.events.all, 1, "it is told once")
	require.Equal(t, at, w.family(t, pair).Ended)
	w.refresh(t, other.Refresh)
}

func TestWithoutGraceASecondUseIsReuse(t *testing.T) {
	w := newWorld(t, jwt(inFamilies, func(j *authentication.JWT) { j.Grace = 0 }))
	w.add(t, "ann", "ann@example.com")
	pair := w.login(t, "ann")
	next := w.refresh(t, pair.Refresh)
	w.refuses(t, pair.Refresh, sessions.ErrJWTRevoked)
	w.refuses(t, next.Refresh, sessions.ErrJWTRevoked)
}

func TestATokenOlderThanThePreviousEndsTheFamilyAtOnce(t *testing.T) {
	w := newWorld(t, jwt(inFamilies))
	w.add(t, "ann", "ann@example.com")
	first := w.login(t, "ann")
	second := w.refresh(t, first.Refresh)
	third := w.refresh(t, second.Refresh)
	w.refuses(t, first.Refresh, sessions.ErrJWTRevoked)
	w.refuses(t, third.Refresh, sessions.ErrJWTRevoked)
}

func TestAReuseThatCannotBeToldIsNotForgotten(t *testing.T) {
	w := newWorld(t, jwt(inFamilies))
	w.add(t, "ann", "ann@example.com")
	pair := w.login(t, "ann")
	w.refresh(t, pair.Refresh)
	w.clock.advance(time.Minute)
	w.events.fail = errDown
	w.refuses(t, pair.Refresh, errDown)
	w.events.fail = nil
	w.refuses(t, pair.Refresh, sessions.ErrJWTRevoked)
	require.Equal(t, ports.EventTokenReused, w.events.all[1].Name)
}

// Nothing would end such a token when the password changes.
func TestATokenWithoutAFamilyIsRefusedWhereThereAreFamilies(t *testing.T) {
	for name, sid := range map[string]any{"none": nil, "empty": "", "a number": 7, "unknown": "0123456789abcdef0123456789abcdef"} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, jwt(inFamilies))
			w.add(t, "ann", "ann@example.com")
			rest := map[string]any{"user_id": "1"}
			if sid != nil {
				rest["sid"] = sid
			}
			claims := w.foreign(sessions.KindRefresh, rest)
			w.refuses(t, w.sign(t, claims), sessions.ErrJWTRevoked)
			_, err := w.families.ByID(w.ctx, claims.ID)
			require.Equal(t, sessions.ErrJWTRevoked, err, "and none is made for it")
		})
	}
}

func TestAFamilyOfSomebodyElseIsOfNoUseAndTakesNoHarm(t *testing.T) {
	w := newWorld(t, jwt(inFamilies))
	w.add(t, "ann", "ann@example.com")
	w.add(t, "eve", "eve@example.com")
	pair := w.login(t, "ann")
	claims := w.says(t, pair.Refresh)
	claims.Rest["user_id"] = "2"
	w.refuses(t, w.sign(t, claims), sessions.ErrJWTRevoked)
	delete(claims.Rest, "user_id")
	w.refuses(t, w.sign(t, claims), sessions.ErrJWTRevoked)
	require.True(t, w.family(t, pair).Alive())
	w.refresh(t, pair.Refresh)
}

func TestATokenThatAnotherProgramRevokedEndsTheFamily(t *testing.T) {
	revoke := func(t *testing.T, w *world, token secret.String) {
		require.NoError(t, w.refreshes.Revoke(w.ctx, token, w.says(t, token), 1, start))
	}
	t.Run("the newest", func(t *testing.T) {
		w := newWorld(t, jwt(inFamilies, blacklisting, checkSession))
		w.add(t, "ann", "ann@example.com")
		pair := w.login(t, "ann")
		revoke(t, w, pair.Refresh)
		w.refuses(t, pair.Refresh, sessions.ErrJWTRevoked)
		require.False(t, w.family(t, pair).Alive())
		_, err := w.ByAccessToken(w.ctx, pair.Access)
		require.Equal(t, sessions.ErrSessionEnded, err)
	})
	t.Run("the newest, when the one before comes again", func(t *testing.T) {
		w := newWorld(t, jwt(inFamilies, blacklisting))
		w.add(t, "ann", "ann@example.com")
		pair := w.login(t, "ann")
		revoke(t, w, w.refresh(t, pair.Refresh).Refresh)
		w.refuses(t, pair.Refresh, sessions.ErrJWTRevoked)
		require.False(t, w.family(t, pair).Alive())
	})
	t.Run("one that does not rotate", func(t *testing.T) {
		w := newWorld(t, jwt(blacklisting, checkSession))
		w.add(t, "ann", "ann@example.com")
		pair := w.login(t, "ann")
		revoke(t, w, pair.Refresh)
		w.refuses(t, pair.Refresh, sessions.ErrJWTRevoked)
		require.False(t, w.family(t, pair).Alive())
	})
}

func TestWithABlacklistARotatedTokenIsVoidForOtherProgramsToo(t *testing.T) {
	w := newWorld(t, jwt(inFamilies, blacklisting))
	ann := w.add(t, "ann", "ann@example.com")
	pair := w.login(t, "ann")
	next := w.refresh(t, pair.Refresh)
	require.True(t, w.revoked(t, pair.Refresh))
	require.False(t, w.revoked(t, next.Refresh))
	require.NoError(t, w.refreshes.RevokeAll(w.ctx, ann.ID(), "", start))
	require.True(t, w.revoked(t, next.Refresh), "it was recorded")
}

func TestAFamilyWhoseTokensDoNotRotateLivesUntilItIsEnded(t *testing.T) {
	for name, option := range map[string]func(*authentication.JWT){
		"families": func(j *authentication.JWT) { j.Families = true }, "checked sessions": checkSession,
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, jwt(option))
			w.add(t, "ann", "ann@example.com")
			pair := w.login(t, "ann")
			for range 3 {
				w.clock.advance(time.Hour)
				refreshed := w.refresh(t, pair.Refresh)
				require.True(t, refreshed.Refresh.Empty())
				require.Equal(t, w.says(t, pair.Refresh).Family(), w.says(t, refreshed.Access).Family())
			}
			require.NoError(t, w.SignOut(w.ctx, authentication.SignOut{Refresh: &pair.Refresh}))
			w.refuses(t, pair.Refresh, sessions.ErrJWTRevoked)
		})
	}
}

// CheckSession alone changes nothing about what refresh tokens are good for.
func TestCheckedSessionsAloneDoNotNoticeReuse(t *testing.T) {
	w := newWorld(t, jwt(checkSession, rotating))
	w.add(t, "ann", "ann@example.com")
	pair := w.login(t, "ann")
	next := w.refresh(t, pair.Refresh)
	w.clock.advance(time.Hour)
	w.refresh(t, pair.Refresh)
	w.refresh(t, next.Refresh)
	require.Len(t, w.events.all, 1)
	require.NoError(t, w.SignOut(w.ctx, authentication.SignOut{Refresh: &pair.Refresh}))
	w.refuses(t, next.Refresh, sessions.ErrJWTRevoked)
}

func TestAFailureOfTheFamiliesIsNoRefusalAndGivesNothing(t *testing.T) {
	w := newWorld(t, jwt(inFamilies, onceOnly))
	w.add(t, "ann", "ann@example.com")
	pair := w.login(t, "ann")
	w.JWTs = unsigned{w.jwts}
	w.refuses(t, pair.Refresh, errDown)
	w.JWTs = w.jwts
	require.Empty(t, w.family(t, pair).Previous, "the family stands where it stood")
	w.refresh(t, pair.Refresh)
}
