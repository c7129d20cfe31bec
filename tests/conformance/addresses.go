package conformance

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/domain/accounts"
	"latchkey/domain/secret"
	"latchkey/domain/verification"
)

// Addresses tests an implementation of ports.Addresses that verifies an address
// for one account only.
func Addresses(t *testing.T, open Open) {
	t.Run("an address comes back as it was added", func(t *testing.T) { addressRoundTrip(t, open(t)) })
	t.Run("an unknown address is not found", func(t *testing.T) { addressUnknown(t, open(t)) })
	t.Run("an account's addresses come by id", func(t *testing.T) { addressesOf(t, open(t)) })
	t.Run("addresses are found without regard to case", func(t *testing.T) { addressByEmail(t, open(t)) })
	t.Run("an address is added once to an account", func(t *testing.T) { addressAddTwice(t, open(t)) })
	t.Run("Update stores nothing when change fails", func(t *testing.T) { addressUpdateFails(t, open(t)) })
	t.Run("an address is verified for one account", func(t *testing.T) { addressVerifiedElsewhere(t, open(t)) })
	t.Run("case does not make another address", func(t *testing.T) { addressVerifiedInAnotherCase(t, open(t)) })
	t.Run("one of many who verify an address wins", func(t *testing.T) { addressVerifyRace(t, open(t)) })
	t.Run("many who add one address get one id", func(t *testing.T) { addressAddRace(t, open(t)) })
}

func verify(t *testing.T, stores Stores, id accounts.AddressID) error {
	return stores.Addresses.Update(t.Context(), id, func(address *accounts.Address) error {
		address.Verify()
		return nil
	})
}

func addressRoundTrip(t *testing.T, stores Stores) {
	ann := add(t, stores, "ann")
	address := accounts.NewAddress(ann.ID(), "Ann@Example.com", true)
	require.NoError(t, stores.Addresses.Add(t.Context(), address))
	require.NotZero(t, address.ID())
	found, err := stores.Addresses.ByID(t.Context(), address.ID())
	require.NoError(t, err)
	require.Equal(t, address.Snapshot(), found.Snapshot())

	require.NoError(t, verify(t, stores, address.ID()))
	found, err = stores.Addresses.ByID(t.Context(), address.ID())
	require.NoError(t, err)
	address.Verify()
	require.Equal(t, address.Snapshot(), found.Snapshot())
}

func addressUnknown(t *testing.T, stores Stores) {
	_, err := stores.Addresses.ByID(t.Context(), 4711)
	require.ErrorIs(t, err, accounts.ErrAddressNotFound)
	require.ErrorIs(t, verify(t, stores, 4711), accounts.ErrAddressNotFound)
	_, err = stores.Addresses.ByID(t.Context(), 99999999999)
	require.ErrorIs(t, err, accounts.ErrAddressNotFound)
	found, err := stores.Addresses.Of(t.Context(), 4711)
	require.NoError(t, err)
	require.Empty(t, found)
	found, err = stores.Addresses.ByEmail(t.Context(), "nobody@example.com")
	require.NoError(t, err)
	require.Empty(t, found)
}

func addressesOf(t *testing.T, stores Stores) {
	ann, bob := add(t, stores, "ann"), add(t, stores, "bob")
	var want []accounts.AddressID
	for i := range 3 {
		want = append(want, addAddress(t, stores, ann, accounts.Email(fmt.Sprintf("%d@example.com", 9-i))).ID())
		addAddress(t, stores, bob, accounts.Email(fmt.Sprintf("bob%d@example.com", i)))
	}
	found, err := stores.Addresses.Of(t.Context(), ann.ID())
	require.NoError(t, err)
	require.Equal(t, want, idsOf(found))
}

func idsOf(addresses []*accounts.Address) (ids []accounts.AddressID) {
	for _, address := range addresses {
		ids = append(ids, address.ID())
	}
	return ids
}

func addressByEmail(t *testing.T, stores Stores) {
	ann, bob := add(t, stores, "ann"), add(t, stores, "bob")
	first := addAddress(t, stores, ann, "a@example.com")
	second := addAddress(t, stores, bob, "a@example.com")
	addAddress(t, stores, bob, "b@example.com")
	found, err := stores.Addresses.ByEmail(t.Context(), "A@Example.Com")
	require.NoError(t, err)
	require.Equal(t, []accounts.AddressID{first.ID(), second.ID()}, idsOf(found))
}

func addressAddTwice(t *testing.T, stores Stores) {
	ann := add(t, stores, "ann")
	first := addAddress(t, stores, ann, "a@example.com")
	require.NoError(t, verify(t, stores, first.ID()))
	again := addAddress(t, stores, ann, "A@example.com")
	require.Equal(t, first.ID(), again.ID())
	found, err := stores.Addresses.Of(t.Context(), ann.ID())
	require.NoError(t, err)
	require.Len(t, found, 1)
	require.True(t, found[0].Verified(), "what is stored stays as it is")
}

func addressUpdateFails(t *testing.T, stores Stores) {
	address := addAddress(t, stores, add(t, stores, "ann"), "a@example.com")
	failure := errors.New("no")
	err := stores.Addresses.Update(t.Context(), address.ID(), func(address *accounts.Address) error {
		address.Verify()
		return failure
	})
	require.ErrorIs(t, err, failure)
	found, err := stores.Addresses.ByID(t.Context(), address.ID())
	require.NoError(t, err)
	require.False(t, found.Verified())
}

func addressVerifiedElsewhere(t *testing.T, stores Stores) {
	first := addAddress(t, stores, add(t, stores, "ann"), "a@example.com")
	second := addAddress(t, stores, add(t, stores, "bob"), "a@example.com")
	require.NoError(t, verify(t, stores, first.ID()))
	require.ErrorIs(t, verify(t, stores, second.ID()), verification.ErrVerifiedElsewhere)
	found, err := stores.Addresses.ByID(t.Context(), second.ID())
	require.NoError(t, err)
	require.False(t, found.Verified())
	require.NoError(t, verify(t, stores, first.ID()), "a second proof by the owner changes nothing")
}

// Another program may have stored an address as it was typed.
func addressVerifiedInAnotherCase(t *testing.T, stores Stores) {
	typed := accounts.RestoreAddress(accounts.AddressSnapshot{
		Account: add(t, stores, "ann").ID(), Email: "A@Example.com", Verified: true,
	})
	require.NoError(t, stores.Addresses.Add(t.Context(), typed))
	second := addAddress(t, stores, add(t, stores, "bob"), "a@example.com")
	require.ErrorIs(t, verify(t, stores, second.ID()), verification.ErrVerifiedElsewhere)
	proved := accounts.NewAddress(add(t, stores, "cy").ID(), "a@example.com", false)
	proved.Verify()
	require.ErrorIs(t, stores.Addresses.Add(t.Context(), proved), verification.ErrVerifiedElsewhere)
}

func addressVerifyRace(t *testing.T, stores Stores) {
	var ids []accounts.AddressID
	for i := range racers {
		ids = append(ids, addAddress(t, stores, add(t, stores, fmt.Sprint("user", i)), "a@example.com").ID())
	}
	errs := race(racers, func(i int) error { return verify(t, stores, ids[i]) })
	oneWinner(t, errs, verification.ErrVerifiedElsewhere)
}

func addressAddRace(t *testing.T, stores Stores) {
	ann := accounts.New("ann", "", secret.New("x"), now)
	require.NoError(t, stores.Accounts.Add(t.Context(), ann))
	ids := make([]accounts.AddressID, racers)
	for _, err := range race(racers, func(i int) error {
		address := accounts.NewAddress(ann.ID(), "a@example.com", true)
		err := stores.Addresses.Add(t.Context(), address)
		ids[i] = address.ID()
		return err
	}) {
		require.NoError(t, err)
	}
	for _, id := range ids {
		require.Equal(t, ids[0], id)
	}
}
