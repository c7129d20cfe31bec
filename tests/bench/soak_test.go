package bench

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/adapters/ginhttp"
)

var (
	requests = flag.Int("requests", 4000, "how many requests a soak sends, in all")
	seed     = flag.Uint64("seed", 1, "what a soak's visitors draw from")
)

const visitors = 16

// soaks are what is soaked; each takes its share of the requests. Access tokens live long: on a
// busy machine a visitor comes back after minutes.
var soaks = []struct {
	name     string
	settings []string
	jwt      bool
}{
	{"tokens", cheapHash, false},
	{"families", slices.Concat(cheapHash, blacklist, []string{"AUTH_CLASSES=jwt,session", "ACCESS_TOKEN_LIFETIME=24h", "REFRESH_TOKEN_LIFETIME=240h"}), true},
}

// TestSoak sends valid, invalid and hostile requests. Every answer must be the right one,
// memory and connections must not grow, and what was acknowledged must be there.
func TestSoak(t *testing.T) {
	onLinux(t)
	share := *requests / (len(kinds) * len(soaks))
	for _, k := range kinds {
		for _, soaked := range soaks {
			t.Run(k.name+", "+soaked.name, func(t *testing.T) {
				d := k.make(t)
				s := serve(t, d, soaked.settings...)
				fresh := descriptors(t, s.pid())
				total := besiege(t, s.address, share/5, soaked.jwt)
				warm := s.megabytes(t)
				total.add(besiege(t, s.address, share-share/5, soaked.jwt))
				require.Eventually(t, func() bool { return descriptors(t, s.pid()) <= fresh+d.connections+4 }, time.Minute, 50*time.Millisecond, "connections that nobody has")
				told(t, total, fmt.Sprintf("%d requests, %.0f MiB when warm, %.0f at the end, %d threads", share, warm, s.megabytes(t), status(t, s.pid(), "Threads")))
				require.LessOrEqual(t, s.megabytes(t), warm*1.25+24, "the memory grows")
				require.NotContains(t, s.errors.String(), "level=ERROR")
				requireKept(t, d, total, soaked.jwt)
			})
		}
	}
	t.Run("goroutines", func(t *testing.T) { soakGoroutines(t, share/4) })
}

// soakGoroutines has the service in this process, where its goroutines can be counted.
func soakGoroutines(t *testing.T, n int) {
	server := httptest.NewUnstartedServer(nil)
	server.Config = ginhttp.NewServer(handler(t, newSQLite(t), cheapHash...))
	server.Start()
	t.Cleanup(server.Close)
	address := strings.TrimPrefix(server.URL, "http://")
	besiege(t, address, n/2, false)
	time.Sleep(100 * time.Millisecond)
	before := runtime.NumGoroutine()
	besiege(t, address, n/2, false)
	require.Eventually(t, func() bool { return runtime.NumGoroutine() <= before+2 }, 20*time.Second, 50*time.Millisecond, "%d goroutines before", before)
}

// besiege lets visitors send some n requests.
func besiege(t *testing.T, address string, n int, jwt bool) ledger {
	t.Helper()
	total := ledger{statuses: map[int]int{}}
	failed := make([]error, visitors)
	var working sync.WaitGroup
	var mu sync.Mutex
	for i := range visitors {
		working.Go(func() {
			v := &visitor{address: address, jwt: jwt, random: rand.New(rand.NewPCG(*seed, uint64(serial.Add(1)))), ledger: ledger{statuses: map[int]int{}}}
			failed[i] = v.visit(context.Background(), n/visitors)
			if v.wire != nil {
				_ = v.wire.conn.Close()
			}
			mu.Lock()
			defer mu.Unlock()
			total.add(v.ledger)
		})
	}
	working.Wait()
	require.NoError(t, errors.Join(failed...))
	return total
}

func descriptors(t *testing.T, pid int) int {
	t.Helper()
	open, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
	require.NoError(t, err)
	return len(open)
}

// requireKept compares the tables with what was acknowledged.
func requireKept(t *testing.T, d database, l ledger, jwt bool) {
	t.Helper()
	const first = 1 // whom serve has registered
	begun := l.accounts + l.logins + first
	rows := map[string]int{
		"auth_user":                        l.accounts + first,
		"account_emailaddress":             l.accounts + first,
		"authtoken_token":                  l.accounts + first,
		"django_session":                   begun - l.logouts,
		"latchkey_family":                  0,
		"token_blacklist_outstandingtoken": 0,
		"token_blacklist_blacklistedtoken": 0,
	}
	if jwt {
		rows["authtoken_token"] = 0
		rows["latchkey_family"] = begun
		rows["token_blacklist_outstandingtoken"] = begun + l.rotations
		rows["token_blacklist_blacklistedtoken"] = l.rotations
	}
	for table, want := range rows {
		require.Equal(t, want, d.count(t, "SELECT count(*) FROM "+table), table)
	}
	require.Eventually(t, func() bool { return d.count(t, "SELECT count(*) FROM latchkey_outbox") == 0 }, 5*time.Minute, 100*time.Millisecond, "mails are left")
}

// told logs the answers, and lets no failure through but a deliberate "busy".
func told(t *testing.T, l ledger, summary string) {
	t.Helper()
	t.Logf("%s; %d accounts, %d logins, %d logouts, %d rotations; answers %v", summary, l.accounts, l.logins, l.logouts, l.rotations, l.statuses)
	for status := range l.statuses {
		require.True(t, status < 500 || status == 503, status)
	}
}
