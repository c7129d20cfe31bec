package recovery_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/application/ports"
	"latchkey/application/recovery"
	"latchkey/domain/accounts"
	"latchkey/domain/credentials"
	"latchkey/domain/fault"
)

// guessed notes that somebody guesses at the name, and returns the mails that it gives.
func (w *world) guessed(t *testing.T, name string) []ports.Mail {
	t.Helper()
	note := ports.Message{Topic: ports.TopicGuessed, Payload: map[string]string{ports.GuessedName: name}}
	require.NoError(t, w.outbox.Append(w.ctx, w.clock.Now(), note))
	return w.deliver(t)
}

func TestWhosePasswordIsGuessedIsWarnedWithAWayIn(t *testing.T) {
	for _, name := range []string{"ann", "ANN", "ann@example.com", "Ann@Example.com"} {
		w := newWorld(t, nil)
		ann := w.add(t, "ann", "ann@example.com")
		w.add(t, "bob", "bob@example.com")
		mails := w.guessed(t, name)
		require.Len(t, mails, 1, name)
		require.Equal(t, ports.MailPasswordGuessed, mails[0].Template)
		require.Equal(t, accounts.Email("ann@example.com"), mails[0].To)
		require.Equal(t, "ann", mails[0].Username)
		require.Equal(t, []ports.Event{{Name: ports.EventPasswordGuessed, Account: ann.ID(), At: start}}, w.events.all)
		require.NoError(t, w.confirm(t, mails[0], newText))
		require.True(t, w.fits(t, ann, newText))
	}
}

func TestAWarningComesOnceADayHoweverManyNamesAndAccountsAreGuessedAt(t *testing.T) {
	w := newWorld(t, nil)
	for i := range 5 {
		w.add(t, accounts.Username(fmt.Sprint("ann", i)), "ann@example.com")
	}
	require.Len(t, w.guessed(t, "ann0"), 1)
	for i := range 5 {
		require.Empty(t, w.guessed(t, fmt.Sprint("ann", i)))
	}
	require.Empty(t, w.guessed(t, "ann@example.com"))
	w.clock.advance(25 * time.Hour)
	require.Len(t, w.guessed(t, "ann1"), 1)
}

func TestNobodyElseIsWarned(t *testing.T) {
	w := newWorld(t, nil)
	w.add(t, "noaddress", "")
	disabled := w.add(t, "disabled", "disabled@example.com")
	w.set(t, disabled, func(s *accounts.Snapshot) { s.Active = false })
	for _, name := range []string{"nobody", "nobody@example.com", "noaddress", "disabled", "", "@", "\xff"} {
		require.Empty(t, w.guessed(t, name), name)
	}
	require.Empty(t, w.events.all)
}

func TestAResetMakesTheNetworkKnownThatItComesFrom(t *testing.T) {
	w := newWorld(t, nil)
	ann := w.add(t, "ann", "ann@example.com")
	uid, token := proof(t, w.guessed(t, "ann")[0])
	password := credentials.NewPassword(newText)
	in := recovery.ConfirmReset{UID: uid, Token: "bad", Password: password, Repeat: password, Network: "192.0.2.1"}
	require.Error(t, w.ConfirmReset(w.ctx, in))
	require.Empty(t, w.evictor.known)
	in.Token = token
	require.NoError(t, w.ConfirmReset(w.ctx, in))
	require.Equal(t, []string{fmt.Sprint(ann.ID(), " at 192.0.2.1")}, w.evictor.known)
}

func TestRequestsForOneAddressAreRefusedWhetherAnybodyHasItOrNot(t *testing.T) {
	w := newWorld(t, func(o *recovery.Options) {
		o.Mails = []credentials.Limit{{Count: 2, Per: time.Hour}, {Count: 3, Per: 24 * time.Hour}}
	})
	w.add(t, "ann", "ann@example.com")
	for _, name := range []string{"ann", "nobody"} {
		require.NoError(t, w.RequestReset(w.ctx, name+"@example.com"))
		require.NoError(t, w.RequestReset(w.ctx, strings.ToUpper(name)+"@Example.com"))
		err := w.RequestReset(w.ctx, name+"@example.com")
		require.ErrorIs(t, err, recovery.ErrTooManyRequests)
		require.Equal(t, time.Hour, fault.Of(err)[0].Wait)
	}
	require.Len(t, w.deliver(t), 2)
	w.clock.advance(time.Hour)
	require.Len(t, w.request(t, "ann@example.com"), 1)
	require.Equal(t, 23*time.Hour, fault.Of(w.RequestReset(w.ctx, "ann@example.com"))[0].Wait, "the longer limit")
}

// breached knows one password.
type breached string

func (b breached) Has(_ context.Context, password credentials.Password) bool {
	return password.Reveal() == string(b)
}

func TestABreachedPasswordIsRefusedAtAReset(t *testing.T) {
	w := newWorld(t, nil)
	w.Breaches = breached(newText)
	ann := w.add(t, "ann", "ann@example.com")
	mail := w.request(t, "ann@example.com")[0]
	refusals := fault.Of(w.confirm(t, mail, newText))
	require.Equal(t, fault.List{credentials.ErrBreached.On("new_password2")}, refusals)
	require.True(t, w.fits(t, ann, oldText))
	require.NoError(t, w.confirm(t, mail, newText+" and more"), "the link is still good")
}
