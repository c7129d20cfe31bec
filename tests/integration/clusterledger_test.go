package integration

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
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

// clusterMoment is how long before a kill a mail may have been taken without the
// instance having noted it: it was in hand then.
const clusterMoment = 2 * time.Second

// requireMailed checks who got a mail: everybody, and twice only because of a kill.
func (c *cluster) requireMailed(t *testing.T, people []*clusterPerson, kills []time.Time) {
	t.Helper()
	leased := c.deliverRest(t)
	taken := c.mailsTaken()
	twice := 0
	for what, times := range taken {
		twice += len(times) - 1
		if len(times) > 1 {
			around := slices.ContainsFunc(kills, func(kill time.Time) bool {
				return !times[0].After(kill.Add(time.Second)) && kill.Sub(times[0]) < clusterMoment
			})
			require.True(t, around, "%s was mailed at %v, and nobody was killed then: %v", what, times, kills)
		}
	}
	for _, person := range people {
		require.NotEmpty(t, taken[person.name+"@example.com confirmation"], person.name)
		if person.asked {
			require.NotEmpty(t, taken[person.name+"@example.com reset"], person.name)
		}
	}
	t.Logf("%d mails for %d reasons: %d doubled around %d kills; %d were in hand of killed instances", len(taken)+twice, len(taken), twice, len(kills), leased)
	require.LessOrEqual(t, twice, len(kills)*processInHand)
}

// deliverRest waits until the living have delivered what is theirs, gives them what
// the killed had in hand, as the end of the lease would, and returns how many mails those were.
func (c *cluster) deliverRest(t *testing.T) (leased int) {
	t.Helper()
	const due = `SELECT topic FROM latchkey_outbox WHERE due <= now()`
	require.Eventually(t, func() bool { return len(c.texts(t, due)) == 0 }, 30*time.Second, 50*time.Millisecond)
	var rest []string
	require.Eventually(t, func() bool {
		before := rest
		rest = c.texts(t, `SELECT id FROM latchkey_outbox ORDER BY id`)
		return slices.Equal(before, rest)
	}, 30*time.Second, time.Second)
	c.exec(t, `UPDATE latchkey_outbox SET due = now()`)
	require.Eventually(t, func() bool { return len(c.texts(t, `SELECT topic FROM latchkey_outbox`)) == 0 },
		30*time.Second, 50*time.Millisecond, "mails are left over")
	return len(rest)
}

var clusterConfirmation = regexp.MustCompile(`(?m)^Subject:.*Confirm`)

// mailsTaken returns when the mail server took each mail: nobody has reason to get
// two of one kind.
func (c *cluster) mailsTaken() map[string][]time.Time {
	taken := map[string][]time.Time{}
	for _, mail := range c.mails.received() {
		kind := " reset"
		if clusterConfirmation.MatchString(mail.raw) {
			kind = " confirmation"
		}
		what := strings.Join(mail.to, ",") + kind
		taken[what] = append(taken[what], mail.at)
	}
	return taken
}
