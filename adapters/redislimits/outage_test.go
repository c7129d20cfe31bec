package redislimits_test

import (
	"context"
	"net"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/adapters/redislimits"
	"latchkey/domain/credentials"
	"latchkey/domain/fault"
	"latchkey/domain/secret"
	"latchkey/tests/redisserver"
)

// refusedByOutage demands the refusal that HTTP answers with a 503.
func refusedByOutage(t *testing.T, err error) {
	t.Helper()
	require.ErrorIs(t, err, credentials.ErrLimitsUnavailable)
	require.Equal(t, fault.Unavailable, fault.KindOf(err))
	require.Equal(t, 5*time.Second, fault.Of(err)[0].Wait)
}

func TestNothingIsAllowedWhileRedisIsGone(t *testing.T) {
	t.Parallel()
	server := redisserver.Start(t)
	limits, log := open(t, on(server))
	require.NoError(t, limits.Check(t.Context()))
	_, err := limits.Take(t.Context(), "k", noon, five)
	require.NoError(t, err)

	server.Stop(t)
	for range 30 { // more than there are connections
		_, err := limits.Take(t.Context(), "k", noon, five)
		refusedByOutage(t, err)
		refusedByOutage(t, limits.Forget(t.Context(), "k"))
	}
	require.Len(t, log.lines(), 1, "one outage is one line")
	require.Contains(t, log.lines()[0], "level=ERROR")

	server.Start(t)
	require.Eventually(t, func() bool {
		wait, err := limits.Take(t.Context(), "k", noon, five)
		return err == nil && wait == 0
	}, 20*time.Second, 50*time.Millisecond, "it comes back by itself")
	require.Len(t, log.lines(), 2)
	require.Contains(t, log.lines()[1], "counted again")
}

func TestOfAttemptsDuringACrashNoMoreThanTheLimitPass(t *testing.T) {
	t.Parallel()
	server := redisserver.Start(t)
	limits, _ := open(t, on(server))
	passed, err := 0, error(nil)
	for i := 0; err == nil; i++ {
		var wait time.Duration
		if wait, err = limits.Take(t.Context(), "k", noon, five); err == nil && wait == 0 {
			passed++
		}
		if i == 20 {
			server.Stop(t)
		}
	}
	refusedByOutage(t, err)
	require.Equal(t, 5, passed)
}

func TestASilentServerDelaysAnAnswerBySecondsAtMost(t *testing.T) {
	t.Parallel()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	limits, _ := open(t, redislimits.Config{Address: listener.Addr().String()})
	bounded, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	_, err = limits.Take(bounded, "k", noon, five)
	refusedByOutage(t, err)
	require.NoError(t, bounded.Err())
}

func TestAWrongPasswordIsAnOutageAndStaysOutOfTheLog(t *testing.T) {
	t.Parallel()
	server := redisserver.Start(t)
	const canary = "cAnArY7"
	limits, log := open(t, redislimits.Config{Address: server.Address, Username: "default", Password: secret.New(canary)})
	refusedByOutage(t, limits.Check(t.Context()))
	_, err := limits.Take(t.Context(), "k", noon, five)
	refusedByOutage(t, err)
	require.Contains(t, log.lines()[0], "WRONGPASS")
	require.NotContains(t, strings.Join(log.lines(), "\n"), canary)
}

func TestACallerWhoLeavesIsNoOutage(t *testing.T) {
	t.Parallel()
	server := redisserver.Start(t)
	limits, log := open(t, on(server))
	gone, leave := context.WithCancel(t.Context())
	leave()
	_, err := limits.Take(gone, "k", noon, five)
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, fault.Internal, fault.KindOf(err))
	require.Equal(t, []string{""}, log.lines())
}

// Whoever answers in the place of Redis must not get the password.
func TestACertificateThatNobodyVouchesForIsRefused(t *testing.T) {
	t.Parallel()
	server := httptest.NewTLSServer(nil)
	t.Cleanup(server.Close)
	limits, log := open(t, redislimits.Config{Address: server.Listener.Addr().String(), Password: secret.New("p"), TLS: true})
	_, err := limits.Take(t.Context(), "k", noon, five)
	refusedByOutage(t, err)
	require.Contains(t, log.lines()[0], "certificate")
}
