package ginhttp

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

type someKey struct{}

// inASecond calls test with a deadline that is a second away, and with what ends its parent.
func inASecond(t *testing.T, test func(d *deadline, leave context.CancelFunc)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		parent, leave := context.WithCancel(context.WithValue(t.Context(), someKey{}, "kept"))
		defer leave()
		d := &deadline{Context: parent, at: time.Now().Add(time.Second)}
		defer d.end()
		test(d, leave)
	})
}

func TestADeadlineEndsWhoWaits(t *testing.T) {
	inASecond(t, func(d *deadline, _ context.CancelFunc) {
		at, set := d.Deadline()
		require.True(t, set)
		require.Equal(t, time.Second, time.Until(at))
		require.NoError(t, d.Err())
		child, cancel := context.WithCancel(context.WithValue(d, someKey{}, "other"))
		defer cancel()
		<-child.Done()
		require.Zero(t, time.Until(at))
		require.ErrorIs(t, child.Err(), context.DeadlineExceeded)
		require.ErrorIs(t, d.Err(), context.DeadlineExceeded)
		require.Equal(t, "kept", d.Value(someKey{}))
	})
}

func TestADeadlineThatNobodyWaitedForHasPassedAllTheSame(t *testing.T) {
	inASecond(t, func(d *deadline, _ context.CancelFunc) {
		time.Sleep(time.Second)
		require.ErrorIs(t, d.Err(), context.DeadlineExceeded)
		<-d.Done()
	})
}

func TestWhoWaitsLateHasNoMoreTime(t *testing.T) {
	inASecond(t, func(d *deadline, _ context.CancelFunc) {
		begun := time.Now()
		time.Sleep(900 * time.Millisecond)
		<-d.Done()
		require.Equal(t, time.Second, time.Since(begun))
	})
}

func TestADeadlineEndsWithTheRequestsContext(t *testing.T) {
	for _, waiting := range []bool{false, true} {
		inASecond(t, func(d *deadline, leave context.CancelFunc) {
			require.Equal(t, "kept", d.Value(someKey{}))
			if waiting {
				go func() { <-d.Done() }()
				synctest.Wait()
			}
			leave()
			require.ErrorIs(t, d.Err(), context.Canceled)
			<-d.Done()
		})
	}
}

func TestNobodyWaitsBeyondTheAnswer(t *testing.T) {
	for _, before := range []bool{false, true} {
		inASecond(t, func(d *deadline, _ context.CancelFunc) {
			if before {
				require.NotNil(t, d.Done())
			}
			d.end()
			<-d.Done()
			require.ErrorIs(t, d.Err(), context.Canceled)
		})
	}
}

func TestManyWaitForOneDeadline(t *testing.T) {
	inASecond(t, func(d *deadline, _ context.CancelFunc) {
		var waiting sync.WaitGroup
		for range 10 {
			waiting.Go(func() {
				<-d.Done()
				require.ErrorIs(t, d.Err(), context.DeadlineExceeded)
			})
		}
		waiting.Wait()
	})
}
