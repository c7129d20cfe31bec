package housekeeping

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// cleaner has rows to delete and counts the calls.
type cleaner struct {
	rows, calls int
	buried      time.Time
	err         error
}

func (c *cleaner) Clean(_ context.Context, _, buried time.Time, limit int) (int, error) {
	c.calls++
	c.buried = buried
	deleted := min(limit, c.rows)
	c.rows -= deleted
	return deleted, c.err
}

type clock struct{}

func (clock) Now() time.Time { return time.Now().UTC() }

func worker(c *cleaner, every time.Duration) *Worker {
	return NewWorker(c, clock{}, Options{Every: every, Batch: 10}, slog.New(slog.DiscardHandler))
}

func TestCleanUpGoesOnUntilNothingIsLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &cleaner{rows: 25}
		deleted, err := worker(c, 0).CleanUp(t.Context())
		require.NoError(t, err)
		require.Equal(t, 25, deleted)
		require.Equal(t, 3, c.calls)
		require.Equal(t, 30*24*time.Hour, time.Since(c.buried).Round(time.Hour))
	})
}

func TestCleanUpStopsWhenItFailsOrIsToldTo(t *testing.T) {
	c := &cleaner{rows: 100, err: errors.New("down")}
	_, err := worker(c, 0).CleanUp(t.Context())
	require.Error(t, err)
	require.Equal(t, 1, c.calls)

	ended, end := context.WithCancel(t.Context())
	end()
	c = &cleaner{rows: 100}
	_, err = worker(c, 0).CleanUp(ended)
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, 1, c.calls)
}

func TestRunCleansAtOnceAndThenInIntervals(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &cleaner{}
		ctx, stop := context.WithTimeout(t.Context(), 150*time.Minute)
		defer stop()
		worker(c, time.Hour).Run(ctx)
		require.Equal(t, 3, c.calls)
	})
}

func TestRunGoesOnAfterAFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &cleaner{err: errors.New("down")}
		ctx, stop := context.WithTimeout(t.Context(), 90*time.Minute)
		defer stop()
		worker(c, time.Hour).Run(ctx)
		require.Equal(t, 2, c.calls)
	})
}

func TestRunDoesNothingWithoutAnInterval(t *testing.T) {
	c := &cleaner{rows: 1}
	worker(c, 0).Run(t.Context())
	require.Zero(t, c.calls)
}
