package conformance

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/secret"
	"latchkey/domain/sessions"
)

// Cleaner tests an implementation of ports.Cleaner.
func Cleaner(t *testing.T, open Open) {
	t.Run("nothing that lives is deleted", func(t *testing.T) { cleanLiving(t, open(t)) })
	t.Run("expired sessions are deleted", func(t *testing.T) { cleanSessions(t, open(t)) })
	t.Run("expired refresh tokens are deleted", func(t *testing.T) { cleanTokens(t, open(t)) })
	t.Run("families of expired tokens are deleted", func(t *testing.T) { cleanFamilies(t, open(t)) })
	t.Run("a family stays while any of its tokens is good", func(t *testing.T) { cleanShortenedFamily(t, open(t)) })
	t.Run("families of accounts that are gone are deleted", func(t *testing.T) { cleanOrphans(t, open(t)) })
	t.Run("messages that were given up long ago are deleted", func(t *testing.T) { cleanOutbox(t, open(t)) })
	t.Run("messages of a clock that was ahead become due", func(t *testing.T) { cleanHastens(t, open(t)) })
	t.Run("no more than limit are deleted", func(t *testing.T) { cleanLimit(t, open(t)) })
	t.Run("an ended context ends the cleaning", func(t *testing.T) { cleanCanceled(t, open(t)) })
}

// ending is when the rows of populate end.
var ending = now.Truncate(time.Second).Add(time.Hour)

// rowKinds is how many kinds of row populate stores: sessions, tokens that were
// recorded, tokens that were revoked, families, and families that have ended.
const rowKinds = 5

// populate stores n rows of each kind.
func populate(t *testing.T, stores Stores, account accounts.ID, n int) {
	t.Helper()
	for i := range n {
		session := aSession(account)
		session.Key, session.Expires = secret.New(fmt.Sprintf("%032d", i)), ending
		require.NoError(t, stores.WebSessions.Save(t.Context(), session, now))
		record(t, stores, i, account)
		require.NoError(t, revoke(t.Context(), stores, n+i, account))
		addFamily(t, stores, i, account)
		ended := aFamily(n+i, account)
		ended.End(now)
		require.NoError(t, stores.Families.Add(t.Context(), ended))
	}
}

func clean(t *testing.T, stores Stores, at time.Time, limit int) int {
	t.Helper()
	deleted, err := stores.Cleaner.Clean(t.Context(), at, time.Now().Add(-time.Hour), limit)
	require.NoError(t, err)
	return deleted
}

func cleanLiving(t *testing.T, stores Stores) {
	ann := add(t, stores, "ann")
	populate(t, stores, ann.ID(), 3)
	addFamily(t, stores, 100, 0) // of a token that names nobody
	appendOne(t, stores, now, "waiting")
	appendOne(t, stores, now, "dead")
	dead := claim(t, stores, now, 10)[1]
	require.NoError(t, stores.Outbox.Bury(t.Context(), dead.ID, "no such mailbox"))

	require.Zero(t, clean(t, stores, ending.Add(-time.Microsecond), 1000))
	require.Zero(t, clean(t, stores, ending, 1000))
	revoked(t, stores, true, 3, 4, 5)
	for i := range 3 {
		_, err := stores.WebSessions.ByKey(t.Context(), secret.New(fmt.Sprintf("%032d", i)), now)
		require.NoError(t, err)
		sameFamily(t, stores, aFamily(i, ann.ID()))
		ended := aFamily(3+i, ann.ID())
		ended.Ended = now
		sameFamily(t, stores, ended)
	}
	require.NoError(t, stores.RefreshTokens.RevokeAll(t.Context(), ann.ID(), "", now))
	revoked(t, stores, true, 0, 1, 2) // they are still known to be ann's
	require.Equal(t, []string{"waiting"}, topics(claim(t, stores, now.Add(lease), 10)))
	require.Equal(t, "hash of ann", hashOf(t, stores, ann.ID()))
}

func cleanSessions(t *testing.T, stores Stores) {
	keys := []secret.String{secret.New("a"), secret.New("b")}
	for i, key := range keys {
		session := aSession(0)
		session.Key, session.Expires = key, ending.Add(time.Duration(i)*time.Second)
		require.NoError(t, stores.WebSessions.Save(t.Context(), session, now))
	}
	require.Equal(t, 1, clean(t, stores, ending.Add(time.Second), 10))
	_, err := stores.WebSessions.ByKey(t.Context(), keys[0], now)
	require.ErrorIs(t, err, sessions.ErrSessionEnded)
	_, err = stores.WebSessions.ByKey(t.Context(), keys[1], now)
	require.NoError(t, err)
}

func cleanTokens(t *testing.T, stores Stores) {
	ann := add(t, stores, "ann").ID()
	record(t, stores, 1, ann)
	require.NoError(t, revoke(t.Context(), stores, 2, ann))
	token, longer := aRefresh(3)
	longer.Expires = longer.Expires.Add(time.Second)
	require.NoError(t, stores.RefreshTokens.Revoke(t.Context(), token, longer, ann, now))

	require.NotZero(t, clean(t, stores, longer.Expires, 10))
	revoked(t, stores, false, 1, 2)
	revoked(t, stores, true, 3)
	require.Zero(t, clean(t, stores, longer.Expires, 10))
}

func cleanFamilies(t *testing.T, stores Stores) {
	ann := add(t, stores, "ann").ID()
	expired, rotated := addFamily(t, stores, 1, ann), addFamily(t, stores, 2, ann)
	_, err := present(t.Context(), stores, rotated.ID, rotated.Current.ID, 1, now.Add(time.Minute))
	require.NoError(t, err)
	require.Equal(t, 1, clean(t, stores, ending.Add(time.Second), 10))
	_, err = stores.Families.ByID(t.Context(), expired.ID)
	require.ErrorIs(t, err, sessions.ErrJWTRevoked)
	_, err = stores.Families.ByID(t.Context(), rotated.ID)
	require.NoError(t, err, "its newest token is good")
}

// REFRESH_TOKEN_LIFETIME was shortened: the new token ends first. Without its
// family the older one would be taken for one that was never used.
func cleanShortenedFamily(t *testing.T, stores Stores) {
	family := addFamily(t, stores, 1, add(t, stores, "ann").ID())
	short := aLink(1, now)
	short.Expires = now.Add(time.Minute)
	require.NoError(t, stores.Families.Update(t.Context(), family.ID, func(family *sessions.Family) error {
		family.Present(family.Current.ID, short, grace, now)
		return nil
	}))
	require.Zero(t, clean(t, stores, ending, 10))
	_, err := stores.Families.ByID(t.Context(), family.ID)
	require.NoError(t, err)
	require.Equal(t, 1, clean(t, stores, ending.Add(time.Second), 10))
}

func cleanOrphans(t *testing.T, stores Stores) {
	kept := addFamily(t, stores, 1, add(t, stores, "ann").ID())
	for i := range 5 {
		addFamily(t, stores, 10+i, accounts.ID(4711+i/2))
	}
	require.Equal(t, 2, clean(t, stores, now, 2))
	require.Equal(t, 3, clean(t, stores, now, 10))
	sameFamily(t, stores, kept)
}

func cleanOutbox(t *testing.T, stores Stores) {
	appendOne(t, stores, now, "waiting")
	appendOne(t, stores, now, "dead")
	dead := claim(t, stores, now, 10)[1]
	require.NoError(t, stores.Outbox.Bury(t.Context(), dead.ID, "no such mailbox"))
	for want, buried := range []time.Time{time.Now().Add(-time.Minute), time.Now().Add(time.Minute)} {
		deleted, err := stores.Cleaner.Clean(t.Context(), now, buried, 10)
		require.NoError(t, err)
		require.Equal(t, want, deleted)
	}
	require.Equal(t, []string{"waiting"}, topics(claim(t, stores, now.Add(lease), 10)))
}

// An implementation may keep a revoked token in one row or in two.
func cleanLimit(t *testing.T, stores Stores) {
	const each = 3
	populate(t, stores, add(t, stores, "ann").ID(), each)
	later := ending.Add(time.Second)
	require.Zero(t, clean(t, stores, later, 0))
	require.Zero(t, clean(t, stores, later, -1))
	total, calls := 0, 0
	for limit := 2; ; calls++ {
		deleted := clean(t, stores, later, limit)
		require.LessOrEqual(t, deleted, limit)
		total += deleted
		if deleted < limit {
			break
		}
	}
	require.GreaterOrEqual(t, total, rowKinds*each)
	require.LessOrEqual(t, total, (rowKinds+1)*each)
	require.Zero(t, clean(t, stores, later, 1000), "nothing was left")
	revoked(t, stores, false, 0, 1, 2, 3, 4, 5)
	_, err := stores.Families.ByID(t.Context(), aFamily(0, 0).ID)
	require.ErrorIs(t, err, sessions.ErrJWTRevoked)
	require.GreaterOrEqual(t, calls, rowKinds*each/2)
}

func cleanCanceled(t *testing.T, stores Stores) {
	populate(t, stores, add(t, stores, "ann").ID(), 1)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := stores.Cleaner.Clean(ctx, ending.Add(time.Second), time.Time{}, 10)
	require.ErrorIs(t, err, context.Canceled)
	revoked(t, stores, true, 1)
}

func cleanHastens(t *testing.T, stores Stores) {
	ahead := []time.Time{now.Add(time.Hour), now.Add(365 * 24 * time.Hour)}
	for _, at := range ahead {
		require.NoError(t, stores.Outbox.Append(t.Context(), at, ports.Message{Topic: "t", Payload: map[string]string{}}))
	}
	require.Zero(t, clean(t, stores, now, 100))
	due, err := stores.Outbox.Claim(t.Context(), now, time.Minute, 10)
	require.NoError(t, err)
	require.Len(t, due, 1, "the other is merely postponed")
}
