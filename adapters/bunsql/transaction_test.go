package bunsql

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestATransactionRunsWhatIsPrepared(t *testing.T) {
	db := migrated(t)
	kept := func() bool { _, ok := db.writer.statements.Load(db.queries.insertAccount); return ok }
	require.False(t, kept())
	addAccount(t, db, "ann")
	require.True(t, kept(), "it was prepared behind the transaction that had it first")
	addAccount(t, db, "bob")
	require.Equal(t, []string{"ann", "bob"}, texts(t, db, `SELECT username FROM auth_user ORDER BY id`))
	_, missed := db.writer.missed.Load(db.queries.insertAccount)
	require.False(t, missed)
}
