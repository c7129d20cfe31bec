package passwordhash

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/application/ports"
	"latchkey/domain/credentials"
	"latchkey/domain/secret"
)

// slow is an algorithm whose hash takes a second of a synctest bubble's time.
type slow struct {
	running, most, hashed *atomic.Int32
	err                   error
}

func newSlow() slow { return slow{new(atomic.Int32), new(atomic.Int32), new(atomic.Int32), nil} }

func (slow) algorithm() Algorithm              { return "slow" }
func (s slow) withCost(string) (scheme, error) { return s, nil }
func (s slow) decode(string) (record, error)   { return nil, errMalformed }

func (s slow) hash(_ *arena, _ string, _ ports.Random) (string, error) {
	s.hashed.Add(1)
	if now := s.running.Add(1); now > s.most.Load() {
		s.most.Store(now)
	}
	time.Sleep(time.Second)
	s.running.Add(-1)
	return "slow$", s.err
}

func TestNoMoreHashesThanWorkersAreComputedAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSlow()
		h, err := New([]Preference{{scheme: s}}, 3, newSeeded())
		require.NoError(t, err)
		var all sync.WaitGroup
		start := time.Now()
		for i := range 12 {
			all.Go(func() {
				if i%2 == 0 {
					_, _ = h.Hash(t.Context(), credentials.NewPassword("x"))
				} else {
					_, _, _ = h.Verify(t.Context(), secret.New("!"), credentials.NewPassword("x"))
				}
			})
		}
		all.Wait()
		require.EqualValues(t, 12, s.hashed.Load())
		require.EqualValues(t, 3, s.most.Load())
		require.Equal(t, 4*time.Second, time.Since(start))
	})
}

func TestWaitingEndsWithTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSlow()
		h, err := New([]Preference{{scheme: s}}, 1, newSeeded())
		require.NoError(t, err)
		go func() { _, _ = h.Hash(t.Context(), credentials.NewPassword("x")) }()
		synctest.Wait()

		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		_, err = h.Hash(ctx, credentials.NewPassword("x"))
		require.ErrorIs(t, err, context.DeadlineExceeded)
		_, _, err = h.Verify(ctx, secret.New("!"), credentials.NewPassword("x"))
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.EqualValues(t, 1, s.hashed.Load(), "who left the queue is not served")

		time.Sleep(2 * time.Second)
		_, err = h.Hash(ctx, credentials.NewPassword("x"))
		require.ErrorIs(t, err, context.DeadlineExceeded, "although a slot is free")
		_, err = h.Hash(t.Context(), credentials.NewPassword("x"))
		require.NoError(t, err)
	})
}

func TestNothingToCompareCostsOneHash(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSlow()
		h, err := New([]Preference{{scheme: s}}, 1, newSeeded())
		require.NoError(t, err)
		for i, hash := range []secret.String{{}, secret.New(""), secret.New("!x"), secret.New("md5$x"), secret.New("slow$?")} {
			start := time.Now()
			fits, outdated := verify(t, h, hash.Reveal(), "x")
			require.False(t, fits || outdated)
			require.Equal(t, time.Second, time.Since(start))
			require.EqualValues(t, i+1, s.hashed.Load())
		}
	})
}

func TestAFailingLibraryIsAnErrorAndNoFit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSlow()
		s.err = errors.New("broken")
		h, err := New([]Preference{{scheme: s}}, 1, newSeeded())
		require.NoError(t, err)
		fits, _, err := h.Verify(t.Context(), secret.New("!"), credentials.NewPassword("x"))
		require.ErrorContains(t, err, "broken")
		require.False(t, fits)
		_, err = h.Hash(t.Context(), credentials.NewPassword("x"))
		require.ErrorContains(t, err, "broken")
	})
}

// A refused password must take about as long for a cheap old hash as for a new one.
func TestARefusedPasswordDoesTheRestOfTheWork(t *testing.T) {
	cheap, err := pbkdf2Scheme{name: PBKDF2SHA256, iterations: 1}.encode("x", "saltsaltsaltsaltsalt12")
	require.NoError(t, err)
	cheapBcrypt, err := bcryptScheme{name: Bcrypt, cost: 4}.hash(nil, "x", nil)
	require.NoError(t, err)
	for setting, stored := range map[string]string{"pbkdf2_sha256:400000": cheap, "bcrypt:9": cheapBcrypt} {
		h := newHasher(t, setting)
		fitting := fastest(t, h, stored, "x")
		refused := fastest(t, h, stored, "y")
		require.Greater(t, refused, 8*fitting, setting)
	}
}

// fastest returns the shortest of three comparisons: the one least disturbed.
func fastest(t *testing.T, h *Hasher, stored, password string) time.Duration {
	best := time.Hour
	for range 3 {
		start := time.Now()
		verify(t, h, stored, password)
		best = min(best, time.Since(start))
	}
	return best
}
