package authentication_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/application/authentication"
	"latchkey/domain/accounts"
	"latchkey/domain/credentials"
	"latchkey/domain/fault"
)

// fiveTries limits wrong passwords beside another change.
func fiveTries(change func(*authentication.Options)) func(*authentication.Options) {
	return func(o *authentication.Options) {
		o.FailedLogins = credentials.Limit{Count: 5, Per: 5 * time.Minute}
		if change != nil {
			change(o)
		}
	}
}

// guess tries a wrong password and returns the code of the refusal.
func (w *world) guess(t *testing.T, username, email string) string {
	t.Helper()
	_, err := w.SignIn(w.ctx, authentication.SignIn{Username: username, Email: email, Password: wrong})
	refusals := fault.Of(err)
	require.Len(t, refusals, 1)
	return refusals[0].Code
}

func TestOfFiftyParallelGuessesFiveReachTheHash(t *testing.T) {
	for _, name := range []string{"ann", "nobody"} {
		w := newWorld(t, fiveTries(nil))
		w.add(t, "ann", "")
		codes := make([]string, 50)
		var wait sync.WaitGroup
		for i := range codes {
			wait.Go(func() { codes[i] = w.guess(t, name, "") })
		}
		wait.Wait()
		require.Equal(t, int64(5), w.hasher.worked(), name)
		refused := 0
		for _, code := range codes {
			if code == authentication.ErrTooManyAttempts.Code {
				refused++
			}
		}
		require.Equal(t, 45, refused, name)
	}
}

func TestAfterTooManyGuessesTheRightPasswordIsRefusedUntilTheWindowIsOver(t *testing.T) {
	w := newWorld(t, fiveTries(nil))
	w.add(t, "ann", "")
	for range 5 {
		w.guess(t, "ANN", "")
	}
	w.clock.advance(time.Minute)
	_, err := w.SignIn(w.ctx, byName("ann"))
	require.ErrorIs(t, err, authentication.ErrTooManyAttempts)
	require.Equal(t, fault.Throttled, fault.KindOf(err))
	require.Equal(t, 4*time.Minute, fault.Of(err)[0].Wait)
	w.clock.advance(4 * time.Minute)
	_, err = w.SignIn(w.ctx, byName("ann"))
	require.NoError(t, err)
}

func TestSuccessForgetsTheGuesses(t *testing.T) {
	w := newWorld(t, fiveTries(nil))
	w.add(t, "ann", "")
	for range 4 {
		for range 4 {
			require.Equal(t, authentication.ErrCredentialsWrong.Code, w.guess(t, "ann", ""))
		}
		_, err := w.SignIn(w.ctx, byName("ann"))
		require.NoError(t, err)
	}
}

func TestTheRightPasswordOfAnInactiveAccountForgetsNothing(t *testing.T) {
	w := newWorld(t, fiveTries(nil))
	w.disable(t, w.add(t, "ann", ""))
	for range 5 {
		_, err := w.SignIn(w.ctx, byName("ann"))
		require.Equal(t, authentication.ErrCredentialsWrong, err)
	}
	_, err := w.SignIn(w.ctx, byName("ann"))
	require.ErrorIs(t, err, authentication.ErrTooManyAttempts)
}

func TestWithoutALimitNothingIsCounted(t *testing.T) {
	w := newWorld(t, nil)
	w.add(t, "ann", "")
	for range 20 {
		require.Equal(t, authentication.ErrCredentialsWrong.Code, w.guess(t, "ann", ""))
	}
}

func TestGuessesAtOneAccountAreCountedUnderAllItsNames(t *testing.T) {
	w := newWorld(t, fiveTries(byBoth))
	ann := w.add(t, "ann", "ann@example.com")
	w.address(t, ann, "second@example.com", true)
	for _, in := range [][2]string{{"ann", ""}, {"ANN", ""}, {"", "ann@example.com"}, {"ann@example.com", ""}, {"", "SECOND@example.com"}} {
		require.Equal(t, authentication.ErrCredentialsWrong.Code, w.guess(t, in[0], in[1]))
	}
	// That the count is used up is not told: it would tell that the names are one account's.
	_, err := w.SignIn(w.ctx, byName("ann"))
	require.ErrorIs(t, err, authentication.ErrCredentialsWrong)
}

func TestGuessesAtOneAccountDoNotLockAnother(t *testing.T) {
	w := newWorld(t, fiveTries(nil))
	w.add(t, "ann", "")
	w.add(t, "bob", "")
	for range 6 {
		w.guess(t, "ann", "")
		w.guess(t, "nobody", "")
	}
	_, err := w.SignIn(w.ctx, byName("bob"))
	require.NoError(t, err)
}

// The sixth try is refused whether there is such an account or not, whatever else
// is in the request: where the answers differ, they tell.
func TestNamesThatNobodyHasAreCountedAsThoseOfAccounts(t *testing.T) {
	tests := map[string]struct {
		change func(*authentication.Options)
		known  func(i string) (username, email string)
	}{
		"another address each time":           {nil, func(i string) (string, string) { return "KNOWN", i + "@example.com" }},
		"another name each time":              {byBoth, func(i string) (string, string) { return i, "KNOWN@example.com" }},
		"address in either field":             {byBoth, eitherField},
		"plain, another address each time":    {plain, func(i string) (string, string) { return "KNOWN", i + "@example.com" }},
		"plain, another name each time":       {plain, func(i string) (string, string) { return i, "KNOWN@example.com" }},
		"plain, nothing but an address":       {plain, func(string) (string, string) { return "", "KNOWN@example.com" }},
		"plain, nothing but a name":           {plain, func(string) (string, string) { return "KNOWN", "" }},
		"the same name in several cases":      {nil, func(i string) (string, string) { return shouted(i), "" }},
		"the same address in several cases":   {byEmail, func(i string) (string, string) { return "", shouted(i) + "@EXAMPLE.com" }},
		"a name beside the address each time": {byEmail, func(i string) (string, string) { return i, "KNOWN@example.com" }},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, fiveTries(test.change))
			w.add(t, "ann", "ann@example.com")
			for _, who := range []string{"ann", "nobody"} {
				for i, letter := range []string{"a", "b", "c", "d", "e", "f"} {
					username, email := test.known(letter)
					want := authentication.ErrCredentialsWrong.Code
					if i == 5 {
						want = authentication.ErrTooManyAttempts.Code
					}
					require.Equal(t, want, w.guess(t, as(who, username), as(who, email)), "%s, try %d", who, i+1)
				}
			}
		})
	}
}

func TestAddressesThatNobodyHasDoNotShareOneCount(t *testing.T) {
	w := newWorld(t, fiveTries(plain))
	for _, letter := range "abcdefgh" {
		require.Equal(t, authentication.ErrCredentialsWrong.Code, w.guess(t, "", string(letter)+"@example.com"))
	}
}

// Eve claims the address of Ann, which nobody has proved, and signs in as herself
// between her guesses at Ann.
func TestSigningInAsOneselfDoesNotTakeBackGuessesAtOthers(t *testing.T) {
	w := newWorld(t, fiveTries(byBoth))
	w.add(t, "eve", "ann@example.com")
	ann := w.add(t, "ann", "ann@example.com")
	other, err := w.hasher.inner.Hash(w.ctx, credentials.NewPassword("only ann knows"))
	require.NoError(t, err)
	w.set(t, ann, func(s *accounts.Snapshot) { s.PasswordHash = other })
	for range 5 {
		require.Equal(t, authentication.ErrCredentialsWrong.Code, w.guess(t, "", "ann@example.com"))
		_, err := w.SignIn(w.ctx, byName("eve"))
		require.NoError(t, err)
	}
	_, err = w.SignIn(w.ctx, authentication.SignIn{Username: "ann", Password: credentials.NewPassword("only ann knows")})
	require.ErrorIs(t, err, authentication.ErrCredentialsWrong)
}

func TestAUsedUpCountLocksOnlyItsOwnAccountBehindASharedAddress(t *testing.T) {
	w := newWorld(t, fiveTries(byBoth))
	w.add(t, "first", "both@example.com")
	second := w.add(t, "second", "both@example.com")
	for range 6 {
		w.guess(t, "first", "")
	}
	require.Equal(t, authentication.ErrCredentialsWrong.Code, w.guess(t, "", "both@example.com"), "the second was tried")
	grant, err := w.SignIn(w.ctx, authentication.SignIn{Email: "both@example.com", Password: right})
	require.NoError(t, err)
	require.Equal(t, second.ID(), grant.Account.ID())
	for range 5 {
		w.guess(t, "second", "")
	}
	_, err = w.SignIn(w.ctx, authentication.SignIn{Email: "both@example.com", Password: right})
	require.ErrorIs(t, err, authentication.ErrCredentialsWrong)
}

// as puts a name in the place of KNOWN, in the same spelling.
func as(who, text string) string {
	text = strings.ReplaceAll(text, "KNOWN", who)
	return strings.ReplaceAll(text, "SHOUTED", strings.ToUpper(who))
}

// eitherField sends the address now under its own name and now under the user name's.
func eitherField(letter string) (username, email string) {
	if letter < "d" {
		return "KNOWN@example.com", ""
	}
	return "", "KNOWN@example.com"
}

// shouted spells the name in capitals every other time.
func shouted(letter string) string {
	if letter < "d" {
		return "SHOUTED"
	}
	return "KNOWN"
}

// A flood that fills the hasher must lock nobody out, nor tell who has an account.
func TestALoginThatFindsNoTurnIsNoTryAndTellsNothing(t *testing.T) {
	w := newWorld(t, fiveTries(nil))
	ann := w.add(t, "ann", "")
	w.hasher.busy = true
	for _, name := range []string{"ann", "nobody"} {
		for range 20 {
			_, err := w.SignIn(w.ctx, authentication.SignIn{Username: name, Password: right})
			require.Equal(t, credentials.ErrHasherBusy, err)
		}
	}
	require.Zero(t, w.hasher.worked())
	w.hasher.busy = false
	for range 4 {
		require.Equal(t, authentication.ErrCredentialsWrong.Code, w.guess(t, "ann", ""), "none of the refused was counted")
		require.Equal(t, authentication.ErrCredentialsWrong.Code, w.guess(t, "nobody", ""))
	}
	grant, err := w.SignIn(w.ctx, byName("ann"))
	require.NoError(t, err)
	require.Equal(t, ann.ID(), grant.Account.ID())
}
