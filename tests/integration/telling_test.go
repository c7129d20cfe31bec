package integration

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/adapters/bunsql"
	"latchkey/domain/secret"
	"latchkey/tests/kit"
	"latchkey/tests/postgres"
)

// tellingCost is the work that a request made: nothing in it may depend on who has an account.
type tellingCost struct {
	hashes, verifies int64
	statements       []string
	messages         int
}

func TestNeitherAnswerNorWorkTellsWhoHasAnAccount(t *testing.T) {
	database := postgres.Copy(t, "migrated", func(url string) error {
		db, err := bunsql.Open(t.Context(), bunsql.Config{URL: secret.New(url)})
		require.NoError(t, err)
		require.NoError(t, db.Migrate(t.Context()))
		return db.Close()
	})
	tap, tapped := tellingTapped(t, database)
	s := tellingBoot(t, nil, kit.WithDatabase(tapped))
	s.people(t, "pgx", database)
	for _, flow := range tellingFlows {
		t.Run(flow.name, func(t *testing.T) {
			s.Clock.Advance(2 * time.Hour) // who asked a while ago may ask again
			var first tellingAnswer
			var cost tellingCost
			for i, kind := range tellingKinds {
				answer, spent := s.watched(t, tap, flow, kind)
				require.Equal(t, flow.status, answer.status, "%s: %s", kind, answer.body)
				if i == 0 {
					first, cost = answer, spent
					t.Logf("%d hashes, %d comparisons, %d statements, %d messages: %s", cost.hashes, cost.verifies, len(cost.statements), cost.messages, first.body)
				}
				require.Equal(t, first.body, answer.body, kind)
				require.Equal(t, first.header, answer.header, kind)
				require.Equal(t, cost, spent, kind)
			}
		})
	}
}

func (s *tellingService) watched(t *testing.T, tap *tellingTap, flow tellingFlow, kind string) (tellingAnswer, tellingCost) {
	t.Helper()
	messages := s.messages(t)
	hashes, verifies, _ := s.hasher.hashes.Load(), s.hasher.verifies.Load(), tap.take()
	answer := flow.ask(s, t, kind)
	return answer, tellingCost{s.hasher.hashes.Load() - hashes, s.hasher.verifies.Load() - verifies, tap.take(), s.messages(t) - messages}
}
