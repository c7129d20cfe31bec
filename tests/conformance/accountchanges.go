package conformance

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/domain/accounts"
	"latchkey/domain/secret"
)

func accountNameTaken(t *testing.T, stores Stores) {
	add(t, stores, "Ann")
	for _, name := range []accounts.Username{"Ann", "ann", "ANN"} {
		err := stores.Accounts.Add(t.Context(), accounts.New(name, "", secret.New("x"), now))
		require.ErrorIs(t, err, accounts.ErrUsernameTaken)
	}
}

// No mix of cases makes another person of a name, in whatever alphabet.
func accountNameTakenInAnyMix(t *testing.T, stores Stores) {
	add(t, stores, "éÉéa")
	for _, name := range []accounts.Username{"ÉéÉa", "ÉÉéA", "ÉÉÉA", "éééa"} {
		err := stores.Accounts.Add(t.Context(), accounts.New(name, "", secret.New("!"), now))
		require.ErrorIs(t, err, accounts.ErrUsernameTaken, name)
	}
	add(t, stores, "éÉéb")
}

func accountUpdate(t *testing.T, stores Stores) {
	id := add(t, stores, "ann").ID()
	other := add(t, stores, "bob")
	err := stores.Accounts.Update(t.Context(), id, func(account *accounts.Account) error {
		account.Rename("Ann2")
		account.CallThem("A", "B")
		account.ChangePassword(secret.New("new"))
		account.SignedIn(now)
		return nil
	})
	require.NoError(t, err)
	found, err := stores.Accounts.ByID(t.Context(), id)
	require.NoError(t, err)
	want := accounts.Snapshot{Username: "Ann2", FirstName: "A", LastName: "B",
		PasswordHash: secret.New("new"), Active: true, LastLogin: now, Joined: now}
	sameAccount(t, want, found)
	found, err = stores.Accounts.ByID(t.Context(), other.ID())
	require.NoError(t, err)
	sameAccount(t, other.Snapshot(), found)
}

func accountUpdateFails(t *testing.T, stores Stores) {
	id := add(t, stores, "ann").ID()
	failure := errors.New("no")
	err := stores.Accounts.Update(t.Context(), id, func(account *accounts.Account) error {
		account.Rename("changed")
		return failure
	})
	require.ErrorIs(t, err, failure)
	found, err := stores.Accounts.ByID(t.Context(), id)
	require.NoError(t, err)
	require.EqualValues(t, "ann", found.Username())
}

func accountRename(t *testing.T, stores Stores) {
	add(t, stores, "ann")
	id := add(t, stores, "bob").ID()
	rename := func(to accounts.Username) error {
		return stores.Accounts.Update(t.Context(), id, func(account *accounts.Account) error {
			account.Rename(to)
			return nil
		})
	}
	require.ErrorIs(t, rename("ann"), accounts.ErrUsernameTaken)
	require.ErrorIs(t, rename("ANN"), accounts.ErrUsernameTaken)
	require.NoError(t, rename("BOB"), "the own name in another case is free")
}

func accountAddRace(t *testing.T, stores Stores) {
	names := []accounts.Username{"ann", "Ann", "ANN"}
	errs := race(racers, func(i int) error {
		return stores.Accounts.Add(t.Context(), accounts.New(names[i%len(names)], "", secret.New("x"), now))
	})
	oneWinner(t, errs, accounts.ErrUsernameTaken)
	found, err := stores.Accounts.ByUsername(t.Context(), "ann")
	require.NoError(t, err)
	require.Len(t, found, 1)
}

// A reset link is bound to the password hash: of many requests with one link
// exactly one may find the hash unchanged.
func accountUpdateRace(t *testing.T, stores Stores) {
	account := add(t, stores, "ann")
	bound := account.PasswordHash()
	used := errors.New("used")
	errs := race(racers, func(i int) error {
		return stores.Accounts.Update(t.Context(), account.ID(), func(account *accounts.Account) error {
			if !account.PasswordHash().Equal(bound) {
				return used
			}
			account.ChangePassword(secret.New(fmt.Sprint("new ", i)))
			return nil
		})
	})
	oneWinner(t, errs, used)
}

func accountNoLostUpdate(t *testing.T, stores Stores) {
	id := add(t, stores, "ann").ID()
	for _, err := range race(racers, func(int) error {
		return stores.Accounts.Update(t.Context(), id, func(account *accounts.Account) error {
			account.CallThem(account.Snapshot().FirstName+"x", "")
			return nil
		})
	}) {
		require.NoError(t, err)
	}
	found, err := stores.Accounts.ByID(t.Context(), id)
	require.NoError(t, err)
	require.Len(t, found.Snapshot().FirstName, racers)
}
