package passwordhash

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/application/ports"
	"latchkey/domain/credentials"
	"latchkey/domain/fault"
	"latchkey/domain/secret"
)

// hall is a hasher whose hash takes a second, and who came out of it in which order.
type hall struct {
	*Hasher
	slow slow

	mu     sync.Mutex
	served []string
	failed map[string][]error
}

func newHall(t *testing.T, workers int, queue Queue) *hall {
	t.Helper()
	s := newSlow()
	h, err := NewQueued([]Preference{{scheme: s}}, workers, queue, newSeeded())
	require.NoError(t, err)
	return &hall{Hasher: h, slow: s, failed: map[string][]error{}}
}

// come lets somebody from the origin begin to wait.
func (h *hall) come(ctx context.Context, origin string) {
	go func() {
		_, _, err := h.Verify(ports.WithOrigin(ctx, origin), secret.String{}, credentials.NewPassword("x"))
		h.mu.Lock()
		defer h.mu.Unlock()
		if err != nil {
			h.failed[origin] = append(h.failed[origin], err)
			return
		}
		h.served = append(h.served, origin)
	}()
	synctest.Wait()
}

func (h *hall) crowd(ctx context.Context, origin string, n int) {
	for range n {
		h.come(ctx, origin)
	}
}

func (h *hall) failures(origin string) []error {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.failed[origin])
}

func (h *hall) order() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.served)
}

func (h *hall) free() int {
	h.turns.mu.Lock()
	defer h.turns.mu.Unlock()
	return h.turns.free
}

// pass lets time pass, and all that it brings about happen.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func TestWhoFindsNoPlaceIsRefusedAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t, 1, Queue{Places: 3, Wait: time.Minute})
		h.crowd(t.Context(), "flood", 2+3) // one is hashed, one is next, three have places
		require.Empty(t, h.failures("flood"))
		start := time.Now()
		_, err := h.Hash(ports.WithOrigin(t.Context(), "flood"), credentials.NewPassword("x"))
		require.ErrorIs(t, err, credentials.ErrHasherBusy)
		require.Equal(t, fault.Unavailable, fault.KindOf(err))
		require.Equal(t, time.Minute, fault.Of(err)[0].Wait, "when everybody who waits now is gone")
		require.Zero(t, time.Since(start))
		pass(10 * time.Second)
		require.Len(t, h.order(), 5)
		require.EqualValues(t, 5, h.slow.hashed.Load(), "nothing was computed for the refused")
		_, err = h.Hash(t.Context(), credentials.NewPassword("x"))
		require.NoError(t, err, "there is room again")
	})
}

func TestNobodyWaitsLongerThanTheDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t, 1, Queue{Wait: 2500 * time.Millisecond})
		h.crowd(t.Context(), "a", 10)
		pass(2600 * time.Millisecond)
		require.Len(t, h.failures("a"), 6, "two turns at once, and two that came free")
		require.ErrorIs(t, h.failures("a")[0], credentials.ErrHasherBusy)
		pass(10 * time.Second)
		require.Len(t, h.order(), 4, "who has a turn is served, however late")
		require.Zero(t, h.turns.waiting)
		require.Empty(t, h.turns.lines)
		require.Equal(t, 2, h.free())
	})
}

func TestWhoWentAwayLeavesThePlaceToOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t, 1, Queue{Places: 2, Wait: time.Minute})
		gone, leave := context.WithCancel(t.Context())
		h.crowd(t.Context(), "a", 2)
		h.crowd(gone, "gone", 2)
		leave()
		synctest.Wait()
		require.Len(t, h.failures("gone"), 2)
		require.ErrorIs(t, h.failures("gone")[0], context.Canceled)
		h.crowd(t.Context(), "b", 2)
		pass(10 * time.Second)
		require.Equal(t, []string{"a", "a", "b", "b"}, h.order())
		require.EqualValues(t, 4, h.slow.hashed.Load(), "nothing was computed for who had gone")
		require.Equal(t, 2, h.free())
	})
}

// Whose client goes away between the turn and the hash costs no hash.
func TestWhoWentAwayWithATurnIsNotHashed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t, 1, Queue{})
		gone, leave := context.WithCancel(t.Context())
		h.come(t.Context(), "a")
		h.come(gone, "gone") // has the second turn
		leave()
		pass(10 * time.Second)
		require.EqualValues(t, 1, h.slow.hashed.Load())
		require.ErrorIs(t, h.failures("gone")[0], context.Canceled)
		require.Equal(t, 2, h.free())
	})
}

func TestAFloodFromOneAddressDelaysAnotherByOneHash(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t, 1, Queue{Places: 20, Wait: time.Minute})
		h.crowd(t.Context(), "flood", 100)
		require.Len(t, h.failures("flood"), 78)
		h.come(t.Context(), "ann")
		require.Empty(t, h.failures("ann"), "a place of the flood's is taken away for it")
		require.Len(t, h.failures("flood"), 79)
		h.crowd(t.Context(), "flood", 100)
		pass(5 * time.Second)
		require.Equal(t, []string{"flood", "flood", "flood", "ann"}, h.order()[:4], "two had their turns, one its place")
		pass(time.Minute)
		require.Equal(t, 2, h.free())
	})
}

func TestPlacesAreSharedOutEvenly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t, 1, Queue{Places: 12, Wait: time.Hour})
		h.crowd(t.Context(), "first", 2)
		for _, origin := range []string{"a", "b", "c", "d"} {
			h.crowd(t.Context(), origin, 30)
		}
		places := map[string]int{}
		h.turns.mu.Lock()
		for _, l := range h.turns.lines {
			places[l.origin] = len(l.tickets)
		}
		h.turns.mu.Unlock()
		require.Equal(t, map[string]int{"a": 3, "b": 3, "c": 3, "d": 3}, places)
		pass(time.Minute)
		require.Equal(t, "first first "+strings.Repeat("a b c d ", 3), strings.Join(h.order(), " ")+" ")
	})
}

// What needs two hashes, such as a login with a new cost, must not lose the second turn to the
// queue: the first would be counted for nothing, and every turn could wait for another.
func TestWithinATurnNobodyWaitsForAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t, 1, Queue{Places: 1, Wait: time.Hour})
		var all sync.WaitGroup
		for i := range 2 {
			all.Go(func() {
				require.NoError(t, h.InTurn(ports.WithOrigin(t.Context(), fmt.Sprint(i)), func(ctx context.Context) error {
					_, _, err := h.Verify(ctx, secret.String{}, credentials.NewPassword("x"))
					if err == nil {
						_, err = h.Hash(ctx, credentials.NewPassword("x"))
					}
					return err
				}))
			})
		}
		all.Wait()
		require.EqualValues(t, 4, h.slow.hashed.Load())
		require.EqualValues(t, 1, h.slow.most.Load())
	})
}

func TestWithoutATurnNothingIsDone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t, 1, Queue{Places: 1, Wait: time.Minute})
		h.crowd(t.Context(), "a", 3)
		called := false
		err := h.InTurn(t.Context(), func(context.Context) error { called = true; return nil })
		require.ErrorIs(t, err, credentials.ErrHasherBusy)
		require.False(t, called)
		pass(10 * time.Second)
		require.Len(t, h.order(), 3)
	})
}
