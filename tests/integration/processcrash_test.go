package integration

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// processClient is somebody who registers again and again, and changes the
// password each time. It remembers what was acknowledged.
type processClient struct {
	name   string
	people []processPerson
}

type processPerson struct {
	name    string
	current string // the password that is in effect
	old     string // a password that was given up, with an acknowledgement
	tried   string // a password whose change got no answer: either may be in effect
}

// processPassword is one that no rule refuses, and different each time.
func processPassword(n int) string { return fmt.Sprintf("battery-staple-%d", n) }

// work goes on until the service is gone. An answer that is neither a success
// nor missing is a failure.
func (c *processClient) work(p *process) error {
	for n := 0; ; n++ {
		person := processPerson{name: fmt.Sprintf("%s-%d", c.name, n), current: processPassword(n)}
		status, answer := p.register(person.name, person.current)
		if status == 0 {
			return nil
		}
		if status != http.StatusCreated {
			return fmt.Errorf("registration: %d %s", status, answer)
		}
		next := processPassword(n + 1_000_000)
		status, answer = p.call(http.MethodPost, "password/change/", processKey(answer),
			map[string]string{"new_password1": next, "new_password2": next})
		switch status {
		case http.StatusOK:
			person.old, person.current = person.current, next
		case 0:
			person.tried = next
		default:
			return fmt.Errorf("change: %d %s", status, answer)
		}
		c.people = append(c.people, person)
	}
}

// processRound has eight clients work until the process is killed.
func processRound(t *testing.T, p *process, round int) []processPerson {
	t.Helper()
	clients := make([]*processClient, 8)
	failures := make([]error, len(clients))
	var working sync.WaitGroup
	for i := range clients {
		clients[i] = &processClient{name: fmt.Sprintf("r%dc%d", round, i)}
		working.Go(func() { failures[i] = clients[i].work(p) })
	}
	time.Sleep(300*time.Millisecond + rand.N(900*time.Millisecond))
	p.kill(t)
	working.Wait()
	var people []processPerson
	for i, client := range clients {
		require.NoError(t, failures[i])
		people = append(people, client.people...)
	}
	return people
}

// requireInEffect signs the person in with the password that counts.
func (p *process) requireInEffect(t *testing.T, person processPerson) {
	t.Helper()
	status, answer := p.login(person.name, person.current)
	if status == http.StatusBadRequest && person.tried != "" {
		status, answer = p.login(person.name, person.tried)
	}
	require.Equal(t, http.StatusOK, status, "%s: %s", person.name, answer)
	if person.old != "" {
		status, _ = p.login(person.name, person.old)
		require.Equal(t, http.StatusBadRequest, status, "%s: the old password still works", person.name)
	}
}

func requireWhole(t *testing.T, db *sql.DB) {
	t.Helper()
	require.Equal(t, []string{"ok"}, processTexts(t, db, `PRAGMA integrity_check`))
	for what, query := range map[string]string{
		"broken references": `SELECT "table" FROM pragma_foreign_key_check`,
		"accounts without their address": `SELECT username FROM auth_user u WHERE 1 <>
			(SELECT COUNT(*) FROM account_emailaddress e WHERE e.user_id = u.id AND e.email = u.email AND e."primary")`,
		"addresses without an account": `SELECT email FROM account_emailaddress WHERE user_id NOT IN (SELECT id FROM auth_user)`,
		"names twice":                  `SELECT lower(username) FROM auth_user GROUP BY lower(username) HAVING COUNT(*) > 1`,
		"addresses twice":              `SELECT lower(email) FROM account_emailaddress GROUP BY lower(email) HAVING COUNT(*) > 1`,
	} {
		require.Empty(t, processTexts(t, db, query), what)
	}
}

const processRounds = 5

// processInHand is how many mails the service sends at once: a kill between the
// mail server's acceptance and the note of it makes so many duplicates at most.
const processInHand = 4

func TestNothingAcknowledgedIsLostWhenTheProcessIsKilled(t *testing.T) {
	data, server := t.TempDir(), startMailServer(t, &mailServer{}, nil, false)
	settings := []string{processCheap, "RATE_LIMITS=off", "LOG_LEVEL=error", processMailTo(server)}
	var people []processPerson
	p := processStart(t, data, settings...)
	for round := range processRounds {
		killed := processRound(t, p, round)
		db := processDatabase(t, data)
		requireWhole(t, db)
		require.NoError(t, db.Close())
		processLeasesRunOut(t, data)
		p = processStart(t, data, settings...)
		for _, person := range killed {
			p.requireInEffect(t, person)
		}
		people = append(people, killed...)
	}
	require.Greater(t, len(people), 10*processRounds)
	requireMailed(t, processDatabase(t, data), server, people)
}

// requireMailed waits until the outbox is empty and checks who got a mail.
func requireMailed(t *testing.T, db *sql.DB, server *mailServer, people []processPerson) {
	t.Helper()
	require.Eventually(t, func() bool {
		return len(processTexts(t, db, `SELECT topic FROM latchkey_outbox`)) == 0
	}, 20*time.Second, 50*time.Millisecond, "mails are left over")
	mails := processMails(server)
	for _, person := range people {
		require.Positive(t, mails[person.name+"@example.com"], "%s was registered and got no mail", person.name)
	}
	known, twice := map[string]bool{}, 0
	for _, email := range processTexts(t, db, `SELECT email FROM auth_user`) {
		known[email] = true
	}
	for email, count := range mails {
		require.True(t, known[email], "%s got a mail for an account that was rolled back", email)
		twice += count - 1
	}
	t.Logf("%d acknowledged registrations, %d accounts, %d mails, of which %d are duplicates", len(people), len(known), len(mails)+twice, twice)
	require.LessOrEqual(t, twice, processRounds*processInHand)
}

func TestAMailIsSentAfterACrashBetweenCommitAndDelivery(t *testing.T) {
	data := t.TempDir()
	p := processStart(t, data, processCheap, "EMAIL_URL=smtp://127.0.0.1:1?tls=none")
	status, answer := p.register("ada", "correct-horse-9")
	require.Equal(t, http.StatusCreated, status, answer)
	p.kill(t)

	server := startMailServer(t, &mailServer{}, nil, false)
	processLeasesRunOut(t, data)
	p = processStart(t, data, processCheap, processMailTo(server))
	require.Eventually(t, func() bool { return processMails(server)["ada@example.com"] == 1 }, 5*time.Second, 20*time.Millisecond)
	status, _ = p.login("ada", "correct-horse-9")
	require.Equal(t, http.StatusOK, status)
}
