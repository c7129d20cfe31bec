package conformance

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/domain/accounts"
	"latchkey/domain/sessions"
)

// Families tests an implementation of ports.Families.
func Families(t *testing.T, open Open) {
	t.Run("a family comes back as it was added", func(t *testing.T) { familyRoundTrip(t, open(t)) })
	t.Run("an unknown family is refused", func(t *testing.T) { familyUnknown(t, open(t)) })
	t.Run("a family is not added twice", func(t *testing.T) { familyTwice(t, open(t)) })
	t.Run("Update changes one family", func(t *testing.T) { familyUpdate(t, open(t)) })
	t.Run("Update stores nothing when change fails", func(t *testing.T) { familyUpdateFails(t, open(t)) })
	t.Run("EndAll ends the living families of one account", func(t *testing.T) { familyEndAll(t, open(t)) })
	t.Run("EndAll ends nothing when its transaction fails", func(t *testing.T) { familyEndAllRollback(t, open(t)) })
	t.Run("of many who present a token one rotates it", func(t *testing.T) { familyRace(t, open(t)) })
	t.Run("a token that comes back late ends its family", func(t *testing.T) { familyReused(t, open(t)) })
	t.Run("of many thieves all are turned away", func(t *testing.T) { familyReusedRace(t, open(t)) })
}

// aLink is the refresh token of that number, made at the time at.
func aLink(number int, at time.Time) sessions.Link {
	at = at.Truncate(time.Second)
	return sessions.Link{ID: fmt.Sprintf("%032x", number), IssuedAt: at, Expires: at.Add(time.Hour)}
}

func aFamily(seed int, account accounts.ID) *sessions.Family {
	return &sessions.Family{ID: fmt.Sprintf("f%031x", seed), Account: account, Began: now, Current: aLink(0, now)}
}

func addFamily(t *testing.T, stores Stores, seed int, account accounts.ID) *sessions.Family {
	t.Helper()
	family := aFamily(seed, account)
	require.NoError(t, stores.Families.Add(t.Context(), family))
	return family
}

// sameFamily asserts what is stored under the id of want.
func sameFamily(t *testing.T, stores Stores, want *sessions.Family) {
	t.Helper()
	found, err := stores.Families.ByID(t.Context(), want.ID)
	require.NoError(t, err)
	require.Equal(t, want, found)
}

func familyRoundTrip(t *testing.T, stores Stores) {
	ann := add(t, stores, "ann")
	sameFamily(t, stores, addFamily(t, stores, 1, ann.ID()))
	full := aFamily(2, 0)
	full.Ended, full.Previous = now.Add(time.Minute), aLink(7, now).ID
	require.NoError(t, stores.Families.Add(t.Context(), full))
	sameFamily(t, stores, full)
	adopted := aFamily(3, ann.ID())
	adopted.Current.IssuedAt = time.Time{} // a token of another program need not say
	require.NoError(t, stores.Families.Add(t.Context(), adopted))
	sameFamily(t, stores, adopted)

	full.Previous = "changed"
	found, err := stores.Families.ByID(t.Context(), full.ID)
	require.NoError(t, err)
	require.NotEqual(t, full.Previous, found.Previous, "what was handed in is not what is stored")
}

func familyUnknown(t *testing.T, stores Stores) {
	known := addFamily(t, stores, 0xabc, 0)
	for _, id := range []string{"", "%", known.ID[1:], known.ID + " ", "F0000000000000000000000000000abc"} {
		_, err := stores.Families.ByID(t.Context(), id)
		require.ErrorIs(t, err, sessions.ErrJWTRevoked, "%q", id)
		_, err = present(t.Context(), stores, id, known.Current.ID, 1, now)
		require.ErrorIs(t, err, sessions.ErrJWTRevoked, "%q", id)
	}
	sameFamily(t, stores, known)
}

func familyTwice(t *testing.T, stores Stores) {
	family := addFamily(t, stores, 1, add(t, stores, "ann").ID())
	require.Error(t, stores.Families.Add(t.Context(), aFamily(1, 0)))
	sameFamily(t, stores, family)
}

func familyUpdate(t *testing.T, stores Stores) {
	ann := add(t, stores, "ann").ID()
	family, other := addFamily(t, stores, 1, ann), addFamily(t, stores, 2, ann)
	at := now.Add(time.Minute)
	turn, err := present(t.Context(), stores, family.ID, family.Current.ID, 1, at)
	require.NoError(t, err)
	require.Equal(t, sessions.TurnRotated, turn)
	family.Previous, family.Current = family.Current.ID, aLink(1, at)
	sameFamily(t, stores, family)
	sameFamily(t, stores, other)
}

func familyUpdateFails(t *testing.T, stores Stores) {
	family := addFamily(t, stores, 1, 0)
	err := stores.Families.Update(t.Context(), family.ID, func(family *sessions.Family) error {
		family.End(now)
		return errVerdict
	})
	require.ErrorIs(t, err, errVerdict)
	sameFamily(t, stores, family)
}

func familyEndAll(t *testing.T, stores Stores) {
	ann, bob := add(t, stores, "ann").ID(), add(t, stores, "bob").ID()
	kept, ended, before := addFamily(t, stores, 1, ann), addFamily(t, stores, 2, ann), aFamily(3, ann)
	before.Ended = now.Add(-time.Hour)
	require.NoError(t, stores.Families.Add(t.Context(), before))
	others := []*sessions.Family{addFamily(t, stores, 4, bob), addFamily(t, stores, 5, 0)}

	require.NoError(t, stores.Families.EndAll(t.Context(), ann, kept.ID, now))
	require.NoError(t, stores.Families.EndAll(t.Context(), 0, "", now), "nobody is not an account")
	ended.Ended = now
	for _, family := range append(others, kept, ended, before) {
		sameFamily(t, stores, family)
	}
	require.NoError(t, stores.Families.EndAll(t.Context(), ann, "", now.Add(time.Second)))
	kept.Ended = now.Add(time.Second)
	for _, family := range append(others, kept, ended, before) {
		sameFamily(t, stores, family)
	}
}

func familyEndAllRollback(t *testing.T, stores Stores) {
	ann := add(t, stores, "ann").ID()
	family := addFamily(t, stores, 1, ann)
	err := stores.Transactor.InTx(t.Context(), func(ctx context.Context) error {
		require.NoError(t, stores.Families.EndAll(ctx, ann, "", now))
		found, err := stores.Families.ByID(ctx, family.ID)
		require.NoError(t, err)
		require.False(t, found.Alive(), "the transaction sees it")
		return errVerdict
	})
	require.ErrorIs(t, err, errVerdict)
	sameFamily(t, stores, family)
}
