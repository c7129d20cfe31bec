package conformance

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/credentials"
	"latchkey/domain/identities"
	"latchkey/domain/secret"
)

// People tests an implementation of ports.People.
func People(t *testing.T, open Open) {
	t.Run("nobody is an empty page", func(t *testing.T) {
		page, err := open(t).People.After(t.Context(), 0, 10)
		require.NoError(t, err)
		require.Empty(t, page)
	})
	t.Run("pages have everybody once, by ascending id", func(t *testing.T) { peoplePages(t, open(t)) })
	t.Run("a person has what belongs to the account", func(t *testing.T) { peopleBelongings(t, open(t)) })
	t.Run("only a proof of the account's own address counts", func(t *testing.T) { peopleProof(t, open(t)) })
}

func peoplePages(t *testing.T, stores Stores) {
	var want []accounts.ID
	for i := range 7 {
		want = append(want, add(t, stores, fmt.Sprintf("person%d", i)).ID())
	}
	var got []accounts.ID
	for after := accounts.ID(0); ; {
		page, err := stores.People.After(t.Context(), after, 3)
		require.NoError(t, err)
		for _, person := range page {
			got = append(got, person.Account.ID())
		}
		if len(page) < 3 {
			break
		}
		require.Len(t, page, 3)
		after = got[len(got)-1]
	}
	require.Equal(t, want, got)
}

func peopleBelongings(t *testing.T, stores Stores) {
	ann, bob := withEmail(t, stores, "ann", "Ann@Example.com"), add(t, stores, "bob")
	addVerified(t, stores, ann, "ann@example.com")
	addIdentity(t, stores, ann, "somewhere", "42")
	addIdentity(t, stores, bob, "somewhere", "43")
	addIdentity(t, stores, ann, "elsewhere", "42")

	page, err := stores.People.After(t.Context(), 0, 10)
	require.NoError(t, err)
	require.Len(t, page, 2)
	sameAccount(t, ann.Snapshot(), page[0].Account)
	require.True(t, page[0].EmailVerified)
	require.Equal(t, []identities.Key{{Provider: "somewhere", Subject: "42"}, {Provider: "elsewhere", Subject: "42"}}, page[0].Identities)
	sameAccount(t, bob.Snapshot(), page[1].Account)
	require.False(t, page[1].EmailVerified)
	require.Equal(t, []identities.Key{{Provider: "somewhere", Subject: "43"}}, page[1].Identities)
}

func peopleProof(t *testing.T, stores Stores) {
	none := withEmail(t, stores, "none", "none@example.com")
	addAddress(t, stores, none, "none@example.com")
	other := withEmail(t, stores, "other", "old@example.com")
	addVerified(t, stores, other, "new@example.com")
	second := withEmail(t, stores, "second", "second@example.com")
	addVerified(t, stores, second, "also@example.com")
	addVerified(t, stores, second, "second@example.com")

	page, err := stores.People.After(t.Context(), 0, 10)
	require.NoError(t, err)
	require.Len(t, page, 3)
	for at, want := range []bool{false, false, true} {
		require.Equal(t, want, page[at].EmailVerified, "%s", page[at].Account.Username())
	}
}

func withEmail(t *testing.T, stores Stores, name accounts.Username, email accounts.Email) *accounts.Account {
	t.Helper()
	account := accounts.New(name, email, secret.New("hash"), now)
	require.NoError(t, stores.Accounts.Add(t.Context(), account))
	return account
}

func addVerified(t *testing.T, stores Stores, account *accounts.Account, email accounts.Email) {
	t.Helper()
	address := accounts.NewAddress(account.ID(), email, false)
	address.Verify()
	require.NoError(t, stores.Addresses.Add(t.Context(), address))
}

// ForeignHashes tests an implementation of ports.ForeignHashes beside the hasher
// that checks what it adopts.
func ForeignHashes(t *testing.T, foreign ports.ForeignHashes, hasher ports.PasswordHasher) {
	t.Run("a hash of our own stays as it is", func(t *testing.T) {
		hash, err := hasher.Hash(t.Context(), credentials.NewPassword("password"))
		require.NoError(t, err)
		adopted, err := foreign.Adopt(hash)
		require.NoError(t, err)
		require.Equal(t, hash.Reveal(), adopted.Reveal())
	})
	t.Run("an unusable hash stays as it is", func(t *testing.T) {
		adopted, err := foreign.Adopt(secret.New("!COIF93qFdeYTjw2lupxKKu44k3S9WJA6wpjjHaw9"))
		require.NoError(t, err)
		require.Equal(t, "!COIF93qFdeYTjw2lupxKKu44k3S9WJA6wpjjHaw9", adopted.Reveal())
	})
	t.Run("what may be a password in clear is refused", func(t *testing.T) {
		for _, text := range []string{"", "password", "!password", "$password", "argon2$password"} {
			_, err := foreign.Adopt(secret.New(text))
			require.ErrorIs(t, err, credentials.ErrHashRefused, "%q", text)
		}
	})
}
