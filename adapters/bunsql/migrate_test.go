package bunsql

import (
	"bytes"
	"database/sql"
	_ "embed"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/domain/accounts"
	"latchkey/domain/sessions"
)

// The schema as Django's migrations leave it, and rows as Django writes them.
var (
	//go:embed testdata/django.sql
	djangoSchema string
	//go:embed testdata/rows.sql
	djangoRows string
)

// schema is every table and index of others than ourselves, without the words
// that only say how it came about.
func schema(t *testing.T, db *DB) []string {
	t.Helper()
	found := texts(t, db, `SELECT sql FROM sqlite_master WHERE sql IS NOT NULL
		AND name NOT LIKE 'latchkey%' AND name NOT LIKE 'sqlite%' AND tbl_name NOT LIKE 'passkeys%'
		AND name NOT LIKE 'dj_rest_auth_mfa%' ORDER BY name`)
	for i := range found {
		found[i] = strings.ReplaceAll(found[i], " IF NOT EXISTS", "")
	}
	return found
}

// django returns a database as Django leaves it: with its tables, its rows, and a
// rollback journal instead of a write-ahead log.
func django(t *testing.T, config Config, more ...string) *DB {
	t.Helper()
	folder := t.TempDir()
	raw, err := sql.Open("sqlite", filepath.Join(folder, "latchkey.db"))
	require.NoError(t, err)
	statements := strings.Replace(djangoSchema, "CREATE TABLE sqlite_sequence(name,seq);", "", 1)
	_, err = raw.ExecContext(t.Context(), statements+djangoRows+strings.Join(more, ";"))
	require.NoError(t, err)
	require.NoError(t, raw.Close())
	return openIn(t, folder, config)
}

func TestANewDatabaseHasDjangosTables(t *testing.T) {
	require.Equal(t, schema(t, django(t, Config{})), schema(t, migrated(t)))
}

func TestANewDatabaseHasDjangosFirstRows(t *testing.T) {
	db := migrated(t)
	require.Equal(t, []string{"1 example.com example.com"},
		texts(t, db, `SELECT id || ' ' || name || ' ' || domain FROM django_site`))
	require.Len(t, texts(t, db, `SELECT id FROM django_content_type`), 17)
	require.Len(t, texts(t, db, `SELECT id FROM auth_permission`), 68)
	require.Equal(t, []string{"add_user Can add user", "change_user Can change user", "delete_user Can delete user", "view_user Can view user"},
		texts(t, db, `SELECT codename || ' ' || p.name FROM auth_permission p JOIN django_content_type t ON t.id = content_type_id
			WHERE app_label = 'auth' AND model = 'user' ORDER BY p.id`))
	require.Equal(t, []string{"account 9", "auth 12", "authtoken 4", "contenttypes 2", "dj_rest_auth_mfa 1", "passkeys 1", "sessions 1", "sites 2", "socialaccount 6", "token_blacklist 12"},
		texts(t, db, `SELECT app || ' ' || COUNT(*) FROM django_migrations GROUP BY app ORDER BY app`))
}

func TestMigratingAgainChangesNothing(t *testing.T) {
	db := migrated(t)
	before := dump(t, db)
	require.NoError(t, db.Migrate(t.Context()))
	require.Equal(t, before, dump(t, db))
}

// dump is every row of Django's tables as text.
func dump(t *testing.T, db *DB) map[string][]string {
	t.Helper()
	all := make(map[string][]string)
	for _, table := range texts(t, db, `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'latchkey%'
		AND name NOT LIKE 'passkeys%' AND name NOT LIKE 'dj_rest_auth_mfa%'`) {
		columns := texts(t, db, `SELECT 'quote("' || name || '")' FROM pragma_table_info('`+table+`')`)
		all[table] = texts(t, db, `SELECT `+strings.Join(columns, " || '|' || ")+` FROM "`+table+`"`)
	}
	delete(all, "sqlite_sequence")
	return all
}

func TestADatabaseOfDjangoIsTakenOver(t *testing.T) {
	db := django(t, Config{})
	before, tables := dump(t, db), schema(t, db)
	require.NoError(t, db.Migrate(t.Context()))
	require.Equal(t, before, dump(t, db))
	require.Equal(t, tables, schema(t, db))

	ann, err := NewAccounts(db).ByID(t.Context(), 1)
	require.NoError(t, err)
	s := ann.Snapshot()
	require.Equal(t, time.Date(2026, 11, 23, 2, 33, 49, 160870000, time.UTC), s.LastLogin)
	require.Equal(t, time.Date(2026, 11, 23, 2, 33, 49, 0, time.UTC), s.Joined)
	require.True(t, s.Active && s.Staff && !s.Superuser)
	bob, err := NewAccounts(db).ByID(t.Context(), 2)
	require.NoError(t, err)
	require.True(t, bob.LastLogin().IsZero())
}

// What is written back unchanged is written as it was, and what changes is
// written as Django would.
func TestRowsAreWrittenAsDjangoWritesThem(t *testing.T) {
	db := django(t, Config{})
	require.NoError(t, db.Migrate(t.Context()))
	before := dump(t, db)
	for id := range accounts.ID(2) {
		require.NoError(t, NewAccounts(db).Update(t.Context(), id+1, func(*accounts.Account) error { return nil }))
	}
	require.Equal(t, before, dump(t, db))

	added := accounts.New("cy", "", accounts.Restore(accounts.Snapshot{}).PasswordHash(), now.Truncate(time.Second))
	require.NoError(t, NewAccounts(db).Add(t.Context(), added))
	require.Equal(t, []string{`NULL|0|'cy'|''|''|0|1|'2026-03-04 05:06:07'|''|''`},
		texts(t, db, `SELECT quote(last_login)||'|'||quote(is_superuser)||'|'||quote(username)||'|'||quote(last_name)||'|'||quote(email)
			||'|'||quote(is_staff)||'|'||quote(is_active)||'|'||quote(date_joined)||'|'||quote(first_name)||'|'||quote(password)
			FROM auth_user WHERE username = 'cy'`))
	token := sessions.APIToken{Account: added.ID(), Created: now}
	_, err := NewAPITokens(db).Issue(t.Context(), token)
	require.NoError(t, err)
	require.Equal(t, []string{`'2026-03-04 05:06:07.890123'`},
		texts(t, db, `SELECT quote(created) FROM authtoken_token WHERE user_id = `+texts(t, db, `SELECT MAX(id) FROM auth_user`)[0]))
}

func TestTheIndexOfVerifiedAddressesFollowsTheSetting(t *testing.T) {
	shared := `INSERT INTO account_emailaddress (verified, "primary", user_id, email)
		VALUES (1, 0, 1, 'both@example.com'), (1, 0, 2, 'both@example.com')`
	dropped := `DROP INDEX unique_verified_email`

	err := django(t, Config{}, dropped, shared).Migrate(t.Context())
	require.ErrorContains(t, err, "ACCOUNT_UNIQUE_EMAIL")
	require.NotContains(t, err.Error(), "both@example.com")

	db := django(t, Config{SharedEmail: true}, dropped, shared)
	require.NoError(t, db.Migrate(t.Context()))

	db = openIn(t, t.TempDir(), Config{SharedEmail: true})
	require.NoError(t, db.Migrate(t.Context()))
	for _, name := range []string{"ann", "bob"} {
		address := accounts.NewAddress(addAccount(t, db, name).ID(), "both@example.com", true)
		address.Verify()
		require.NoError(t, NewAddresses(db).Add(t.Context(), address))
	}
}

func TestAFailedMigrationLeavesNothingBehind(t *testing.T) {
	// A table in the way of the second migration.
	db := django(t, Config{}, `CREATE TABLE latchkey_limit (id integer)`)
	require.ErrorContains(t, db.Migrate(t.Context()), "latchkey_limit")
	require.Empty(t, texts(t, db, `SELECT name FROM sqlite_master WHERE name = 'latchkey_outbox'`))
	execute(t, db, `DROP TABLE latchkey_limit`)
	require.NoError(t, db.Migrate(t.Context()))
}

const starterFile = "BUNSQL_STARTER_FILE"

// TestProcessesThatStartTogetherAllSucceed runs itself in four processes.
func TestProcessesThatStartTogetherAllSucceed(t *testing.T) {
	if file := os.Getenv(starterFile); file != "" {
		db, err := Open(t.Context(), Config{File: file})
		require.NoError(t, err)
		require.NoError(t, db.Migrate(t.Context()))
		addAccount(t, db, filepath.Base(t.TempDir())+time.Now().Format("150405.000000000"))
		require.NoError(t, db.Close())
		return
	}
	file := filepath.Join(t.TempDir(), "latchkey.db")
	starters := make([]*exec.Cmd, 4)
	outputs := make([]bytes.Buffer, len(starters))
	for i := range starters {
		starters[i] = exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$")
		starters[i].Env = append(os.Environ(), starterFile+"="+file)
		starters[i].Stdout = &outputs[i]
		require.NoError(t, starters[i].Start())
	}
	for i, starter := range starters {
		require.NoError(t, starter.Wait(), "%s", &outputs[i])
	}
	db := openIn(t, filepath.Dir(file), Config{})
	require.Equal(t, []string{"4"}, texts(t, db, `SELECT COUNT(*) FROM auth_user`))
	require.Equal(t, []string{"11"}, texts(t, db, `SELECT COUNT(*) FROM latchkey_migrations`), "and each ran once")
}

func TestAnOldDatabaseIsOpenAtOnce(t *testing.T) {
	folder := t.TempDir()
	require.NoError(t, openIn(t, folder, Config{}).Migrate(t.Context()))
	begin := time.Now()
	require.NoError(t, openIn(t, folder, Config{}).Migrate(t.Context()))
	require.Less(t, time.Since(begin), 150*time.Millisecond)
}
