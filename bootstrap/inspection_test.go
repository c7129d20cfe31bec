package bootstrap

import (
	"database/sql"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

// A first start that was killed between the table of migrations and the first of them
// must not look like a database whose tables were lost.
func TestAFirstStartThatWasInterruptedIsTriedAgain(t *testing.T) {
	file := t.TempDir() + "/latchkey.sqlite3"
	db, err := sql.Open("sqlite", "file:"+file)
	require.NoError(t, err)
	for _, statement := range []string{
		`CREATE TABLE latchkey_migrations (id INTEGER PRIMARY KEY AUTOINCREMENT, version_id INTEGER NOT NULL, is_applied INTEGER NOT NULL, tstamp TIMESTAMP DEFAULT (datetime('now')))`,
		`INSERT INTO latchkey_migrations (version_id, is_applied) VALUES (0, 1)`,
	} {
		_, err = db.ExecContext(t.Context(), statement)
		require.NoError(t, err)
	}
	require.NoError(t, db.Close())
	status, answer := registerAda(t, boot(t, testSettings(t, "LATCHKEY_DATABASE_URL=sqlite://"+file)))
	require.Equal(t, http.StatusCreated, status, answer)
}
