package accounts_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/domain/accounts"
	"latchkey/domain/secret"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// stored is a row with a value in every column.
var stored = accounts.Snapshot{
	ID: 7, Username: "alice", Email: "Alice@Example.com", FirstName: "Alice", LastName: "Liddell",
	PasswordHash: secret.New("argon2$…"), Active: true, Staff: true, Superuser: true,
	LastLogin: noon, Joined: noon.Add(-time.Hour),
}

func TestANewAccountIsActiveWithoutPrivileges(t *testing.T) {
	hash := secret.New("argon2$…")
	account := accounts.New("alice", "alice@example.com", hash, noon)
	require.Equal(t, accounts.Snapshot{
		Username: "alice", Email: "alice@example.com", PasswordHash: hash, Active: true, Joined: noon,
	}, account.Snapshot())
}

func TestAnAccountComesBackAsItWasStored(t *testing.T) {
	account := accounts.Restore(stored)
	require.Equal(t, stored, account.Snapshot())
	require.Equal(t, accounts.ID(7), account.ID())
	require.Equal(t, accounts.Username("alice"), account.Username())
	require.Equal(t, accounts.Email("Alice@Example.com"), account.Email())
	require.True(t, account.PasswordHash().Equal(stored.PasswordHash))
	require.True(t, account.Active())
	require.Equal(t, noon, account.LastLogin())
}

func TestRestoreDoesNotJudge(t *testing.T) {
	odd := accounts.Snapshot{ID: 1, Username: "with space", Email: "no address"}
	account := accounts.Restore(odd)
	require.Equal(t, odd, account.Snapshot())
	require.False(t, account.Active())
}

func TestEachChangeChangesOneThing(t *testing.T) {
	hash := secret.New("another")
	for name, c := range map[string]struct {
		change func(*accounts.Account)
		want   func(*accounts.Snapshot)
	}{
		"id":       {func(a *accounts.Account) { a.Assign(8) }, func(s *accounts.Snapshot) { s.ID = 8 }},
		"username": {func(a *accounts.Account) { a.Rename("bob") }, func(s *accounts.Snapshot) { s.Username = "bob" }},
		"names": {func(a *accounts.Account) { a.CallThem("Bob", "") }, func(s *accounts.Snapshot) {
			s.FirstName, s.LastName = "Bob", ""
		}},
		"address":    {func(a *accounts.Account) { a.MoveTo("b@example.com") }, func(s *accounts.Snapshot) { s.Email = "b@example.com" }},
		"password":   {func(a *accounts.Account) { a.ChangePassword(hash) }, func(s *accounts.Snapshot) { s.PasswordHash = hash }},
		"last login": {func(a *accounts.Account) { a.SignedIn(noon.Add(1)) }, func(s *accounts.Snapshot) { s.LastLogin = noon.Add(1) }},
	} {
		t.Run(name, func(t *testing.T) {
			account, want := accounts.Restore(stored), stored
			c.change(account)
			c.want(&want)
			require.Equal(t, want, account.Snapshot())
		})
	}
}

func TestASnapshotIsACopy(t *testing.T) {
	account := accounts.Restore(stored)
	snapshot := account.Snapshot()
	snapshot.Superuser, snapshot.Username = false, "mallory"
	require.Equal(t, stored, account.Snapshot())
}

func TestAnAccountDoesNotPrintItsHash(t *testing.T) {
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		require.NotContains(t, fmt.Sprintf(verb, accounts.Restore(stored)), "argon2")
		require.NotContains(t, fmt.Sprintf(verb, stored), "argon2")
	}
}
