package ginhttp

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestTheServerLimitsWhatAStrangerCanHold(t *testing.T) {
	server := NewServer(http.NotFoundHandler())
	require.Equal(t, 10*time.Second, server.ReadHeaderTimeout)
	require.Equal(t, 30*time.Second, server.ReadTimeout)
	require.Equal(t, 60*time.Second, server.WriteTimeout)
	require.Equal(t, 2*time.Minute, server.IdleTimeout)
	require.Equal(t, 16<<10, server.MaxHeaderBytes)
}

// trickle sends text, then a byte every few milliseconds, and returns how long
// the server stood it.
func trickle(t *testing.T, address, text string) time.Duration {
	t.Helper()
	begun := time.Now()
	conn, err := net.Dial("tcp", address)
	require.NoError(t, err)
	defer conn.Close()
	require.NoError(t, conn.SetDeadline(begun.Add(10*time.Second)))
	_, err = io.WriteString(conn, text)
	require.NoError(t, err)
	go func() {
		for err := error(nil); err == nil; time.Sleep(20 * time.Millisecond) {
			_, err = conn.Write([]byte("x"))
		}
	}()
	_, _ = io.Copy(io.Discard, conn)
	return time.Since(begun)
}

func TestSlowClientsAreCutOff(t *testing.T) {
	server := httptest.NewUnstartedServer(nil)
	server.Config = NewServer(newWorld().api(t))
	server.Config.ReadHeaderTimeout, server.Config.ReadTimeout = 300*time.Millisecond, 600*time.Millisecond
	server.Start()
	defer server.Close()
	address := server.Listener.Addr().String()
	for title, text := range map[string]string{
		"in the request line": "GE",
		"in the headers":      "GET /dj-rest-auth/user/ HTTP/1.1\r\nHost: a\r\nX-Slow: ",
		"in the body":         "POST /dj-rest-auth/login/ HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n{",
		"in a chunk":          "POST /dj-rest-auth/login/ HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nfffff\r\n{",
	} {
		took := trickle(t, address, text)
		require.Greater(t, took, 200*time.Millisecond, title)
		require.Less(t, took, 5*time.Second, title)
	}
}
