package inmemory

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/secret"
)

func addAccount(t *testing.T, store *Store, name accounts.Username) *accounts.Account {
	t.Helper()
	account := accounts.New(name, "", secret.New("x"), now)
	require.NoError(t, NewAccounts(store).Add(t.Context(), account))
	return account
}

func TestSharedAddressesAreASetting(t *testing.T) {
	store := NewStore()
	store.SharedEmail = true
	for _, name := range []accounts.Username{"ann", "bob"} {
		address := accounts.NewAddress(addAccount(t, store, name).ID(), "both@example.com", true)
		address.Verify()
		require.NoError(t, NewAddresses(store).Add(t.Context(), address))
	}
}

func TestAnAccountHasOnePrimaryAddress(t *testing.T) {
	store := NewStore()
	ann := addAccount(t, store, "ann")
	require.NoError(t, NewAddresses(store).Add(t.Context(), accounts.NewAddress(ann.ID(), "a@example.com", true)))
	err := NewAddresses(store).Add(t.Context(), accounts.NewAddress(ann.ID(), "b@example.com", true))
	require.ErrorIs(t, err, errTwoPrimary)
}

func TestAContextThatOutlivesItsTransactionIsRefused(t *testing.T) {
	store := NewStore()
	var kept context.Context
	require.NoError(t, NewTransactor(store).InTx(t.Context(), func(ctx context.Context) error {
		kept = ctx
		return nil
	}))
	_, err := NewAccounts(store).ByID(kept, 1)
	require.ErrorIs(t, err, errEnded)
}

func TestWaitingForATurnEndsWithTheContext(t *testing.T) {
	store := NewStore()
	require.NoError(t, NewTransactor(store).InTx(t.Context(), func(context.Context) error {
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() {
			_, err := NewAccounts(store).ByID(ctx, 1)
			done <- err
		}()
		cancel()
		require.ErrorIs(t, <-done, context.Canceled)
		return nil
	}))
}

func TestATransactionOfAnotherStoreIsNotJoined(t *testing.T) {
	first, second := NewStore(), NewStore()
	err := NewTransactor(first).InTx(t.Context(), func(ctx context.Context) error {
		return NewAccounts(second).Add(ctx, accounts.New("ann", "", secret.New("x"), now))
	})
	require.NoError(t, err)
	require.Len(t, second.accounts.rows, 1)
}

func TestAMailboxKeepsMails(t *testing.T) {
	mailbox := NewMailbox()
	for _, to := range []accounts.Email{"a@example.com", "b@example.com", "A@example.com"} {
		require.NoError(t, mailbox.Send(t.Context(), ports.Mail{To: to}))
	}
	require.Len(t, mailbox.Mails(), 3)
	require.Len(t, mailbox.To("a@Example.com"), 2)
	require.Len(t, mailbox.Mails(), 3, "looking takes nothing away")
	mailbox.Clear()
	require.Empty(t, mailbox.Mails())
}
