package bunsql

import (
	"context"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/domain/accounts"
)

// Two instances of the service, or Django, write to one file: a transaction that
// did not take the right to write from its beginning would fail with SQLITE_BUSY.
func TestTransactionsOfTwoInstancesTakeTurns(t *testing.T) {
	first := migrated(t)
	second := openIn(t, filepath.Dir(first.config.File), Config{})
	id := addAccount(t, first, "ann").ID()
	var group sync.WaitGroup
	errs := make([]error, 40)
	for i := range errs {
		db := []*DB{first, second}[i%2]
		group.Go(func() { errs[i] = lengthenName(t.Context(), db, id) })
	}
	group.Wait()
	for _, err := range errs {
		require.NoError(t, err)
	}
	account, err := NewAccounts(first).ByID(t.Context(), id)
	require.NoError(t, err)
	require.Len(t, account.Snapshot().FirstName, len(errs))
}

func lengthenName(ctx context.Context, db *DB, id accounts.ID) error {
	return NewAccounts(db).Update(ctx, id, func(account *accounts.Account) error {
		account.CallThem(account.Snapshot().FirstName+"x", "")
		return nil
	})
}
