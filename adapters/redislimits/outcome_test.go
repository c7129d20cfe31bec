package redislimits

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"latchkey/domain/credentials"
)

func TestARushIsOneLine(t *testing.T) {
	var log bytes.Buffer
	limits := New(Config{Address: "127.0.0.1:1"}, slog.New(slog.NewTextHandler(&log, nil)))
	t.Cleanup(func() { require.NoError(t, limits.Close()) })
	lines := func() int { return strings.Count(log.String(), "\n") }
	for range 10 {
		require.ErrorIs(t, limits.outcome(t.Context(), "take", redis.ErrPoolTimeout), credentials.ErrLimitsUnavailable)
		require.NoError(t, limits.outcome(t.Context(), "take", nil))
	}
	require.Equal(t, 1, lines(), log.String())

	// An outage in the middle of it is told for itself, once.
	for range 10 {
		require.Error(t, limits.outcome(t.Context(), "take", errors.New("connection refused")))
		require.Error(t, limits.outcome(t.Context(), "take", redis.ErrPoolTimeout))
	}
	require.Equal(t, 2, lines(), log.String())
	require.NoError(t, limits.outcome(t.Context(), "take", nil))
	require.Equal(t, 3, lines(), log.String())
}
