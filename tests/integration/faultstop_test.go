package integration

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// faultCrowd registers people until nobody answers any more, and returns who was told
// that it worked, and every answer that is neither that nor missing.
func faultCrowd(p *process, clients int, begun chan<- struct{}) (registered, odd []string) {
	var mu sync.Mutex
	var working sync.WaitGroup
	for client := range clients {
		working.Go(func() {
			for n := 0; ; n++ {
				name := fmt.Sprintf("c%dn%d", client, n)
				status, answer := p.register(name, "correct-horse-9")
				if status == 0 {
					return
				}
				mu.Lock()
				if status == http.StatusCreated {
					registered = append(registered, name)
				} else {
					odd = append(odd, answer)
				}
				if len(registered) == 5*clients {
					close(begun)
				}
				mu.Unlock()
			}
		})
	}
	working.Wait()
	return registered, odd
}

// Whoever was let in is answered: what is in the database then is what was acknowledged,
// and nothing else.
func TestASignalToStopUnderLoadLeavesNobodyWithoutAnAnswer(t *testing.T) {
	for _, engine := range []string{"SQLite", "PostgreSQL"} {
		t.Run(engine, func(t *testing.T) {
			data, settings := t.TempDir(), faultSettings
			people := func() []string { return processTexts(t, processDatabase(t, data), `SELECT username FROM auth_user`) }
			if engine == "PostgreSQL" {
				d, setting := faultPostgres(t)
				settings = append(slices.Clone(settings), setting)
				people = func() []string { return processTexts(t, d.admin, `SELECT username FROM auth_user`) }
			}
			p := processStart(t, data, settings...)
			begun := make(chan struct{})
			var registered, odd []string
			var crowd sync.WaitGroup
			crowd.Go(func() { registered, odd = faultCrowd(p, 16, begun) })
			<-begun
			p.signal(t, syscall.SIGTERM)
			require.Equal(t, 0, p.wait(t))
			crowd.Wait()
			require.Empty(t, odd)
			require.ElementsMatch(t, registered, people())
			require.NotContains(t, p.errors.String(), "level=ERROR")
		})
	}
}

func TestABalancerHearsOfTheEndBeforeItComes(t *testing.T) {
	p := processStart(t, t.TempDir(), append(slices.Clone(faultSettings), "SHUTDOWN_DELAY=3")...)
	p.requireReady(t)
	p.signal(t, syscall.SIGTERM)
	var answer faultAnswer
	require.Eventually(t, func() bool {
		answer = p.ask(http.MethodGet, "/readyz", "", nil)
		return answer.status != http.StatusOK
	}, 2*time.Second, 5*time.Millisecond)
	require.Equal(t, http.StatusServiceUnavailable, answer.status)
	require.Equal(t, `{"status":"unavailable","failing":["shutdown"]}`, answer.body)
	p.client.CloseIdleConnections()
	status, body := p.register("ada", "correct-horse-9")
	require.Equal(t, http.StatusCreated, status, body)
	p.requireAlive(t)
	require.Equal(t, 0, p.wait(t))
}
