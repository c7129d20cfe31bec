package conformance

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/domain/accounts"
	"latchkey/domain/factors"
	"latchkey/domain/secret"
)

// PendingFactors tests an implementation of ports.PendingFactors.
func PendingFactors(t *testing.T, open Open) {
	t.Run("what waits comes back as it was put", func(t *testing.T) { pendingRoundTrip(t, open(t)) })
	t.Run("what has expired is gone", func(t *testing.T) { pendingExpired(t, open(t)) })
	t.Run("the oldest end", func(t *testing.T) { pendingPruned(t, open(t)) })
	t.Run("wrong codes end it", func(t *testing.T) { pendingFailed(t, open(t)) })
	t.Run("of many who take it one succeeds", func(t *testing.T) { pendingRace(t, open(t)) })
	t.Run("a rolled back take leaves it", func(t *testing.T) { pendingRollback(t, open(t)) })
	t.Run("the cleaner takes what has expired", func(t *testing.T) { pendingCleaned(t, open(t)) })
}

func waiting(account accounts.ID, token string) factors.Pending {
	return factors.Pending{
		Digest: factors.Digest(secret.New(token)), Account: account, Purpose: factors.PurposeSignIn,
		Backend: "backend", Standing: "standing", Expires: now.Add(time.Minute),
	}
}

func pendingRoundTrip(t *testing.T, stores Stores) {
	pending := waiting(add(t, stores, "ann").ID(), "token")
	require.NoError(t, stores.PendingFactors.Put(t.Context(), pending, 3))
	found, err := stores.PendingFactors.ByDigest(t.Context(), pending.Digest, now)
	require.NoError(t, err)
	require.Equal(t, pending, found)
	require.NoError(t, stores.PendingFactors.Take(t.Context(), pending.Digest, now))
	require.ErrorIs(t, stores.PendingFactors.Take(t.Context(), pending.Digest, now), factors.ErrTokenInvalid)
	_, err = stores.PendingFactors.ByDigest(t.Context(), pending.Digest, now)
	require.ErrorIs(t, err, factors.ErrTokenInvalid)
}

func pendingExpired(t *testing.T, stores Stores) {
	pending := waiting(add(t, stores, "ann").ID(), "token")
	require.NoError(t, stores.PendingFactors.Put(t.Context(), pending, 3))
	_, err := stores.PendingFactors.ByDigest(t.Context(), pending.Digest, pending.Expires)
	require.ErrorIs(t, err, factors.ErrTokenInvalid)
	require.ErrorIs(t, stores.PendingFactors.Take(t.Context(), pending.Digest, pending.Expires), factors.ErrTokenInvalid)
	require.NoError(t, stores.PendingFactors.Take(t.Context(), pending.Digest, pending.Expires.Add(-time.Microsecond)))
}

func pendingPruned(t *testing.T, stores Stores) {
	ann, bob := add(t, stores, "ann").ID(), add(t, stores, "bob").ID()
	other := waiting(ann, "activation")
	other.Purpose = factors.PurposeActivation
	for _, pending := range []factors.Pending{waiting(bob, "of bob"), other, waiting(ann, "1"), waiting(ann, "2"), waiting(ann, "3")} {
		require.NoError(t, stores.PendingFactors.Put(t.Context(), pending, 2))
	}
	for token, left := range map[string]bool{"of bob": true, "activation": true, "1": false, "2": true, "3": true} {
		_, err := stores.PendingFactors.ByDigest(t.Context(), factors.Digest(secret.New(token)), now)
		require.Equal(t, left, err == nil, token)
	}
}

func pendingFailed(t *testing.T, stores Stores) {
	pending := waiting(add(t, stores, "ann").ID(), "token")
	require.NoError(t, stores.PendingFactors.Put(t.Context(), pending, 1))
	for i := range 2 {
		require.NoError(t, stores.PendingFactors.Fail(t.Context(), pending.Digest, 3))
		found, err := stores.PendingFactors.ByDigest(t.Context(), pending.Digest, now)
		require.NoError(t, err)
		require.Equal(t, i+1, found.Failed)
	}
	require.NoError(t, stores.PendingFactors.Fail(t.Context(), pending.Digest, 3))
	_, err := stores.PendingFactors.ByDigest(t.Context(), pending.Digest, now)
	require.ErrorIs(t, err, factors.ErrTokenInvalid)
	require.NoError(t, stores.PendingFactors.Fail(t.Context(), pending.Digest, 3), "there is none")
}

func pendingRace(t *testing.T, stores Stores) {
	pending := waiting(add(t, stores, "ann").ID(), "token")
	require.NoError(t, stores.PendingFactors.Put(t.Context(), pending, 1))
	oneWinner(t, race(racers, func(int) error {
		return stores.PendingFactors.Take(t.Context(), pending.Digest, now)
	}), factors.ErrTokenInvalid)
	for _, err := range race(racers, func(i int) error {
		return stores.PendingFactors.Put(t.Context(), waiting(pending.Account, fmt.Sprint(i)), 2)
	}) {
		require.NoError(t, err)
	}
	left := 0
	for i := range racers {
		if _, err := stores.PendingFactors.ByDigest(t.Context(), factors.Digest(secret.New(fmt.Sprint(i))), now); err == nil {
			left++
		}
	}
	require.Equal(t, 2, left)
}

func pendingRollback(t *testing.T, stores Stores) {
	pending := waiting(add(t, stores, "ann").ID(), "token")
	require.NoError(t, stores.PendingFactors.Put(t.Context(), pending, 1))
	err := stores.Transactor.InTx(t.Context(), func(ctx context.Context) error {
		require.NoError(t, stores.PendingFactors.Take(ctx, pending.Digest, now))
		return errVerdict
	})
	require.ErrorIs(t, err, errVerdict)
	require.NoError(t, stores.PendingFactors.Take(t.Context(), pending.Digest, now))
}

func pendingCleaned(t *testing.T, stores Stores) {
	pending := waiting(add(t, stores, "ann").ID(), "token")
	require.NoError(t, stores.PendingFactors.Put(t.Context(), pending, 1))
	deleted, err := stores.Cleaner.Clean(t.Context(), pending.Expires.Add(-time.Second), now, 100)
	require.NoError(t, err)
	require.Zero(t, deleted)
	deleted, err = stores.Cleaner.Clean(t.Context(), pending.Expires.Add(time.Second), now, 100)
	require.NoError(t, err)
	require.Equal(t, 1, deleted)
}
