package bunsql

import (
	"database/sql"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/domain/accounts"
	"latchkey/domain/secret"
	"latchkey/domain/sessions"
)

var now = time.Date(2026, time.March, 4, 5, 6, 7, 890123000, time.UTC)

// openIn opens the database in folder without migrating it.
func openIn(t testing.TB, folder string, config Config) *DB {
	t.Helper()
	config.File = filepath.Join(folder, "latchkey.db")
	db, err := Open(t.Context(), config)
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// migrated returns a new database with its tables.
func migrated(t testing.TB) *DB {
	t.Helper()
	db := openIn(t, t.TempDir(), Config{})
	require.NoError(t, db.Migrate(t.Context()))
	return db
}

// texts returns the only column of the rows that query finds, as text.
func texts(t testing.TB, db *DB, query string) (found []string) {
	t.Helper()
	rows, err := db.reader.DB.DB.QueryContext(t.Context(), query)
	require.NoError(t, err)
	defer func() { require.NoError(t, rows.Close()) }()
	for rows.Next() {
		var text sql.NullString
		require.NoError(t, rows.Scan(&text))
		found = append(found, text.String)
	}
	require.NoError(t, rows.Err())
	return found
}

func execute(t testing.TB, db *DB, query string, args ...any) {
	t.Helper()
	_, err := db.writer.DB.DB.ExecContext(t.Context(), query, args...)
	require.NoError(t, err)
}

func addAccount(t testing.TB, db *DB, name string) *accounts.Account {
	t.Helper()
	account := accounts.New(accounts.Username(name), accounts.Email(name+"@example.com"), secret.New("hash"), now)
	require.NoError(t, NewAccounts(db).Add(t.Context(), account))
	return account
}

// openSeals stands in for real signatures: the text is the fingerprint.
type openSeals struct{}

func (openSeals) Fingerprint(hash secret.String) string { return hash.Reveal() }
func (openSeals) Fits(fingerprint string, hash secret.String) bool {
	return fingerprint == hash.Reveal()
}
func (openSeals) Seal(s *sessions.WebSession, _ time.Time) (string, error) {
	return s.Fingerprint, nil
}
func (openSeals) Open(text string, s *sessions.WebSession) error {
	if text == "forged" {
		return sessions.ErrSessionEnded
	}
	s.Fingerprint = text
	return nil
}

func TestOnlyTheOwnerCanReadTheFiles(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "data")
	db := openIn(t, folder, Config{})
	require.NoError(t, db.Migrate(t.Context()))
	info, err := os.Stat(folder)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o700), info.Mode().Perm())
	files, err := os.ReadDir(folder)
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(files), 3, "the database, its log and its shared memory")
	for _, file := range files {
		info, err := file.Info()
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm(), file.Name())
	}
}

func TestAPathMayHoldTheSignsOfAnAddress(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "a b?mode=memory#%41")
	db := openIn(t, folder, Config{})
	require.NoError(t, db.Migrate(t.Context()))
	addAccount(t, db, "ann")
	require.FileExists(t, filepath.Join(folder, "latchkey.db"))
	require.NoError(t, db.Close())
	again := openIn(t, folder, Config{})
	require.Equal(t, []string{"ann"}, texts(t, again, `SELECT username FROM auth_user`))
}

func TestConnectionsAreSetUp(t *testing.T) {
	db := migrated(t)
	for _, c := range []struct {
		pool           *pool
		pragma, expect string
	}{
		{db.writer, "journal_mode", "wal"},
		{db.writer, "synchronous", "2"}, // FULL
		{db.writer, "foreign_keys", "1"},
		{db.writer, "busy_timeout", "5000"},
		{db.reader, "query_only", "1"},
		{db.reader, "busy_timeout", "5000"},
		{db.reader.brief.pool, "query_only", "1"},
		{db.reader.brief.pool, "busy_timeout", "5000"},
	} {
		var value string
		require.NoError(t, c.pool.DB.DB.QueryRowContext(t.Context(), "PRAGMA "+c.pragma).Scan(&value))
		require.Equal(t, c.expect, value, c.pragma)
	}
	require.Equal(t, 1, db.writer.DB.DB.Stats().MaxOpenConnections)
}

func TestReadersCannotWrite(t *testing.T) {
	db := migrated(t)
	_, err := db.read(t.Context(), `DELETE FROM auth_user`).raw.Exec(t.Context())
	require.ErrorContains(t, err, "readonly")
}

func TestOpenTellsWhatIsWrong(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, []byte("this is not a database, and is long enough to have a header"), 0o600))
	_, err := Open(t.Context(), Config{File: file})
	require.ErrorContains(t, err, "not a database")
	_, err = Open(t.Context(), Config{File: filepath.Join(file, "below", "a.db")})
	require.ErrorContains(t, err, "create the database file")
}
