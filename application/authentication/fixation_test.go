package authentication_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/application/authentication"
	"latchkey/domain/accounts"
	"latchkey/domain/secret"
	"latchkey/domain/sessions"
)

// The session cookie that comes along with a login may have been planted by
// somebody who knows its key.
func TestASessionThatIsNotTheAccountsOwnGivesWayToANewKey(t *testing.T) {
	tests := map[string]func(t *testing.T, w *world) sessions.WebSession{
		"anonymous": func(*testing.T, *world) sessions.WebSession {
			return sessions.WebSession{Key: secret.New("planted"), Values: map[string]any{"cart": "full"}}
		},
		"of another account": func(t *testing.T, w *world) sessions.WebSession {
			return w.own(w.add(t, "eve", ""), "planted")
		},
		"of another account with the same hash": func(t *testing.T, w *world) sessions.WebSession {
			eve := w.add(t, "eve", "")
			found, err := w.accounts.ByUsername(w.ctx, "ann")
			require.NoError(t, err)
			w.set(t, eve, func(s *accounts.Snapshot) { s.PasswordHash = found[0].PasswordHash() })
			return w.own(w.stored(t, eve), "planted")
		},
		"own, from before the password changed": func(t *testing.T, w *world) sessions.WebSession {
			found, err := w.accounts.ByUsername(w.ctx, "ann")
			require.NoError(t, err)
			session := w.own(found[0], "planted")
			session.Fingerprint = w.seals.Fingerprint(secret.New("old hash"))
			return session
		},
	}
	for name, planted := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, nil)
			ann := w.add(t, "ann", "")
			in := byName("ann")
			in.SessionKey = w.save(t, planted(t, w))
			grant, err := w.SignIn(w.ctx, in)
			require.NoError(t, err)
			require.NotEqual(t, "planted", grant.Session.Key.Reveal())
			require.Empty(t, grant.Session.Values, "nothing of the planted session lives on")
			w.gone(t, in.SessionKey)
			caller, err := w.BySession(w.ctx, grant.Session.Key)
			require.NoError(t, err)
			require.Equal(t, ann.ID(), caller.ID())
		})
	}
}

func TestAKeyThatNobodyGaveOutIsNotTakenOver(t *testing.T) {
	w := newWorld(t, nil)
	w.add(t, "ann", "")
	expired := w.save(t, sessions.WebSession{Key: secret.New("expired"), Expires: start})
	for _, key := range []secret.String{secret.New("made up by a stranger"), expired} {
		in := byName("ann")
		in.SessionKey = key
		grant, err := w.SignIn(w.ctx, in)
		require.NoError(t, err)
		require.NotEqual(t, key.Reveal(), grant.Session.Key.Reveal())
		w.gone(t, key)
	}
}

func TestTheAccountsOwnSessionIsKeptAndProlonged(t *testing.T) {
	w := newWorld(t, nil)
	own := w.own(w.add(t, "ann", ""), "mine")
	own.Values = map[string]any{"cart": "full"}
	in := byName("ann")
	in.SessionKey = w.save(t, own)
	grant, err := w.SignIn(w.ctx, in)
	require.NoError(t, err)
	require.Equal(t, "mine", grant.Session.Key.Reveal())
	require.Equal(t, start.Add(week), grant.Session.Expires)
	require.Equal(t, "full", grant.Session.Values["cart"])
	w.clock.advance(week - time.Microsecond)
	caller, err := w.BySession(w.ctx, in.SessionKey)
	require.NoError(t, err)
	require.False(t, caller.Anonymous())
}

func TestARefusedLoginLeavesTheSessionThatCameAlong(t *testing.T) {
	w := newWorld(t, nil)
	key := w.save(t, w.own(w.add(t, "ann", ""), "mine"))
	_, err := w.SignIn(w.ctx, authentication.SignIn{Username: "ann", Password: wrong, SessionKey: key})
	require.Equal(t, authentication.ErrCredentialsWrong, err)
	caller, err := w.BySession(w.ctx, key)
	require.NoError(t, err)
	require.False(t, caller.Anonymous())
}

func TestWithoutSessionsTheCookieThatCameAlongIsNotLookedAt(t *testing.T) {
	w := newWorld(t, func(o *authentication.Options) { o.Sessions = false })
	w.add(t, "ann", "")
	in := byName("ann")
	in.SessionKey = w.save(t, sessions.WebSession{Key: secret.New("of another program")})
	_, err := w.SignIn(w.ctx, in)
	require.NoError(t, err)
	_, err = w.sessions.ByKey(w.ctx, in.SessionKey, start)
	require.NoError(t, err)
}

func TestAdmitReturnsFailuresOfTheStorage(t *testing.T) {
	w := newWorld(t, func(o *authentication.Options) { o.MandatoryVerification = true })
	ann := w.add(t, "ann", "ann@example.com")
	ctx, cancel := context.WithCancel(w.ctx)
	cancel()
	_, err := w.Admit(ctx, authentication.Admission{Account: ann})
	require.ErrorIs(t, err, context.Canceled)
}
