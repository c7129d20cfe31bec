package readiness_test

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
	"latchkey/application/readiness"
)

// part is a part of the service that can be broken, and counts who asks.
type part struct {
	broken atomic.Bool
	asked  atomic.Int64
}

func (p *part) probe(name string) ports.Probe {
	return ports.ProbeFunc(name, func(context.Context) error {
		p.asked.Add(1)
		if p.broken.Load() {
			return errors.New("broken")
		}
		return nil
	})
}

func TestThePartsThatDoNotWorkAreNamedUntilTheyDo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		service := readiness.New()
		var database, redis part
		service.Watch(redis.probe("redis"))
		service.Watch(database.probe("database"))
		require.Empty(t, service.Failing(t.Context()))
		database.broken.Store(true)
		redis.broken.Store(true)
		time.Sleep(time.Second + 1)
		require.Equal(t, []string{"database", "redis"}, service.Failing(t.Context()))
		database.broken.Store(false)
		time.Sleep(time.Second + 1)
		require.Equal(t, []string{"redis"}, service.Failing(t.Context()))
	})
}

func TestAThousandQuestionsInASecondAreOneLook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		service := readiness.New()
		var database part
		service.Watch(database.probe("database"))
		var asking sync.WaitGroup
		for range 1000 {
			asking.Go(func() { service.Failing(t.Context()) })
		}
		asking.Wait()
		require.EqualValues(t, 1, database.asked.Load())
		time.Sleep(time.Second + 1)
		service.Failing(t.Context())
		require.EqualValues(t, 2, database.asked.Load())
	})
}

func TestAPartThatGivesNoAnswerDoesNotWork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		service := readiness.New()
		service.Watch(ports.ProbeFunc("database", func(ctx context.Context) error {
			<-ctx.Done()
			return ctx.Err()
		}))
		begun := time.Now()
		require.Equal(t, []string{"database"}, service.Failing(t.Context()))
		require.Equal(t, 3*time.Second, time.Since(begun))
	})
}

func TestWhoLeavesSpoilsNobodysAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		service := readiness.New()
		service.Watch(ports.ProbeFunc("database", func(ctx context.Context) error {
			time.Sleep(time.Second + 1)
			return ctx.Err()
		}))
		gone, leave := context.WithCancel(t.Context())
		leave()
		require.NotEmpty(t, service.Failing(gone), "nothing is known yet")
		require.Empty(t, service.Failing(t.Context()))
	})
}

func TestWhoWasToldToStopIsNotReady(t *testing.T) {
	service := readiness.New()
	require.Empty(t, service.Failing(t.Context()))
	service.Leave()
	require.Equal(t, []string{readiness.Leaving}, service.Failing(t.Context()))
}
