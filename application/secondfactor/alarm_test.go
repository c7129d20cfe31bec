package secondfactor_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/application/ports"
	"latchkey/application/secondfactor"
	"latchkey/domain/accounts"
	"latchkey/domain/credentials"
	"latchkey/domain/factors"
	"latchkey/domain/secret"
)

// guess tries so many wrong codes, each with a token of its own.
func (w *world) guess(t *testing.T, account *accounts.Account, times int) {
	t.Helper()
	for range times {
		require.ErrorIs(t, w.verify(w.signIn(t, account), "000000"), factors.ErrCodeInvalid)
	}
}

// Whoever is refused a code has got past the first proof.
func TestTheOwnerIsWarnedOfWrongCodesOnceADay(t *testing.T) {
	w := newWorld(t, nil)
	ann := w.add(t, "ann")
	_, codes := w.activate(t, ann)
	w.mails(t, "ann@example.com")
	w.guess(t, ann, 9)
	require.Empty(t, w.mails(t, "ann@example.com"), "codes are still taken")
	w.guess(t, ann, 1)
	require.Equal(t, []string{ports.MailFactorGuessed}, w.mails(t, "ann@example.com"), "also where nobody meets the refusal")
	require.Equal(t, []string{ports.EventFactorAdded, ports.EventFactorGuessed}, w.events.all)
	require.ErrorIs(t, w.verify(w.signIn(t, ann), codes[0]), secondfactor.ErrTooManyCodes)

	for range 23 {
		w.clock.advance(time.Hour)
		w.guess(t, ann, 10)
	}
	changed := w.set(t, ann, func(s *accounts.Snapshot) { s.PasswordHash = secret.New("another") })
	w.guess(t, changed, 10)
	require.Empty(t, w.mails(t, "ann@example.com"))
	w.clock.advance(time.Hour)
	w.guess(t, changed, 10)
	require.Equal(t, []string{ports.MailFactorGuessed}, w.mails(t, "ann@example.com"))
}

// What the tenth code leaves to do is the same whether its owner was warned already, and
// whether there is anybody to warn: the time of the answer does not tell.
func TestALockedFactorIsNotedAlikeWhoeverItIs(t *testing.T) {
	w := newWorld(t, nil)
	ann := w.add(t, "ann")
	silent := w.set(t, w.add(t, "silent"), func(s *accounts.Snapshot) { s.Email = "" })
	for _, account := range []*accounts.Account{ann, silent} {
		w.activate(t, account)
	}
	w.mails(t, "ann@example.com")
	for _, account := range []*accounts.Account{ann, ann, silent} {
		w.clock.advance(time.Hour)
		w.guess(t, account, 10)
		require.Equal(t, 1, w.deliver(t))
		w.mails(t, "ann@example.com")
	}
}

func TestARightCodeBeginsTheCountAnew(t *testing.T) {
	w := newWorld(t, nil)
	ann := w.add(t, "ann")
	_, codes := w.activate(t, ann)
	w.mails(t, "ann@example.com")
	for i := range 3 {
		w.guess(t, ann, 9)
		require.NoError(t, w.verify(w.signIn(t, ann), codes[i]))
	}
	require.Empty(t, w.mails(t, "ann@example.com"))
}

func TestWrongCodesOfEveryKindWarn(t *testing.T) {
	for name, wrong := range map[string]func(w *world, ann *accounts.Account) error{
		"deactivation": func(w *world, ann *accounts.Account) error { return w.Deactivate(w.ctx, ann, "000000") },
		"reset":        func(w *world, ann *accounts.Account) error { return w.Prove(w.ctx, ann, "000000") },
		"recovery codes": func(w *world, ann *accounts.Account) error {
			_, err := w.Regenerate(w.ctx, secondfactor.Confirmed{Account: ann, Code: "000000"})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, func(o *secondfactor.Options) { o.Confirm = true })
			ann := w.add(t, "ann")
			begun, err := w.Begin(w.ctx, ann)
			require.NoError(t, err)
			in := w.first(ann, begun)
			in.Password = &right
			_, err = w.Activate(w.ctx, in)
			require.NoError(t, err)
			w.mails(t, "ann@example.com")
			for range 10 {
				require.ErrorIs(t, wrong(w, ann), factors.ErrCodeInvalid)
			}
			require.ErrorIs(t, wrong(w, ann), secondfactor.ErrTooManyCodes)
			require.Equal(t, []string{ports.MailFactorGuessed}, w.mails(t, "ann@example.com"))
		})
	}
}

// Who has stolen a session as well has the mails of changes used up first.
func TestTheWarningIsNotBuriedUnderOtherMails(t *testing.T) {
	w := newWorld(t, func(o *secondfactor.Options) { o.Mails = credentials.Limit{Count: 1, Per: time.Hour} })
	ann := w.add(t, "ann")
	w.activate(t, ann)
	w.guess(t, ann, 10)
	require.Equal(t, []string{ports.MailFactorAdded, ports.MailFactorGuessed}, w.mails(t, "ann@example.com"))
}

func TestManyGuessesAtOnceWarnOnce(t *testing.T) {
	w := newWorld(t, nil)
	ann := w.add(t, "ann")
	w.activate(t, ann)
	w.mails(t, "ann@example.com")
	require.Zero(t, race(t, []error{factors.ErrCodeInvalid, secondfactor.ErrTooManyCodes}, func() error { return w.Deactivate(w.ctx, ann, "000000") }))
	require.Equal(t, []string{ports.MailFactorGuessed}, w.mails(t, "ann@example.com"))
}

func TestNobodyIsWarnedWhereNothingIsLimited(t *testing.T) {
	w := newWorld(t, func(o *secondfactor.Options) { o.FailedCodes = credentials.Limit{} })
	ann := w.add(t, "ann")
	w.activate(t, ann)
	w.mails(t, "ann@example.com")
	w.guess(t, ann, 30)
	require.Empty(t, w.mails(t, "ann@example.com"))
}
