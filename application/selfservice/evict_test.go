package selfservice_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/domain/accounts"
	"latchkey/domain/credentials"
	"latchkey/domain/secret"
	"latchkey/domain/sessions"
)

func TestAChangeEvictsEverybodyButTheCallersFamily(t *testing.T) {
	for name, family := range map[string]string{"by a token of a family": "mine", "by another credential": ""} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, nil)
			ann := w.add(t, "ann")
			w.add(t, "bob")
			_, err := w.ChangePassword(w.ctx, change(sessions.Principal{Account: ann, Family: family}, newText))
			require.NoError(t, err)
			require.Equal(t, []accounts.ID{ann.ID()}, w.evictor.told)
			require.Equal(t, []string{family}, w.evictor.kept)
		})
	}
}

func TestAChangeThatIsRefusedEvictsNobody(t *testing.T) {
	w := newWorld(t, nil)
	ann := w.add(t, "ann")
	caller := sessions.Principal{Account: ann, Family: "mine"}
	in := change(caller, newText)
	in.Repeat = credentials.NewPassword("another")
	_, err := w.ChangePassword(w.ctx, in)
	require.Error(t, err)
	_, err = w.ChangePassword(w.ctx, change(caller, "1234567"))
	require.Error(t, err)
	// An intruder whom a reset has thrown out must not throw out the owner.
	w.set(t, ann, func(s *accounts.Snapshot) { s.PasswordHash = secret.New("set by the owner") })
	_, err = w.ChangePassword(w.ctx, change(caller, newText))
	require.Equal(t, sessions.ErrSessionEnded, err)
	require.Empty(t, w.evictor.told)
}

func TestAChangeWhoseEvictionFailsChangesNothing(t *testing.T) {
	w := newWorld(t, nil)
	ann := w.add(t, "ann")
	caller := w.session(t, ann, "mine")
	w.evictor.err = errDown
	session, err := w.ChangePassword(w.ctx, change(caller, newText))
	require.ErrorIs(t, err, errDown)
	require.Nil(t, session)
	require.True(t, w.fits(t, ann, oldText))
	require.True(t, w.alive(t, caller.Session.Key))
	require.Empty(t, w.events.all)
}
