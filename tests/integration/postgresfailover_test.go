package integration

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/tests/postgres"
)

// The address is a link to the folder of the socket, which is bent to the other server
// as a failover bends a name or a virtual address.
func TestAStandbyTakesOverFromAPostgresThatDies(t *testing.T) {
	first := postgres.Start(t, nil)
	standby := first.Standby(t)
	// Without this, what was acknowledged a moment ago might die with the first.
	first.Execute(t, `ALTER SYSTEM SET synchronous_standby_names = '*'`)
	first.Execute(t, `SELECT pg_reload_conf()`)
	require.Eventually(t, func() bool {
		return len(first.Column(t, `SELECT application_name FROM pg_stat_replication WHERE sync_state = 'sync'`)) == 1
	}, 20*time.Second, 20*time.Millisecond)

	address := filepath.Join(t.TempDir(), "db")
	require.NoError(t, os.Symlink(first.Folder, address))
	p := processStart(t, t.TempDir(), "DATABASE_URL=postgres://latchkey@/postgres?host="+address,
		"SECRET_KEY=long-enough-for-a-test-0123456789-abcdefghijklmnopqrstuvwxyz", processCheap)
	status, answer := p.register("ada", "correct-horse-9")
	require.Equal(t, http.StatusCreated, status, answer)
	key := processKey(answer)
	me := func() int {
		status, _ := p.call(http.MethodGet, "user/", key, nil)
		return status
	}
	require.Equal(t, http.StatusOK, me())

	first.Kill()
	status, answer = p.call(http.MethodGet, "user/", key, nil)
	require.Equal(t, http.StatusServiceUnavailable, status, "nobody is taken for a stranger meanwhile: %s", answer)
	status, _ = p.login("ada", "correct-horse-9")
	require.Equal(t, http.StatusServiceUnavailable, status)

	standby.Execute(t, `ALTER SYSTEM RESET synchronous_standby_names`)
	standby.Execute(t, `SELECT pg_promote()`)
	require.NoError(t, os.Remove(address))
	require.NoError(t, os.Symlink(standby.Folder, address))
	require.Eventually(t, func() bool { return me() == http.StatusOK }, 20*time.Second, 20*time.Millisecond, "the service does not come back by itself")
	for range 20 { // more than there are connections that may be dead
		require.Equal(t, http.StatusOK, me())
	}
	status, answer = p.login("ada", "correct-horse-9")
	require.Equal(t, http.StatusOK, status, answer)
	require.Equal(t, key, processKey(answer), "what was acknowledged is there")
	status, answer = p.register("grace", "correct-horse-9")
	require.Equal(t, http.StatusCreated, status, answer)
}
