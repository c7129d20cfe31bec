package passkeys_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/application/ports"
	"latchkey/domain/passkeys"
)

func TestTheListIsTheOwnersNewestFirst(t *testing.T) {
	w := newWorld(t, nil)
	ann, bob := w.add(t, "ann", ""), w.add(t, "bob", "")
	_, first := w.registered(t, ann)
	_, second := w.registered(t, ann)
	w.registered(t, bob)
	w.clock.now = start.Add(time.Second)
	_, third := w.registered(t, ann)
	own, err := w.List(w.ctx, ann.ID())
	require.NoError(t, err)
	require.Equal(t, []passkeys.ID{third.ID, second.ID, first.ID}, []passkeys.ID{own[0].ID, own[1].ID, own[2].ID})
}

// That there is somebody else's passkey is nobody's business.
func TestSomebodyElsesPasskeyIsNotThere(t *testing.T) {
	w := newWorld(t, nil)
	ann, bob := w.add(t, "ann", ""), w.add(t, "bob", "")
	a, added := w.registered(t, ann)
	_, err := w.ByID(w.ctx, bob.ID(), added.ID)
	require.ErrorIs(t, err, passkeys.ErrNotFound)
	_, err = w.Rename(w.ctx, bob.ID(), added.ID, "x")
	require.ErrorIs(t, err, passkeys.ErrNotFound)
	require.ErrorIs(t, w.Delete(w.ctx, bob, added.ID), passkeys.ErrNotFound)
	require.Equal(t, added, w.stored(t, a))
}

func TestAPasskeyIsRenamed(t *testing.T) {
	w := newWorld(t, nil)
	ann := w.add(t, "ann", "")
	a, added := w.registered(t, ann)
	renamed, err := w.Rename(w.ctx, ann.ID(), added.ID, " Größe € ")
	require.NoError(t, err)
	require.EqualValues(t, "Größe €", renamed.Name)
	for _, bad := range []string{"", " ", strings.Repeat("x", 256)} {
		_, err = w.Rename(w.ctx, ann.ID(), added.ID, bad)
		require.Error(t, err)
	}
	added.Name = "Größe €"
	require.Equal(t, added, w.stored(t, a))
}

// Who takes an account over adds a way in or takes its owner's away: that is noticed.
func TestTheOwnerIsToldOfChanges(t *testing.T) {
	w := newWorld(t, nil)
	ann := w.add(t, "ann", "ann@example.com")
	_, added := w.registered(t, ann)
	require.Equal(t, []ports.Mail{{
		To: "ann@example.com", Template: ports.MailPasskeyAdded, Username: "ann", Site: ports.Site{Name: "Mine", Domain: "example.com"},
	}}, w.deliver(t))
	require.NoError(t, w.Delete(w.ctx, ann, added.ID))
	require.ErrorIs(t, w.Delete(w.ctx, ann, added.ID), passkeys.ErrNotFound)
	sent := w.deliver(t)
	require.Len(t, sent, 1)
	require.Equal(t, ports.MailPasskeyRemoved, sent[0].Template)
	require.Equal(t, []string{ports.EventPasskeyAdded, ports.EventPasskeyRemoved}, w.events.names)

	w.registered(t, w.add(t, "bare", ""))
	require.Empty(t, w.deliver(t), "who has no address is not written to")
}

// An account can have a stranger's address: it is no way to flood that.
func TestAnAddressIsNotFlooded(t *testing.T) {
	w := newWorld(t, nil)
	ann := w.add(t, "ann", "stranger@example.com")
	for range 10 {
		_, added := w.registered(t, ann)
		require.NoError(t, w.Delete(w.ctx, ann, added.ID))
	}
	require.Len(t, w.deliver(t), 5)
}
