package conformance

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/secret"
)

// Newcomers tests what ports.NewcomersOf makes of accounts and addresses.
func Newcomers(t *testing.T, open Open) {
	t.Run("an account is stored with its address", func(t *testing.T) { newcomerStored(t, open(t)) })
	t.Run("an account without an address is stored", func(t *testing.T) { newcomerWithoutAddress(t, open(t)) })
	t.Run("a claim of an address keeps nobody from it", func(t *testing.T) { newcomerSharesClaim(t, open(t)) })
	t.Run("a name is taken in any case", func(t *testing.T) { newcomerNameTaken(t, open(t)) })
	t.Run("a name and a proved address are found in any case", func(t *testing.T) { newcomerTaken(t, open(t)) })
	t.Run("a newcomer is rolled back as a whole", func(t *testing.T) { newcomerRolledBack(t, open(t)) })
	t.Run("one of many who add a name wins", func(t *testing.T) { newcomerRace(t, open(t)) })
}

func newcomersOf(stores Stores) ports.Newcomers {
	return ports.NewcomersOf(stores.Accounts, stores.Addresses)
}

// welcome adds a newcomer in a transaction of its own.
func welcome(t *testing.T, stores Stores, account *accounts.Account) (address *accounts.Address, err error) {
	t.Helper()
	err = stores.Transactor.InTx(t.Context(), func(ctx context.Context) (err error) {
		address, err = newcomersOf(stores).Add(ctx, account)
		return err
	})
	return address, err
}

func newcomer(name accounts.Username, email accounts.Email) *accounts.Account {
	return accounts.New(name, email, secret.New("hash"), now)
}

func newcomerStored(t *testing.T, stores Stores) {
	ann := newcomer("ann", "Ann@example.com")
	address, err := welcome(t, stores, ann)
	require.NoError(t, err)
	stored, err := stores.Accounts.ByID(t.Context(), ann.ID())
	require.NoError(t, err)
	sameAccount(t, ann.Snapshot(), stored)
	require.NotZero(t, address.ID())
	found, err := stores.Addresses.Of(t.Context(), ann.ID())
	require.NoError(t, err)
	require.Len(t, found, 1)
	require.Equal(t, address.Snapshot(), found[0].Snapshot())
	want := accounts.AddressSnapshot{ID: address.ID(), Account: ann.ID(), Email: "ann@example.com", Primary: true}
	require.Equal(t, want, address.Snapshot())
}

func newcomerWithoutAddress(t *testing.T, stores Stores) {
	ann := newcomer("ann", "")
	address, err := welcome(t, stores, ann)
	require.NoError(t, err)
	require.Nil(t, address)
	found, err := stores.Addresses.Of(t.Context(), ann.ID())
	require.NoError(t, err)
	require.Empty(t, found)
}

func newcomerSharesClaim(t *testing.T, stores Stores) {
	first, err := welcome(t, stores, newcomer("ann", "a@example.com"))
	require.NoError(t, err)
	require.NoError(t, verify(t, stores, first.ID()))
	second, err := welcome(t, stores, newcomer("bob", "a@example.com"))
	require.NoError(t, err)
	require.NotEqual(t, first.ID(), second.ID())
}

// Who makes names up goes on in the same transaction.
func newcomerNameTaken(t *testing.T, stores Stores) {
	for _, name := range []accounts.Username{"Ann", "Élodie", "Mike"} {
		add(t, stores, string(name))
	}
	bob := newcomer("bob", "b@example.com")
	require.NoError(t, stores.Transactor.InTx(t.Context(), func(ctx context.Context) error {
		for _, name := range []accounts.Username{"Ann", "aNN", "éLODIE", "mIKE"} {
			_, err := newcomersOf(stores).Add(ctx, newcomer(name, "b@example.com"))
			require.ErrorIs(t, err, accounts.ErrUsernameTaken, "%s", name)
		}
		_, err := newcomersOf(stores).Add(ctx, bob)
		return err
	}))
	rows, err := stores.Addresses.ByEmail(t.Context(), "b@example.com")
	require.NoError(t, err)
	require.Len(t, rows, 1)
	require.Equal(t, bob.ID(), rows[0].Account())
}

func newcomerTaken(t *testing.T, stores Stores) {
	proved, err := welcome(t, stores, newcomer("Ann", "ann@example.com"))
	require.NoError(t, err)
	require.NoError(t, verify(t, stores, proved.ID()))
	_, err = welcome(t, stores, newcomer("bob", "bob@example.com"))
	require.NoError(t, err)
	for _, c := range []struct {
		name          accounts.Username
		email         accounts.Email
		named, proved bool
	}{
		{"aNN", "ANN@example.com", true, true},
		{"aNN", "", true, false},
		{"", "Ann@Example.com", false, true},
		{"bob", "bob@example.com", true, false},
		{"cy", "cy@example.com", false, false},
		{"a%", "%", false, false},
		{"", "", false, false},
	} {
		named, proved, err := newcomersOf(stores).Taken(t.Context(), c.name, c.email)
		require.NoError(t, err)
		require.Equal(t, c.named, named, "%+v", c)
		require.Equal(t, c.proved, proved, "%+v", c)
	}
}

func newcomerRolledBack(t *testing.T, stores Stores) {
	no := errors.New("no")
	require.ErrorIs(t, stores.Transactor.InTx(t.Context(), func(ctx context.Context) error {
		_, err := newcomersOf(stores).Add(ctx, newcomer("ann", "a@example.com"))
		require.NoError(t, err)
		return no
	}), no)
	rows, err := stores.Addresses.ByEmail(t.Context(), "a@example.com")
	require.NoError(t, err)
	require.Empty(t, rows)
	_, err = welcome(t, stores, newcomer("ann", "a@example.com"))
	require.NoError(t, err)
}

func newcomerRace(t *testing.T, stores Stores) {
	names := []accounts.Username{"ann", "Ann", "ANN", "aNN"}
	errs := race(racers, func(i int) error {
		_, err := welcome(t, stores, newcomer(names[i%len(names)], "a@example.com"))
		return err
	})
	oneWinner(t, errs, accounts.ErrUsernameTaken)
	rows, err := stores.Addresses.ByEmail(t.Context(), "a@example.com")
	require.NoError(t, err)
	require.Len(t, rows, 1)
}
