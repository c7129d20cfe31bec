package integration

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite"
)

// processFolder holds the binary while the tests run.
var processFolder string

// TestMain removes the binary in the end.
func TestMain(m *testing.M) {
	var err error
	if processFolder, err = os.MkdirTemp("", "latchkey-binary-"); err != nil {
		panic(err)
	}
	code := m.Run()
	_ = os.RemoveAll(processFolder)
	os.Exit(code)
}

// processBinary builds the command once and returns the path of the binary.
var processBinary = sync.OnceValues(func() (string, error) {
	binary := filepath.Join(processFolder, "latchkey")
	build := exec.CommandContext(context.Background(), "go", "build", "-tags", "nomsgpack", "-o", binary, "latchkey/bootstrap/cmd/latchkey")
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return binary, nil
})

// processOutput may be read while the process writes it.
type processOutput struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *processOutput) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *processOutput) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// process is a running command.
type process struct {
	command     *exec.Cmd
	address     string
	out, errors processOutput
	ended       chan error
	client      *http.Client
}

// processCheap hashes passwords in no time, where a test is not about hashes.
const processCheap = "PASSWORD_HASHERS=pbkdf2_sha256:1200"

// processCommand prepares the command with these settings and nothing else.
func processCommand(t testing.TB, settings []string, args ...string) *exec.Cmd {
	t.Helper()
	binary, err := processBinary()
	require.NoError(t, err)
	command := exec.CommandContext(context.Background(), binary, args...)
	for _, setting := range settings {
		command.Env = append(command.Env, "LATCHKEY_"+setting)
	}
	return command
}

// processLaunch starts the service on a free port and does not wait for it.
func processLaunch(t testing.TB, data string, settings ...string) *process {
	t.Helper()
	return processLaunchWith(t, data, nil, settings...)
}

// processLaunchWith gives the command these arguments, too.
func processLaunchWith(t testing.TB, data string, args []string, settings ...string) *process {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	p := &process{address: listener.Addr().String(), ended: make(chan error, 1)}
	require.NoError(t, listener.Close())
	p.client = &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 16}}
	p.command = processCommand(t, append([]string{"DATA_DIR=" + data, "LISTEN=" + p.address}, settings...), append([]string{"serve"}, args...)...)
	p.command.Stdout, p.command.Stderr = &p.out, &p.errors
	require.NoError(t, p.command.Start())
	go func() { p.ended <- p.command.Wait() }()
	t.Cleanup(func() {
		_ = p.command.Process.Kill()
		p.client.CloseIdleConnections()
	})
	return p
}

// processStart starts the service and waits until it answers.
func processStart(t testing.TB, data string, settings ...string) *process {
	t.Helper()
	p := processLaunch(t, data, settings...)
	p.waitForAnswer(t)
	return p
}

func (p *process) waitForAnswer(t testing.TB) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(time.Millisecond) {
		answer, err := p.client.Get(p.url("user/"))
		if err == nil {
			require.NoError(t, answer.Body.Close())
			return
		}
		if len(p.ended) > 0 || time.Now().After(end) {
			t.Fatalf("the service does not answer: %s", p.errors.String())
		}
	}
}

func (p *process) url(path string) string { return "http://" + p.address + "/dj-rest-auth/" + path }

// signal sends the signal to the process.
func (p *process) signal(t testing.TB, signal os.Signal) {
	t.Helper()
	require.NoError(t, p.command.Process.Signal(signal))
}

// wait waits for the end of the process and returns its exit status, -1 after a
// signal that it did not handle.
func (p *process) wait(t testing.TB) int {
	t.Helper()
	select {
	case <-p.ended:
		return p.command.ProcessState.ExitCode()
	case <-time.After(20 * time.Second):
		t.Fatalf("the service does not end: %s", p.errors.String())
		return 0
	}
}

// kill ends the process between two of its instructions, whatever they are.
func (p *process) kill(t testing.TB) {
	t.Helper()
	p.signal(t, os.Kill)
	require.Equal(t, -1, p.wait(t))
}

// call sends JSON and returns status and answer; the status is 0 without one.
func (p *process) call(method, path, token string, body map[string]string) (int, string) {
	content, err := json.Marshal(body)
	if err != nil {
		return 0, err.Error()
	}
	request, err := http.NewRequestWithContext(context.Background(), method, p.url(path), bytes.NewReader(content))
	if err != nil {
		return 0, err.Error()
	}
	request.Header.Set("Content-Type", "application/json")
	if token != "" {
		request.Header.Set("Authorization", "Token "+token)
	}
	answer, err := p.client.Do(request)
	if err != nil {
		return 0, err.Error()
	}
	defer func() { _ = answer.Body.Close() }()
	var text bytes.Buffer
	if _, err := text.ReadFrom(answer.Body); err != nil {
		return 0, err.Error()
	}
	return answer.StatusCode, text.String()
}

func (p *process) register(name, password string) (int, string) {
	return p.call(http.MethodPost, "registration/", "", map[string]string{
		"username": name, "email": name + "@example.com", "password1": password, "password2": password,
	})
}

func (p *process) login(name, password string) (int, string) {
	return p.call(http.MethodPost, "login/", "", map[string]string{"username": name, "password": password})
}

// processKey returns the API token in an answer, empty when there is none.
func processKey(answer string) string {
	var body struct{ Key string }
	_ = json.Unmarshal([]byte(answer), &body)
	return body.Key
}

// processDatabase opens the service's database beside it, or after it.
func processDatabase(t testing.TB, data string) *sql.DB {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(data, "*.sqlite3"))
	require.NoError(t, err)
	require.Len(t, files, 1)
	db, err := sql.Open("sqlite", "file:"+files[0]+"?_pragma=busy_timeout(5000)")
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// processTexts returns the one column of a query.
func processTexts(t testing.TB, db *sql.DB, query string) []string {
	t.Helper()
	rows, err := db.QueryContext(context.Background(), query)
	require.NoError(t, err)
	defer func() { _ = rows.Close() }()
	var texts []string
	for rows.Next() {
		var text string
		require.NoError(t, rows.Scan(&text))
		texts = append(texts, text)
	}
	require.NoError(t, rows.Err())
	return texts
}

// processLeasesRunOut makes every message due, as the time after a crash does.
func processLeasesRunOut(t testing.TB, data string) {
	t.Helper()
	db := processDatabase(t, data)
	_, err := db.ExecContext(context.Background(), `UPDATE latchkey_outbox SET due = '2000-01-01 00:00:00'`)
	require.NoError(t, err)
	require.NoError(t, db.Close())
}

// processMailTo is the setting that sends mail to the server.
func processMailTo(server *mailServer) string {
	return fmt.Sprintf("EMAIL_URL=smtp://127.0.0.1:%d?tls=none", server.port)
}

// processMails counts the mails that the server took, by recipient.
func processMails(server *mailServer) map[string]int {
	counts := map[string]int{}
	for _, mail := range server.received() {
		counts[strings.Join(mail.to, ",")]++
	}
	return counts
}
