package conformance

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/domain/accounts"
	"latchkey/domain/secret"
	"latchkey/domain/sessions"
)

// WebSessions tests an implementation of ports.WebSessions.
func WebSessions(t *testing.T, open Open) {
	t.Run("a session comes back as it was saved", func(t *testing.T) { sessionRoundTrip(t, open(t)) })
	t.Run("an unknown session has ended", func(t *testing.T) { sessionUnknown(t, open(t)) })
	t.Run("a session ends when it expires", func(t *testing.T) { sessionExpires(t, open(t)) })
	t.Run("a session is saved again under its key", func(t *testing.T) { sessionSaveAgain(t, open(t)) })
	t.Run("a deleted session has ended", func(t *testing.T) { sessionDelete(t, open(t)) })
	t.Run("a session is found with its account as it is now", func(t *testing.T) { sessionHolder(t, open(t)) })
	t.Run("a session whose key now is another account's is found with that", func(t *testing.T) { sessionHolderChanges(t, open(t)) })
	t.Run("a session without an account is found alone", func(t *testing.T) { sessionHolderless(t, open(t)) })
	t.Run("the holder of a session that has ended is not told", func(t *testing.T) { sessionHolderEnded(t, open(t)) })
	t.Run("many who save one session leave one", func(t *testing.T) { sessionRace(t, open(t)) })
}

func aSession(account accounts.ID) *sessions.WebSession {
	return &sessions.WebSession{
		Key:         secret.New(strings.Repeat("k", sessions.KeyLength)),
		Account:     account,
		Backend:     sessions.BackendModel,
		Fingerprint: "fingerprint",
		Expires:     now.Add(time.Hour),
		Values:      map[string]any{"cart": "é", "flag": true},
	}
}

func sameSession(t *testing.T, want, got *sessions.WebSession) {
	t.Helper()
	require.Equal(t, want.Key.Reveal(), got.Key.Reveal())
	compared := *got
	compared.Key = want.Key
	require.Equal(t, *want, compared)
}

func sessionRoundTrip(t *testing.T, stores Stores) {
	session := aSession(7)
	require.NoError(t, stores.WebSessions.Save(t.Context(), session, now))
	found, err := stores.WebSessions.ByKey(t.Context(), session.Key, now)
	require.NoError(t, err)
	sameSession(t, session, found)
	found.Values["cart"] = "changed"
	again, err := stores.WebSessions.ByKey(t.Context(), session.Key, now)
	require.NoError(t, err)
	sameSession(t, session, again)
}

func sessionUnknown(t *testing.T, stores Stores) {
	for _, key := range []string{"", "%", "unknown"} {
		_, err := stores.WebSessions.ByKey(t.Context(), secret.New(key), now)
		require.ErrorIs(t, err, sessions.ErrSessionEnded)
	}
}

func sessionExpires(t *testing.T, stores Stores) {
	session := aSession(7)
	require.NoError(t, stores.WebSessions.Save(t.Context(), session, now))
	_, err := stores.WebSessions.ByKey(t.Context(), session.Key, session.Expires.Add(-time.Microsecond))
	require.NoError(t, err)
	for _, late := range []time.Duration{0, time.Microsecond, time.Hour} {
		_, err = stores.WebSessions.ByKey(t.Context(), session.Key, session.Expires.Add(late))
		require.ErrorIs(t, err, sessions.ErrSessionEnded)
	}
}

func sessionSaveAgain(t *testing.T, stores Stores) {
	session := aSession(7)
	require.NoError(t, stores.WebSessions.Save(t.Context(), session, now))
	session.Account, session.Expires = 8, session.Expires.Add(time.Hour)
	require.NoError(t, stores.WebSessions.Save(t.Context(), session, now))
	found, err := stores.WebSessions.ByKey(t.Context(), session.Key, now)
	require.NoError(t, err)
	sameSession(t, session, found)
}

func sessionDelete(t *testing.T, stores Stores) {
	session := aSession(7)
	require.NoError(t, stores.WebSessions.Save(t.Context(), session, now))
	require.NoError(t, stores.WebSessions.Delete(t.Context(), session.Key))
	require.NoError(t, stores.WebSessions.Delete(t.Context(), session.Key), "there is none any more")
	_, err := stores.WebSessions.ByKey(t.Context(), session.Key, now)
	require.ErrorIs(t, err, sessions.ErrSessionEnded)
}

func sessionRace(t *testing.T, stores Stores) {
	for _, err := range race(racers, func(i int) error {
		return stores.WebSessions.Save(t.Context(), aSession(accounts.ID(i)), now)
	}) {
		require.NoError(t, err)
	}
	_, err := stores.WebSessions.ByKey(t.Context(), aSession(0).Key, now)
	require.NoError(t, err)
}
