package verification_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"latchkey/domain/accounts"
	"latchkey/domain/fault"
	"latchkey/domain/secret"
	"latchkey/domain/verification"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func restored() (*accounts.Account, []*accounts.Address) {
	account := accounts.Restore(accounts.Snapshot{
		ID: 7, Username: "alice", Email: "alice@example.com",
		PasswordHash: secret.New("hash"), LastLogin: noon,
	})
	return account, []*accounts.Address{
		accounts.NewAddress(7, "alice@example.com", true),
		accounts.NewAddress(7, "second@example.com", false),
	}
}

func TestStateOfGathersAllThatVoidsAToken(t *testing.T) {
	account, addresses := restored()
	require.Equal(t, verification.ResetState{
		Account:      7,
		PasswordHash: account.PasswordHash(),
		LastLogin:    noon,
		Email:        "alice@example.com",
		Addresses:    []accounts.Email{"alice@example.com", "second@example.com"},
	}, verification.StateOf(account, addresses))
}

func TestStateOfChangesWithEveryPart(t *testing.T) {
	for name, change := range map[string]func(*accounts.Account, *[]*accounts.Address){
		"another account":  func(a *accounts.Account, _ *[]*accounts.Address) { a.Assign(8) },
		"another password": func(a *accounts.Account, _ *[]*accounts.Address) { a.ChangePassword(secret.New("other")) },
		"a login":          func(a *accounts.Account, _ *[]*accounts.Address) { a.SignedIn(noon.Add(time.Second)) },
		"another address": func(_ *accounts.Account, rows *[]*accounts.Address) {
			*rows = append(*rows, accounts.NewAddress(7, "third@example.com", false))
		},
		"an address less": func(_ *accounts.Account, rows *[]*accounts.Address) { *rows = (*rows)[:1] },
	} {
		t.Run(name, func(t *testing.T) {
			account, addresses := restored()
			before := verification.StateOf(account, addresses)
			change(account, &addresses)
			require.NotEqual(t, before, verification.StateOf(account, addresses))
		})
	}
}

func TestStateOfAnAccountWithoutAddresses(t *testing.T) {
	account, _ := restored()
	require.Empty(t, verification.StateOf(account, nil).Addresses)
}

func TestAProofIsGoodForItsLife(t *testing.T) {
	life := 3 * 24 * time.Hour
	require.False(t, verification.Expired(noon, noon, life))
	require.False(t, verification.Expired(noon, noon.Add(life), life), "the last second counts, as with Django")
	require.True(t, verification.Expired(noon, noon.Add(life+1), life))
	require.False(t, verification.Expired(noon.Add(time.Hour), noon, life), "clocks differ")
	require.True(t, verification.Expired(time.Time{}, noon, life), "a proof without a date is long past")
}

func TestAnExpiredProofStaysExpired(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		life := time.Duration(rapid.Int64Range(0, int64(time.Hour)).Draw(t, "life"))
		age := time.Duration(rapid.Int64Range(0, int64(2*time.Hour)).Draw(t, "age"))
		later := time.Duration(rapid.Int64Range(0, int64(time.Hour)).Draw(t, "later"))
		require.Equal(t, age > life, verification.Expired(noon, noon.Add(age), life))
		if verification.Expired(noon, noon.Add(age), life) {
			require.True(t, verification.Expired(noon, noon.Add(age+later), life))
		}
	})
}

func TestRefusalsDoNotSayWhy(t *testing.T) {
	// Recorded from dj-rest-auth 7.1.
	require.EqualError(t, verification.ErrUIDInvalid, "uid: Invalid value")
	require.EqualError(t, verification.ErrTokenInvalid, "token: Invalid value")
	require.EqualError(t, verification.ErrKeyInvalid, "Not found.")
	require.Equal(t, fault.NotFound, fault.KindOf(verification.ErrKeyInvalid))
	require.False(t, errors.Is(verification.ErrUIDInvalid, verification.ErrTokenInvalid))
}
