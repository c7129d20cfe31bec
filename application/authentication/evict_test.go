package authentication_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/application/authentication"
	"latchkey/application/ports"
	"latchkey/domain/secret"
	"latchkey/domain/sessions"
)

func everything(options ...func(*authentication.JWT)) func(*authentication.Options) {
	return func(o *authentication.Options) {
		jwt(options...)(o)
		o.EvictAll = true
	}
}

func TestAChangedPasswordEndsEveryFamilyOfItsAccountButTheKeptOne(t *testing.T) {
	for name, option := range map[string]func(*authentication.JWT){"families": inFamilies, "checked sessions": checkSession} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, jwt(option))
			ann := w.add(t, "ann", "ann@example.com")
			w.add(t, "bob", "bob@example.com")
			mine, other, bobs := w.login(t, "ann"), w.login(t, "ann"), w.login(t, "bob")
			w.clock.advance(time.Minute)
			w.changePassword(t, ann, "another", w.says(t, mine.Refresh).Family())
			w.refuses(t, other.Refresh, sessions.ErrJWTRevoked)
			require.Equal(t, w.clock.Now(), w.family(t, other).Ended)
			mine = pairAfter(mine, w.refresh(t, mine.Refresh))
			w.refresh(t, bobs.Refresh)
			w.changePassword(t, ann, "a third", "")
			w.refuses(t, mine.Refresh, sessions.ErrJWTRevoked)
			w.refresh(t, w.admit(t, ann).Refresh)
		})
	}
}

// pairAfter keeps the old refresh token where none was given for it.
func pairAfter(old, refreshed sessions.TokenPair) sessions.TokenPair {
	if refreshed.Refresh.Empty() {
		refreshed.Refresh = old.Refresh
	}
	return refreshed
}

func TestWhatIsNotOursIsNotKept(t *testing.T) {
	w := newWorld(t, everything(inFamilies, blacklisting))
	ann := w.add(t, "ann", "ann@example.com")
	w.add(t, "bob", "bob@example.com")
	pair, bobs := w.login(t, "ann"), w.login(t, "bob")
	w.changePassword(t, ann, "another", w.says(t, bobs.Refresh).Family())
	w.refuses(t, pair.Refresh, sessions.ErrJWTRevoked)
	require.True(t, w.revoked(t, pair.Refresh))
	w.refresh(t, bobs.Refresh)
	w.changePassword(t, ann, "a third", "no such family")
}

func TestEvictAllEndsTheAPITokenAndEveryRefreshToken(t *testing.T) {
	for _, all := range []bool{true, false} {
		w := newWorld(t, func(o *authentication.Options) {
			everything(rotating, blacklisting)(o)
			o.EvictAll = all
		})
		ann, bob := w.add(t, "ann", "ann@example.com"), w.add(t, "bob", "bob@example.com")
		pair, bobs := w.login(t, "ann"), w.login(t, "bob")
		next := w.refresh(t, pair.Refresh)
		for account, key := range map[string]sessions.APIToken{
			"ann": {Key: secret.New("ann's"), Account: ann.ID()}, "bob": {Key: secret.New("bob's"), Account: bob.ID()},
		} {
			_, err := w.tokens.Issue(w.ctx, key)
			require.NoError(t, err, account)
		}
		w.changePassword(t, ann, "another", "")
		_, err := w.ByToken(w.ctx, secret.New("ann's"))
		if all {
			require.Equal(t, sessions.ErrTokenUnknown, err)
			w.refuses(t, pair.Refresh, sessions.ErrJWTRevoked)
			w.refuses(t, next.Refresh, sessions.ErrJWTRevoked)
		} else {
			require.NoError(t, err, "as upstream")
			w.refresh(t, pair.Refresh)
		}
		w.refresh(t, bobs.Refresh)
		_, err = w.ByToken(w.ctx, secret.New("bob's"))
		require.NoError(t, err)
	}
}

func TestEvictAllLeavesTheKeptFamilyItsNewestTokenOnly(t *testing.T) {
	w := newWorld(t, everything(inFamilies, blacklisting))
	ann := w.add(t, "ann", "ann@example.com")
	pair, other := w.login(t, "ann"), w.login(t, "ann")
	next := w.refresh(t, pair.Refresh)
	w.changePassword(t, ann, "another", w.says(t, next.Refresh).Family())
	require.True(t, w.revoked(t, other.Refresh))
	w.refuses(t, other.Refresh, sessions.ErrJWTRevoked)
	w.refresh(t, next.Refresh)
}

// A change of the password that fails must throw nobody out.
func TestAnEvictionIsPartOfTheTransactionAroundIt(t *testing.T) {
	w := newWorld(t, everything(inFamilies, blacklisting))
	ann := w.add(t, "ann", "ann@example.com")
	pair := w.login(t, "ann")
	_, err := w.tokens.Issue(w.ctx, sessions.APIToken{Key: secret.New("key"), Account: ann.ID()})
	require.NoError(t, err)
	require.ErrorIs(t, w.Transactor.InTx(w.ctx, func(ctx context.Context) error {
		if err := w.Evict(ctx, ann.ID(), "", start); err != nil {
			return err
		}
		return errDown
	}), errDown)
	_, err = w.ByToken(w.ctx, secret.New("key"))
	require.NoError(t, err)
	require.False(t, w.revoked(t, pair.Refresh))
	w.refresh(t, pair.Refresh)
}

func TestAnEvictionThatFailsSaysSo(t *testing.T) {
	w := newWorld(t, everything(inFamilies, blacklisting))
	ann := w.add(t, "ann", "ann@example.com")
	w.Families = brokenFamilies{w.families}
	require.ErrorIs(t, w.Evict(w.ctx, ann.ID(), "", start), errDown)
	w.Families = halfBroken{w.families}
	require.ErrorIs(t, w.Evict(w.ctx, ann.ID(), "kept", start), errDown)
}

// halfBroken ends families and cannot look for one.
type halfBroken struct{ ports.Families }

func (halfBroken) ByID(context.Context, string) (*sessions.Family, error) { return nil, errDown }
