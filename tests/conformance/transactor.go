package conformance

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/domain/accounts"
	"latchkey/domain/secret"
	"latchkey/domain/sessions"
)

// Transactor tests an implementation of ports.Transactor together with the
// stores that its transactions hold.
func Transactor(t *testing.T, open Open) {
	t.Run("everything stays when work succeeds", func(t *testing.T) { txCommit(t, open(t)) })
	t.Run("nothing stays when work fails", func(t *testing.T) { txRollback(t, open(t)) })
	t.Run("nothing stays when work panics", func(t *testing.T) { txPanic(t, open(t)) })
	t.Run("nothing stays when the context ends", func(t *testing.T) { txCanceled(t, open(t)) })
	t.Run("a verdict kept outside is remembered", func(t *testing.T) { txVerdict(t, open(t)) })
	t.Run("a transaction sees what it wrote", func(t *testing.T) { txSeesItself(t, open(t)) })
	t.Run("others do not see unfinished work", func(t *testing.T) { txIsolation(t, open(t)) })
	t.Run("an inner transaction joins the outer", func(t *testing.T) { txNested(t, open(t)) })
	t.Run("transactions that read and write take turns", func(t *testing.T) { txTurns(t, open(t)) })
	t.Run("a store works after a failed transaction", func(t *testing.T) { txAfterFailure(t, open(t)) })
}

var errVerdict = errors.New("verdict")

func txCommit(t *testing.T, stores Stores) {
	ann := add(t, stores, "ann")
	err := stores.Transactor.InTx(t.Context(), func(ctx context.Context) error { return writeAll(ctx, stores, ann) })
	require.NoError(t, err)
	wrote(t, stores, ann, true)
}

func txRollback(t *testing.T, stores Stores) {
	ann := add(t, stores, "ann")
	err := stores.Transactor.InTx(t.Context(), func(ctx context.Context) error {
		return errors.Join(writeAll(ctx, stores, ann), errVerdict)
	})
	require.ErrorIs(t, err, errVerdict)
	wrote(t, stores, ann, false)
}

// writeAll writes with every store.
func writeAll(ctx context.Context, stores Stores, ann *accounts.Account) error {
	_, err := stores.APITokens.Issue(ctx, fresh(ann, 1))
	return errors.Join(err,
		setHash(stores, ctx, ann.ID(), "new"),
		stores.Accounts.Add(ctx, accounts.New("bob", "", secret.New("x"), now)),
		stores.Addresses.Add(ctx, accounts.NewAddress(ann.ID(), "a@example.com", true)),
		stores.WebSessions.Save(ctx, aSession(ann.ID()), now),
	)
}

// wrote asserts that everything that writeAll wrote is there, or nothing.
func wrote(t *testing.T, stores Stores, ann *accounts.Account, there bool) {
	t.Helper()
	ctx := t.Context()
	require.Equal(t, there, hashOf(t, stores, ann.ID()) == "new")
	named, err := stores.Accounts.ByUsername(ctx, "bob")
	require.NoError(t, err)
	require.Equal(t, there, len(named) == 1)
	addresses, err := stores.Addresses.Of(ctx, ann.ID())
	require.NoError(t, err)
	require.Equal(t, there, len(addresses) == 1)
	_, tokenErr := stores.APITokens.Owner(ctx, fresh(ann, 1).Key)
	_, sessionErr := stores.WebSessions.ByKey(ctx, aSession(0).Key, now)
	if there {
		require.NoError(t, errors.Join(tokenErr, sessionErr))
		return
	}
	require.ErrorIs(t, tokenErr, sessions.ErrTokenUnknown)
	require.ErrorIs(t, sessionErr, sessions.ErrSessionEnded)
}

func txPanic(t *testing.T, stores Stores) {
	ann := add(t, stores, "ann")
	require.PanicsWithValue(t, "on purpose", func() {
		_ = stores.Transactor.InTx(t.Context(), func(ctx context.Context) error {
			if err := setHash(stores, ctx, ann.ID(), "new"); err != nil {
				return err
			}
			panic("on purpose")
		})
	})
	require.Equal(t, "hash of ann", hashOf(t, stores, ann.ID()))
	require.NoError(t, setHash(stores, t.Context(), ann.ID(), "later"), "the next transaction gets its turn")
}

func txCanceled(t *testing.T, stores Stores) {
	ann := add(t, stores, "ann")
	ctx, cancel := context.WithCancel(t.Context())
	err := stores.Transactor.InTx(ctx, func(ctx context.Context) error {
		err := setHash(stores, ctx, ann.ID(), "new")
		cancel()
		return err
	})
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, "hash of ann", hashOf(t, stores, ann.ID()))
	require.Error(t, setHash(stores, ctx, ann.ID(), "new"), "an ended context begins nothing")
	require.Equal(t, "hash of ann", hashOf(t, stores, ann.ID()))
}

// A refusal that must be remembered is returned after the commit; returned from
// inside it takes its own record back.
func txVerdict(t *testing.T, stores Stores) {
	ann := add(t, stores, "ann")
	var verdict error
	err := stores.Transactor.InTx(t.Context(), func(ctx context.Context) error {
		verdict = errVerdict
		return setHash(stores, ctx, ann.ID(), "attempt remembered")
	})
	require.NoError(t, err)
	require.Error(t, verdict)
	require.Equal(t, "attempt remembered", hashOf(t, stores, ann.ID()))
}

func txSeesItself(t *testing.T, stores Stores) {
	ann := add(t, stores, "ann")
	err := stores.Transactor.InTx(t.Context(), func(ctx context.Context) error {
		if err := setHash(stores, ctx, ann.ID(), "new"); err != nil {
			return err
		}
		account, err := stores.Accounts.ByID(ctx, ann.ID())
		require.NoError(t, err)
		require.Equal(t, "new", account.PasswordHash().Reveal())
		return nil
	})
	require.NoError(t, err)
}

func txIsolation(t *testing.T, stores Stores) {
	ann := add(t, stores, "ann")
	seen := make(chan string, 1)
	err := stores.Transactor.InTx(t.Context(), func(ctx context.Context) error {
		if err := setHash(stores, ctx, ann.ID(), "new"); err != nil {
			return err
		}
		go func() { seen <- hashSeen(t.Context(), stores, ann.ID()) }()
		// An implementation may answer at once or let the other wait for the
		// end: this only gives the first kind the time to answer wrongly.
		time.Sleep(20 * time.Millisecond)
		return errVerdict
	})
	require.ErrorIs(t, err, errVerdict)
	require.Equal(t, "hash of ann", <-seen)
}

func hashSeen(ctx context.Context, stores Stores, id accounts.ID) string {
	account, err := stores.Accounts.ByID(ctx, id)
	if err != nil {
		return err.Error()
	}
	return account.PasswordHash().Reveal()
}

func txNested(t *testing.T, stores Stores) {
	ann := add(t, stores, "ann")
	err := stores.Transactor.InTx(t.Context(), func(ctx context.Context) error {
		err := stores.Transactor.InTx(ctx, func(ctx context.Context) error {
			return setHash(stores, ctx, ann.ID(), "inner")
		})
		require.NoError(t, err)
		account, err := stores.Accounts.ByID(ctx, ann.ID())
		require.NoError(t, err)
		require.Equal(t, "inner", account.PasswordHash().Reveal())
		return errVerdict
	})
	require.ErrorIs(t, err, errVerdict)
	require.Equal(t, "hash of ann", hashOf(t, stores, ann.ID()), "the inner one committed nothing by itself")
}

// Fifty goroutines load, add and save: without a transaction that has the right
// to write from its beginning, most of them overwrite each other or fail.
func txTurns(t *testing.T, stores Stores) {
	id := add(t, stores, "ann").ID()
	for _, err := range race(50, func(int) error {
		return stores.Transactor.InTx(t.Context(), func(ctx context.Context) error {
			account, err := stores.Accounts.ByID(ctx, id)
			if err != nil {
				return err
			}
			return setHash(stores, ctx, id, account.PasswordHash().Reveal()+"x")
		})
	}) {
		require.NoError(t, err)
	}
	require.Len(t, hashOf(t, stores, id), len("hash of ann")+50)
}

// A row that belongs to no account is refused at the latest by the commit, and
// that must not leave a half-open transaction behind.
func txAfterFailure(t *testing.T, stores Stores) {
	nobody := accounts.Restore(accounts.Snapshot{ID: 4711})
	_, err := stores.APITokens.Issue(t.Context(), fresh(nobody, 1))
	require.Error(t, err)
	ann := add(t, stores, "ann")
	_, err = stores.APITokens.Issue(t.Context(), fresh(ann, 1))
	require.NoError(t, err)
}
