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
	"latchkey/domain/sessions"
)

func TestNothingIsDemandedBeforeTheFirstCode(t *testing.T) {
	w := newWorld(t, nil)
	ann := w.add(t, "ann")
	begun, err := w.Begin(w.ctx, ann)
	require.NoError(t, err)
	require.Regexp(t, `^[A-Z2-7]{32}$`, begun.Secret.Reveal())
	require.Regexp(t, `^data:image/svg\+xml;base64,`, begun.QRCode.Reveal())
	status, err := w.Status(w.ctx, ann.ID())
	require.NoError(t, err)
	require.Zero(t, status)
}

// Upstream's token is good for five minutes, over and over: after deactivation it puts
// the same, perhaps leaked, secret back.
func TestAnActivationTokenIsGoodOnce(t *testing.T) {
	w := newWorld(t, nil)
	ann := w.add(t, "ann")
	begun, err := w.Begin(w.ctx, ann)
	require.NoError(t, err)
	_, err = w.Activate(w.ctx, w.first(ann, begun))
	require.NoError(t, err)
	w.clock.advance(rules.Period)
	_, err = w.Activate(w.ctx, w.first(ann, begun))
	require.ErrorIs(t, err, factors.ErrEnabled)
	require.NoError(t, w.Deactivate(w.ctx, ann, rules.Code(begun.Secret, w.clock.Now())))
	w.clock.advance(rules.Period)
	_, err = w.Activate(w.ctx, w.first(ann, begun))
	require.ErrorIs(t, err, factors.ErrActivationTokenInvalid)
}

func TestOneSecretWaitsAtATime(t *testing.T) {
	w := newWorld(t, nil)
	ann, bob := w.add(t, "ann"), w.add(t, "bob")
	older, err := w.Begin(w.ctx, ann)
	require.NoError(t, err)
	newer, err := w.Begin(w.ctx, ann)
	require.NoError(t, err)
	_, err = w.Activate(w.ctx, w.first(ann, older))
	require.ErrorIs(t, err, factors.ErrActivationTokenInvalid)
	_, err = w.Activate(w.ctx, w.first(bob, newer))
	require.ErrorIs(t, err, factors.ErrActivationTokenForeign)
	slip := w.first(ann, newer)
	slip.Code = "000000"
	_, err = w.Activate(w.ctx, slip)
	require.ErrorIs(t, err, factors.ErrActivationCodeInvalid)
	_, err = w.Activate(w.ctx, w.first(ann, newer))
	require.NoError(t, err, "a slip of the finger ends nothing")
}

func TestAnActivationEndsWithTimeAndPassword(t *testing.T) {
	w := newWorld(t, nil)
	ann := w.add(t, "ann")
	begun, err := w.Begin(w.ctx, ann)
	require.NoError(t, err)
	changed := w.set(t, ann, func(s *accounts.Snapshot) { s.PasswordHash = secret.New("another") })
	_, err = w.Activate(w.ctx, w.first(changed, begun))
	require.ErrorIs(t, err, factors.ErrActivationTokenInvalid)
	begun, err = w.Begin(w.ctx, changed)
	require.NoError(t, err)
	_, err = w.Activate(w.ctx, w.first(ann, begun))
	require.ErrorIs(t, err, sessions.ErrSessionEnded, "the caller was thrown out meanwhile")
	w.clock.advance(6 * time.Minute)
	_, err = w.Activate(w.ctx, w.first(changed, begun))
	require.ErrorIs(t, err, factors.ErrActivationTokenInvalid)
}

func TestOfManyActivationsOneSucceeds(t *testing.T) {
	w := newWorld(t, nil)
	ann := w.add(t, "ann")
	begun, err := w.Begin(w.ctx, ann)
	require.NoError(t, err)
	require.Equal(t, 1, race(t, []error{factors.ErrEnabled}, func() error {
		_, err := w.Activate(w.ctx, w.first(ann, begun))
		return err
	}))
}

func TestACodeOfASignInDoesNotSwitchOff(t *testing.T) {
	w := newWorld(t, nil)
	ann := w.add(t, "ann")
	shared, codes := w.activate(t, ann)
	code := rules.Code(shared, w.clock.Now())
	require.NoError(t, w.verify(w.signIn(t, ann), code))
	for _, used := range []string{code, codes[0]} {
		require.ErrorIs(t, w.Deactivate(w.ctx, ann, used), factors.ErrCodeInvalid)
	}
	w.clock.advance(rules.Period)
	require.NoError(t, w.Deactivate(w.ctx, ann, rules.Code(shared, w.clock.Now())))
	require.ErrorIs(t, w.Deactivate(w.ctx, ann, code), factors.ErrNotEnabled)
	require.Equal(t, []string{ports.MailFactorAdded, ports.MailFactorRemoved}, w.mails(t, "ann@example.com"))
	require.Equal(t, []string{ports.EventFactorAdded, ports.EventFactorRemoved}, w.events.all)
}

// Upstream lists the codes to whoever has a token, any number of times.
func TestRecoveryCodesAreShownOnce(t *testing.T) {
	w := newWorld(t, nil)
	ann := w.add(t, "ann")
	in := secondfactor.Confirmed{Account: ann}
	none, err := w.RecoveryCodes(w.ctx, in)
	require.NoError(t, err)
	require.Empty(t, none)
	_, old := w.activate(t, ann)
	_, err = w.RecoveryCodes(w.ctx, in)
	require.ErrorIs(t, err, secondfactor.ErrCodesShown)
	fresh, err := w.Regenerate(w.ctx, in)
	require.NoError(t, err)
	require.Len(t, fresh, rules.Codes)
	require.ErrorIs(t, w.verify(w.signIn(t, ann), old[0]), factors.ErrCodeInvalid)
	require.NoError(t, w.verify(w.signIn(t, ann), fresh[0]))
	require.Contains(t, w.mails(t, "ann@example.com"), ports.MailRecoveryRenewed)
}

func TestReadableCodesAreListedWithoutTheUsed(t *testing.T) {
	w := newWorld(t, func(o *secondfactor.Options) { o.Readable = true })
	ann := w.add(t, "ann")
	_, codes := w.activate(t, ann)
	require.NoError(t, w.verify(w.signIn(t, ann), codes[0]))
	listed, err := w.RecoveryCodes(w.ctx, secondfactor.Confirmed{Account: ann})
	require.NoError(t, err)
	require.Equal(t, codes[1:], listed)
}

// A token that somebody got hold of is enough for all of this upstream.
func TestChangesAskForAProofWhereAsked(t *testing.T) {
	w := newWorld(t, func(o *secondfactor.Options) { o.Confirm, o.Readable = true, true })
	ann := w.add(t, "ann")
	begun, err := w.Begin(w.ctx, ann)
	require.NoError(t, err)
	in := w.first(ann, begun)
	for _, test := range []struct {
		password *credentials.Password
		want     error
	}{{nil, secondfactor.ErrProofMissing}, {&wrong, secondfactor.ErrPasswordWrong}, {&right, nil}} {
		in.Password = test.password
		_, err := w.Activate(w.ctx, in)
		require.ErrorIs(t, err, test.want)
	}
	w.clock.advance(rules.Period)
	code := rules.Code(begun.Secret, w.clock.Now())
	for _, ask := range []func(in secondfactor.Confirmed) error{
		func(in secondfactor.Confirmed) error { _, err := w.Regenerate(w.ctx, in); return err },
		func(in secondfactor.Confirmed) error { _, err := w.RecoveryCodes(w.ctx, in); return err },
	} {
		require.ErrorIs(t, ask(secondfactor.Confirmed{Account: ann}), secondfactor.ErrCodeMissing)
		require.ErrorIs(t, ask(secondfactor.Confirmed{Account: ann, Password: &wrong}), secondfactor.ErrCodeMissing)
		require.ErrorIs(t, ask(secondfactor.Confirmed{Account: ann, Password: &right}), secondfactor.ErrCodeMissing, "a stolen session and a leaked password are not the factor")
		require.ErrorIs(t, ask(secondfactor.Confirmed{Account: ann, Password: &right, Code: "000000"}), factors.ErrCodeInvalid)
		require.ErrorIs(t, ask(secondfactor.Confirmed{Account: ann, Code: "000000"}), factors.ErrCodeInvalid)
		require.NoError(t, ask(secondfactor.Confirmed{Account: ann, Code: code}))
		w.clock.advance(rules.Period)
		code = rules.Code(begun.Secret, w.clock.Now())
	}
}

func TestARecoveryCodeIsAProofOnceAndNotListedAfterwards(t *testing.T) {
	w := newWorld(t, func(o *secondfactor.Options) { o.Confirm, o.Readable = true, true })
	ann := w.add(t, "ann")
	begun, err := w.Begin(w.ctx, ann)
	require.NoError(t, err)
	in := w.first(ann, begun)
	in.Password = &right
	codes, err := w.Activate(w.ctx, in)
	require.NoError(t, err)
	proof := secondfactor.Confirmed{Account: ann, Code: codes[0]}
	listed, err := w.RecoveryCodes(w.ctx, proof)
	require.NoError(t, err)
	require.Equal(t, codes[1:], listed)
	_, err = w.Regenerate(w.ctx, proof)
	require.ErrorIs(t, err, factors.ErrCodeInvalid)
	proof.Code = codes[1]
	fresh, err := w.Regenerate(w.ctx, proof)
	require.NoError(t, err)
	require.ErrorIs(t, w.verify(w.signIn(t, ann), codes[2]), factors.ErrCodeInvalid)
	require.NoError(t, w.verify(w.signIn(t, ann), fresh[0]))
}

// A sign-in of just now has proved the factor; a session that was stolen since has not.
func TestWhoHasAFactorAndNoPasswordProvesTheFactor(t *testing.T) {
	w := newWorld(t, func(o *secondfactor.Options) { o.Confirm = true })
	social := w.set(t, w.add(t, "social"), func(s *accounts.Snapshot) { s.PasswordHash, s.LastLogin = accounts.Unusable("x"), start })
	_, codes := w.activate(t, social)
	_, err := w.Regenerate(w.ctx, secondfactor.Confirmed{Account: social})
	require.ErrorIs(t, err, secondfactor.ErrCodeMissing)
	_, err = w.Regenerate(w.ctx, secondfactor.Confirmed{Account: social, Code: codes[0]})
	require.NoError(t, err)
}

func TestWithoutAPasswordARecentSignInIsTheProof(t *testing.T) {
	w := newWorld(t, func(o *secondfactor.Options) { o.Confirm = true })
	for ago, want := range map[time.Duration]error{time.Minute: nil, 11 * time.Minute: secondfactor.ErrProofMissing} {
		social := w.set(t, w.add(t, "social"+ago.String()), func(s *accounts.Snapshot) {
			s.PasswordHash, s.LastLogin = accounts.Unusable("x"), start.Add(-ago)
		})
		require.ErrorIs(t, w.Confirm(w.ctx, secondfactor.Confirmed{Account: social}), want)
	}
}

func TestSupportTakesALostFactorAway(t *testing.T) {
	w := newWorld(t, nil)
	ann := w.add(t, "ann")
	require.ErrorIs(t, w.Reset(w.ctx, ann.ID()), factors.ErrNotEnabled)
	w.activate(t, ann)
	w.mails(t, "ann@example.com")
	require.NoError(t, w.Reset(w.ctx, ann.ID()))
	require.Equal(t, []string{ports.MailFactorReset}, w.mails(t, "ann@example.com"))
	require.Contains(t, w.events.all, ports.EventFactorReset)
	status, err := w.Status(w.ctx, ann.ID())
	require.NoError(t, err)
	require.False(t, status.Enabled)
}

// An account can have a stranger's address: it is no way to flood that.
func TestTheMailsOfOneAccountAreLimited(t *testing.T) {
	w := newWorld(t, func(o *secondfactor.Options) { o.Mails = credentials.Limit{Count: 3, Per: time.Hour} })
	ann, bob := w.add(t, "ann"), w.add(t, "bob")
	w.activate(t, ann)
	for range 9 {
		_, err := w.Regenerate(w.ctx, secondfactor.Confirmed{Account: ann})
		require.NoError(t, err, "what is done is done, told or not")
	}
	require.Equal(t, []string{ports.MailFactorAdded, ports.MailRecoveryRenewed, ports.MailRecoveryRenewed}, w.mails(t, "ann@example.com"))
	w.activate(t, bob)
	require.Len(t, w.mails(t, "bob@example.com"), 1, "nobody else's count")
	w.clock.advance(time.Hour)
	require.NoError(t, w.Reset(w.ctx, ann.ID()))
	require.Equal(t, []string{ports.MailFactorReset}, w.mails(t, "ann@example.com"))
}

func TestWhoIsThrownOutMeanwhileLeavesWithoutCodes(t *testing.T) {
	w := newWorld(t, nil)
	ann := w.add(t, "ann")
	_, codes := w.activate(t, ann)
	changed := w.set(t, ann, func(s *accounts.Snapshot) { s.PasswordHash = secret.New("another") })
	_, err := w.Regenerate(w.ctx, secondfactor.Confirmed{Account: ann})
	require.ErrorIs(t, err, sessions.ErrSessionEnded)
	require.NoError(t, w.verify(w.signIn(t, changed), codes[0]), "the owner's are good as before")
}
