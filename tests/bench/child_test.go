package bench

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// child is a server in a process of its own.
type child struct {
	command *exec.Cmd
	address string
	errors  lockedBuffer
}

// lockedBuffer may be read while the process writes it.
type lockedBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write implements io.Writer. What is beyond some pages is dropped.
func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.text.Len() < 1<<16 {
		b.text.Write(p)
	}
	return len(p), nil
}

// String returns what was written so far.
func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// start runs the program until the end of the test, and returns when it takes
// connections. setting makes the variable that tells it the address.
func start(t testing.TB, program string, args, environment []string, setting func(address string) string) *child {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	c := &child{address: listener.Addr().String()}
	require.NoError(t, listener.Close())
	c.command = exec.CommandContext(context.Background(), program, args...)
	c.command.Env = append(environment, setting(c.address))
	c.command.Stderr = &c.errors
	require.NoError(t, c.command.Start())
	t.Cleanup(c.stop)
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(2 * time.Millisecond) {
		conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", c.address)
		if err == nil {
			require.NoError(t, conn.Close())
			return c
		}
		if time.Now().After(end) {
			t.Fatalf("no answer: %s", c.errors.String())
		}
	}
}

func (c *child) stop() {
	_ = c.command.Process.Kill()
	_ = c.command.Wait()
}

func (c *child) pid() int { return c.command.Process.Pid }

// tick is the unit of processor time in /proc.
const tick = 10 * time.Millisecond

// stat returns the fields of /proc/<pid>/stat after the name, state first; nil for a process that ended.
func stat(pid int) []string {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return nil
	}
	return strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
}

// cpuOf returns the processor time that the process has used.
func cpuOf(pid int) time.Duration {
	fields := stat(pid)
	if fields == nil {
		return 0
	}
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * tick
}

// familyCPU returns the processor time of a process and its children, those that have
// ended, too.
func familyCPU(pid int) time.Duration {
	total := cpuOf(pid)
	if fields := stat(pid); fields != nil {
		user, _ := strconv.Atoi(fields[13])
		system, _ := strconv.Atoi(fields[14])
		total += time.Duration(user+system) * tick
	}
	all, _ := filepath.Glob("/proc/[0-9]*")
	for _, path := range all {
		other, _ := strconv.Atoi(filepath.Base(path))
		if fields := stat(other); fields != nil && fields[1] == strconv.Itoa(pid) {
			total += cpuOf(other)
		}
	}
	return total
}

// status returns a number of /proc/<pid>/status: kilobytes, or a count.
func status(t testing.TB, pid int, name string) int {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	require.NoError(t, err)
	_, rest, found := strings.Cut(string(text), "\n"+name+":")
	require.True(t, found, name)
	number, err := strconv.Atoi(strings.Fields(rest)[0])
	require.NoError(t, err)
	return number
}

// megabytes returns the memory that the process has in use.
func (c *child) megabytes(t testing.TB) float64 {
	t.Helper()
	return float64(status(t, c.pid(), "VmRSS")) / 1024
}
