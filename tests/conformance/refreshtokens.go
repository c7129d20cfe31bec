package conformance

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/domain/accounts"
	"latchkey/domain/secret"
	"latchkey/domain/sessions"
)

// RefreshTokens tests an implementation of ports.RefreshTokens.
func RefreshTokens(t *testing.T, open Open) {
	t.Run("a recorded token is good until it is revoked", func(t *testing.T) { refreshRecord(t, open(t)) })
	t.Run("a token that nobody recorded can be revoked", func(t *testing.T) { refreshRevokeUnrecorded(t, open(t)) })
	t.Run("a token of nobody can be revoked", func(t *testing.T) { refreshOfNobody(t, open(t)) })
	t.Run("recording a token does not make it good again", func(t *testing.T) { refreshRecordRevoked(t, open(t)) })
	t.Run("ids are compared exactly", func(t *testing.T) { refreshExactID(t, open(t)) })
	t.Run("RevokeAll revokes the tokens of one account", func(t *testing.T) { refreshRevokeAll(t, open(t)) })
	t.Run("RevokeAll keeps the token that it is told to", func(t *testing.T) { refreshRevokeAllButOne(t, open(t)) })
	t.Run("what a failed transaction revoked is good", func(t *testing.T) { refreshRollback(t, open(t)) })
	t.Run("a refused Revoke spoils no transaction", func(t *testing.T) { refreshRefusedInside(t, open(t)) })
	t.Run("of many who revoke a token one succeeds", func(t *testing.T) { refreshRace(t, open(t)) })
	t.Run("of many who revoke an unrecorded token one succeeds", func(t *testing.T) { refreshRaceUnrecorded(t, open(t)) })
}

// aRefresh is a refresh token: its text and what it says.
func aRefresh(seed int) (secret.String, sessions.Claims) {
	at := now.Truncate(time.Second)
	claims := sessions.Claims{Kind: sessions.KindRefresh, ID: fmt.Sprintf("%032x", seed), IssuedAt: at, Expires: at.Add(time.Hour)}
	return secret.New("header.payload" + fmt.Sprint(seed) + ".signature"), claims
}

func record(t *testing.T, stores Stores, seed int, account accounts.ID) {
	t.Helper()
	token, claims := aRefresh(seed)
	require.NoError(t, stores.RefreshTokens.Record(t.Context(), token, claims, account))
}

func revoke(ctx context.Context, stores Stores, seed int, account accounts.ID) error {
	token, claims := aRefresh(seed)
	return stores.RefreshTokens.Revoke(ctx, token, claims, account, now)
}

// revoked asserts whether the tokens made from the seeds are worthless.
func revoked(t *testing.T, stores Stores, want bool, seeds ...int) {
	t.Helper()
	for _, seed := range seeds {
		_, claims := aRefresh(seed)
		got, err := stores.RefreshTokens.Revoked(t.Context(), claims.ID)
		require.NoError(t, err)
		require.Equal(t, want, got, "token %d", seed)
	}
}

func refreshRecord(t *testing.T, stores Stores) {
	ann := add(t, stores, "ann")
	record(t, stores, 1, ann.ID())
	record(t, stores, 2, ann.ID())
	revoked(t, stores, false, 1, 2, 3)
	require.NoError(t, revoke(t.Context(), stores, 1, ann.ID()))
	revoked(t, stores, true, 1)
	revoked(t, stores, false, 2, 3)
	require.ErrorIs(t, revoke(t.Context(), stores, 1, ann.ID()), sessions.ErrJWTRevoked)
	revoked(t, stores, true, 1)
}

func refreshRevokeUnrecorded(t *testing.T, stores Stores) {
	ann := add(t, stores, "ann")
	require.NoError(t, revoke(t.Context(), stores, 1, ann.ID()))
	require.ErrorIs(t, revoke(t.Context(), stores, 1, ann.ID()), sessions.ErrJWTRevoked)
	revoked(t, stores, true, 1)
}

// An account may be gone while its tokens still have days to live.
func refreshOfNobody(t *testing.T, stores Stores) {
	for i, account := range []accounts.ID{0, 4711} {
		require.NoError(t, revoke(t.Context(), stores, i, account))
		record(t, stores, 10+i, account)
		revoked(t, stores, false, 10+i)
		require.NoError(t, revoke(t.Context(), stores, 10+i, account))
	}
	revoked(t, stores, true, 0, 1, 10, 11)
}

func refreshRecordRevoked(t *testing.T, stores Stores) {
	ann := add(t, stores, "ann")
	require.NoError(t, revoke(t.Context(), stores, 1, ann.ID()))
	record(t, stores, 1, ann.ID())
	revoked(t, stores, true, 1)
}

func refreshExactID(t *testing.T, stores Stores) {
	ann := add(t, stores, "ann")
	require.NoError(t, revoke(t.Context(), stores, 0xabc, ann.ID()))
	_, claims := aRefresh(0xabc)
	for _, other := range []string{"", "%", "' OR 1=1 --", claims.ID[1:], claims.ID + " ", "00000000000000000000000000000ABC"} {
		got, err := stores.RefreshTokens.Revoked(t.Context(), other)
		require.NoError(t, err)
		require.False(t, got, "%q", other)
	}
}

func refreshRevokeAll(t *testing.T, stores Stores) {
	ann, bob := add(t, stores, "ann"), add(t, stores, "bob")
	record(t, stores, 1, ann.ID())
	record(t, stores, 2, ann.ID())
	record(t, stores, 3, bob.ID())
	record(t, stores, 4, 0)
	require.NoError(t, revoke(t.Context(), stores, 2, ann.ID()))
	for range 2 {
		require.NoError(t, stores.RefreshTokens.RevokeAll(t.Context(), ann.ID(), "", now))
		require.NoError(t, stores.RefreshTokens.RevokeAll(t.Context(), 0, "", now), "nobody is not an account")
	}
	revoked(t, stores, true, 1, 2)
	revoked(t, stores, false, 3, 4)
	require.ErrorIs(t, revoke(t.Context(), stores, 1, ann.ID()), sessions.ErrJWTRevoked)
}

func refreshRevokeAllButOne(t *testing.T, stores Stores) {
	ann := add(t, stores, "ann")
	record(t, stores, 1, ann.ID())
	record(t, stores, 2, ann.ID())
	_, kept := aRefresh(1)
	require.NoError(t, stores.RefreshTokens.RevokeAll(t.Context(), ann.ID(), kept.ID, now))
	revoked(t, stores, false, 1)
	revoked(t, stores, true, 2)
}

func refreshRollback(t *testing.T, stores Stores) {
	ann := add(t, stores, "ann")
	record(t, stores, 1, ann.ID())
	err := stores.Transactor.InTx(t.Context(), func(ctx context.Context) error {
		require.NoError(t, revoke(ctx, stores, 1, ann.ID()))
		require.NoError(t, revoke(ctx, stores, 2, ann.ID()))
		require.NoError(t, stores.RefreshTokens.RevokeAll(ctx, ann.ID(), "", now))
		return errVerdict
	})
	require.ErrorIs(t, err, errVerdict)
	revoked(t, stores, false, 1, 2)
	require.NoError(t, revoke(t.Context(), stores, 1, ann.ID()))
}

func refreshRefusedInside(t *testing.T, stores Stores) {
	ann := add(t, stores, "ann")
	require.NoError(t, revoke(t.Context(), stores, 1, ann.ID()))
	err := stores.Transactor.InTx(t.Context(), func(ctx context.Context) error {
		require.ErrorIs(t, revoke(ctx, stores, 1, ann.ID()), sessions.ErrJWTRevoked)
		return revoke(ctx, stores, 2, ann.ID())
	})
	require.NoError(t, err)
	revoked(t, stores, true, 1, 2)
}

func refreshRace(t *testing.T, stores Stores) {
	ann := add(t, stores, "ann")
	record(t, stores, 1, ann.ID())
	errs := race(racers, func(int) error { return revoke(t.Context(), stores, 1, ann.ID()) })
	oneWinner(t, errs, sessions.ErrJWTRevoked)
	revoked(t, stores, true, 1)
}

func refreshRaceUnrecorded(t *testing.T, stores Stores) {
	ann := add(t, stores, "ann")
	errs := race(racers, func(int) error { return revoke(t.Context(), stores, 1, ann.ID()) })
	oneWinner(t, errs, sessions.ErrJWTRevoked)
	revoked(t, stores, true, 1)
}
