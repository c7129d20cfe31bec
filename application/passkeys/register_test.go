package passkeys_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	activity "latchkey/application/passkeys"
	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/fault"
	"latchkey/domain/passkeys"
	"latchkey/domain/secret"
	"latchkey/domain/sessions"
	"latchkey/tests/kit"
)

func TestAPasskeyIsRegistered(t *testing.T) {
	w := newWorld(t, nil)
	ann := w.add(t, "ann", "ann@example.com")
	a, added := w.registered(t, ann)
	require.Equal(t, passkeys.DefaultName, added.Name)
	require.NotZero(t, added.ID)
	require.Equal(t, a.ID, w.stored(t, a).CredentialID)
	require.True(t, added.Flags.UserVerified && added.Flags.Known)
	require.Equal(t, []string{ports.EventPasskeyAdded}, w.events.names)

	second, err := w.BeginRegistration(w.ctx, activity.BeginRegistration{Account: ann})
	require.NoError(t, err)
	require.Equal(t, [][]byte{a.ID}, second.Exclude)
	require.Equal(t, "Mine", second.RelyingParty.Name, "the site's, where no other is set")
	require.Equal(t, []int{-7, -8, -257}, second.Algorithms)
	require.Len(t, second.Challenge, 64)
}

// Authenticators show the handle to whoever holds them: it is not the primary key, and one account has one.
func TestTheUserHandleSaysNothingOfTheAccount(t *testing.T) {
	w := newWorld(t, nil)
	ann, bob := w.add(t, "ann", ""), w.add(t, "bob", "")
	first, err := w.BeginRegistration(w.ctx, activity.BeginRegistration{Account: ann})
	require.NoError(t, err)
	again, err := w.BeginRegistration(w.ctx, activity.BeginRegistration{Account: ann})
	require.NoError(t, err)
	other, err := w.BeginRegistration(w.ctx, activity.BeginRegistration{Account: bob})
	require.NoError(t, err)
	require.Len(t, first.UserHandle, passkeys.HandleLength)
	require.Equal(t, first.UserHandle, again.UserHandle)
	require.NotEqual(t, first.UserHandle, other.UserHandle)
}

func TestAChallengeOfARegistrationIsGoodOnce(t *testing.T) {
	w := newWorld(t, nil)
	ann := w.add(t, "ann", "")
	a := kit.NewAuthenticator(t, origin)
	answer := w.created(t, ann, a)
	_, err := w.CompleteRegistration(w.ctx, answer)
	require.NoError(t, err)
	_, err = w.CompleteRegistration(w.ctx, answer)
	require.Equal(t, passkeys.ErrRegistrationGone, err)

	refused := w.created(t, ann, kit.NewAuthenticator(t, origin), func(c *kit.Ceremony) { c.Present = false })
	_, err = w.CompleteRegistration(w.ctx, refused)
	require.ErrorIs(t, err, passkeys.ErrRegistrationRefused)
	_, err = w.CompleteRegistration(w.ctx, refused)
	require.ErrorIs(t, err, passkeys.ErrChallengeGone, "a refused answer was a try")
}

func TestAWrongNameLeavesTheChallenge(t *testing.T) {
	w := newWorld(t, nil)
	answer := w.created(t, w.add(t, "ann", ""), kit.NewAuthenticator(t, origin))
	for name, want := range map[string]error{" ": passkeys.ErrNameBlank, strings.Repeat("x", 256): passkeys.ErrNameTooLong} {
		answer.Name = &name
		_, err := w.CompleteRegistration(w.ctx, answer)
		require.ErrorIs(t, err, want)
	}
	name := " Mine "
	answer.Name = &name
	added, err := w.CompleteRegistration(w.ctx, answer)
	require.NoError(t, err)
	require.EqualValues(t, "Mine", added.Name)
}

// Upstream checks the name that a registration begins with and throws it away.
func TestTheNameThatARegistrationBeganWithCountsWhereNoOtherCame(t *testing.T) {
	w := newWorld(t, nil)
	ann := w.add(t, "ann", "")
	later, empty := "Later", ""
	for _, c := range []struct {
		began string
		given *string
		want  passkeys.Name
	}{
		{" First ", nil, "First"}, {"First", &later, "Later"}, {"", &later, "Later"}, {"", nil, passkeys.DefaultName}, {" ", nil, passkeys.DefaultName},
		{strings.Repeat("é", 5000), nil, passkeys.Name(strings.Repeat("é", passkeys.NameMaxLength))},
	} {
		a := kit.NewAuthenticator(t, origin)
		options, err := w.BeginRegistration(w.ctx, activity.BeginRegistration{Account: ann, Name: c.began})
		require.NoError(t, err)
		answer := activity.CompleteRegistration{Account: ann, Response: text(t, a.Create(t, creation(t, options))), Name: &empty}
		_, err = w.CompleteRegistration(w.ctx, answer)
		require.ErrorIs(t, err, passkeys.ErrNameBlank, "an empty one is one that came")
		answer.Name = c.given
		added, err := w.CompleteRegistration(w.ctx, answer)
		require.NoError(t, err)
		require.Equal(t, c.want, added.Name)
		require.Equal(t, c.want, w.stored(t, a).Name)
	}
}

func TestTheNameOfARegistrationThatWasReplacedIsForgotten(t *testing.T) {
	w := newWorld(t, nil)
	ann := w.add(t, "ann", "")
	_, err := w.BeginRegistration(w.ctx, activity.BeginRegistration{Account: ann, Name: "First"})
	require.NoError(t, err)
	_, added := w.registered(t, ann)
	require.Equal(t, passkeys.DefaultName, added.Name)
}

func TestANewRegistrationVoidsTheOldAndExpires(t *testing.T) {
	w := newWorld(t, nil)
	ann := w.add(t, "ann", "")
	old := w.created(t, ann, kit.NewAuthenticator(t, origin))
	_ = w.created(t, ann, kit.NewAuthenticator(t, origin))
	_, err := w.CompleteRegistration(w.ctx, old)
	require.ErrorIs(t, err, passkeys.ErrRegistrationRefused)

	late := w.created(t, ann, kit.NewAuthenticator(t, origin))
	w.clock.now = start.Add(5 * time.Minute)
	_, err = w.CompleteRegistration(w.ctx, late)
	require.ErrorIs(t, err, passkeys.ErrChallengeGone)
}

func TestAChallengeIsOfOneAccount(t *testing.T) {
	w := newWorld(t, nil)
	ann, bob := w.add(t, "ann", ""), w.add(t, "bob", "")
	answer := w.created(t, ann, kit.NewAuthenticator(t, origin))
	answer.Account = bob
	_, err := w.CompleteRegistration(w.ctx, answer)
	require.ErrorIs(t, err, passkeys.ErrChallengeGone)
}

func TestACredentialBelongsToOneAccount(t *testing.T) {
	w := newWorld(t, nil)
	ann, bob := w.add(t, "ann", ""), w.add(t, "bob", "")
	a, _ := w.registered(t, ann)
	for _, owner := range []*accounts.Account{ann, bob} {
		_, err := w.CompleteRegistration(w.ctx, w.created(t, owner, a))
		require.ErrorIs(t, err, passkeys.ErrAlreadyRegistered)
	}
	own, err := w.List(w.ctx, bob.ID())
	require.NoError(t, err)
	require.Empty(t, own)
}

func TestOfManyWhoCompleteOneRegistrationOneDoes(t *testing.T) {
	w := newWorld(t, nil)
	ann := w.add(t, "ann", "ann@example.com")
	answer := w.created(t, ann, kit.NewAuthenticator(t, origin))
	errs := make([]error, 20)
	var group sync.WaitGroup
	for i := range errs {
		group.Go(func() { _, errs[i] = w.CompleteRegistration(w.ctx, answer) })
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
	require.Len(t, w.deliver(t), 1)
}

// Since the caller was recognised the account may have been disabled or its password
// changed: a way in that was added all the same would outlive that.
func TestAnEndedSessionAddsNoWayIn(t *testing.T) {
	for name, change := range map[string]func(*accounts.Account){
		"password changed": func(a *accounts.Account) { a.ChangePassword(secret.New("new")) },
		"disabled": func(a *accounts.Account) {
			s := a.Snapshot()
			s.Active = false
			*a = *accounts.Restore(s)
		},
	} {
		w := newWorld(t, nil)
		ann := w.add(t, "ann", "ann@example.com")
		answer := w.created(t, ann, kit.NewAuthenticator(t, origin))
		require.NoError(t, w.accounts.Update(w.ctx, ann.ID(), func(a *accounts.Account) error { change(a); return nil }))
		_, err := w.CompleteRegistration(w.ctx, answer)
		require.ErrorIs(t, err, sessions.ErrSessionEnded, name)
		require.Empty(t, w.deliver(t))
		require.Empty(t, w.events.names)
	}
}

func TestAnAccountHasNotAnyNumberOfPasskeys(t *testing.T) {
	w := newWorld(t, nil)
	ann := w.add(t, "ann", "")
	for i := range passkeys.MaxPerAccount {
		credential := passkeys.New(ann.ID(), "n", passkeys.Attested{CredentialID: []byte{byte(i)}}, start)
		require.NoError(t, w.passkeys.Add(w.ctx, credential))
	}
	_, err := w.CompleteRegistration(w.ctx, w.created(t, ann, kit.NewAuthenticator(t, origin)))
	require.ErrorIs(t, err, passkeys.ErrTooMany)
}

// stepUp asks for a recent proof.
type stepUp struct{ refusal error }

func (s *stepUp) MayChangeFactors(context.Context, *accounts.Account) error { return s.refusal }

// A stolen token is not enough to leave a way back in, or to take one away.
func TestARecentProofIsAskedForWhereThatIsWired(t *testing.T) {
	proof := &stepUp{}
	w := newWorld(t, func(d *activity.Dependencies, _ *activity.Options) { d.StepUp = proof })
	ann := w.add(t, "ann", "")
	_, added := w.registered(t, ann)
	answer := w.created(t, ann, kit.NewAuthenticator(t, origin))
	proof.refusal = fault.New(fault.Forbidden, "proof_wanted", "Sign in again.")
	_, err := w.BeginRegistration(w.ctx, activity.BeginRegistration{Account: ann})
	require.ErrorIs(t, err, proof.refusal)
	_, err = w.CompleteRegistration(w.ctx, answer)
	require.ErrorIs(t, err, proof.refusal)
	require.ErrorIs(t, w.Delete(w.ctx, ann, added.ID), proof.refusal)
	proof.refusal = nil
	_, err = w.CompleteRegistration(w.ctx, answer)
	require.NoError(t, err, "the challenge was left")
}

func TestWithoutARelyingPartyNothingBegins(t *testing.T) {
	w := newWorld(t, func(_ *activity.Dependencies, o *activity.Options) { o.RelyingParty = passkeys.RelyingParty{} })
	ann := w.add(t, "ann", "")
	_, err := w.BeginRegistration(w.ctx, activity.BeginRegistration{Account: ann})
	require.ErrorIs(t, err, passkeys.ErrNotConfigured)
	_, err = w.CompleteRegistration(w.ctx, activity.CompleteRegistration{Account: ann})
	require.ErrorIs(t, err, passkeys.ErrNotConfigured)
	_, err = w.BeginLogin(w.ctx, activity.BeginLogin{})
	require.ErrorIs(t, err, passkeys.ErrNotConfigured)
	_, err = w.CompleteLogin(w.ctx, activity.CompleteLogin{})
	require.ErrorIs(t, err, passkeys.ErrNotConfigured)
}
