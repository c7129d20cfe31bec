package recovery_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/application/ports"
	"latchkey/application/recovery"
	"latchkey/domain/accounts"
	"latchkey/domain/credentials"
	"latchkey/domain/fault"
	"latchkey/domain/secret"
	"latchkey/domain/verification"
)

// told returns the refusals as "field: message", in their order.
func told(err error) []string {
	var texts []string
	for _, refusal := range fault.Of(err) {
		texts = append(texts, refusal.Error())
	}
	return texts
}

func TestALinkSetsANewPasswordOnce(t *testing.T) {
	for name, change := range map[string]func(*recovery.Options){"allauth": nil, "plain": plain} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, change)
			ann, bob := w.add(t, "ann", "ann@example.com"), w.add(t, "bob", "bob@example.com")
			mail := w.request(t, "ann@example.com")[0]
			require.NoError(t, w.confirm(t, mail, newText))
			require.True(t, w.fits(t, ann, newText))
			require.False(t, w.fits(t, ann, oldText))
			require.True(t, w.fits(t, bob, oldText))
			require.Equal(t, []ports.Event{{Name: ports.EventPasswordReset, Account: ann.ID(), At: start}}, w.events.all)
			require.Equal(t, verification.ErrTokenInvalid, w.confirm(t, mail, "yet another password"))
			require.True(t, w.fits(t, ann, newText))
			require.Len(t, w.events.all, 1)
		})
	}
}

func TestAnAccountWithoutAPasswordMayGetOneByMail(t *testing.T) {
	w := newWorld(t, nil)
	ann := w.add(t, "ann", "ann@example.com")
	w.set(t, ann, func(s *accounts.Snapshot) { s.PasswordHash = secret.New("!unusable") })
	require.NoError(t, w.confirm(t, w.request(t, "ann@example.com")[0], newText))
	require.True(t, w.fits(t, ann, newText))
}

func TestOfTwentyUsesOfOneTokenOneSucceeds(t *testing.T) {
	w := newWorld(t, nil)
	ann := w.add(t, "ann", "ann@example.com")
	mail := w.request(t, "ann@example.com")[0]
	errs := make([]error, 20)
	var racers, wait sync.WaitGroup
	racers.Add(len(errs))
	w.Hasher = together{w.hasher, &racers}
	for i := range errs {
		wait.Go(func() { errs[i] = w.confirm(t, mail, fmt.Sprint("the password of racer ", i)) })
	}
	wait.Wait()
	winner := -1
	for i, err := range errs {
		if err == nil {
			require.Equal(t, -1, winner, "a second racer succeeded")
			winner = i
		} else {
			require.Equal(t, verification.ErrTokenInvalid, err)
		}
	}
	require.NotEqual(t, -1, winner)
	require.True(t, w.fits(t, ann, fmt.Sprint("the password of racer ", winner)))
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

// Whatever changes about the account voids the links that were mailed before.
func TestALinkIsVoidAfter(t *testing.T) {
	tests := map[string]func(t *testing.T, w *world, ann *accounts.Account){
		"a login": func(t *testing.T, w *world, ann *accounts.Account) {
			w.set(t, ann, func(s *accounts.Snapshot) { s.LastLogin = start.Add(time.Second) })
		},
		"a change of the password": func(t *testing.T, w *world, ann *accounts.Account) {
			w.set(t, ann, func(s *accounts.Snapshot) { s.PasswordHash = secret.New("another") })
		},
		"a change of the address": func(t *testing.T, w *world, ann *accounts.Account) {
			w.set(t, ann, func(s *accounts.Snapshot) { s.Email = "new@example.com" })
		},
		"a further address": func(t *testing.T, w *world, ann *accounts.Account) {
			w.address(t, ann, "new@example.com")
		},
		"the account was disabled": func(t *testing.T, w *world, ann *accounts.Account) {
			w.set(t, ann, func(s *accounts.Snapshot) { s.Active = false })
		},
		"three days": func(_ *testing.T, w *world, _ *accounts.Account) { w.clock.advance(72*time.Hour + time.Second) },
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, nil)
			ann := w.add(t, "ann", "ann@example.com")
			mail := w.request(t, "ann@example.com")[0]
			change(t, w, ann)
			require.Equal(t, verification.ErrTokenInvalid, w.confirm(t, mail, newText))
			uid, token := proof(t, mail)
			require.Equal(t, verification.ErrTokenInvalid, w.CheckLink(w.ctx, uid, token))
			require.False(t, w.fits(t, ann, newText))
		})
	}
}

func TestALinkIsGoodUntilThreeDaysAreOver(t *testing.T) {
	w := newWorld(t, nil)
	w.add(t, "ann", "ann@example.com")
	mail := w.request(t, "ann@example.com")[0]
	w.clock.advance(72 * time.Hour)
	require.NoError(t, w.confirm(t, mail, newText))
}

func TestATokenIsGoodForItsAccountOnly(t *testing.T) {
	w := newWorld(t, nil)
	w.add(t, "ann", "ann@example.com")
	bob := w.add(t, "bob", "bob@example.com")
	_, token := proof(t, w.request(t, "ann@example.com")[0])
	uid, _ := proof(t, w.request(t, "bob@example.com")[0])
	good := credentials.NewPassword(newText)
	err := w.ConfirmReset(w.ctx, recovery.ConfirmReset{UID: uid, Token: token, Password: good, Repeat: good})
	require.Equal(t, verification.ErrTokenInvalid, err)
	require.True(t, w.fits(t, bob, oldText))
}

func TestWhatIsWrongIsToldInOrder(t *testing.T) {
	w := newWorld(t, nil)
	ann := w.add(t, "ann", "ann@example.com")
	uid, token := proof(t, w.request(t, "ann@example.com")[0])
	unknown, _ := w.tokens.Make(verification.ResetState{Account: 404}, start)
	weak, other, similar := credentials.NewPassword("1234567"), credentials.NewPassword("other"), credentials.NewPassword("ann@example.com")
	tests := []struct {
		in   recovery.ConfirmReset
		want []string
	}{
		{recovery.ConfirmReset{UID: "!", Token: "bad", Password: weak, Repeat: other}, []string{"uid: Invalid value"}},
		{recovery.ConfirmReset{UID: unknown, Token: "bad", Password: weak, Repeat: other}, []string{"uid: Invalid value"}},
		{recovery.ConfirmReset{UID: uid, Token: "bad", Password: weak, Repeat: other}, []string{"token: Invalid value"}},
		{recovery.ConfirmReset{UID: uid, Token: token, Password: weak, Repeat: other}, []string{"new_password2: The two password fields didn’t match."}},
		{recovery.ConfirmReset{UID: uid, Token: token, Password: weak, Repeat: weak}, []string{
			"new_password2: This password is too short. It must contain at least 8 characters.",
			"new_password2: This password is too common.",
			"new_password2: This password is entirely numeric.",
		}},
		{recovery.ConfirmReset{UID: uid, Token: token, Password: similar, Repeat: similar}, []string{
			"new_password2: The password is too similar to the email address.",
		}},
	}
	for _, test := range tests {
		require.Equal(t, test.want, told(w.ConfirmReset(w.ctx, test.in)))
	}
	require.True(t, w.fits(t, ann, oldText))
	require.NoError(t, w.CheckLink(w.ctx, uid, token), "none of them used the link up")
	require.ErrorIs(t, w.CheckLink(w.ctx, unknown, token), verification.ErrUIDInvalid)
}

func TestAResetThatFailsChangesNothing(t *testing.T) {
	w := newWorld(t, nil)
	ann := w.add(t, "ann", "ann@example.com")
	mail := w.request(t, "ann@example.com")[0]
	w.events.fail = errDown
	require.ErrorIs(t, w.confirm(t, mail, newText), errDown)
	require.True(t, w.fits(t, ann, oldText))
	w.events.fail = nil
	require.NoError(t, w.confirm(t, mail, newText), "the link is still good")
}

func TestAFailureOfTheStorageIsNoRefusal(t *testing.T) {
	w := newWorld(t, nil)
	w.add(t, "ann", "ann@example.com")
	mail := w.request(t, "ann@example.com")[0]
	w.Accounts = failing{w.accounts}
	err := w.confirm(t, mail, newText)
	require.ErrorIs(t, err, errDown)
	require.Equal(t, fault.Internal, fault.KindOf(err))
}
