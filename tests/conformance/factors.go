package conformance

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/domain/accounts"
	"latchkey/domain/factors"
	"latchkey/domain/secret"
)

// Factors tests an implementation of ports.Factors. That it keeps no secret in clear is
// for its own tests to see.
func Factors(t *testing.T, open Open) {
	t.Run("an account without factors has none", func(t *testing.T) { factorsNone(t, open(t)) })
	t.Run("factors come back as they were stored", func(t *testing.T) { factorsRoundTrip(t, open(t)) })
	t.Run("what was used is remembered", func(t *testing.T) { factorsUsed(t, open(t)) })
	t.Run("factors that are switched off are gone", func(t *testing.T) { factorsRemoved(t, open(t)) })
	t.Run("nothing is stored when the change fails", func(t *testing.T) { factorsRefused(t, open(t)) })
	t.Run("an account that is not there has nothing to change", func(t *testing.T) { factorsUnknown(t, open(t)) })
	t.Run("of many who use one code one succeeds", func(t *testing.T) { factorsCodeRace(t, open(t)) })
	t.Run("of many who use one recovery code one succeeds", func(t *testing.T) { factorsRecoveryRace(t, open(t)) })
	t.Run("of many who set one up one succeeds", func(t *testing.T) { factorsActivationRace(t, open(t)) })
	t.Run("no change of the account runs in between", func(t *testing.T) { factorsWithAccount(t, open(t)) })
}

var (
	factorRules  = factors.Rules{Digits: 6, Period: 30 * time.Second, Codes: 10}
	sharedSecret = secret.New("JBSWY3DPEHPK3PXPGEZDGNBVGY3TQOJQ")
)

// activate sets a second factor up, a step ago, and returns its recovery codes.
func activate(t *testing.T, stores Stores, account accounts.ID) []string {
	t.Helper()
	recovery, codes := factors.NewRecovery("salt", []string{"00000000", "11111111", "2222aaaa"}, now)
	require.NoError(t, stores.Factors.Update(t.Context(), account, func(f *factors.Factors) error {
		before := now.Add(-factorRules.Period)
		return f.Activate(sharedSecret, factorRules.Code(sharedSecret, before), recovery, factorRules, now)
	}))
	return codes
}

func factorsOf(t *testing.T, stores Stores, account accounts.ID) factors.Snapshot {
	t.Helper()
	found, err := stores.Factors.Of(t.Context(), account)
	require.NoError(t, err)
	return found.Snapshot()
}

func factorsNone(t *testing.T, stores Stores) {
	ann := add(t, stores, "ann")
	for _, id := range []accounts.ID{ann.ID(), 4711} {
		found, err := stores.Factors.Of(t.Context(), id)
		require.NoError(t, err)
		require.False(t, found.Enabled())
		require.Empty(t, found.Unused(factorRules))
	}
}

func factorsRoundTrip(t *testing.T, stores Stores) {
	ann, bob := add(t, stores, "ann"), add(t, stores, "bob")
	activate(t, stores, ann.ID())
	found := factorsOf(t, stores, ann.ID())
	require.Equal(t, ann.ID(), found.Account)
	require.Equal(t, sharedSecret.Reveal(), found.TOTP.Secret.Reveal())
	require.Equal(t, now.Unix()/30-1, found.TOTP.Burnt)
	require.Equal(t, now, found.TOTP.Created)
	require.Zero(t, found.TOTP.LastUsed)
	require.Equal(t, "salt", found.Recovery.Salt)
	require.Len(t, found.Recovery.Digests, 3)
	require.Equal(t, now, found.Recovery.Created)
	require.Nil(t, factorsOf(t, stores, bob.ID()).TOTP)

	seeded := factors.SeededRecovery(secret.New("a1b2"), now)
	require.NoError(t, stores.Factors.Update(t.Context(), ann.ID(), func(f *factors.Factors) error {
		f.Renew(seeded)
		return nil
	}))
	found = factorsOf(t, stores, ann.ID())
	require.Equal(t, "a1b2", found.Recovery.Seed.Reveal())
	require.Empty(t, found.Recovery.Digests)
	require.Equal(t, sharedSecret.Reveal(), found.TOTP.Secret.Reveal())
}

func prove(stores Stores, ctx context.Context, account accounts.ID, code string) error {
	return stores.Factors.Update(ctx, account, func(f *factors.Factors) error {
		return f.Prove(code, factorRules, now)
	})
}

func factorsUsed(t *testing.T, stores Stores) {
	ann := add(t, stores, "ann").ID()
	codes := activate(t, stores, ann)
	code := factorRules.Code(sharedSecret, now)
	require.NoError(t, prove(stores, t.Context(), ann, code))
	require.NoError(t, prove(stores, t.Context(), ann, codes[1]))
	for _, used := range []string{code, codes[1]} {
		require.ErrorIs(t, prove(stores, t.Context(), ann, used), factors.ErrCodeInvalid)
	}
	found := factorsOf(t, stores, ann)
	require.Equal(t, now.Unix()/30, found.TOTP.Burnt)
	require.Equal(t, now, found.TOTP.LastUsed)
	require.EqualValues(t, 2, found.Recovery.Used)
	require.Equal(t, now, found.Recovery.LastUsed)
}

func factorsRemoved(t *testing.T, stores Stores) {
	ann, bob := add(t, stores, "ann").ID(), add(t, stores, "bob").ID()
	activate(t, stores, ann)
	activate(t, stores, bob)
	require.NoError(t, stores.Factors.Update(t.Context(), ann, func(f *factors.Factors) error {
		f.Deactivate()
		return nil
	}))
	require.Nil(t, factorsOf(t, stores, ann).TOTP)
	require.Nil(t, factorsOf(t, stores, ann).Recovery)
	require.NotNil(t, factorsOf(t, stores, bob).TOTP)
}

func factorsRefused(t *testing.T, stores Stores) {
	ann := add(t, stores, "ann").ID()
	activate(t, stores, ann)
	before := factorsOf(t, stores, ann)
	err := stores.Factors.Update(t.Context(), ann, func(f *factors.Factors) error {
		f.Deactivate()
		return errVerdict
	})
	require.ErrorIs(t, err, errVerdict)
	err = stores.Transactor.InTx(t.Context(), func(ctx context.Context) error {
		require.NoError(t, prove(stores, ctx, ann, factorRules.Code(sharedSecret, now)))
		return errVerdict
	})
	require.ErrorIs(t, err, errVerdict)
	require.Equal(t, before.TOTP.Burnt, factorsOf(t, stores, ann).TOTP.Burnt)
}

func factorsUnknown(t *testing.T, stores Stores) {
	err := stores.Factors.Update(t.Context(), 4711, func(*factors.Factors) error {
		return errors.New("called")
	})
	require.ErrorIs(t, err, accounts.ErrNotFound)
}

func factorsCodeRace(t *testing.T, stores Stores) {
	ann := add(t, stores, "ann").ID()
	activate(t, stores, ann)
	code := factorRules.Code(sharedSecret, now)
	oneWinner(t, race(racers, func(int) error { return prove(stores, t.Context(), ann, code) }), factors.ErrCodeInvalid)
}

func factorsRecoveryRace(t *testing.T, stores Stores) {
	ann := add(t, stores, "ann").ID()
	code := activate(t, stores, ann)[0]
	oneWinner(t, race(racers, func(int) error { return prove(stores, t.Context(), ann, code) }), factors.ErrCodeInvalid)
}

func factorsActivationRace(t *testing.T, stores Stores) {
	ann := add(t, stores, "ann").ID()
	oneWinner(t, race(racers, func(i int) error {
		recovery, _ := factors.NewRecovery(fmt.Sprint(i), []string{"00000000"}, now)
		return stores.Factors.Update(t.Context(), ann, func(f *factors.Factors) error {
			if f.Enabled() {
				return factors.ErrEnabled
			}
			return f.Activate(sharedSecret, factorRules.Code(sharedSecret, now), recovery, factorRules, now)
		})
	}), factors.ErrEnabled)
}

// factorsWithAccount changes both at once: whoever looks at one within the other must
// not see what the first has not finished.
func factorsWithAccount(t *testing.T, stores Stores) {
	ann := add(t, stores, "ann").ID()
	for _, err := range race(racers, func(i int) error {
		if i%2 == 0 {
			return setHash(stores, t.Context(), ann, fmt.Sprint("hash ", i))
		}
		return stores.Factors.Update(t.Context(), ann, func(f *factors.Factors) error {
			recovery, _ := factors.NewRecovery(fmt.Sprint(i), []string{"00000000"}, now)
			f.Renew(recovery)
			return nil
		})
	}) {
		require.NoError(t, err)
	}
	require.NotNil(t, factorsOf(t, stores, ann).Recovery)
	require.NotEqual(t, "hash of ann", hashOf(t, stores, ann))
}
