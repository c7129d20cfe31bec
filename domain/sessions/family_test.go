package sessions

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

const grace = 10 * time.Second

func link(id string, at time.Time) Link {
	return Link{ID: id, IssuedAt: at, Expires: at.Add(time.Hour)}
}

// rotated is a family whose first token was replaced at moment.
func rotated() Family {
	family := Family{ID: "f", Current: link("first", moment.Add(-time.Hour))}
	family.Present("first", link("second", moment), grace, moment)
	return family
}

func TestTurns(t *testing.T) {
	for _, c := range []struct {
		name, id string
		after    time.Duration
		grace    time.Duration
		want     Turn
	}{
		{"the newest", "second", 0, grace, TurnRotated},
		{"the newest, days later", "second", 72 * time.Hour, grace, TurnRotated},
		{"the one before, at once", "first", 0, grace, TurnRepeated},
		{"the one before, at the last moment", "first", grace, grace, TurnRepeated},
		{"the one before, too late", "first", grace + time.Second, grace, TurnReused},
		{"the one before, without grace", "first", time.Microsecond, 0, TurnReused},
		{"another", "third", 0, grace, TurnReused},
		{"none", "", 0, grace, TurnReused},
	} {
		family := rotated()
		at := moment.Add(c.after)
		require.Equal(t, c.want, family.Present(c.id, link("next", at), c.grace, at), c.name)
		require.Equal(t, c.want != TurnReused, family.Alive(), c.name)
	}
}

func TestRotationRemembersBothTokens(t *testing.T) {
	family := rotated()
	require.Equal(t, link("second", moment), family.Current)
	require.Equal(t, "first", family.Previous)
}

// A family whose first token is its only one has no previous id, and a token
// without an id must not be taken for it.
func TestNoTokenIsNotThePreviousOfANewFamily(t *testing.T) {
	family := Family{Current: link("first", moment)}
	require.Equal(t, TurnReused, family.Present("", link("next", moment), grace, moment))
}

func TestAReusedTokenEndsTheFamilyForItsNewestToo(t *testing.T) {
	family := rotated()
	at := moment.Add(time.Minute)
	require.Equal(t, TurnReused, family.Present("first", link("thief", at), grace, at))
	require.Equal(t, at, family.Ended)
	require.Equal(t, "second", family.Current.ID, "the thief's token is of no family")
	for _, id := range []string{"first", "second", "thief"} {
		require.Equal(t, TurnEnded, family.Present(id, link("next", at), grace, at))
	}
}

func TestAFamilyEndsOnce(t *testing.T) {
	family := rotated()
	require.Equal(t, TurnUnchanged, family.Check())
	family.End(moment)
	family.End(moment.Add(time.Hour))
	require.Equal(t, moment, family.Ended)
	require.False(t, family.Alive())
	require.Equal(t, TurnEnded, family.Check())
}

// play presents random tokens of a family, of past and future, at ever later
// times, and hands each turn to see with the family before and after.
func play(t *rapid.T, see func(id string, at time.Time, turn Turn, before, after Family)) {
	family := Family{ID: "f", Current: link("0", moment)}
	at, made := moment, 0
	for range rapid.IntRange(1, 40).Draw(t, "steps") {
		at = at.Add(time.Duration(rapid.IntRange(0, 8).Draw(t, "seconds")) * time.Second)
		back := rapid.SampledFrom([]int{0, 0, 0, 0, 0, 1, 1, 1, 2, -1}).Draw(t, "back")
		id := fmt.Sprint(made - back)
		before := family
		turn := family.Present(id, link(fmt.Sprint(made+1), at), grace, at)
		if turn == TurnRotated {
			made++
		}
		see(id, at, turn, before, family)
	}
}

func TestATokenIsRotatedAtMostOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rotations := map[string]int{}
		play(t, func(id string, _ time.Time, turn Turn, before, after Family) {
			if turn != TurnRotated {
				return
			}
			rotations[id]++
			require.Equal(t, 1, rotations[id], "token %s", id)
			require.Equal(t, before.Current.ID, id)
			require.Equal(t, id, after.Previous)
		})
	})
}

func TestAReuseEndsAFamilyForEver(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		reused := false
		play(t, func(_ string, _ time.Time, turn Turn, before, after Family) {
			if reused {
				require.Equal(t, TurnEnded, turn)
				require.Equal(t, before, after)
			}
			reused = reused || turn == TurnReused
			require.Equal(t, !reused, after.Alive())
		})
	})
}

func TestARepeatedTokenIsTheOneBeforeAndChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		play(t, func(id string, at time.Time, turn Turn, before, after Family) {
			if turn == TurnRepeated {
				require.Equal(t, before, after)
				require.Equal(t, before.Previous, id)
				require.LessOrEqual(t, at.Truncate(time.Second).Sub(before.Current.IssuedAt), grace)
			}
		})
	})
}

// Whatever is presented: only a rotation moves the line on, and only a reuse ends it.
func TestATurnTellsWhatHappened(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		play(t, func(_ string, at time.Time, turn Turn, before, after Family) {
			require.Equal(t, turn == TurnRotated, before.Current != after.Current)
			require.Equal(t, turn == TurnReused, before.Ended != after.Ended)
			if turn == TurnReused {
				require.Equal(t, at, after.Ended)
			}
		})
	})
}
