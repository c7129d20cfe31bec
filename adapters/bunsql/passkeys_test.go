package bunsql

import (
	"context"
	_ "embed"
	"encoding/hex"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/application/ports"
	"latchkey/domain/passkeys"
	"latchkey/domain/secret"
	"latchkey/tests/postgres"
)

// The table as the migration of the app passkeys leaves it.
var (
	//go:embed testdata/passkeys.sql
	passkeySchema string
	//go:embed testdata/passkeys-postgres.sql
	passkeySchemaOnPostgres string
)

// withPasskeys returns a database of Django's that has the app passkeys, and a
// credential as it stores one.
func withPasskeys(t *testing.T) *DB {
	t.Helper()
	return django(t, Config{}, passkeySchema+`INSERT INTO django_migrations (app, name, applied) VALUES ('passkeys', '0001_initial', '2026-11-23 02:33:49');`+djangoPasskey)
}

// As the library writes it; transports are whatever a client has sent.
const djangoPasskey = `INSERT INTO passkeys_webauthncredential
	(id, user_id, name, credential_id, public_key, sign_count, transports, discoverable, created_at, last_used_at)
	VALUES (5, 1, 'Laptop', X'7AB36B7600582CAA955392A82BCF59521F1B54760DFDE586A5223266779B922A', X'A501', 3, '["internal"]', 1, '2026-11-23 02:33:49', NULL),
	(6, 1, 'Odd', X'00', X'A501', 0, '{"x": [1, null]}', 1, '2026-11-23 02:33:49', NULL),
	(7, 1, 'Mixed', X'01', X'A501', 0, '["usb", 5, null, "nfc"]', 0, '2026-11-23 02:33:49', NULL)`

func TestTheTableOfPasskeysIsDjangos(t *testing.T) {
	const made = `SELECT replace(sql, ' IF NOT EXISTS', '') FROM sqlite_master WHERE sql IS NOT NULL AND tbl_name LIKE 'passkeys%' ORDER BY name`
	require.Equal(t, texts(t, withPasskeys(t), made), texts(t, migrated(t), made))
}

func TestTheTableOfPasskeysOnPostgresIsDjangos(t *testing.T) {
	const made = `SELECT line FROM (
		SELECT a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || ' ' || a.attnotnull || ' ' || a.attidentity::text AS line
			FROM pg_attribute AS a WHERE a.attrelid = 'passkeys_webauthncredential'::regclass AND a.attnum > 0
		UNION ALL SELECT conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'passkeys_webauthncredential'::regclass
		UNION ALL SELECT indexdef FROM pg_indexes WHERE tablename = 'passkeys_webauthncredential') AS all_of_it ORDER BY line`
	theirs := openURL(t, postgres.Empty(t), Config{})
	execute(t, theirs, `CREATE TABLE auth_user (id integer PRIMARY KEY)`)
	for statement := range strings.SplitSeq(passkeySchemaOnPostgres, ";\n") {
		if strings.TrimSpace(statement) != "" {
			execute(t, theirs, statement)
		}
	}
	require.Equal(t, texts(t, theirs, made), texts(t, onPostgres(t), made))
}

func TestDjangosPasskeysStayAsTheyAreAndAreGood(t *testing.T) {
	db := withPasskeys(t)
	const rows = `SELECT id || name || quote(credential_id) || sign_count || transports || created_at FROM passkeys_webauthncredential ORDER BY id`
	before := texts(t, db, rows)
	require.NoError(t, db.Migrate(t.Context()))
	require.Equal(t, before, texts(t, db, rows))
	require.Equal(t, []string{"1"}, texts(t, db, `SELECT COUNT(*) FROM django_migrations WHERE app = 'passkeys'`))

	id, err := hex.DecodeString("7ab36b7600582caa955392a82bcf59521f1b54760dfde586a5223266779b922a")
	require.NoError(t, err)
	found, err := NewPasskeys(db).ByCredentialID(t.Context(), id)
	require.NoError(t, err)
	s := found.Snapshot()
	require.Equal(t, []string{"internal"}, s.Transports)
	require.EqualValues(t, 3, s.SignCount)
	require.False(t, s.Flags.Known)

	// What the columns are not about is written back as it was.
	for _, row := range []passkeys.ID{5, 6, 7} {
		require.NoError(t, NewPasskeys(db).Update(t.Context(), row, func(*passkeys.Credential) error { return nil }))
	}
	require.Equal(t, before, texts(t, db, rows))
	own, err := NewPasskeys(db).Of(t.Context(), 1)
	require.NoError(t, err)
	require.Empty(t, own[1].Snapshot().Transports)
	require.Equal(t, []string{"usb", "nfc"}, own[2].Snapshot().Transports)
	require.True(t, own[1].Snapshot().Discoverable)
	require.False(t, own[2].Snapshot().Discoverable)
}

// Django's column takes half of the numbers that an authenticator may count to, and a
// server beside us may have counted on.
func TestTheHigherOfTwoCountsCounts(t *testing.T) {
	db := withPasskeys(t)
	require.NoError(t, db.Migrate(t.Context()))
	use := func(count uint32) error {
		return NewPasskeys(db).Update(t.Context(), 5, func(c *passkeys.Credential) error { return c.Use(passkeys.Asserted{SignCount: count}, now) })
	}
	require.NoError(t, use(9))
	execute(t, db, `UPDATE passkeys_webauthncredential SET sign_count = 12 WHERE id = 5`)
	require.ErrorIs(t, use(11), passkeys.ErrRefused)
	require.NoError(t, use(math.MaxUint32-1))
	require.ErrorIs(t, use(math.MaxUint32-1), passkeys.ErrRefused)
	require.Equal(t, []string{"2147483647"}, texts(t, db, `SELECT sign_count FROM passkeys_webauthncredential WHERE id = 5`))
	require.NoError(t, use(math.MaxUint32))
}

// Where Django made the tables its rows are its own, whichever of its apps are there.
func TestNoRowsOfTheAppAreMadeUpForDjango(t *testing.T) {
	db := older(t, Config{}, olderAnn)
	require.NoError(t, db.Migrate(t.Context()))
	require.Equal(t, []string{"0"}, texts(t, db, `SELECT COUNT(*) FROM django_migrations WHERE app = 'passkeys'`))
	require.Equal(t, []string{"0"}, texts(t, db, `SELECT COUNT(*) FROM django_content_type WHERE app_label = 'passkeys'`))

	fresh := migrated(t)
	require.Equal(t, []string{"add_webauthncredential", "change_webauthncredential", "delete_webauthncredential", "view_webauthncredential"},
		texts(t, fresh, `SELECT codename FROM auth_permission WHERE content_type_id = (SELECT id FROM django_content_type WHERE app_label = 'passkeys') ORDER BY id`))
}

func TestWhatDeletedPasskeysAndAccountsLeaveIsCleaned(t *testing.T) {
	db := migrated(t)
	ann, bob := addAccount(t, db, "ann"), addAccount(t, db, "bob")
	for i, owner := range []int64{int64(ann.ID()), int64(bob.ID())} {
		credential := passkeys.New(ann.ID(), "n", passkeys.Attested{CredentialID: []byte{byte(i)}, PublicKey: []byte{1}}, now)
		require.NoError(t, NewPasskeys(db).Add(t.Context(), credential))
		execute(t, db, `UPDATE passkeys_webauthncredential SET user_id = $1 WHERE id = $2`, owner, int64(credential.ID()))
	}
	for _, account := range []int64{int64(ann.ID()), int64(bob.ID())} {
		execute(t, db, `INSERT INTO latchkey_passkey_handle VALUES ($1, 'h')`, account)
	}
	deleted, err := NewCleaner(db).Clean(t.Context(), now, now, 100)
	require.NoError(t, err)
	require.Zero(t, deleted)
	execute(t, db, `DELETE FROM passkeys_webauthncredential WHERE user_id = $1`, int64(bob.ID())) // as Django does
	execute(t, db, `DELETE FROM auth_user WHERE id = $1`, int64(bob.ID()))
	deleted, err = NewCleaner(db).Clean(t.Context(), now, now, 100)
	require.NoError(t, err)
	require.Equal(t, 2, deleted)
	require.Equal(t, []string{"1"}, texts(t, db, `SELECT COUNT(*) FROM latchkey_passkey`))
}

func TestChallengesAreKeptUnderDigests(t *testing.T) {
	db := migrated(t)
	challenge := passkeys.Challenge{Key: passkeys.LoginKey("0123"), Bytes: []byte("c"), Expires: now.Add(1)}
	require.NoError(t, NewPasskeyChallenges(db).Put(t.Context(), challenge, now))
	require.Regexp(t, "^[0-9a-f]{64}$", texts(t, db, `SELECT key FROM latchkey_passkey_challenge`)[0])
}

// Two instances of the service share nothing but the database.
func TestInstancesShareChallenges(t *testing.T) {
	file := filepath.Join(t.TempDir(), "latchkey.db")
	url := postgres.Empty(t)
	for _, config := range []Config{{File: file}, {URL: secret.New(url)}} {
		var instances []ports.PasskeyChallenges
		for range 2 {
			db, err := Open(context.Background(), config)
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, db.Close()) })
			require.NoError(t, db.Migrate(t.Context()))
			instances = append(instances, NewPasskeyChallenges(db))
		}
		challenge := passkeys.Challenge{Key: "k", Bytes: []byte("c"), Expires: now.Add(1e9)}
		require.NoError(t, instances[0].Put(t.Context(), challenge, now))
		got, err := instances[1].Take(t.Context(), "k", now)
		require.NoError(t, err)
		require.Equal(t, challenge.Bytes, got.Bytes)
		_, err = instances[0].Take(t.Context(), "k", now)
		require.ErrorIs(t, err, passkeys.ErrChallengeGone)
	}
}
