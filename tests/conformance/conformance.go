// Package conformance holds the promises of application/ports as tests, for the
// implementations that come with the service and for anybody's own:
//
//	func TestMyStores(t *testing.T) {
//		conformance.RunAll(t, func(t *testing.T) conformance.Stores { return open(t) })
//	}
//
// Each sentence of a port's comment is a test here; a port that promises more
// than its suite checks is a defect of the suite.
package conformance

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/secret"
)

// Stores is one empty database and what works on it.
type Stores struct {
	Accounts      ports.Accounts
	Addresses     ports.Addresses
	APITokens     ports.APITokens
	WebSessions   ports.WebSessions
	RefreshTokens ports.RefreshTokens
	Families      ports.Families
	Limits        ports.Limits
	Outbox        ports.Outbox
	Cleaner       ports.Cleaner
	Transactor    ports.Transactor
	Sites         ports.Sites

	Identities     ports.Identities
	ProviderTokens ports.ProviderTokens
	People         ports.People

	Passkeys          ports.Passkeys
	PasskeyHandles    ports.PasskeyHandles
	PasskeyChallenges ports.PasskeyChallenges
	Factors           ports.Factors
	PendingFactors    ports.PendingFactors
	KnownDevices      ports.KnownDevices
}

// Open returns the stores of a new, empty database, and cleans up with t.Cleanup.
type Open func(t *testing.T) Stores

// RunAll runs the suites of all storage ports.
func RunAll(t *testing.T, open Open) {
	t.Run("Accounts", func(t *testing.T) { Accounts(t, open) })
	t.Run("Addresses", func(t *testing.T) { Addresses(t, open) })
	t.Run("APITokens", func(t *testing.T) { APITokens(t, open) })
	t.Run("WebSessions", func(t *testing.T) { WebSessions(t, open) })
	t.Run("Entries", func(t *testing.T) { Entries(t, open) })
	t.Run("Newcomers", func(t *testing.T) { Newcomers(t, open) })
	t.Run("RefreshTokens", func(t *testing.T) { RefreshTokens(t, open) })
	t.Run("Families", func(t *testing.T) { Families(t, open) })
	t.Run("Limits", func(t *testing.T) {
		Limits(t, func(t *testing.T) ports.Limits { return open(t).Limits })
	})
	t.Run("Outbox", func(t *testing.T) { Outbox(t, open) })
	t.Run("Cleaner", func(t *testing.T) { Cleaner(t, open) })
	t.Run("Transactor", func(t *testing.T) { Transactor(t, open) })
	t.Run("Sites", func(t *testing.T) { Sites(t, open) })
	t.Run("Identities", func(t *testing.T) { Identities(t, open) })
	t.Run("ProviderTokens", func(t *testing.T) { ProviderTokens(t, open) })
	t.Run("People", func(t *testing.T) { People(t, open) })
	t.Run("Passkeys", func(t *testing.T) { Passkeys(t, open) })
	t.Run("PasskeyHandles", func(t *testing.T) { PasskeyHandles(t, open) })
	t.Run("PasskeyChallenges", func(t *testing.T) { PasskeyChallenges(t, open) })
	t.Run("Factors", func(t *testing.T) { Factors(t, open) })
	t.Run("PendingFactors", func(t *testing.T) { PendingFactors(t, open) })
	t.Run("KnownDevices", func(t *testing.T) { KnownDevices(t, open) })
}

// now is the time of all tests; it has microseconds, because databases must keep them.
var now = time.Date(2026, time.March, 4, 5, 6, 7, 890123000, time.UTC)

// racers is how many goroutines contend for one thing.
const racers = 20

// race calls run at the same moment from many goroutines and returns their errors.
func race(n int, run func(i int) error) []error {
	errs := make([]error, n)
	start := make(chan struct{})
	var group sync.WaitGroup
	for i := range n {
		group.Go(func() {
			<-start
			errs[i] = run(i)
		})
	}
	close(start)
	group.Wait()
	return errs
}

// oneWinner asserts that exactly one of errs is nil and all others are refusal.
func oneWinner(t *testing.T, errs []error, refusal error) {
	t.Helper()
	winners := 0
	for _, err := range errs {
		if err == nil {
			winners++
			continue
		}
		require.ErrorIs(t, err, refusal)
	}
	require.Equal(t, 1, winners)
}

// add stores an account of that name and returns it.
func add(t *testing.T, stores Stores, name string) *accounts.Account {
	t.Helper()
	account := accounts.New(accounts.Username(name), "", secret.New("hash of "+name), now)
	require.NoError(t, stores.Accounts.Add(t.Context(), account))
	return account
}

// addAddress stores an address of the account and returns it.
func addAddress(t *testing.T, stores Stores, account *accounts.Account, email accounts.Email) *accounts.Address {
	t.Helper()
	address := accounts.NewAddress(account.ID(), email, false)
	require.NoError(t, stores.Addresses.Add(t.Context(), address))
	return address
}

func setHash(stores Stores, ctx context.Context, id accounts.ID, hash string) error {
	return stores.Accounts.Update(ctx, id, func(account *accounts.Account) error {
		account.ChangePassword(secret.New(hash))
		return nil
	})
}

func hashOf(t *testing.T, stores Stores, id accounts.ID) string {
	t.Helper()
	account, err := stores.Accounts.ByID(t.Context(), id)
	require.NoError(t, err)
	return account.PasswordHash().Reveal()
}
