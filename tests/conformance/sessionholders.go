package conformance

import (
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/domain/accounts"
	"latchkey/domain/secret"
	"latchkey/domain/sessions"
)

// Each asks several times: what an implementation remembers must not change an answer.
const sessionLooks = 3

func requireHolder(t *testing.T, stores Stores, session *sessions.WebSession, holder *accounts.Account) {
	t.Helper()
	for range sessionLooks {
		found, account, err := stores.WebSessions.Holder(t.Context(), session.Key, now)
		require.NoError(t, err)
		sameSession(t, session, found)
		if holder == nil {
			require.Nil(t, account)
			continue
		}
		require.Equal(t, holder.Snapshot(), account.Snapshot())
	}
}

func sessionHolder(t *testing.T, stores Stores) {
	ann := add(t, stores, "ann")
	session := aSession(ann.ID())
	require.NoError(t, stores.WebSessions.Save(t.Context(), session, now))
	requireHolder(t, stores, session, ann)
	require.NoError(t, stores.Accounts.Update(t.Context(), ann.ID(), func(account *accounts.Account) error {
		account.ChangePassword(secret.New("another hash"))
		return nil
	}))
	changed, err := stores.Accounts.ByID(t.Context(), ann.ID())
	require.NoError(t, err)
	require.Equal(t, "another hash", changed.PasswordHash().Reveal())
	requireHolder(t, stores, session, changed)
}

func sessionHolderChanges(t *testing.T, stores Stores) {
	ann, bob := add(t, stores, "ann"), add(t, stores, "bob")
	for _, holder := range []*accounts.Account{ann, bob, ann} {
		session := aSession(holder.ID())
		require.NoError(t, stores.WebSessions.Save(t.Context(), session, now))
		requireHolder(t, stores, session, holder)
	}
}

func sessionHolderless(t *testing.T, stores Stores) {
	ann := add(t, stores, "ann")
	held := aSession(ann.ID())
	require.NoError(t, stores.WebSessions.Save(t.Context(), held, now))
	requireHolder(t, stores, held, ann)
	for _, account := range []accounts.ID{0, ann.ID() + 1000} {
		session := aSession(account)
		require.NoError(t, stores.WebSessions.Save(t.Context(), session, now))
		requireHolder(t, stores, session, nil)
	}
}

func sessionHolderEnded(t *testing.T, stores Stores) {
	ann := add(t, stores, "ann")
	session := aSession(ann.ID())
	require.NoError(t, stores.WebSessions.Save(t.Context(), session, now))
	requireHolder(t, stores, session, ann)
	_, account, err := stores.WebSessions.Holder(t.Context(), session.Key, session.Expires.Add(1))
	require.ErrorIs(t, err, sessions.ErrSessionEnded)
	require.Nil(t, account)
	require.NoError(t, stores.WebSessions.Delete(t.Context(), session.Key))
	_, account, err = stores.WebSessions.Holder(t.Context(), session.Key, now)
	require.ErrorIs(t, err, sessions.ErrSessionEnded)
	require.Nil(t, account)
}
