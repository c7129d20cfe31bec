package integration

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// watchOutbox has the database write down who a message is for whenever an
// instance claims it.
func (c *cluster) watchOutbox(t *testing.T) {
	t.Helper()
	c.exec(t, `CREATE TABLE claimed (message bigint, at timestamptz, email text)`)
	c.exec(t, `CREATE FUNCTION note_claim() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
		INSERT INTO claimed SELECT NEW.id, clock_timestamp(), COALESCE(NEW.payload::json->>'email',
			(SELECT email FROM account_emailaddress WHERE id = (NEW.payload::json->>'address')::int));
		RETURN NEW; END $$`)
	c.exec(t, `CREATE TRIGGER note_claim AFTER UPDATE ON latchkey_outbox FOR EACH ROW
		WHEN (NEW.attempts > OLD.attempts) EXECUTE FUNCTION note_claim()`)
}

// clusterClaim is a message that was claimed once more.
type clusterClaim struct {
	email        string
	first, again time.Time
}

// claimedAgain returns the messages that were claimed when another claim had gone before.
func (c *cluster) claimedAgain(t *testing.T) (again []clusterClaim) {
	t.Helper()
	rows, err := c.db.QueryContext(t.Context(), `SELECT email, before, at FROM
		(SELECT email, at, lag(at) OVER (PARTITION BY message ORDER BY at) AS before FROM claimed) AS c WHERE before IS NOT NULL`)
	require.NoError(t, err)
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var claim clusterClaim
		require.NoError(t, rows.Scan(&claim.email, &claim.first, &claim.again))
		again = append(again, claim)
	}
	require.NoError(t, rows.Err())
	return again
}

const (
	// clusterLease is how long others leave a claimed message alone, or nearly so.
	clusterLease = 55 * time.Second
	// clusterMoment is how long before a kill a message may have been claimed that
	// the killed instance had in hand.
	clusterMoment = 3 * time.Second
)

// requireMailed checks who got a mail: everybody, and twice only what a killed
// instance had in hand.
func (c *cluster) requireMailed(t *testing.T, people []*clusterPerson, kills []time.Time) {
	t.Helper()
	released := c.deliverRest(t)
	inHand := map[string]bool{}
	again := c.claimedAgain(t)
	for _, claim := range again {
		inHand[claim.email] = true
		alone := claim.first.Before(released) && claim.again.After(released) || claim.again.Sub(claim.first) > clusterLease
		require.True(t, alone, "two instances had a message in hand: %+v", claim)
		require.True(t, slices.ContainsFunc(kills, func(kill time.Time) bool {
			return claim.first.Before(kill.Add(time.Second)) && kill.Sub(claim.first) < clusterMoment
		}), "a message was claimed again, and nobody was killed then: %+v", claim)
	}
	require.LessOrEqual(t, len(again), len(kills)*processInHand)
	taken, mails := c.mailsTaken(), 0
	for what, count := range taken {
		email, _, _ := strings.Cut(what, " ")
		require.True(t, count == 1 || inHand[email], "%s was mailed %d times", what, count)
		mails += count
	}
	for _, person := range people {
		require.Positive(t, taken[person.name+"@example.com confirmation"], person.name)
		require.True(t, !person.asked || taken[person.name+"@example.com reset"] > 0, person.name)
	}
	t.Logf("%d mails: %d doubled, of %d messages that killed instances had in hand", mails, mails-len(taken), len(again))
}

// deliverRest waits until the living have delivered what is theirs and gives them
// what the killed had in hand, as the end of the lease would. It returns when.
func (c *cluster) deliverRest(t *testing.T) (released time.Time) {
	t.Helper()
	const due = `SELECT topic FROM latchkey_outbox WHERE due <= now()`
	require.Eventually(t, func() bool { return len(c.texts(t, due)) == 0 }, 30*time.Second, 50*time.Millisecond)
	var rest []string
	require.Eventually(t, func() bool {
		before := rest
		rest = c.texts(t, `SELECT id FROM latchkey_outbox ORDER BY id`)
		return slices.Equal(before, rest)
	}, 30*time.Second, 2*time.Second)
	released = time.Now()
	c.exec(t, `UPDATE latchkey_outbox SET due = now()`)
	require.Eventually(t, func() bool { return len(c.texts(t, `SELECT topic FROM latchkey_outbox`)) == 0 },
		30*time.Second, 50*time.Millisecond, "mails are left over")
	return released
}

var clusterConfirmation = regexp.MustCompile(`(?m)^Subject:.*Confirm`)

// mailsTaken counts the mails that the mail server took: nobody has reason to get
// two of one kind.
func (c *cluster) mailsTaken() map[string]int {
	taken := map[string]int{}
	for _, mail := range c.mails.received() {
		kind := " reset"
		if clusterConfirmation.MatchString(mail.raw) {
			kind = " confirmation"
		}
		taken[strings.Join(mail.to, ",")+kind]++
	}
	return taken
}
