package integration

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestInstancesThatStartTogetherMigrateOnce(t *testing.T) {
	c := clusterStart(t)
	require.NotEmpty(t, c.texts(t, `SELECT version_id FROM latchkey_migrations`))
	require.Empty(t, c.texts(t, `SELECT version_id FROM latchkey_migrations GROUP BY version_id HAVING COUNT(*) > 1`))
	require.Equal(t, []string{"example.com"}, c.texts(t, `SELECT domain FROM django_site`))
	require.Empty(t, c.texts(t, `SELECT codename FROM auth_permission GROUP BY content_type_id, codename HAVING COUNT(*) > 1`))
	c.requireQuiet(t)
}

// clusterGuesses sends wrong passwords at the same moment and counts the answers.
func clusterGuesses(c *cluster, name string, guesses int) map[int]int {
	statuses := make([]int, guesses)
	clusterParallel(guesses, func(i int) { statuses[i] = c.login(name, fmt.Sprint("wrong-guess-", i)).status })
	counts := map[int]int{}
	for _, status := range statuses {
		counts[status]++
	}
	return counts
}

// Somebody who guesses must not get the limit of each instance.
func TestParallelGuessesAreCountedOverAllInstances(t *testing.T) {
	c := clusterStart(t, "RATE_LIMITS=on")
	require.Equal(t, http.StatusCreated, c.register("ada", "correct-horse-9").status)
	for _, name := range []string{"ada", "nobody"} {
		counts := clusterGuesses(c, name, 200)
		t.Logf("200 wrong passwords for %q: %v", name, counts)
		require.Equal(t, map[int]int{http.StatusBadRequest: 5, http.StatusTooManyRequests: 195}, counts, name)
		require.Equal(t, http.StatusTooManyRequests, c.login(name, "correct-horse-9").status)
	}
	c.requireQuiet(t)
}

func TestCleaningAtTheSameMomentIsShared(t *testing.T) {
	c := clusterStart(t, "CLEANUP_INTERVAL=none")
	c.expire(t)
	c.exec(t, `INSERT INTO django_session SELECT 'alive' || n, '', now() + interval '1 day' FROM generate_series(1, 100) AS n`)
	output := make([]string, clusterSize)
	clusterParallel(clusterSize, func(i int) {
		command := processCommand(t, append(c.settings, "DATA_DIR="+t.TempDir()), "cleanup")
		out, err := command.CombinedOutput()
		output[i] = fmt.Sprintf("%s (%v)", strings.TrimSpace(string(out)), err)
	})
	t.Logf("three clean-ups at once: %v", output)
	for _, said := range output {
		require.Contains(t, said, "(<nil>)")
	}
	require.Equal(t, "0", c.expired(t))
	require.Equal(t, []string{"100"}, c.texts(t, `SELECT COUNT(*) FROM django_session`))
}

// expire puts rows into the tables that can never count again.
func (c *cluster) expire(t *testing.T) {
	t.Helper()
	for _, statement := range []string{
		`INSERT INTO django_session SELECT 'expired' || n, '', now() - interval '1 day' FROM generate_series(1, 1500) AS n`,
		`INSERT INTO latchkey_attempts (key, times, expires) SELECT n::text, '', now() - interval '1 day' FROM generate_series(1, 1500) AS n`,
		// In one statement: the instances clean while this goes on.
		`WITH expired AS (INSERT INTO token_blacklist_outstandingtoken (token, jti, expires_at)
			SELECT '', 'expired' || n, now() - interval '1 day' FROM generate_series(1, 1500) AS n RETURNING id)
		INSERT INTO token_blacklist_blacklistedtoken (token_id, blacklisted_at) SELECT id, now() FROM expired`,
	} {
		c.exec(t, statement)
	}
}

// expired counts the rows that expire has put there.
func (c *cluster) expired(t *testing.T) string {
	t.Helper()
	return c.texts(t, `SELECT (SELECT COUNT(*) FROM django_session WHERE session_key LIKE 'expired%')
		+ (SELECT COUNT(*) FROM latchkey_attempts WHERE expires < now() - interval '12 hours')
		+ (SELECT COUNT(*) FROM token_blacklist_outstandingtoken WHERE jti LIKE 'expired%')`)[0]
}
