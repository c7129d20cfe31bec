package credentials_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/domain/accounts"
	"latchkey/domain/credentials"
)

func TestSubjectOfIsWhatEverybodyKnows(t *testing.T) {
	account := accounts.Restore(accounts.Snapshot{
		ID: 7, Username: "alice", FirstName: "Alice", LastName: "Liddell", Email: "alice@example.com",
	})
	require.Equal(t, credentials.Subject{
		Username: "alice", FirstName: "Alice", LastName: "Liddell", Email: "alice@example.com",
	}, credentials.SubjectOf(account))
}
