package redislimits_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"latchkey/adapters/inmemory"
	"latchkey/adapters/redislimits"
	"latchkey/domain/credentials"
	"latchkey/domain/secret"
	"latchkey/tests/redisserver"
)

var (
	noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	five = credentials.Limit{Count: 5, Per: time.Minute}
)

// record is a log that may be read while it is written.
type record struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (r *record) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.Write(p)
}

func (r *record) lines() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return strings.Split(strings.TrimSpace(r.text.String()), "\n")
}

// open returns counters of an instance, and its log.
func open(t testing.TB, cfg redislimits.Config) (*redislimits.Limits, *record) {
	t.Helper()
	log := &record{}
	limits := redislimits.New(cfg, slog.New(slog.NewTextHandler(log, nil)))
	t.Cleanup(func() { require.NoError(t, limits.Close()) })
	return limits, log
}

func on(server *redisserver.Server) redislimits.Config {
	return redislimits.Config{Address: server.Address, Password: secret.New(redisserver.Password)}
}

func TestInstancesThatAskAtOnceGetNoMoreThanTheLimit(t *testing.T) {
	t.Parallel()
	server := redisserver.Start(t)
	one, _ := open(t, on(server))
	other, _ := open(t, on(server))
	var passed, failed atomic.Int64
	var all sync.WaitGroup
	begin := make(chan struct{})
	for i := range 200 {
		limits := []*redislimits.Limits{one, other}[i%2]
		all.Go(func() {
			<-begin
			wait, err := limits.Take(t.Context(), "k", noon.Add(time.Duration(i/50)*time.Microsecond), five)
			if err != nil {
				failed.Add(1)
			} else if wait == 0 {
				passed.Add(1)
			}
		})
	}
	close(begin)
	all.Wait()
	require.Zero(t, failed.Load())
	require.EqualValues(t, 5, passed.Load())
}

func TestAnInstanceForgetsForAll(t *testing.T) {
	t.Parallel()
	server := redisserver.Start(t)
	one, _ := open(t, on(server))
	other, _ := open(t, on(server))
	for range 5 {
		wait, err := one.Take(t.Context(), "k", noon, five)
		require.NoError(t, err)
		require.Zero(t, wait)
	}
	wait, err := other.Take(t.Context(), "k", noon.Add(time.Second), five)
	require.NoError(t, err)
	require.Equal(t, 59*time.Second, wait)
	require.NoError(t, other.Forget(t.Context(), "k"))
	require.Empty(t, server.Contents(t))
	wait, err = one.Take(t.Context(), "k", noon.Add(time.Second), five)
	require.NoError(t, err)
	require.Zero(t, wait)
}

func TestRedisHoldsDigestsThatExpireAndDoNotGrow(t *testing.T) {
	t.Parallel()
	server := redisserver.Start(t)
	limits, _ := open(t, on(server))
	for i := range 100 {
		_, err := limits.Take(t.Context(), "login:name:ada@example.com", noon.Add(time.Duration(i)*5*time.Second), five)
		require.NoError(t, err)
	}
	contents := server.Contents(t)
	require.Len(t, contents, 1)
	for key, left := range contents {
		require.Regexp(t, "^latchkey:limit:[0-9a-f]{64}$", key)
		require.Positive(t, left)
		require.LessOrEqual(t, left, time.Minute.Milliseconds())
		require.LessOrEqual(t, server.Size(t, key), int64(5))
	}
}

func TestAnUnlimitedTakeAsksNobody(t *testing.T) {
	t.Parallel()
	limits, _ := open(t, redislimits.Config{Address: "127.0.0.1:1"})
	wait, err := limits.Take(t.Context(), "k", noon, credentials.Limit{})
	require.NoError(t, err)
	require.Zero(t, wait)
}

// The reference and Redis must agree on every history, also when a limit is
// changed in the middle and times have nanoseconds.
func TestRedisDecidesAsTheReferenceDoes(t *testing.T) {
	t.Parallel()
	server := redisserver.Start(t)
	limits, _ := open(t, on(server))
	run := 0
	rapid.Check(t, func(rt *rapid.T) {
		run++
		key, reference, now := fmt.Sprint(run), inmemory.NewLimits(), noon
		for range rapid.IntRange(1, 25).Draw(rt, "attempts") {
			limit := credentials.Limit{Count: rapid.IntRange(1, 4).Draw(rt, "count"), Per: time.Minute}
			now = now.Add(time.Duration(rapid.IntRange(0, 40_000_000).Draw(rt, "pause")) * time.Microsecond)
			want, err := reference.Take(t.Context(), key, now, limit)
			require.NoError(rt, err)
			got, err := limits.Take(t.Context(), key, now, limit)
			require.NoError(rt, err)
			require.Equal(rt, want, got)
		}
	})
}

func TestWhoWaitsAsLongAsToldIsAllowed(t *testing.T) {
	t.Parallel()
	server := redisserver.Start(t)
	limits, _ := open(t, on(server))
	once := credentials.Limit{Count: 1, Per: time.Second}
	for i := range 50 {
		key, at := fmt.Sprint(i), noon.Add(time.Duration(i*37)*time.Nanosecond)
		_, err := limits.Take(t.Context(), key, at, once)
		require.NoError(t, err)
		later := at.Add(time.Duration(i) * 10_000_019)
		wait, err := limits.Take(t.Context(), key, later, once)
		require.NoError(t, err)
		require.Positive(t, wait)
		wait, err = limits.Take(t.Context(), key, later.Add(wait), once)
		require.NoError(t, err)
		require.Zero(t, wait)
	}
}
