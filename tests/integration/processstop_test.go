package integration

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// processSlow takes about a second for a hash, so that a signal meets one.
const processSlow = "PASSWORD_HASHERS=pbkdf2_sha256:3000000"

func TestALoginInFlightIsAnsweredBeforeTheEnd(t *testing.T) {
	p := processStart(t, t.TempDir(), processSlow)
	status, answer := p.register("ada", "correct-horse-9")
	require.Equal(t, http.StatusCreated, status, answer)
	begun := time.Now()
	status, _ = p.login("ada", "correct-horse-9")
	require.Equal(t, http.StatusOK, status)
	usual := time.Since(begun)

	answered := make(chan int, 1)
	go func() {
		status, _ := p.login("ada", "correct-horse-9")
		answered <- status
	}()
	time.Sleep(usual / 3)
	p.signal(t, syscall.SIGTERM)
	signalled := time.Now()
	require.Equal(t, http.StatusOK, <-answered)
	require.Equal(t, 0, p.wait(t))
	require.Less(t, time.Since(signalled), 5*time.Second)
	t.Logf("a login takes %v; ended %v after the signal", usual, time.Since(signalled))
}

// processUpload begins a login whose body comes in two halves and returns what
// sends the second.
func processUpload(t *testing.T, p *process) (conn net.Conn, rest string) {
	t.Helper()
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", p.address)
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	first, rest := `{"username": "ada", `, `"password": "correct-horse-9"}`
	_, err = fmt.Fprintf(conn, "POST /dj-rest-auth/login/ HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
		p.address, len(first)+len(rest), first)
	require.NoError(t, err)
	time.Sleep(100 * time.Millisecond)
	return conn, rest
}

func TestASlowUploadIsAnsweredBeforeTheEnd(t *testing.T) {
	p := processStart(t, t.TempDir(), processCheap)
	status, _ := p.register("ada", "correct-horse-9")
	require.Equal(t, http.StatusCreated, status)
	p.client.CloseIdleConnections()
	conn, rest := processUpload(t, p)
	p.signal(t, syscall.SIGTERM)
	require.Eventually(t, func() bool {
		refused, err := new(net.Dialer).DialContext(t.Context(), "tcp", p.address)
		if err == nil {
			_ = refused.Close()
		}
		return err != nil
	}, 5*time.Second, 10*time.Millisecond, "new connections are refused")

	_, err := io.WriteString(conn, rest)
	require.NoError(t, err)
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	require.NoError(t, err)
	defer func() { _ = answer.Body.Close() }()
	require.Equal(t, http.StatusOK, answer.StatusCode)
	sent := time.Now()
	require.Equal(t, 0, p.wait(t))
	require.Less(t, time.Since(sent), 5*time.Second)
}

func TestASecondSignalEndsTheProcessAtOnce(t *testing.T) {
	p := processStart(t, t.TempDir(), processCheap)
	processUpload(t, p)
	p.signal(t, syscall.SIGTERM)
	time.Sleep(300 * time.Millisecond)
	require.Empty(t, p.ended, "it waits for the upload")
	p.signal(t, syscall.SIGTERM)
	again := time.Now()
	require.Equal(t, -1, p.wait(t))
	require.Less(t, time.Since(again), time.Second)
}

func TestMailsThatAreNotSentOutliveTheEnd(t *testing.T) {
	data := t.TempDir()
	p := processStart(t, data, processCheap, "EMAIL_URL=smtp://127.0.0.1:1?tls=none") // nobody listens there
	status, _ := p.register("ada", "correct-horse-9")
	require.Equal(t, http.StatusCreated, status)
	db := processDatabase(t, data)
	require.Eventually(t, func() bool {
		return len(processTexts(t, db, `SELECT reason FROM latchkey_outbox WHERE reason <> ''`)) == 1
	}, 5*time.Second, 20*time.Millisecond)
	require.NoError(t, db.Close())
	p.signal(t, syscall.SIGTERM)
	require.Equal(t, 0, p.wait(t))

	server := startMailServer(t, &mailServer{}, nil, false)
	processLeasesRunOut(t, data)
	processStart(t, data, processCheap, processMailTo(server))
	require.Eventually(t, func() bool { return processMails(server)["ada@example.com"] == 1 }, 5*time.Second, 20*time.Millisecond)
}
