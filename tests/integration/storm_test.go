package integration

import (
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// stormClient signs in again and again, rightly or wrongly, and counts the answers.
func stormClient(p *process, n int, name string, counts map[int]int) error {
	for i := range 2 {
		password := "correct-horse-9"
		if n%4 == 3 {
			password = "correct-horse-8"
		}
		status, answer := p.login(name, password)
		counts[status]++
		if status == http.StatusServiceUnavailable && answer != `{"detail":"Too many passwords are waiting to be checked at the moment. Try again later."}` {
			return fmt.Errorf("try %d is answered %s", i, answer)
		}
	}
	return nil
}

// More clients sign in than there are places: each is let in, refused for what it sent, or told to
// come back, and whoever asks who he is never notices.
func TestALoginStormIsRefusedAndNothingElseIs(t *testing.T) {
	const clients, people = 64, 8
	p := processStart(t, t.TempDir(), "HASH_WORKERS=2", "HASH_QUEUE=12")
	name := func(n int) string { return "ada" + strconv.Itoa(n%people) }
	var key string
	for n := range people {
		status, answer := p.register(name(n), "correct-horse-9")
		require.Equal(t, http.StatusCreated, status, answer)
		key = processKey(answer)
	}
	counts, ends := make([]map[int]int, clients), make([]error, clients)
	var storm sync.WaitGroup
	for n := range clients {
		counts[n] = map[int]int{}
		storm.Go(func() { ends[n] = stormClient(p, n, name(n), counts[n]) })
	}
	over := make(chan struct{})
	go func() { storm.Wait(); close(over) }()
	asked := 0
	for done := false; !done; asked++ {
		status, answer := p.call(http.MethodGet, "user/", key, nil)
		require.Equal(t, http.StatusOK, status, answer)
		select {
		case <-over:
			done = true
		default:
		}
	}
	total := map[int]int{}
	for n := range clients {
		require.NoError(t, ends[n])
		for status, count := range counts[n] {
			require.Contains(t, []int{200, 400, 429, 503}, status)
			total[status] += count
		}
	}
	require.Positive(t, total[200])
	require.Positive(t, total[503])
	status, answer := p.login(name(0), "correct-horse-9")
	require.Equal(t, http.StatusOK, status, "whoever was only told to come back may: "+answer)
	t.Logf("%v; user/ answered %d times meanwhile", total, asked)
}
