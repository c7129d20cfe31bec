package bench

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var (
	measuring = flag.Bool("measure", false, "measure long enough to believe the figures, and print them")
	roundTime = flag.Duration("round", time.Second, "how long a round lasts; whole seconds")
	roundTurn = flag.Int("rounds", 3, "how often the service and its floor take turns")
	crowds    = flag.String("clients", "1,8,32,64,256", "how many clients user/ is asked by, one number after the other")
	generator = flag.String("generator", "", "what sends requests that are always the same: wrk or go; empty is wrk where it is installed")
)

// childPlan is the variable that makes this binary a floor instead of a test.
const childPlan = "LATCHKEY_BENCH_FLOOR"

// folder has the binary while the tests run.
var folder string

// TestMain is the floor's main, too: a child that needs nothing but this binary.
func TestMain(m *testing.M) {
	if plan := os.Getenv(childPlan); plan != "" {
		fmt.Fprintln(os.Stderr, serveFloor(plan))
		os.Exit(1)
	}
	var err error
	if folder, err = os.MkdirTemp("", "latchkey-bench-"); err != nil {
		panic(err)
	}
	code := m.Run()
	_ = os.RemoveAll(folder)
	os.Exit(code)
}

// released builds the binary once, as "task build" does.
var released = sync.OnceValues(func() (string, error) {
	binary := filepath.Join(folder, "latchkey")
	build := exec.CommandContext(context.Background(), "go", "build", "-trimpath", "-tags", "nomsgpack", "-ldflags", "-s -w",
		"-o", binary, "latchkey/bootstrap/cmd/latchkey")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return binary, nil
})

// effort is how long and how often things are measured.
type effort struct {
	round   time.Duration
	rounds  int
	clients int // of an ordinary round
}

func chosenEffort() effort {
	if *measuring {
		return effort{round: *roundTime, rounds: *roundTurn, clients: 32}
	}
	return effort{round: 30 * time.Millisecond, rounds: 1, clients: 4}
}

// onLinux skips a test whose figures only Linux tells.
func onLinux(t *testing.T) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("no /proc of Linux: processor time and memory of other processes are read from there")
	}
	_, err := released()
	require.NoError(t, err)
}
