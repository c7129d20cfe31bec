package secondfactor_test

import (
	"errors"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/application/ports"
	"latchkey/application/secondfactor"
	"latchkey/domain/accounts"
	"latchkey/domain/factors"
	"latchkey/domain/fault"
	"latchkey/domain/secret"
)

func TestACodeFinishesASignIn(t *testing.T) {
	w := newWorld(t, nil)
	ann := w.add(t, "ann")
	shared, codes := w.activate(t, ann)
	for _, code := range []string{rules.Code(shared, w.clock.Now()), codes[3]} {
		proved, err := w.Verify(w.ctx, secondfactor.Verify{Token: w.signIn(t, ann), Code: code, Device: "laptop"})
		require.NoError(t, err)
		require.Equal(t, ann.ID(), proved.Account.ID())
		require.Equal(t, "backend", proved.Backend)
	}
}

// Upstream's token is good until it expires, for any number of sign-ins.
func TestAnEphemeralTokenIsGoodOnce(t *testing.T) {
	w := newWorld(t, nil)
	ann := w.add(t, "ann")
	_, codes := w.activate(t, ann)
	token := w.signIn(t, ann)
	require.NoError(t, w.verify(token, codes[0]))
	require.ErrorIs(t, w.verify(token, codes[1]), factors.ErrTokenInvalid)
	require.NoError(t, w.verify(w.signIn(t, ann), codes[1]), "and a code is not used up by that")
}

func TestATokenEndsWithWhatItStandsOn(t *testing.T) {
	for name, change := range map[string]func(w *world, ann *accounts.Account){
		"another password": func(w *world, ann *accounts.Account) {
			w.set(t, ann, func(s *accounts.Snapshot) { s.PasswordHash = secret.New("another") })
		},
		"factor off": func(w *world, ann *accounts.Account) { require.NoError(t, w.Reset(w.ctx, ann.ID())) },
		"factor off and on": func(w *world, ann *accounts.Account) {
			require.NoError(t, w.Reset(w.ctx, ann.ID()))
			w.activate(t, ann)
		},
		"time": func(w *world, _ *accounts.Account) { w.clock.advance(5 * time.Minute) },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, nil)
			ann := w.add(t, "ann")
			_, codes := w.activate(t, ann)
			token := w.signIn(t, ann)
			change(w, ann)
			require.ErrorIs(t, w.verify(token, codes[0]), factors.ErrTokenInvalid)
		})
	}
}

func TestWhatRefusesASignInRefusesItsSecondStep(t *testing.T) {
	w := newWorld(t, nil)
	ann := w.add(t, "ann")
	_, codes := w.activate(t, ann)
	token := w.signIn(t, ann)
	w.set(t, ann, func(s *accounts.Snapshot) { s.Active = false })
	require.ErrorIs(t, w.verify(token, codes[0]), secondfactor.ErrDisabled)
	w.set(t, ann, func(s *accounts.Snapshot) { s.Active = true })
	w.gate.err = fault.New(fault.Invalid, "unverified", "no")
	require.ErrorIs(t, w.verify(token, codes[0]), w.gate.err)
	w.gate.err = nil
	require.NoError(t, w.verify(token, codes[0]), "neither token nor code was used up")
}

// Three codes of a million are good at any time, and upstream takes any number of guesses.
func TestWrongCodesEndTheToken(t *testing.T) {
	w := newWorld(t, nil)
	ann := w.add(t, "ann")
	_, codes := w.activate(t, ann)
	token := w.signIn(t, ann)
	for range factors.MaxFailed {
		require.ErrorIs(t, w.verify(token, "000000"), factors.ErrCodeInvalid)
	}
	require.ErrorIs(t, w.verify(token, codes[0]), factors.ErrTokenInvalid)
}

func TestWrongCodesAreCountedAcrossTokensAndEndpoints(t *testing.T) {
	w := newWorld(t, nil)
	ann := w.add(t, "ann")
	shared, codes := w.activate(t, ann)
	for range 6 {
		require.ErrorIs(t, w.verify(w.signIn(t, ann), "000000"), factors.ErrCodeInvalid)
	}
	for range 4 {
		require.ErrorIs(t, w.Deactivate(w.ctx, ann, "000000"), factors.ErrCodeInvalid)
	}
	require.ErrorIs(t, w.verify(w.signIn(t, ann), codes[0]), secondfactor.ErrTooManyCodes)
	require.ErrorIs(t, w.Deactivate(w.ctx, ann, rules.Code(shared, w.clock.Now())), secondfactor.ErrTooManyCodes)
	changed := w.set(t, ann, func(s *accounts.Snapshot) { s.PasswordHash = secret.New("another") })
	require.NoError(t, w.verify(w.signIn(t, changed), codes[0]), "whoever knows the old password locks nobody out of the new one")
	w.clock.advance(time.Hour)
	require.NoError(t, w.verify(w.signIn(t, changed), codes[1]))
}

// A stolen session is enough to change the password as often as one likes, and stolen mails are, too.
func TestNewPasswordsBuyNoMoreGuesses(t *testing.T) {
	w := newWorld(t, nil)
	ann := w.add(t, "ann")
	shared, codes := w.activate(t, ann)
	guesses := 0
	for i := range 40 {
		ann = w.set(t, ann, func(s *accounts.Snapshot) { s.PasswordHash = secret.New(strconv.Itoa(i)) })
		if i == 20 {
			require.NoError(t, w.verify(w.signIn(t, ann), codes[0]), "nor do sign-ins of the owner")
		}
		for range 10 {
			if err := w.Deactivate(w.ctx, ann, "000000"); !errors.Is(err, secondfactor.ErrTooManyCodes) {
				require.ErrorIs(t, err, factors.ErrCodeInvalid)
				guesses++
			}
		}
	}
	require.Equal(t, 300, guesses)
	require.ErrorIs(t, w.Deactivate(w.ctx, ann, rules.Code(shared, w.clock.Now())), secondfactor.ErrTooManyCodes)
	require.NoError(t, w.Reset(w.ctx, ann.ID()))
	_, codes = w.activate(t, ann)
	require.NoError(t, w.verify(w.signIn(t, ann), codes[0]), "another factor")
}

func TestADayLaterTheFactorIsAsBefore(t *testing.T) {
	w := newWorld(t, nil)
	ann := w.add(t, "ann")
	shared, _ := w.activate(t, ann)
	for i := range 31 {
		ann = w.set(t, ann, func(s *accounts.Snapshot) { s.PasswordHash = secret.New(strconv.Itoa(i)) })
		for range 10 {
			require.Error(t, w.Deactivate(w.ctx, ann, "000000"))
		}
	}
	w.clock.advance(24 * time.Hour)
	require.NoError(t, w.Deactivate(w.ctx, ann, rules.Code(shared, w.clock.Now())))
}

// Upstream compares, and remembers afterwards: of four at once two or three were let in.
func TestOfManyWithOneCodeOneIsLetIn(t *testing.T) {
	for name, pick := range map[string]func(shared secret.String, codes []string, now time.Time) string{
		"of the app":  func(shared secret.String, _ []string, now time.Time) string { return rules.Code(shared, now) },
		"of recovery": func(_ secret.String, codes []string, _ time.Time) string { return codes[2] },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, func(o *secondfactor.Options) { o.FailedCodes.Count = 100 })
			ann := w.add(t, "ann")
			shared, codes := w.activate(t, ann)
			code, tokens := pick(shared, codes, w.clock.Now()), make(chan secret.String, factors.MaxPending)
			for range factors.MaxPending {
				tokens <- w.signIn(t, ann)
			}
			token := <-tokens
			require.Equal(t, 1, race(t, []error{factors.ErrCodeInvalid, factors.ErrTokenInvalid}, func() error { return w.verify(token, code) }))
			require.ErrorIs(t, w.verify(<-tokens, code), factors.ErrCodeInvalid)
		})
	}
}

func TestTheOwnerIsToldOfANewDeviceOnce(t *testing.T) {
	w := newWorld(t, nil)
	ann := w.add(t, "ann")
	_, codes := w.activate(t, ann)
	require.Equal(t, []string{ports.MailFactorAdded}, w.mails(t, "ann@example.com"))
	require.NoError(t, w.verify(w.signIn(t, ann), codes[0]))
	require.Empty(t, w.mails(t, "ann@example.com"), "it was set up there")
	for i, want := range [][]string{{ports.MailFactorNewDevice}, nil} {
		_, err := w.Verify(w.ctx, secondfactor.Verify{Token: w.signIn(t, ann), Code: codes[i+1], Device: "phone"})
		require.NoError(t, err)
		require.Equal(t, want, w.mails(t, "ann@example.com"))
	}
}

func TestATokenOfAnotherPurposeIsNone(t *testing.T) {
	w := newWorld(t, nil)
	ann, bob := w.add(t, "ann"), w.add(t, "bob")
	begun, err := w.Begin(w.ctx, bob)
	require.NoError(t, err)
	_, codes := w.activate(t, ann)
	for _, token := range []secret.String{begun.Token, secret.New("garbage"), {}} {
		require.ErrorIs(t, w.verify(token, codes[0]), factors.ErrTokenInvalid)
	}
}
