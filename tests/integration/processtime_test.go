package integration

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func processMedian(times []time.Duration) time.Duration {
	slices.Sort(times)
	return times[len(times)/2]
}

// processTimed returns the answer of act and how long it took.
func processTimed(act func() (int, string)) (string, time.Duration) {
	begun := time.Now()
	status, answer := act()
	took := time.Since(begun)
	return fmt.Sprint(status, processVolatile.ReplaceAllString(answer, "")), took
}

// processVolatile is what differs between two answers of one kind.
var processVolatile = regexp.MustCompile(`[0-9a-f]{40}`)

func TestAHangingMailServerChangesNoAnswerAndNoTime(t *testing.T) {
	hanging := startScript(t, func(_ net.Conn, lines *bufio.Reader) { _, _ = io.Copy(io.Discard, lines) })
	services := map[string]*process{
		"good":    processStart(t, t.TempDir(), "RATE_LIMITS=off", processMailTo(startMailServer(t, &mailServer{}, nil, false))),
		"hanging": processStart(t, t.TempDir(), "RATE_LIMITS=off", processMailTo(hanging)),
	}
	for what, act := range map[string]func(p *process, n int) (int, string){
		"registration": func(p *process, n int) (int, string) {
			return p.register(fmt.Sprintf("somebody-%d", n), "correct-horse-9")
		},
		"reset": func(p *process, _ int) (int, string) {
			return p.call(http.MethodPost, "password/reset/", "", map[string]string{"email": "somebody-0@example.com"})
		},
	} {
		t.Run(what, func(t *testing.T) {
			times, answers := map[string][]time.Duration{}, map[string]string{}
			for n := range 20 {
				for name, p := range services {
					answer, took := processTimed(func() (int, string) { return act(p, n) })
					times[name], answers[name] = append(times[name], took), answer
				}
			}
			good, bad := processMedian(times["good"]), processMedian(times["hanging"])
			t.Logf("median with a good server %v, with a hanging one %v", good, bad)
			require.Equal(t, answers["good"], answers["hanging"])
			require.Regexp(t, `^20[01]`, answers["good"])
			require.Less(t, bad, 3*good+20*time.Millisecond)
		})
	}
}

func TestTheServiceStartsFast(t *testing.T) {
	data := t.TempDir()
	first := processStart(t, data)
	status, _ := first.register("ada", "correct-horse-9")
	require.Equal(t, http.StatusCreated, status)
	first.signal(t, syscall.SIGTERM)
	require.Equal(t, 0, first.wait(t))

	var times []time.Duration
	for range 5 {
		begun := time.Now()
		p := processStart(t, data)
		times = append(times, time.Since(begun))
		p.signal(t, syscall.SIGTERM)
		require.Equal(t, 0, p.wait(t))
	}
	t.Logf("from start to the first answer: median %v of %v", processMedian(times), times)
	require.Less(t, processMedian(times), 2*time.Second)
}
