package conformance

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/domain/sessions"
)

const grace = 10 * time.Second

// present shows the token with the id to its family and returns the turn, which
// is kept outside the transaction: a refusal must not take back what it is about.
func present(ctx context.Context, stores Stores, family, id string, next int, at time.Time) (turn sessions.Turn, err error) {
	err = stores.Families.Update(ctx, family, func(family *sessions.Family) error {
		turn = family.Present(id, aLink(next, at), grace, at)
		return nil
	})
	return turn, err
}

// Fifty tabs refresh at once with one token: one gets a new token, and the others
// the same one instead of an ended family.
func familyRace(t *testing.T, stores Stores) {
	family := addFamily(t, stores, 1, add(t, stores, "ann").ID())
	turns := make([]sessions.Turn, 50)
	for _, err := range race(len(turns), func(i int) (err error) {
		turns[i], err = present(t.Context(), stores, family.ID, family.Current.ID, i+1, now.Add(time.Minute))
		return err
	}) {
		require.NoError(t, err)
	}
	require.Equal(t, 1, countTurns(turns, sessions.TurnRotated))
	require.Equal(t, len(turns)-1, countTurns(turns, sessions.TurnRepeated))
	found, err := stores.Families.ByID(t.Context(), family.ID)
	require.NoError(t, err)
	require.True(t, found.Alive())
	require.Equal(t, family.Current.ID, found.Previous)
}

func countTurns(turns []sessions.Turn, want sessions.Turn) (count int) {
	for _, turn := range turns {
		if turn == want {
			count++
		}
	}
	return count
}

func familyReused(t *testing.T, stores Stores) {
	family := addFamily(t, stores, 1, add(t, stores, "ann").ID())
	stolen, at := family.Current.ID, now.Add(time.Minute).Truncate(time.Second)
	turn, err := present(t.Context(), stores, family.ID, stolen, 1, at)
	require.NoError(t, err)
	require.Equal(t, sessions.TurnRotated, turn)

	late := at.Add(grace + time.Second)
	err = stores.Transactor.InTx(t.Context(), func(ctx context.Context) error {
		turn, err = present(ctx, stores, family.ID, stolen, 2, late)
		return err
	})
	require.NoError(t, err)
	require.Equal(t, sessions.TurnReused, turn)

	// The refusal is told outside, so the end was committed: for the newest token, too.
	for _, id := range []string{stolen, aLink(1, at).ID, aLink(2, at).ID} {
		turn, err = present(t.Context(), stores, family.ID, id, 3, late)
		require.NoError(t, err)
		require.Equal(t, sessions.TurnEnded, turn)
	}
	family.Previous, family.Current, family.Ended = stolen, aLink(1, at), late
	sameFamily(t, stores, family)
}

func familyReusedRace(t *testing.T, stores Stores) {
	family := addFamily(t, stores, 1, add(t, stores, "ann").ID())
	stolen, at := family.Current.ID, now.Add(time.Minute)
	_, err := present(t.Context(), stores, family.ID, stolen, 1, at)
	require.NoError(t, err)
	turns := make([]sessions.Turn, racers)
	for _, err := range race(racers, func(i int) (err error) {
		turns[i], err = present(t.Context(), stores, family.ID, stolen, i+2, at.Add(time.Minute))
		return err
	}) {
		require.NoError(t, err)
	}
	require.Equal(t, 1, countTurns(turns, sessions.TurnReused))
	require.Equal(t, racers-1, countTurns(turns, sessions.TurnEnded))
}
