// Package redisserver runs a real Redis for the length of a test: what is promised
// about scripts that run at the same moment is worth nothing if a double keeps it.
package redisserver

import (
	"context"
	"io"
	"net"
	"os/exec"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"
)

// Password is what every Server asks for.
const Password = "a-password-for-tests"

// startTimeout bounds how long the server may take to answer.
const startTimeout = 20 * time.Second

// Server is a redis-server that keeps everything in memory. It can be stopped and
// started again, empty, at the same address.
type Server struct {
	Address string // host:port
	folder  string
	process *exec.Cmd
	// life is open as long as this process lives: the server ends when it closes.
	life   io.Closer
	client *redis.Client
}

// Start starts a server. The test is skipped where there is no redis-server.
func Start(t testing.TB) *Server {
	t.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		t.Skip("redis-server is not in the PATH, and only it shows what Redis does")
	}
	s := &Server{Address: freeAddress(t), folder: t.TempDir()}
	s.client = redis.NewClient(&redis.Options{Addr: s.Address, Password: Password})
	t.Cleanup(func() { _ = s.client.Close() })
	s.Start(t)
	t.Cleanup(s.stop)
	return s
}

func freeAddress(t testing.TB) string {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = listener.Close() }()
	return listener.Addr().String()
}

// URL is the setting REDIS_URL.
func (s *Server) URL() string { return "redis://:" + Password + "@" + s.Address }

// supervise starts the server and kills it when its own input ends, which it does with the
// process that started it, in whatever way that ends: a test that is killed runs no cleanup.
const supervise = `redis-server "$@" </dev/null & read -r _; kill -KILL $!; wait`

// Start starts a server that was stopped.
func (s *Server) Start(t testing.TB) {
	t.Helper()
	host, port, err := net.SplitHostPort(s.Address)
	require.NoError(t, err)
	// The test's context ends before its cleanups, which stop the server in order.
	s.process = exec.CommandContext(context.Background(), "sh", "-c", supervise, "sh", "--bind", host, "--port", port, "--requirepass", Password,
		"--save", "", "--appendonly", "no", "--dir", s.folder)
	s.life, err = s.process.StdinPipe()
	require.NoError(t, err)
	require.NoError(t, s.process.Start())
	require.Eventually(t, func() bool { return s.client.Ping(context.Background()).Err() == nil }, startTimeout, 20*time.Millisecond,
		"redis-server does not answer")
}

// Stop kills the server, as a crash would.
func (s *Server) Stop(t testing.TB) {
	t.Helper()
	require.NotNil(t, s.process, "the server does not run")
	s.stop()
}

func (s *Server) stop() {
	if s.process != nil {
		_ = s.life.Close()
		_ = s.process.Wait()
		s.process = nil
	}
}

// Empty removes everything.
func (s *Server) Empty(t testing.TB) {
	t.Helper()
	require.NoError(t, s.client.FlushAll(t.Context()).Err())
}

// Contents returns every key with the milliseconds until it expires; negative when it never does.
func (s *Server) Contents(t testing.TB) map[string]int64 {
	t.Helper()
	keys, err := s.client.Keys(t.Context(), "*").Result()
	require.NoError(t, err)
	contents := map[string]int64{}
	for _, key := range keys {
		left, err := s.client.PTTL(t.Context(), key).Result()
		require.NoError(t, err)
		contents[key] = left.Milliseconds()
	}
	return contents
}

// Size returns how many attempts the sorted set under key holds.
func (s *Server) Size(t testing.TB, key string) int64 {
	t.Helper()
	size, err := s.client.ZCard(t.Context(), key).Result()
	require.NoError(t, err)
	return size
}
