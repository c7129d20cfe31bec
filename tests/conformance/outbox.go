package conformance

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/application/ports"
)

// Outbox tests an implementation of ports.Outbox.
func Outbox(t *testing.T, open Open) {
	t.Run("a message comes back as it was appended", func(t *testing.T) { outboxRoundTrip(t, open(t)) })
	t.Run("messages are claimed oldest first", func(t *testing.T) { outboxOrder(t, open(t)) })
	t.Run("a message is not claimed before it is due", func(t *testing.T) { outboxNotDue(t, open(t)) })
	t.Run("a claimed message comes back after its lease", func(t *testing.T) { outboxLease(t, open(t)) })
	t.Run("a message that is done is gone", func(t *testing.T) { outboxDone(t, open(t)) })
	t.Run("a postponed message comes back when it is due", func(t *testing.T) { outboxPostpone(t, open(t)) })
	t.Run("a buried message does not come back", func(t *testing.T) { outboxBury(t, open(t)) })
	t.Run("a message exists if its transaction commits", func(t *testing.T) { outboxTransaction(t, open(t)) })
	if _, able := open(t).Outbox.(ports.Batches); able {
		t.Run("messages of one topic are claimed", func(t *testing.T) { outboxClaimOf(t, open(t)) })
		t.Run("messages take the place of others, all or none", func(t *testing.T) { outboxReplace(t, open(t)) })
	}
	t.Run("no message is claimed by two", func(t *testing.T) { outboxRace(t, open(t)) })
}

const lease = time.Minute

func appendOne(t *testing.T, stores Stores, at time.Time, topic string) {
	t.Helper()
	message := ports.Message{Topic: topic, Payload: map[string]string{"to": topic}}
	require.NoError(t, stores.Outbox.Append(t.Context(), at, message))
}

func claim(t *testing.T, stores Stores, at time.Time, limit int) []ports.Message {
	t.Helper()
	claimed, err := stores.Outbox.Claim(t.Context(), at, lease, limit)
	require.NoError(t, err)
	return claimed
}

func topics(messages []ports.Message) (topics []string) {
	for _, message := range messages {
		topics = append(topics, message.Topic)
	}
	return topics
}

func outboxRoundTrip(t *testing.T, stores Stores) {
	payload := map[string]string{"a": "é <&> \"", "b": ""}
	require.NoError(t, stores.Outbox.Append(t.Context(), now), "no message is no error")
	require.NoError(t, stores.Outbox.Append(t.Context(), now, ports.Message{Topic: "mail", Payload: payload}))
	claimed := claim(t, stores, now, 10)
	require.Len(t, claimed, 1)
	require.NotZero(t, claimed[0].ID)
	claimed[0].ID = 0
	require.Equal(t, ports.Message{Topic: "mail", Payload: payload, Attempts: 1}, claimed[0])
}

func outboxOrder(t *testing.T, stores Stores) {
	appendOne(t, stores, now, "first")
	appendOne(t, stores, now.Add(time.Microsecond), "second")
	appendOne(t, stores, now.Truncate(time.Second).Add(time.Second), "third")
	at := now.Add(time.Hour)
	require.Empty(t, claim(t, stores, at, 0))
	require.Equal(t, []string{"first", "second"}, topics(claim(t, stores, at, 2)))
	require.Equal(t, []string{"third"}, topics(claim(t, stores, at, 2)))
}

func outboxNotDue(t *testing.T, stores Stores) {
	appendOne(t, stores, now, "m")
	require.Empty(t, claim(t, stores, now.Add(-time.Microsecond), 10))
	require.Len(t, claim(t, stores, now, 10), 1)
}

func outboxLease(t *testing.T, stores Stores) {
	appendOne(t, stores, now, "m")
	require.Len(t, claim(t, stores, now, 10), 1)
	require.Empty(t, claim(t, stores, now.Add(lease-time.Microsecond), 10))
	again := claim(t, stores, now.Add(lease), 10)
	require.Len(t, again, 1)
	require.Equal(t, 2, again[0].Attempts)
}

func outboxDone(t *testing.T, stores Stores) {
	appendOne(t, stores, now, "m")
	appendOne(t, stores, now, "other")
	id := claim(t, stores, now, 1)[0].ID
	require.NoError(t, stores.Outbox.Done(t.Context(), id))
	require.NoError(t, stores.Outbox.Done(t.Context(), id), "it is gone already")
	require.Equal(t, []string{"other"}, topics(claim(t, stores, now.Add(time.Hour), 10)))
}

func outboxPostpone(t *testing.T, stores Stores) {
	appendOne(t, stores, now, "m")
	until := now.Add(time.Hour)
	require.NoError(t, stores.Outbox.Postpone(t.Context(), claim(t, stores, now, 1)[0].ID, until, "server is down"))
	require.Empty(t, claim(t, stores, until.Add(-time.Microsecond), 10))
	require.Len(t, claim(t, stores, until, 10), 1)
}

func outboxBury(t *testing.T, stores Stores) {
	appendOne(t, stores, now, "m")
	require.NoError(t, stores.Outbox.Bury(t.Context(), claim(t, stores, now, 1)[0].ID, "no such mailbox"))
	require.Empty(t, claim(t, stores, now.Add(1000*time.Hour), 10))
}

func outboxTransaction(t *testing.T, stores Stores) {
	failure := errors.New("no")
	for want, verdict := range []error{failure, nil} {
		err := stores.Transactor.InTx(t.Context(), func(ctx context.Context) error {
			if err := stores.Outbox.Append(ctx, now, ports.Message{Topic: "m"}); err != nil {
				return err
			}
			return verdict
		})
		require.ErrorIs(t, err, verdict)
		require.Len(t, claim(t, stores, now, 10), want)
	}
}

func outboxRace(t *testing.T, stores Stores) {
	const messages = 100
	for range messages {
		appendOne(t, stores, now, "m")
	}
	var mu sync.Mutex
	times := make(map[int64]int)
	for _, err := range race(racers, func(int) error {
		for {
			claimed, err := stores.Outbox.Claim(t.Context(), now, lease, 7)
			if err != nil || len(claimed) == 0 {
				return err
			}
			mu.Lock()
			for _, message := range claimed {
				times[message.ID]++
			}
			mu.Unlock()
		}
	}) {
		require.NoError(t, err)
	}
	require.Len(t, times, messages)
	for _, n := range times {
		require.Equal(t, 1, n)
	}
}

func outboxClaimOf(t *testing.T, stores Stores) {
	able := stores.Outbox.(ports.Batches)
	for i, topic := range []string{"b", "a", "b", "a", "a"} {
		appendOne(t, stores, now.Add(time.Duration(i)*time.Second), topic)
	}
	later := now.Add(3 * time.Second) // the last is not due
	claimed, err := able.ClaimOf(t.Context(), "a", later, lease, 1)
	require.NoError(t, err)
	require.Equal(t, []string{"a"}, topics(claimed))
	require.Equal(t, 1, claimed[0].Attempts)
	require.Equal(t, map[string]string{"to": "a"}, claimed[0].Payload)
	claimed, err = able.ClaimOf(t.Context(), "a", later, lease, 10)
	require.NoError(t, err)
	require.Equal(t, []string{"a"}, topics(claimed), "each once within its lease")
	require.Equal(t, []string{"b", "b"}, topics(claim(t, stores, later, 10)), "the others are left")
	claimed, err = able.ClaimOf(t.Context(), "a", later.Add(lease), lease, 10)
	require.NoError(t, err)
	require.Len(t, claimed, 3)
}

func outboxReplace(t *testing.T, stores Stores) {
	able := stores.Outbox.(ports.Batches)
	for range 3 {
		appendOne(t, stores, now, "request")
	}
	claimed := claim(t, stores, now, 2)
	by := []ports.Message{{Topic: "mail", Payload: map[string]string{"to": "ann"}}, {Topic: "mail", Payload: map[string]string{"to": "bob"}}}
	err := stores.Transactor.InTx(t.Context(), func(ctx context.Context) error {
		require.NoError(t, able.Replace(ctx, now, claimed, by))
		return errors.New("rolled back")
	})
	require.Error(t, err)
	require.Equal(t, []string{"request"}, topics(claim(t, stores, now, 10)))
	require.NoError(t, able.Replace(t.Context(), now, claimed, by))
	require.Equal(t, []string{"mail", "mail"}, topics(claim(t, stores, now, 10)))
	require.Equal(t, []string{"request", "mail", "mail"}, topics(claim(t, stores, now.Add(lease), 10)), "what was replaced is gone")
}
