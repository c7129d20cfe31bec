package selfservice_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/application/ports"
	"latchkey/application/selfservice"
	"latchkey/domain/accounts"
	"latchkey/domain/credentials"
	"latchkey/domain/fault"
	"latchkey/domain/secret"
	"latchkey/domain/sessions"
)

var wrongPassword = credentials.NewPassword("wrong horse battery")

func TestTheOldPassword(t *testing.T) {
	w := newWorld(t, nil)
	ann := w.add(t, "ann")
	require.NoError(t, w.VetOldPassword(w.ctx, ann, oldPassword))
	err := w.VetOldPassword(w.ctx, ann, wrongPassword)
	require.Equal(t, selfservice.ErrOldPasswordWrong, err)
	require.EqualError(t, err, "old_password: Your old password was entered incorrectly. Please enter it again.")
	w.set(t, ann, func(s *accounts.Snapshot) { s.PasswordHash = secret.New("!unusable") })
	require.Equal(t, selfservice.ErrOldPasswordWrong, w.VetOldPassword(w.ctx, w.stored(t, ann), oldPassword))
	w.hasher.fail = errDown
	require.ErrorIs(t, w.VetOldPassword(w.ctx, ann, oldPassword), errDown)
}

// Whoever got hold of a session must not find the password out with it.
func TestOfFiftyParallelGuessesFiveReachTheHash(t *testing.T) {
	w := newWorld(t, nil)
	ann, bob := w.add(t, "ann"), w.add(t, "bob")
	var wait sync.WaitGroup
	for range 50 {
		wait.Go(func() { _ = w.VetOldPassword(w.ctx, ann, wrongPassword) })
	}
	wait.Wait()
	require.Equal(t, int64(5), w.hasher.work.Load())
	w.clock.advance(time.Minute)
	err := w.VetOldPassword(w.ctx, ann, oldPassword)
	require.ErrorIs(t, err, selfservice.ErrTooManyAttempts)
	require.Equal(t, fault.Throttled, fault.KindOf(err))
	require.Equal(t, 4*time.Minute, fault.Of(err)[0].Wait)
	require.NoError(t, w.VetOldPassword(w.ctx, bob, oldPassword), "each account has a count of its own")
	w.clock.advance(4 * time.Minute)
	require.NoError(t, w.VetOldPassword(w.ctx, ann, oldPassword))
}

func TestTheRightOldPasswordForgetsTheWrongOnes(t *testing.T) {
	w := newWorld(t, nil)
	ann := w.add(t, "ann")
	for range 4 {
		for range 4 {
			require.Equal(t, selfservice.ErrOldPasswordWrong, w.VetOldPassword(w.ctx, ann, wrongPassword))
		}
		require.NoError(t, w.VetOldPassword(w.ctx, ann, oldPassword))
	}
}

func TestWithoutALimitWrongOldPasswordsAreNotCounted(t *testing.T) {
	w := newWorld(t, func(o *selfservice.Options) { o.FailedPasswords = credentials.Limit{} })
	ann := w.add(t, "ann")
	for range 20 {
		require.Equal(t, selfservice.ErrOldPasswordWrong, w.VetOldPassword(w.ctx, ann, wrongPassword))
	}
}

func TestAChangeKeepsTheOwnSessionUnderANewKeyAndEndsTheOthers(t *testing.T) {
	w := newWorld(t, nil)
	ann, bob := w.add(t, "ann"), w.add(t, "bob")
	caller := w.session(t, ann, "mine")
	other, stranger := w.session(t, ann, "other device"), w.session(t, bob, "bob's")
	w.clock.advance(time.Minute)
	moved, err := w.ChangePassword(w.ctx, change(caller, newText))
	require.NoError(t, err)
	require.True(t, w.fits(t, ann, newText))
	require.False(t, w.fits(t, ann, oldText))
	require.Regexp(t, "^[a-z0-9]{32}$", moved.Key.Reveal())
	require.Equal(t, start.Add(time.Minute+week), moved.Expires)
	require.Equal(t, sessions.BackendAllauth, moved.Backend)
	require.Equal(t, "full", moved.Values["cart"])
	require.True(t, w.alive(t, moved.Key))
	require.False(t, w.alive(t, secret.New("mine")), "a copy of the old cookie is worth nothing")
	require.False(t, w.alive(t, other.Session.Key))
	require.True(t, w.alive(t, stranger.Session.Key))
	require.Equal(t, "mine", caller.Session.Key.Reveal(), "the caller's own copy is left alone")
	require.Equal(t, []ports.Event{{Name: ports.EventPasswordChanged, Account: ann.ID(), At: start.Add(time.Minute)}}, w.events.all)
}

func TestAChangeMayEndTheOwnSessionToo(t *testing.T) {
	w := newWorld(t, func(o *selfservice.Options) { o.EndSession = true })
	caller := w.session(t, w.add(t, "ann"), "mine")
	session, err := w.ChangePassword(w.ctx, change(caller, newText))
	require.NoError(t, err)
	require.Nil(t, session)
	_, err = w.sessions.ByKey(w.ctx, secret.New("mine"), start)
	require.ErrorIs(t, err, sessions.ErrSessionEnded, "the row is gone")
}

func TestACallerWithoutASessionGetsNone(t *testing.T) {
	w := newWorld(t, nil)
	ann := w.add(t, "ann")
	session, err := w.ChangePassword(w.ctx, change(sessions.Principal{Account: ann}, newText))
	require.NoError(t, err)
	require.Nil(t, session)
	require.True(t, w.fits(t, ann, newText))
}

func TestNewPasswordsThatAreRefused(t *testing.T) {
	tests := map[string]struct {
		password, repeat string
		want             string
	}{
		"differ, before weak": {"1234567", "7654321", "new_password2: The two password fields didn’t match."},
		"weak": {"1234567", "1234567", "new_password2: This password is too short. It must contain at least 8 characters.; " +
			"new_password2: This password is too common.; new_password2: This password is entirely numeric."},
		"like the name": {"wilhelmina1", "wilhelmina1", "new_password2: The password is too similar to the username."},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, nil)
			ann := w.add(t, "wilhelmina")
			caller := w.session(t, ann, "mine")
			in := change(caller, test.password)
			in.Repeat = credentials.NewPassword(test.repeat)
			session, err := w.ChangePassword(w.ctx, in)
			require.EqualError(t, err, test.want)
			require.Nil(t, session)
			require.Zero(t, w.hasher.work.Load(), "refused before the hash is computed")
			require.True(t, w.fits(t, ann, oldText))
			require.True(t, w.alive(t, caller.Session.Key))
		})
	}
}

// The caller may be the intruder whom the reset was to throw out.
func TestACallerWhoseAccountChangedMeanwhileIsRefused(t *testing.T) {
	tests := map[string]func(*accounts.Snapshot){
		"password reset": func(s *accounts.Snapshot) { s.PasswordHash = secret.New("set by the owner") },
		"disabled":       func(s *accounts.Snapshot) { s.Active = false },
	}
	for name, since := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, nil)
			ann := w.add(t, "ann")
			caller := w.session(t, ann, "mine")
			w.hasher.after = func() { w.set(t, ann, since) }
			session, err := w.ChangePassword(w.ctx, change(caller, newText))
			require.Equal(t, sessions.ErrSessionEnded, err)
			require.Nil(t, session)
			want := ann.Snapshot()
			since(&want)
			require.Equal(t, want, w.stored(t, ann).Snapshot())
			require.Empty(t, w.events.all)
		})
	}
	w := newWorld(t, nil)
	_, err := w.ChangePassword(w.ctx, change(sessions.Principal{Account: accounts.Restore(accounts.Snapshot{ID: 404})}, newText))
	require.Equal(t, sessions.ErrSessionEnded, err, "deleted")
}

func TestOfChangesThatRaceOneSucceeds(t *testing.T) {
	w := newWorld(t, nil)
	ann := w.add(t, "ann")
	errs := make([]error, 20)
	var racers, wait sync.WaitGroup
	racers.Add(len(errs))
	w.Hasher = together{w.hasher, &racers}
	for i := range errs {
		wait.Go(func() {
			_, errs[i] = w.ChangePassword(w.ctx, change(sessions.Principal{Account: ann}, newText+string(rune('a'+i))))
		})
	}
	wait.Wait()
	winner := -1
	for i, err := range errs {
		if err == nil {
			require.Equal(t, -1, winner, "a second racer succeeded")
			winner = i
		} else {
			require.Equal(t, sessions.ErrSessionEnded, err)
		}
	}
	require.True(t, w.fits(t, ann, newText+string(rune('a'+winner))))
	require.Len(t, w.events.all, 1)
}

// together is a hasher that lets nobody go on before all racers are there: each
// has passed every check that comes before the transaction.
type together struct {
	ports.PasswordHasher
	racers *sync.WaitGroup
}

func (h together) Hash(ctx context.Context, password credentials.Password) (secret.String, error) {
	h.racers.Done()
	h.racers.Wait()
	return h.PasswordHasher.Hash(ctx, password)
}

func TestAChangeThatFailsChangesNothing(t *testing.T) {
	for name, breakIt := range map[string]func(*world){
		"hasher": func(w *world) { w.hasher.fail = errDown },
		"events": func(w *world) { w.events.fail = errDown },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, nil)
			ann := w.add(t, "ann")
			caller := w.session(t, ann, "mine")
			breakIt(w)
			session, err := w.ChangePassword(w.ctx, change(caller, newText))
			require.ErrorIs(t, err, errDown)
			require.Nil(t, session, "the session that was saved is gone")
			require.True(t, w.fits(t, ann, oldText))
			require.True(t, w.alive(t, caller.Session.Key))
		})
	}
}

// Somebody else's flood must not use up the tries of the owner.
func TestAnOldPasswordThatFindsNoTurnIsNoTry(t *testing.T) {
	w := newWorld(t, nil)
	ann := w.add(t, "ann")
	w.hasher.busy = true
	for range 20 {
		require.Equal(t, credentials.ErrHasherBusy, w.VetOldPassword(w.ctx, ann, wrongPassword))
	}
	w.hasher.busy = false
	for range 4 {
		require.Equal(t, selfservice.ErrOldPasswordWrong, w.VetOldPassword(w.ctx, ann, wrongPassword))
	}
	require.NoError(t, w.VetOldPassword(w.ctx, ann, oldPassword))
}

func TestAChangeThatFindsNoTurnChangesNothing(t *testing.T) {
	w := newWorld(t, nil)
	ann := w.add(t, "ann")
	w.hasher.fail = credentials.ErrHasherBusy
	_, err := w.ChangePassword(w.ctx, change(w.session(t, ann, "mine"), newText))
	require.ErrorIs(t, err, credentials.ErrHasherBusy)
	require.True(t, ann.PasswordHash().Equal(w.stored(t, ann).PasswordHash()))
}
