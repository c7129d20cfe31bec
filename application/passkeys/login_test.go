package passkeys_test

import (
	"math"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	activity "latchkey/application/passkeys"
	"latchkey/domain/accounts"
	"latchkey/domain/fault"
	"latchkey/domain/passkeys"
	"latchkey/tests/kit"
)

func anybody() activity.BeginLogin { return activity.BeginLogin{} }

func TestAPasskeyRecognisesItsOwner(t *testing.T) {
	w := newWorld(t, nil)
	ann := w.add(t, "ann", "ann@example.com")
	a, _ := w.registered(t, ann)
	w.clock.now = start.Add(time.Hour)
	for _, named := range []activity.BeginLogin{anybody(), {Username: "ann"}, {Username: "ANN"}, {Email: "Ann@example.com"}} {
		found, err := w.CompleteLogin(w.ctx, w.shown(t, named, a))
		require.NoError(t, err, named)
		require.Equal(t, ann.ID(), found.Account.ID())
		require.True(t, found.UserVerified)
	}
	require.Equal(t, w.clock.now, w.stored(t, a).LastUsed)
	require.EqualValues(t, 4, w.stored(t, a).SignCount)
}

// Without user verification the device alone is shown: that is one factor.
func TestOnlyAVerifiedOwnerProvesTwoFactors(t *testing.T) {
	unverified := func(c *kit.Ceremony) { c.Verified = false }
	w := newWorld(t, nil)
	a, _ := w.registered(t, w.add(t, "ann", ""))
	found, err := w.CompleteLogin(w.ctx, w.shown(t, anybody(), a, unverified))
	require.NoError(t, err)
	require.False(t, found.UserVerified)

	// One that did not verify anybody at first may have been given a PIN by a thief.
	bare := kit.NewAuthenticator(t, origin)
	_, err = w.CompleteRegistration(w.ctx, w.created(t, w.add(t, "eve", ""), bare, unverified))
	require.NoError(t, err)
	for range 2 {
		found, err = w.CompleteLogin(w.ctx, w.shown(t, anybody(), bare))
		require.NoError(t, err)
		require.False(t, found.UserVerified)
	}

	strict := newWorld(t, func(_ *activity.Dependencies, o *activity.Options) { o.Verification = passkeys.VerificationRequired })
	a, _ = strict.registered(t, strict.add(t, "ann", ""))
	_, err = strict.CompleteLogin(strict.ctx, strict.shown(t, anybody(), a, unverified))
	require.ErrorIs(t, err, passkeys.ErrRefused)
	_, err = strict.CompleteRegistration(strict.ctx, strict.created(t, strict.add(t, "bob", ""), kit.NewAuthenticator(t, origin), unverified))
	require.ErrorIs(t, err, passkeys.ErrRegistrationRefused)
}

func TestAChallengeOfALoginIsGoodOnceAndForItsTime(t *testing.T) {
	w := newWorld(t, nil)
	a, _ := w.registered(t, w.add(t, "ann", ""))
	answer := w.shown(t, anybody(), a)
	_, err := w.CompleteLogin(w.ctx, answer)
	require.NoError(t, err)
	_, err = w.CompleteLogin(w.ctx, answer)
	require.Equal(t, passkeys.ErrAuthenticationGone, err)

	for name, spoil := range map[string]func(*activity.CompleteLogin){
		"no credential":     func(in *activity.CompleteLogin) { in.Response = []byte(`"x"`) },
		"an unknown one":    func(in *activity.CompleteLogin) { in.Response = []byte(`{}`) },
		"a wrong challenge": func(in *activity.CompleteLogin) { in.Response = answer.Response },
	} {
		good := w.shown(t, anybody(), a)
		bad := good
		spoil(&bad)
		_, err = w.CompleteLogin(w.ctx, bad)
		require.Error(t, err, name)
		_, err = w.CompleteLogin(w.ctx, good)
		require.ErrorIs(t, err, passkeys.ErrChallengeGone, name)
	}

	late := w.shown(t, anybody(), a)
	w.clock.now = start.Add(5 * time.Minute)
	_, err = w.CompleteLogin(w.ctx, late)
	require.ErrorIs(t, err, passkeys.ErrChallengeGone)
}

func TestAChallengeOfARegistrationIsNoneOfALogin(t *testing.T) {
	w := newWorld(t, nil)
	ann := w.add(t, "ann", "")
	a, _ := w.registered(t, ann)
	options, err := w.BeginRegistration(w.ctx, activity.BeginRegistration{Account: ann})
	require.NoError(t, err)
	answer := a.Get(t, text(t, map[string]any{"challenge": passkeys.Encode(options.Challenge), "rpId": "example.com"}))
	_, err = w.CompleteLogin(w.ctx, activity.CompleteLogin{SessionID: "", Response: text(t, answer)})
	require.ErrorIs(t, err, passkeys.ErrChallengeGone)
}

func TestOfManyWhoCompleteOneLoginOneDoes(t *testing.T) {
	w := newWorld(t, nil)
	a, _ := w.registered(t, w.add(t, "ann", ""))
	answer := w.shown(t, anybody(), a)
	errs := make([]error, 20)
	var group sync.WaitGroup
	for i := range errs {
		group.Go(func() { _, errs[i] = w.CompleteLogin(w.ctx, answer) })
	}
	group.Wait()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
			continue
		}
		require.ErrorIs(t, err, passkeys.ErrChallengeGone)
	}
	require.Equal(t, 1, won)
}

// A login that was begun for somebody is not completed by anybody else.
func TestALoginBegunForOneIsNotCompletedByAnother(t *testing.T) {
	w := newWorld(t, nil)
	ann, bob := w.add(t, "ann", "ann@example.com"), w.add(t, "bob", "bob@example.com")
	a, _ := w.registered(t, ann)
	w.registered(t, bob)
	for _, named := range []activity.BeginLogin{{Username: "bob"}, {Email: "bob@example.com"}, {Username: "nobody"}, {Email: "nobody@example.com"}} {
		_, err := w.CompleteLogin(w.ctx, w.shown(t, named, a))
		require.Equal(t, passkeys.ErrRefused, err, named)
	}
	require.Zero(t, w.stored(t, a).SignCount, "a refusal changes nothing")
}

// What an authenticator holds for one account signs in to no other.
func TestTheUserHandleIsTheOwners(t *testing.T) {
	w := newWorld(t, nil)
	ann, bob := w.add(t, "ann", ""), w.add(t, "bob", "")
	a, _ := w.registered(t, ann)
	b, _ := w.registered(t, bob)
	for name, handle := range map[string][]byte{"another's": b.UserHandle, "another's primary key": []byte("2"), "made up": []byte("x")} {
		_, err := w.CompleteLogin(w.ctx, w.shown(t, anybody(), a, func(c *kit.Ceremony) { c.UserHandle = handle }))
		require.ErrorIs(t, err, passkeys.ErrRefused, name)
	}
	for name, handle := range map[string][]byte{"none": nil, "hers": a.UserHandle, "her primary key, as Django has it": []byte("1")} {
		_, err := w.CompleteLogin(w.ctx, w.shown(t, anybody(), a, func(c *kit.Ceremony) { c.UserHandle = handle }))
		require.NoError(t, err, name)
	}
}

func TestACopyIsFoundOutByItsCount(t *testing.T) {
	w := newWorld(t, nil)
	a, _ := w.registered(t, w.add(t, "ann", ""))
	count := func(n uint32) func(*kit.Ceremony) { return func(c *kit.Ceremony) { c.Count = n } }
	_, err := w.CompleteLogin(w.ctx, w.shown(t, anybody(), a, count(9)))
	require.NoError(t, err)
	for _, n := range []uint32{9, 8, 0} {
		_, err = w.CompleteLogin(w.ctx, w.shown(t, anybody(), a, count(n)))
		require.ErrorIs(t, err, passkeys.ErrRefused)
	}
	_, err = w.CompleteLogin(w.ctx, w.shown(t, anybody(), a, count(math.MaxUint32)))
	require.NoError(t, err)
}

func TestAKeyThatBecomesCopyableIsNotTheOneThatWasRegistered(t *testing.T) {
	w := newWorld(t, nil)
	a, _ := w.registered(t, w.add(t, "ann", ""))
	_, err := w.CompleteLogin(w.ctx, w.shown(t, anybody(), a, func(c *kit.Ceremony) { c.BackupEligible, c.BackedUp = true, true }))
	require.ErrorIs(t, err, passkeys.ErrRefused)
}

// A refused login must leave the counter: its owner's next one would fail. And it says
// what every other says.
func TestADisabledAccountLearnsNothingAndLosesNothing(t *testing.T) {
	w := newWorld(t, nil)
	ann := w.add(t, "ann", "")
	a, _ := w.registered(t, ann)
	active := func(is bool) {
		require.NoError(t, w.accounts.Update(w.ctx, ann.ID(), func(stored *accounts.Account) error {
			s := stored.Snapshot()
			s.Active = is
			*stored = *accounts.Restore(s)
			return nil
		}))
	}
	active(false)
	_, err := w.CompleteLogin(w.ctx, w.shown(t, anybody(), a))
	require.Equal(t, passkeys.ErrRefused, err)
	require.Zero(t, w.stored(t, a).SignCount)
	active(true)
	a.Count = 0
	_, err = w.CompleteLogin(w.ctx, w.shown(t, anybody(), a))
	require.NoError(t, err)

	w.gate.refusal = fault.New(fault.Invalid, "email_not_verified", "E-mail is not verified.")
	_, err = w.CompleteLogin(w.ctx, w.shown(t, anybody(), a))
	require.ErrorIs(t, err, w.gate.refusal, "what stands before every session stands before this one")
	require.EqualValues(t, 1, w.stored(t, a).SignCount)
}

func TestUnknownAndDeletedCredentials(t *testing.T) {
	w := newWorld(t, nil)
	ann := w.add(t, "ann", "")
	a, added := w.registered(t, ann)
	_, err := w.CompleteLogin(w.ctx, w.shown(t, anybody(), kit.NewAuthenticator(t, origin)))
	require.ErrorIs(t, err, passkeys.ErrUnknown)
	answer := w.shown(t, anybody(), a)
	require.NoError(t, w.Delete(w.ctx, ann, added.ID))
	_, err = w.CompleteLogin(w.ctx, answer)
	require.ErrorIs(t, err, passkeys.ErrUnknown)
}

// allowed returns the credential ids that a login of the name is told.
func (w *world) allowed(t *testing.T, named activity.BeginLogin) [][]byte {
	t.Helper()
	options, err := w.BeginLogin(w.ctx, named)
	require.NoError(t, err)
	return options.Allow
}

// Anybody can begin a login of any name.
func TestBeginningALoginDoesNotTellWhoIsThere(t *testing.T) {
	w := newWorld(t, nil)
	ann := w.add(t, "ann", "ann@example.com")
	a, _ := w.registered(t, ann)
	w.add(t, "bare", "bare@example.com")
	require.Equal(t, [][]byte{a.ID}, w.allowed(t, activity.BeginLogin{Username: "ann"}))
	require.Equal(t, [][]byte{a.ID}, w.allowed(t, activity.BeginLogin{Username: "Ann"}))
	require.Empty(t, w.allowed(t, anybody()))
	seen := map[string]bool{}
	for _, name := range []string{"bare", "nobody", "nobody2", "ann@example.com"} {
		made := w.allowed(t, activity.BeginLogin{Username: name})
		require.NotEmpty(t, made, name)
		require.Equal(t, made, w.allowed(t, activity.BeginLogin{Username: name}), "always the same")
		require.False(t, seen[string(made[0])], "and another for each name")
		seen[string(made[0])] = true
		for _, id := range made {
			require.True(t, passkeys.FitsCredentialID(id))
		}
	}
	require.Equal(t, w.allowed(t, activity.BeginLogin{Username: "nobody"}), w.allowed(t, activity.BeginLogin{Username: "NoBody"}))
	// If an address led to ids as well, those of a user name would tell whose it is.
	for _, email := range []string{"ann@example.com", "bare@example.com", "nobody@example.com"} {
		require.Empty(t, w.allowed(t, activity.BeginLogin{Email: email}))
	}
}

func TestWhereAnAddressIsTheNameItLeadsToCredentials(t *testing.T) {
	w := newWorld(t, func(_ *activity.Dependencies, o *activity.Options) { o.NamedByEmail = true })
	a, _ := w.registered(t, w.add(t, "ann", "ann@example.com"))
	require.Equal(t, [][]byte{a.ID}, w.allowed(t, activity.BeginLogin{Email: "ANN@example.com"}))
	require.NotEmpty(t, w.allowed(t, activity.BeginLogin{Email: "nobody@example.com"}))
	require.Empty(t, w.allowed(t, activity.BeginLogin{Username: "ann"}))
	require.Empty(t, w.allowed(t, activity.BeginLogin{Username: "ann", Email: "ann@example.com"}))
}

// Two accounts that have one address are neither, and no failure.
func TestASharedAddressMeansNobody(t *testing.T) {
	w := newWorld(t, nil)
	a, _ := w.registered(t, w.add(t, "ann", "same@example.com"))
	w.add(t, "bob", "same@example.com")
	_, err := w.CompleteLogin(w.ctx, w.shown(t, activity.BeginLogin{Email: "same@example.com"}, a))
	require.ErrorIs(t, err, passkeys.ErrRefused)
}

// Whoever got ids for a name sends them back, to see which of them are real.
func TestADecoyCannotBeTriedOut(t *testing.T) {
	w := newWorld(t, nil)
	owned, _ := w.registered(t, w.add(t, "ann", "ann@example.com"))
	eve := w.add(t, "eve", "eve@example.com")
	for name, ids := range map[string][][]byte{"ann": {owned.ID}, "nobody": w.allowed(t, activity.BeginLogin{Username: "nobody"})} {
		for _, asked := range []activity.BeginLogin{anybody(), {Username: name}} {
			forger := kit.NewAuthenticator(t, origin)
			_, err := w.CompleteLogin(w.ctx, w.shown(t, asked, forger, func(c *kit.Ceremony) { c.ID = ids[0] }))
			require.Equal(t, passkeys.ErrRefused, err, name)
		}
		forger := kit.NewAuthenticator(t, origin)
		forger.ID = ids[0]
		_, err := w.CompleteRegistration(w.ctx, w.created(t, eve, forger))
		require.Equal(t, passkeys.ErrAlreadyRegistered, err, name)
	}
	stranger := kit.NewAuthenticator(t, origin)
	_, err := w.CompleteLogin(w.ctx, w.shown(t, anybody(), stranger))
	require.Equal(t, passkeys.ErrUnknown, err, "an id that nobody was told")
}
