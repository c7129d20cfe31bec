package bunsql

import (
	"database/sql"
	_ "embed"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/identities"
	"latchkey/domain/secret"
)

// The schema as the migrations of Django 3.2, allauth 0.51 and simplejwt 5.2 leave it.
//
//go:embed testdata/django32.sql
var olderSchema string

// older returns a database of an older Django with its first rows, and more.
func older(t *testing.T, config Config, more string) *DB {
	t.Helper()
	folder := t.TempDir()
	raw, err := sql.Open("sqlite", filepath.Join(folder, "latchkey.db"))
	require.NoError(t, err)
	_, err = raw.ExecContext(t.Context(), olderSchema+more)
	require.NoError(t, err)
	require.NoError(t, raw.Close())
	return openIn(t, folder, config)
}

const olderAnn = `INSERT INTO auth_user (id, password, is_superuser, username, last_name, email, is_staff, is_active, date_joined, first_name)
	VALUES (7, '!', 0, 'ann', '', 'ann@example.com', 0, 1, '2020-01-02 03:04:05', '');`

// An index of Django's that we made would stop the migration of a newer allauth that makes it.
func TestTablesOfAnOlderDjangoStayAsTheyAre(t *testing.T) {
	db := older(t, Config{}, olderAnn)
	before, tables := dump(t, db), schema(t, db)
	require.NoError(t, db.Migrate(t.Context()))
	require.Equal(t, before, dump(t, db))
	require.Equal(t, tables, schema(t, db))
	require.Contains(t, texts(t, db, `SELECT name FROM sqlite_master`), ownVerifiedEmail)
}

func TestMissingAppsAreMadeAndNothingElse(t *testing.T) {
	gone := `DROP TABLE token_blacklist_blacklistedtoken; DROP TABLE token_blacklist_outstandingtoken; DROP TABLE authtoken_token;
		DELETE FROM django_migrations WHERE app IN ('token_blacklist', 'authtoken');`
	db := older(t, Config{}, gone)
	before := dump(t, db)
	require.NoError(t, db.Migrate(t.Context()))
	after := dump(t, db)
	for _, made := range []string{"token_blacklist_blacklistedtoken", "token_blacklist_outstandingtoken", "authtoken_token"} {
		require.Contains(t, after, made)
		delete(after, made)
	}
	require.Equal(t, before, after)
}

func TestTheServiceWorksOnTablesOfAnOlderDjango(t *testing.T) {
	db := older(t, Config{}, olderAnn)
	ctx := t.Context()
	require.NoError(t, db.Migrate(ctx))
	require.NoError(t, NewAccounts(db).Update(ctx, 7, func(account *accounts.Account) error {
		account.ChangePassword(secret.New("hash"))
		return nil
	}))
	address := accounts.NewAddress(7, "ann@example.com", true)
	require.NoError(t, NewAddresses(db).Add(ctx, address))
	profile := identities.Profile{Key: identities.Key{Provider: "google", Subject: "1"}, Extra: json.RawMessage(`{"a": 1}`)}
	identity := identities.New(7, profile, now)
	require.NoError(t, NewIdentities(db).Add(ctx, identity))
	require.NoError(t, NewIdentities(db).Update(ctx, identity.ID(), func(*identities.Identity) error { return nil }))
}

// Django changes a table on SQLite by making another in its place.
func TestIndexesThatDjangoDroppedAreMadeAnew(t *testing.T) {
	db := migrated(t)
	execute(t, db, `DROP INDEX latchkey_auth_user_email`)
	steps, err := db.Pending(t.Context())
	require.NoError(t, err)
	require.Len(t, steps, 1)
	require.Equal(t, "the index latchkey_auth_user_email", steps[0].Name)
	require.NoError(t, db.Migrate(t.Context()))
	require.Contains(t, texts(t, db, `SELECT name FROM sqlite_master`), "latchkey_auth_user_email")
}

func TestANewerAllauthTakesOverTheIndexOfVerifiedAddresses(t *testing.T) {
	db := older(t, Config{}, "")
	require.NoError(t, db.Migrate(t.Context()))
	execute(t, db, `CREATE UNIQUE INDEX unique_verified_email ON account_emailaddress (email) WHERE verified`)
	require.NoError(t, db.Migrate(t.Context()))
	require.NotContains(t, texts(t, db, `SELECT name FROM sqlite_master`), ownVerifiedEmail)
	db.config.SharedEmail = true
	require.NoError(t, db.Migrate(t.Context()))
	require.NotContains(t, texts(t, db, `SELECT name FROM sqlite_master`), uniqueVerifiedEmail)
}

// What a dry run prints is what then runs.
func TestPendingIsTheWholeMigration(t *testing.T) {
	db, byHand := openIn(t, t.TempDir(), Config{}), openIn(t, t.TempDir(), Config{})
	require.NoError(t, db.Migrate(t.Context()))
	steps, err := byHand.Pending(t.Context())
	require.NoError(t, err)
	for _, step := range steps {
		execute(t, byHand, step.SQL)
	}
	all := `SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'latchkey_migrations%' ORDER BY name`
	require.Equal(t, texts(t, db, all), texts(t, byHand, all))
}

func TestLookingChangesNothing(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "folder", "latchkey.db")
	db, err := Look(t.Context(), Config{File: missing})
	require.NoError(t, err)
	found, err := NewInspection(db).Schema(t.Context())
	require.NoError(t, err)
	require.False(t, found.Ours)
	require.NotEmpty(t, found.Pending)
	require.NoError(t, db.Close())
	require.NoDirExists(t, filepath.Dir(missing))

	theirs := older(t, Config{}, olderAnn)
	require.NoError(t, theirs.Close())
	before, err := os.ReadFile(theirs.config.File)
	require.NoError(t, err)
	db, err = Look(t.Context(), theirs.config)
	require.NoError(t, err)
	_, err = NewInspection(db).Schema(t.Context())
	require.NoError(t, err)
	require.Error(t, db.Migrate(t.Context()))
	require.NoError(t, db.Close())
	after, err := os.ReadFile(theirs.config.File)
	require.NoError(t, err)
	require.Equal(t, before, after)

	_, err = Look(t.Context(), Config{URL: secret.New("postgres://nobody:hunter2@127.0.0.1:1/none")})
	require.Error(t, err)
	require.NotContains(t, err.Error(), "hunter2")
}

func TestTheSchemaOfAnOlderDjango(t *testing.T) {
	found, err := NewInspection(older(t, Config{}, olderAnn)).Schema(t.Context())
	require.NoError(t, err)
	require.False(t, found.Ours)
	require.True(t, found.ExclusiveEmail)
	require.Equal(t, 1, found.Accounts)
	require.Equal(t, 1, found.Sites)
	require.Equal(t, "0002_email_max_length", found.Applied["account"])
	for _, table := range found.Tables {
		if table.App == "passkeys" || table.App == "dj_rest_auth_mfa" {
			require.False(t, table.There, "it came with a later dj-rest-auth")
			continue
		}
		require.True(t, table.There, table.Name)
		require.Empty(t, table.Missing, table.Name)
		if table.Name == "socialaccount_socialtoken" {
			require.Equal(t, []string{"app_id"}, table.Demanded)
			continue
		}
		require.Empty(t, table.Demanded, table.Name)
	}
}

func TestTheSchemaSaysWhatTablesLackAndDemand(t *testing.T) {
	db := migrated(t)
	execute(t, db, `ALTER TABLE auth_user DROP COLUMN first_name`)
	execute(t, db, `ALTER TABLE auth_user ADD COLUMN tenant integer NOT NULL DEFAULT 1`)
	execute(t, db, `DROP TABLE authtoken_token`)
	execute(t, db, `CREATE TABLE authtoken_token (key varchar(40) PRIMARY KEY, created datetime NOT NULL, user_id integer NOT NULL, name text NOT NULL)`)
	found, err := NewInspection(db).Schema(t.Context())
	require.NoError(t, err)
	require.True(t, found.Ours)
	require.False(t, found.ExclusiveEmail)
	byName := map[string]ports.SchemaTable{}
	for _, table := range found.Tables {
		byName[table.Name] = table
	}
	require.Equal(t, []string{"first_name"}, byName["auth_user"].Missing)
	require.Empty(t, byName["auth_user"].Demanded, "a default fills it")
	require.Equal(t, []string{"name"}, byName["authtoken_token"].Demanded)
}

// The lists of columns are what the statements say, or a missing one stays unseen.
func TestTheServiceNamesEveryColumnOfANewTable(t *testing.T) {
	db := migrated(t)
	for _, shape := range shapes {
		columns := append(append([]string{}, shape.read...), shape.filled...)
		require.ElementsMatch(t, texts(t, db, `SELECT name FROM pragma_table_info('`+shape.table+`')`), columns, shape.table)
	}
}

func TestWhatANewerProgramLeftIsNotMended(t *testing.T) {
	db := migrated(t)
	execute(t, db, `DROP INDEX latchkey_auth_user_email`)
	execute(t, db, `INSERT INTO latchkey_migrations (version_id, is_applied) VALUES (9999, 1)`)
	steps, err := db.Pending(t.Context())
	require.NoError(t, err)
	require.Empty(t, steps)
}
