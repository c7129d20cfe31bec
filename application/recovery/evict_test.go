package recovery_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/application/recovery"
	"latchkey/domain/accounts"
	"latchkey/domain/credentials"
)

// Whoever resets a password may do so because a stranger is signed in.
func TestAResetEvictsEverybodyAndKeepsNobody(t *testing.T) {
	w := newWorld(t, nil)
	ann := w.add(t, "ann", "ann@example.com")
	w.add(t, "bob", "bob@example.com")
	require.NoError(t, w.confirm(t, w.request(t, "ann@example.com")[0], newText))
	require.Equal(t, []accounts.ID{ann.ID()}, w.evictor.told)
	require.Equal(t, []string{""}, w.evictor.kept)
}

func TestAResetThatIsRefusedEvictsNobody(t *testing.T) {
	w := newWorld(t, nil)
	w.add(t, "ann", "ann@example.com")
	uid, token := proof(t, w.request(t, "ann@example.com")[0])
	good, weak := credentials.NewPassword(newText), credentials.NewPassword("1234567")
	for _, in := range []recovery.ConfirmReset{
		{UID: uid, Token: "bad", Password: good, Repeat: good},
		{UID: uid, Token: token, Password: good, Repeat: weak},
		{UID: uid, Token: token, Password: weak, Repeat: weak},
	} {
		require.Error(t, w.ConfirmReset(w.ctx, in))
	}
	require.NoError(t, w.CheckLink(w.ctx, uid, token))
	require.Empty(t, w.evictor.told)
}

func TestAResetWhoseEvictionFailsChangesNothing(t *testing.T) {
	w := newWorld(t, nil)
	ann := w.add(t, "ann", "ann@example.com")
	mail := w.request(t, "ann@example.com")[0]
	w.evictor.err = errDown
	require.ErrorIs(t, w.confirm(t, mail, newText), errDown)
	require.True(t, w.fits(t, ann, oldText))
	require.Empty(t, w.events.all)
	w.evictor.err = nil
	require.NoError(t, w.confirm(t, mail, newText), "the link is still good")
}
