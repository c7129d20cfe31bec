package integration

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// requireNothingLost asks for everything that was acknowledged.
func (c *cluster) requireNothingLost(t *testing.T, people []*clusterPerson) {
	t.Helper()
	lost := make([][]string, len(people))
	clusterParallel(clusterClients, func(part int) {
		for i := part; i < len(people); i += clusterClients {
			lost[i] = c.lost(people[i])
		}
	})
	changed, revoked := 0, 0
	for _, person := range people {
		revoked += len(person.revoked)
		if person.old != "" {
			changed++
		}
	}
	found := slices.Concat(lost...)
	t.Logf("acknowledged: %d registrations, %d changes of a password, %d logouts; lost: %d", len(people), changed, revoked, len(found))
	require.Positive(t, changed)
	require.Positive(t, revoked)
	require.Empty(t, found)
}

// lost says what of the person's acknowledged writes is not in effect.
func (c *cluster) lost(person *clusterPerson) (lost []string) {
	expect := func(what string, answer clusterAnswer, status int) {
		if answer.status != status {
			lost = append(lost, fmt.Sprintf("%s: %s: %d %s", person.name, what, answer.status, answer.text))
		}
	}
	expect("login", c.inEffect(person), http.StatusOK)
	if person.old != "" {
		expect("login with the old password", c.login(person.name, person.old), http.StatusBadRequest)
	}
	for i := range person.revoked {
		expect("refresh after logout", c.refresh(person.revoked[i]), http.StatusUnauthorized)
		expect("access after logout", c.user(person.ended[i]), http.StatusUnauthorized)
	}
	expect("access", c.user(person.access), http.StatusOK)
	expect("refresh", c.refresh(person.refresh), http.StatusOK)
	return lost
}

// requireWhole checks what must hold between the tables.
func (c *cluster) requireWhole(t *testing.T) {
	t.Helper()
	for what, query := range map[string]string{
		"accounts without their address": `SELECT username FROM auth_user u WHERE 1 <>
			(SELECT COUNT(*) FROM account_emailaddress e WHERE e.user_id = u.id AND e.email = u.email AND e."primary")`,
		"names twice":         `SELECT lower(username) FROM auth_user GROUP BY lower(username) HAVING COUNT(*) > 1`,
		"addresses twice":     `SELECT lower(email) FROM account_emailaddress GROUP BY lower(email) HAVING COUNT(*) > 1`,
		"transactions open":   `SELECT query FROM pg_stat_activity WHERE state LIKE 'idle in transaction%' AND datname = current_database()`,
		"mails that are dead": `SELECT reason FROM latchkey_outbox WHERE dead_at IS NOT NULL`,
	} {
		require.Empty(t, c.texts(t, query), what)
	}
	require.Eventually(t, func() bool { return c.expired(t) == "0" }, 10*time.Second, 50*time.Millisecond, "expired rows are left over")
}
