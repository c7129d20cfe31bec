package registration_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/application/ports"
	"latchkey/application/registration"
	"latchkey/domain/accounts"
)

var hiding = func(o *registration.Options) {
	o.Verification, o.PreventEnumeration = registration.VerificationMandatory, true
}

func TestThatAnAddressIsTakenIsToldToItsOwnerOnly(t *testing.T) {
	w := newWorld(t, hiding)
	ann, _ := w.add(t, "ann", "ann@example.com", true)
	refusals, err := w.Vet(w.ctx, in("eve", "ANN@example.com"))
	require.NoError(t, err)
	require.Empty(t, refusals)

	taken, err := w.Register(w.ctx, in("eve", "ANN@example.com"))
	require.NoError(t, err)
	work := w.hasher.work.Swap(0)
	require.NotNil(t, taken.Account, "what follows must not tell either: a second registration, a login")
	require.Len(t, w.named(t, "eve"), 1)
	mails := w.deliver(t)
	require.Equal(t, []ports.Mail{{
		To: ann.Email(), Template: ports.MailAccountExists, Site: ports.Site{Name: "Example", Domain: "example.com"},
	}}, mails, "no link, and no name of an account")

	free, err := w.Register(w.ctx, in("bob", "bob@example.com"))
	require.NoError(t, err)
	require.Equal(t, free.Pending, taken.Pending)
	require.True(t, taken.Pending)
	require.Equal(t, work, w.hasher.work.Load(), "the same work for both")
	mails = w.deliver(t)
	require.Len(t, mails, 1)
	require.Equal(t, ports.MailConfirmSignup, mails[0].Template)
}

func TestATakenNameAndAWeakPasswordAreToldAllTheSame(t *testing.T) {
	w := newWorld(t, hiding)
	w.add(t, "ann", "ann@example.com", true)
	_, err := w.Register(w.ctx, in("ann", "ann@example.com"))
	require.Equal(t, []string{"username: A user with that username already exists."}, told(err))
	require.Empty(t, w.deliver(t))
}

func TestAnAddressThatNobodyProvedIsNotHidden(t *testing.T) {
	w := newWorld(t, hiding)
	w.add(t, "squatter", "ann@example.com", false)
	done, err := w.Register(w.ctx, in("ann", "ann@example.com"))
	require.NoError(t, err)
	require.Equal(t, accounts.Username("ann"), done.Account.Username())
}

func TestNothingIsHiddenWithoutMandatoryVerification(t *testing.T) {
	w := newWorld(t, func(o *registration.Options) { o.PreventEnumeration = true })
	w.add(t, "ann", "ann@example.com", true)
	_, err := w.Register(w.ctx, in("eve", "ann@example.com"))
	require.Equal(t, []string{"email: User is already registered with this e-mail address."}, told(err))
}

func TestAHiddenRefusalFailsAsAWhole(t *testing.T) {
	w := newWorld(t, hiding)
	w.add(t, "ann", "ann@example.com", true)
	w.outbox.fail = errDown
	done, err := w.Register(w.ctx, in("eve", "ann@example.com"))
	require.ErrorIs(t, err, errDown)
	require.Zero(t, done)
}

// A registration form must not be a way to flood a stranger's mailbox.
func TestRegistrationsSendOneMailInThreeMinutesToOneAddress(t *testing.T) {
	for name, verified := range map[string]bool{"confirmation": false, "account exists": true} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, hiding)
			w.add(t, "ann", "ann@example.com", verified)
			for _, username := range []string{"a", "b", "c"} {
				_, err := w.Register(w.ctx, in(username, "Ann@example.com"))
				require.NoError(t, err, "the limit is silent")
			}
			require.Len(t, w.deliver(t), 1)
			_, err := w.Register(w.ctx, in("d", "other@example.com"))
			require.NoError(t, err)
			require.Len(t, w.deliver(t), 1, "another address has a count of its own")
			w.clock.advance(3 * time.Minute)
			_, err = w.Register(w.ctx, in("e", "ann@example.com"))
			require.NoError(t, err)
			require.Len(t, w.deliver(t), 1)
		})
	}
}

func TestWhatVerificationMeansForANewAccount(t *testing.T) {
	tests := map[registration.Verification]struct{ pending, mailed bool }{
		registration.VerificationNone:      {false, false},
		registration.VerificationOptional:  {false, true},
		registration.VerificationMandatory: {true, true},
	}
	for verification, want := range tests {
		t.Run(string(verification), func(t *testing.T) {
			w := newWorld(t, func(o *registration.Options) { o.Verification = verification })
			done, err := w.Register(w.ctx, in("ann", "ann@example.com"))
			require.NoError(t, err)
			require.NotNil(t, done.Account)
			require.Equal(t, want.pending, done.Pending)
			require.Equal(t, want.mailed, len(w.deliver(t)) == 1)
			require.Len(t, w.rows(t, "ann@example.com"), 1)
		})
	}
}
