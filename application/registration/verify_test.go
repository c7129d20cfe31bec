package registration_test

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/verification"
)

func TestTheKeyInTheMailProvesTheAddressOnce(t *testing.T) {
	w := newWorld(t, nil)
	done, err := w.Register(w.ctx, in("ann", "ann@example.com"))
	require.NoError(t, err)
	mail := w.deliver(t)[0]
	require.NoError(t, w.VerifyEmail(w.ctx, key(t, mail)))
	require.True(t, w.rows(t, "ann@example.com")[0].Verified())
	require.Equal(t, ports.Event{Name: ports.EventEmailVerified, Account: done.Account.ID(), At: start}, w.events.all[1])
	require.Equal(t, verification.ErrKeyInvalid, w.VerifyEmail(w.ctx, key(t, mail)))
	require.Len(t, w.events.all, 2)
}

func TestKeysThatProveNothing(t *testing.T) {
	w := newWorld(t, nil)
	_, id := w.add(t, "ann", "ann@example.com", false)
	good := w.keys.Make(id, start)
	for _, bad := range []string{"", "x", good + "x", good[1:], w.keys.Make(404, start), w.keys.Make(id, start.Add(-73*time.Hour))} {
		require.Equal(t, verification.ErrKeyInvalid, w.VerifyEmail(w.ctx, bad))
	}
	require.False(t, w.rows(t, "ann@example.com")[0].Verified())
	require.NoError(t, w.VerifyEmail(w.ctx, good))
}

func TestOfTwentyUsesOfOneKeyOneSucceeds(t *testing.T) {
	w := newWorld(t, nil)
	_, id := w.add(t, "ann", "ann@example.com", false)
	proof := w.keys.Make(id, start)
	errs := make([]error, 20)
	var wait sync.WaitGroup
	for i := range errs {
		wait.Go(func() { errs[i] = w.VerifyEmail(w.ctx, proof) })
	}
	wait.Wait()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
		} else {
			require.Equal(t, verification.ErrKeyInvalid, err)
		}
	}
	require.Equal(t, 1, won)
	require.Len(t, w.events.all, 1)
}

func TestOfTwoAccountsWithOneAddressOneProvesIt(t *testing.T) {
	w := newWorld(t, nil)
	_, first := w.add(t, "ann", "both@example.com", false)
	_, second := w.add(t, "bob", "both@example.com", false)
	require.NoError(t, w.VerifyEmail(w.ctx, w.keys.Make(second, start)))
	err := w.VerifyEmail(w.ctx, w.keys.Make(first, start))
	require.ErrorIs(t, err, verification.ErrVerifiedElsewhere)
	require.False(t, w.rows(t, "both@example.com")[0].Verified())
	require.Len(t, w.events.all, 1)
}

func TestAProvedAddressBecomesTheMainOneWhereThereIsNone(t *testing.T) {
	w := newWorld(t, nil)
	ann, first := w.add(t, "ann", "ann@example.com", false)
	require.NoError(t, w.addresses.Update(w.ctx, first, func(a *accounts.Address) error {
		s := a.Snapshot()
		s.Primary = false
		*a = *accounts.RestoreAddress(s)
		return nil
	}))
	second := w.address(t, ann, "second@example.com", false, false)
	require.NoError(t, w.VerifyEmail(w.ctx, w.keys.Make(second, start)))
	stored, err := w.accounts.ByID(w.ctx, ann.ID())
	require.NoError(t, err)
	require.Equal(t, accounts.Email("second@example.com"), stored.Email())
	require.True(t, w.rows(t, "second@example.com")[0].Primary())

	require.NoError(t, w.VerifyEmail(w.ctx, w.keys.Make(first, start)))
	stored, err = w.accounts.ByID(w.ctx, ann.ID())
	require.NoError(t, err)
	require.Equal(t, accounts.Email("second@example.com"), stored.Email(), "now there is one")
}

func TestAProofThatFailsLeavesTheAddressUnproved(t *testing.T) {
	w := newWorld(t, nil)
	_, id := w.add(t, "ann", "ann@example.com", false)
	w.events.fail = errDown
	require.ErrorIs(t, w.VerifyEmail(w.ctx, w.keys.Make(id, start)), errDown)
	require.False(t, w.rows(t, "ann@example.com")[0].Verified())
}
