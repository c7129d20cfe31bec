package authentication_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/application/authentication"
	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/credentials"
	"latchkey/domain/fault"
)

const (
	home     = "192.0.2.1"
	stranger = "198.51.100.7"
)

// locked allows five tries in five minutes, and twelve a day for one account.
func locked(o *authentication.Options) {
	fiveTries(nil)(o)
	o.Locks = []credentials.Limit{{Count: 12, Per: 24 * time.Hour}}
}

// from tries a password at a network and returns the code of the refusal; empty when there is none.
func (w *world) from(t *testing.T, network, name string, password credentials.Password) string {
	t.Helper()
	_, err := w.SignIn(w.ctx, authentication.SignIn{Username: name, Password: password, Network: network})
	if err == nil {
		return ""
	}
	refusals := fault.Of(err)
	require.Len(t, refusals, 1, err)
	return refusals[0].Code
}

// notes returns the names that were noted to be guessed at.
func (w *world) notes(t *testing.T) []string {
	t.Helper()
	claimed, err := w.outbox.Claim(w.ctx, w.clock.Now().Add(time.Second), time.Hour, 100)
	require.NoError(t, err)
	var names []string
	for _, message := range claimed {
		require.Equal(t, ports.TopicGuessed, message.Topic)
		names = append(names, message.Payload[ports.GuessedName])
		require.NoError(t, w.outbox.Done(w.ctx, message.ID))
	}
	return names
}

var (
	refusedAsWrong = authentication.ErrCredentialsWrong.Code
	refusedAndTold = authentication.ErrTooManyAttempts.Code
)

func TestAStrangersGuessesDoNotLockTheOwnerOutWhereHeSignedInBefore(t *testing.T) {
	w := newWorld(t, locked)
	w.add(t, "ann", "")
	require.Empty(t, w.from(t, home, "ann", right))
	for day := range 3 {
		for range 4 {
			for range 6 {
				w.from(t, stranger, "ann", wrong)
			}
			w.clock.advance(6 * time.Minute)
		}
		require.Equal(t, refusedAsWrong, w.from(t, "203.0.113.9", "ann", right), "the account is locked, day %d", day)
		require.Empty(t, w.from(t, home, "ann", right), "day %d", day)
		w.clock.advance(12 * time.Hour)
	}
}

func TestASuccessAtAKnownNetworkDoesNotClearTheCountOfStrangers(t *testing.T) {
	w := newWorld(t, locked)
	w.add(t, "ann", "")
	require.Empty(t, w.from(t, home, "ann", right))
	for range 5 {
		require.Equal(t, refusedAsWrong, w.from(t, stranger, "ann", wrong))
	}
	w.hasher.worked()
	for range 4 {
		require.Empty(t, w.from(t, home, "ann", right))
		require.Equal(t, refusedAndTold, w.from(t, stranger, "ann", right))
		require.Equal(t, refusedAsWrong, w.from(t, "203.0.113.9", "ann", right), "the right password, which a lucky guess could be")
	}
	require.EqualValues(t, 8, w.hasher.worked(), "what is told to be refused costs no hash")
}

func TestGuessesFromAKnownNetworkAreCounted(t *testing.T) {
	w := newWorld(t, locked)
	w.add(t, "ann", "")
	require.Empty(t, w.from(t, home, "ann", right))
	for range 5 {
		require.Equal(t, refusedAsWrong, w.from(t, stranger, "ann", wrong))
	}
	for range 5 {
		require.Equal(t, refusedAsWrong, w.from(t, home, "ann", wrong))
	}
	require.Equal(t, refusedAndTold, w.from(t, home, "ann", right))
}

func TestOfParallelGuessesFromEverywhereFiveAreComparedWithThePassword(t *testing.T) {
	w := newWorld(t, locked)
	w.add(t, "ann", "")
	codes := make([]string, 200)
	var all sync.WaitGroup
	for i := range codes {
		all.Go(func() { codes[i] = w.from(t, fmt.Sprint(i), "ann", wrong) })
	}
	all.Wait()
	require.EqualValues(t, 5, w.hasher.real.Load())
	require.EqualValues(t, 200, w.hasher.worked(), "the others cost as much, so that the time does not tell which")
	for _, code := range codes {
		require.Equal(t, refusedAsWrong, code)
	}
}

// An answer that differs by where it comes from would tell a neighbour who has an account.
func TestNothingTellsAtAKnownNetworkWhoHasAnAccount(t *testing.T) {
	answers := map[string][]string{}
	for _, name := range []string{"ann", "nobody"} {
		w := newWorld(t, locked)
		w.add(t, "ann", "")
		require.Empty(t, w.from(t, home, "ann", right))
		w.hasher.worked()
		for _, network := range []string{stranger, "203.0.113.9", home} {
			for range 7 {
				code := w.from(t, network, name, wrong)
				if w.hasher.worked() > 0 {
					code += " hashed"
				}
				answers[name] = append(answers[name], code)
			}
		}
		require.Equal(t, []string{name}, w.notes(t))
	}
	require.Equal(t, answers["ann"], answers["nobody"])
	require.Contains(t, answers["ann"], refusedAndTold)
}

func TestANetworkIsKnownForAWhile(t *testing.T) {
	w := newWorld(t, locked)
	ann := w.add(t, "ann", "")
	require.NoError(t, w.Recognise(w.ctx, ann.ID(), home, w.clock.Now()))
	lock := func() {
		for range 6 {
			w.from(t, stranger, "ann", wrong)
		}
	}
	w.clock.advance(89 * 24 * time.Hour)
	lock()
	require.Empty(t, w.from(t, home, "ann", right))
	w.clock.advance(2 * 24 * time.Hour)
	lock()
	require.Equal(t, refusedAsWrong, w.from(t, home, "ann", right))
}

func TestWhoHidesHisNetworkIsKnownNowhere(t *testing.T) {
	w := newWorld(t, locked)
	ann := w.add(t, "ann", "")
	require.NoError(t, w.Recognise(w.ctx, ann.ID(), "", w.clock.Now()))
	require.Empty(t, w.from(t, "", "ann", right))
	for range 5 {
		w.from(t, stranger, "ann", wrong)
	}
	require.Equal(t, refusedAsWrong, w.from(t, "", "ann", right))
}

func TestAKnownNetworkIsOneAccountsOwn(t *testing.T) {
	w := newWorld(t, locked)
	w.add(t, "ann", "")
	w.add(t, "bob", "")
	require.Empty(t, w.from(t, home, "ann", right))
	for range 5 {
		w.from(t, stranger, "bob", wrong)
	}
	require.Equal(t, refusedAsWrong, w.from(t, home, "bob", right))
}

func TestEveryWayInMakesTheNetworkKnown(t *testing.T) {
	w := newWorld(t, locked)
	ann := w.add(t, "ann", "")
	_, err := w.Admit(w.ctx, authentication.Admission{Account: ann, Network: home})
	require.NoError(t, err)
	for range 5 {
		w.from(t, stranger, "ann", wrong)
	}
	require.Empty(t, w.from(t, home, "ann", right))
}

func TestThatANameIsGuessedAtIsNotedOnceADay(t *testing.T) {
	w := newWorld(t, locked)
	w.add(t, "ann", "")
	for range 5 {
		w.from(t, stranger, "ann", wrong)
	}
	require.Empty(t, w.notes(t), "five slips are nobody's business")
	for _, network := range []string{stranger, stranger, "203.0.113.9"} {
		w.from(t, network, "ANN", wrong)
	}
	require.Equal(t, []string{"ANN"}, w.notes(t))
	w.clock.advance(25 * time.Hour)
	for range 8 {
		w.from(t, stranger, "ann", wrong)
	}
	require.Equal(t, []string{"ann"}, w.notes(t))
}

func TestGuessesFromManyNetworksAreNoted(t *testing.T) {
	w := newWorld(t, locked)
	w.add(t, "ann", "")
	for i := range 6 {
		require.Equal(t, refusedAsWrong, w.from(t, string(rune('a'+i)), "ann", wrong))
	}
	require.Equal(t, []string{"ann"}, w.notes(t))
}

func TestALongNameIsNotKeptInTheOutbox(t *testing.T) {
	w := newWorld(t, locked)
	long := make([]byte, 321)
	for i := range long {
		long[i] = 'x'
	}
	for range 7 {
		w.from(t, stranger, string(long), wrong)
	}
	require.Empty(t, w.notes(t))
}

func TestANewPasswordIsNotLockedByGuessesAtTheOld(t *testing.T) {
	w := newWorld(t, locked)
	ann := w.add(t, "ann", "")
	for i := range 12 {
		w.from(t, string(rune('a'+i)), "ann", wrong)
	}
	hash, err := w.hasher.inner.Hash(w.ctx, right)
	require.NoError(t, err)
	w.set(t, ann, func(s *accounts.Snapshot) { s.PasswordHash = hash })
	require.Empty(t, w.from(t, home, "ann", right))
}
