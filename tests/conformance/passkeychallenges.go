package conformance

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/domain/accounts"
	"latchkey/domain/passkeys"
)

// PasskeyChallenges tests an implementation of ports.PasskeyChallenges.
func PasskeyChallenges(t *testing.T, open Open) {
	t.Run("a challenge is taken once", func(t *testing.T) { challengeOnce(t, open(t)) })
	t.Run("an expired challenge is gone", func(t *testing.T) { challengeExpired(t, open(t)) })
	t.Run("a new challenge takes the place of the old", func(t *testing.T) { challengeReplaced(t, open(t)) })
	t.Run("a challenge stays when its transaction fails", func(t *testing.T) { challengeRollback(t, open(t)) })
	t.Run("of many who take a challenge one gets it", func(t *testing.T) { challengeRace(t, open(t)) })
	t.Run("of many that are put one stays", func(t *testing.T) { challengePutRace(t, open(t)) })
	t.Run("what nobody can answer any more is cleaned", func(t *testing.T) { challengeCleaned(t, open(t)) })
}

// PasskeyHandles tests an implementation of ports.PasskeyHandles.
func PasskeyHandles(t *testing.T, open Open) {
	t.Run("an account has one handle for ever", func(t *testing.T) { handleOnce(t, open(t)) })
	t.Run("many who issue a handle get the same", func(t *testing.T) { handleRace(t, open(t)) })
}

func aChallenge(key string, account accounts.ID, seed byte) passkeys.Challenge {
	text := make([]byte, passkeys.ChallengeLength)
	text[0], text[5] = seed, 0xff
	return passkeys.Challenge{Key: key, Bytes: text, Account: account, Name: aName(seed), Expires: now.Add(time.Minute)}
}

// aName is none for the first, and the longest for the second.
func aName(seed byte) passkeys.Name {
	switch seed {
	case 1:
		return ""
	case 2:
		return passkeys.Name(strings.Repeat("🔑", passkeys.NameMaxLength))
	}
	return `Läptop "%s"`
}

func putChallenge(t *testing.T, stores Stores, challenge passkeys.Challenge) {
	t.Helper()
	require.NoError(t, stores.PasskeyChallenges.Put(t.Context(), challenge, now))
}

func noChallenge(t *testing.T, stores Stores, key string, at time.Time) {
	t.Helper()
	_, err := stores.PasskeyChallenges.Take(t.Context(), key, at)
	require.ErrorIs(t, err, passkeys.ErrChallengeGone, key)
}

func challengeOnce(t *testing.T, stores Stores) {
	for _, challenge := range []passkeys.Challenge{aChallenge("login:1", 0, 1), aChallenge("register:7", 7, 2), aChallenge("login:2", -1, 3)} {
		putChallenge(t, stores, challenge)
	}
	for _, key := range []string{"", "login:", "LOGIN:1", "login:1 ", "register:1"} {
		noChallenge(t, stores, key, now)
	}
	for _, want := range []passkeys.Challenge{aChallenge("login:1", 0, 1), aChallenge("register:7", 7, 2), aChallenge("login:2", -1, 3)} {
		got, err := stores.PasskeyChallenges.Take(t.Context(), want.Key, now)
		require.NoError(t, err)
		require.Equal(t, want, got)
		noChallenge(t, stores, want.Key, now)
	}
}

func challengeExpired(t *testing.T, stores Stores) {
	challenge := aChallenge("login:1", 0, 1)
	putChallenge(t, stores, challenge)
	noChallenge(t, stores, "login:1", challenge.Expires)
	noChallenge(t, stores, "login:1", now)
	putChallenge(t, stores, challenge)
	_, err := stores.PasskeyChallenges.Take(t.Context(), "login:1", challenge.Expires.Add(-time.Microsecond))
	require.NoError(t, err)
}

func challengeReplaced(t *testing.T, stores Stores) {
	putChallenge(t, stores, aChallenge("register:1", 1, 1))
	second, third := aChallenge("register:1", 2, 2), aChallenge("register:1", 2, 1)
	second.Expires = second.Expires.Add(time.Minute)
	for _, next := range []passkeys.Challenge{second, third} {
		putChallenge(t, stores, next)
	}
	got, err := stores.PasskeyChallenges.Take(t.Context(), "register:1", now)
	require.NoError(t, err)
	require.Equal(t, third, got, "also where it has no name")
	putChallenge(t, stores, third)
	putChallenge(t, stores, second)
	got, err = stores.PasskeyChallenges.Take(t.Context(), "register:1", now)
	require.NoError(t, err)
	require.Equal(t, second, got)
	noChallenge(t, stores, "register:1", now)
}

func challengeRollback(t *testing.T, stores Stores) {
	putChallenge(t, stores, aChallenge("login:1", 0, 1))
	err := stores.Transactor.InTx(t.Context(), func(ctx context.Context) error {
		_, err := stores.PasskeyChallenges.Take(ctx, "login:1", now)
		require.NoError(t, err)
		require.NoError(t, stores.PasskeyChallenges.Put(ctx, aChallenge("login:2", 0, 1), now))
		return errVerdict
	})
	require.ErrorIs(t, err, errVerdict)
	noChallenge(t, stores, "login:2", now)
	_, err = stores.PasskeyChallenges.Take(t.Context(), "login:1", now)
	require.NoError(t, err)
}

func challengeRace(t *testing.T, stores Stores) {
	putChallenge(t, stores, aChallenge("login:1", 0, 1))
	oneWinner(t, race(racers, func(int) error {
		_, err := stores.PasskeyChallenges.Take(t.Context(), "login:1", now)
		return err
	}), passkeys.ErrChallengeGone)
}

func challengePutRace(t *testing.T, stores Stores) {
	for _, err := range race(racers, func(i int) error {
		return stores.PasskeyChallenges.Put(t.Context(), aChallenge("register:1", 1, byte(i)), now)
	}) {
		require.NoError(t, err)
	}
	_, err := stores.PasskeyChallenges.Take(t.Context(), "register:1", now)
	require.NoError(t, err)
	noChallenge(t, stores, "register:1", now)
}

func challengeCleaned(t *testing.T, stores Stores) {
	for i := range 5 {
		putChallenge(t, stores, aChallenge(fmt.Sprint("login:", i), 0, 1))
	}
	end := now.Add(time.Minute)
	require.Zero(t, clean(t, stores, end, 100), "they end now")
	require.Equal(t, 2, clean(t, stores, end.Add(time.Microsecond), 2))
	require.Equal(t, 3, clean(t, stores, end.Add(time.Microsecond), 100))
	later := aChallenge("login:new", 0, 1)
	later.Expires = end.Add(time.Hour)
	putChallenge(t, stores, aChallenge("login:old", 0, 1))
	require.NoError(t, stores.PasskeyChallenges.Put(t.Context(), later, end.Add(time.Second)))
	require.Zero(t, clean(t, stores, end.Add(time.Second), 100), "a new one has taken the old one away")
}

func handleOnce(t *testing.T, stores Stores) {
	ann, bob := add(t, stores, "ann").ID(), add(t, stores, "bob").ID()
	handle, err := stores.PasskeyHandles.Of(t.Context(), ann)
	require.NoError(t, err)
	require.Nil(t, handle)
	for _, fresh := range []string{"first\x00\xff", "second"} {
		handle, err = stores.PasskeyHandles.Issue(t.Context(), ann, []byte(fresh))
		require.NoError(t, err)
		require.Equal(t, []byte("first\x00\xff"), handle)
	}
	handle, err = stores.PasskeyHandles.Of(t.Context(), ann)
	require.NoError(t, err)
	require.Equal(t, []byte("first\x00\xff"), handle)
	handle, err = stores.PasskeyHandles.Of(t.Context(), bob)
	require.NoError(t, err)
	require.Nil(t, handle)
}

func handleRace(t *testing.T, stores Stores) {
	ann := add(t, stores, "ann").ID()
	got := make([]string, racers)
	for _, err := range race(racers, func(i int) error {
		handle, err := stores.PasskeyHandles.Issue(t.Context(), ann, []byte{byte(i)})
		got[i] = string(handle)
		return err
	}) {
		require.NoError(t, err)
	}
	for _, handle := range got {
		require.Equal(t, got[0], handle)
	}
}
