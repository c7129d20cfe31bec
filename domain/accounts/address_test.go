package accounts_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/domain/accounts"
)

func TestANewAddressIsUnverifiedAndLowerCase(t *testing.T) {
	address := accounts.NewAddress(7, "Alice@Example.com", true)
	require.Equal(t, accounts.AddressSnapshot{Account: 7, Email: "alice@example.com", Primary: true}, address.Snapshot())
	require.False(t, accounts.NewAddress(7, "a@example.com", false).Primary())
}

func TestAnAddressComesBackAsItWasStored(t *testing.T) {
	stored := accounts.AddressSnapshot{ID: 3, Account: 7, Email: "Odd@Case.com", Verified: true, Primary: true}
	address := accounts.RestoreAddress(stored)
	require.Equal(t, stored, address.Snapshot())
	require.Equal(t, accounts.AddressID(3), address.ID())
	require.Equal(t, accounts.ID(7), address.Account())
	require.Equal(t, accounts.Email("Odd@Case.com"), address.Email())
	require.True(t, address.Verified())
	require.True(t, address.Primary())
}

func TestAnAddressIsVerifiedAndMadePrimary(t *testing.T) {
	address := accounts.NewAddress(7, "alice@example.com", false)
	address.Assign(3)
	address.Verify()
	require.Equal(t, accounts.AddressSnapshot{ID: 3, Account: 7, Email: "alice@example.com", Verified: true}, address.Snapshot())
	address.MakePrimary()
	require.True(t, address.Primary())
}
