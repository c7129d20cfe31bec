package conformance

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/domain/accounts"
	"latchkey/domain/secret"
)

// Accounts tests an implementation of ports.Accounts.
func Accounts(t *testing.T, open Open) {
	t.Run("an account comes back as it was added", func(t *testing.T) { accountRoundTrip(t, open(t)) })
	t.Run("an unknown id is not found", func(t *testing.T) { accountUnknown(t, open(t)) })
	t.Run("names are found without regard to case", func(t *testing.T) { accountByUsername(t, open(t)) })
	t.Run("signs in a name stand for themselves", func(t *testing.T) { accountWildcards(t, open(t)) })
	t.Run("accounts are found by each of their addresses", func(t *testing.T) { accountByEmail(t, open(t)) })
	t.Run("letters that only look alike are not equal", func(t *testing.T) { accountLookalikes(t, open(t)) })
	t.Run("a name is taken in any case", func(t *testing.T) { accountNameTaken(t, open(t)) })
	t.Run("a name is taken in any mix of cases", func(t *testing.T) { accountNameTakenInAnyMix(t, open(t)) })
	t.Run("Update stores what change did", func(t *testing.T) { accountUpdate(t, open(t)) })
	t.Run("Update stores nothing when change fails", func(t *testing.T) { accountUpdateFails(t, open(t)) })
	t.Run("Update refuses a name that is taken", func(t *testing.T) { accountRename(t, open(t)) })
	t.Run("one of many who add a name wins", func(t *testing.T) { accountAddRace(t, open(t)) })
	t.Run("one of many who use one proof wins", func(t *testing.T) { accountUpdateRace(t, open(t)) })
	t.Run("no update is lost", func(t *testing.T) { accountNoLostUpdate(t, open(t)) })
}

func accountRoundTrip(t *testing.T, stores Stores) {
	full := accounts.Snapshot{
		Username: "Ann", Email: "Ann@Example.com", FirstName: "Änn", LastName: "O'Hara; --",
		PasswordHash: secret.New("argon2$x"), Active: false, Staff: true, Superuser: true,
		LastLogin: now, Joined: now.Truncate(1e9), // one time with a fraction of a second, one without
	}
	least := accounts.Snapshot{Username: "bob", Active: true, Joined: now}
	for _, want := range []accounts.Snapshot{full, least} {
		account := accounts.Restore(want)
		require.NoError(t, stores.Accounts.Add(t.Context(), account))
		require.NotZero(t, account.ID())
		found, err := stores.Accounts.ByID(t.Context(), account.ID())
		require.NoError(t, err)
		sameAccount(t, want, found)
	}
}

// sameAccount compares everything but the id.
func sameAccount(t *testing.T, want accounts.Snapshot, account *accounts.Account) {
	t.Helper()
	got := account.Snapshot()
	require.Equal(t, want.PasswordHash.Reveal(), got.PasswordHash.Reveal())
	want.PasswordHash, want.ID = got.PasswordHash, got.ID
	require.Equal(t, want, got)
}

func accountUnknown(t *testing.T, stores Stores) {
	_, err := stores.Accounts.ByID(t.Context(), 4711)
	require.ErrorIs(t, err, accounts.ErrNotFound)
	err = stores.Accounts.Update(t.Context(), 4711, func(*accounts.Account) error { return errors.New("called") })
	require.ErrorIs(t, err, accounts.ErrNotFound)
	found, err := stores.Accounts.ByUsername(t.Context(), "nobody")
	require.NoError(t, err)
	require.Empty(t, found)
	found, err = stores.Accounts.ByEmail(t.Context(), "nobody@example.com")
	require.NoError(t, err)
	require.Empty(t, found)
	// Uids of reset links and claims of tokens may name any number: none is a failure.
	for _, id := range []accounts.ID{-1, 1 << 31, 99999999999, 1<<63 - 1} {
		_, err := stores.Accounts.ByID(t.Context(), id)
		require.ErrorIs(t, err, accounts.ErrNotFound)
	}
}

func accountByUsername(t *testing.T, stores Stores) {
	for _, name := range []string{"Ann", "Élodie", "Иван", "ünal"} {
		add(t, stores, name)
	}
	for _, c := range []struct{ asked, stored accounts.Username }{
		{"Ann", "Ann"}, {"aNN", "Ann"}, {"ANN", "Ann"},
		{"éLODIE", "Élodie"}, {"ÉLODIE", "Élodie"}, {"élodie", "Élodie"},
		{"иван", "Иван"}, {"ИВАН", "Иван"}, {"ÜNAL", "ünal"},
	} {
		found, err := stores.Accounts.ByUsername(t.Context(), c.asked)
		require.NoError(t, err)
		require.Len(t, found, 1, "%s", c.asked)
		require.Equal(t, c.stored, found[0].Username())
	}
}

func accountWildcards(t *testing.T, stores Stores) {
	add(t, stores, "annabel")
	add(t, stores, "a_nabel")
	for asked, want := range map[accounts.Username]int{"a%": 0, "%": 0, "_nnabel": 0, "a_nabel": 1, `a\_nabel`: 0, "annabe?": 0, "a*": 0} {
		found, err := stores.Accounts.ByUsername(t.Context(), asked)
		require.NoError(t, err)
		require.Len(t, found, want, "%s", asked)
	}
}

func accountByEmail(t *testing.T, stores Stores) {
	own := accounts.New("own", "Shared@Example.com", secret.New("x"), now)
	require.NoError(t, stores.Accounts.Add(t.Context(), own))
	row, both := add(t, stores, "row"), accounts.New("both", "shared@example.com", secret.New("x"), now)
	require.NoError(t, stores.Accounts.Add(t.Context(), both))
	add(t, stores, "neither")
	addAddress(t, stores, both, "shared@example.com")
	addAddress(t, stores, row, "shared@example.com")

	found, err := stores.Accounts.ByEmail(t.Context(), "SHARED@example.com")
	require.NoError(t, err)
	var ids []accounts.ID
	for _, account := range found {
		ids = append(ids, account.ID())
	}
	require.Equal(t, []accounts.ID{own.ID(), row.ID(), both.ID()}, ids)
}

// "ı" has the upper case "I", whose lower case is "i". Who compares in upper case
// sends the reset of one account to the owner of another (CVE-2019-19844).
func accountLookalikes(t *testing.T, stores Stores) {
	victim := accounts.New("mike", "mike@example.com", secret.New("x"), now)
	require.NoError(t, stores.Accounts.Add(t.Context(), victim))
	found, err := stores.Accounts.ByEmail(t.Context(), "mıke@example.com")
	require.NoError(t, err)
	require.Empty(t, found)
	found, err = stores.Accounts.ByUsername(t.Context(), "mıke")
	require.NoError(t, err)
	require.Empty(t, found)
}
