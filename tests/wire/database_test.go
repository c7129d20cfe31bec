package wire

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// prepared carries out the directives on new tables.
func prepared(t *testing.T, directives string) (*database, Variables) {
	t.Helper()
	now := func() time.Time { return time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC) }
	db, err := openDatabase(djangoTables(t), vectorKey, now)
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.close() })
	r := &run{target: Target{Now: now, Profile: Profile{values: map[string]any{"SECRET_KEY": vectorKey}}}, database: db, vars: Variables{}}
	var list []Directive
	require.NoError(t, decode([]byte(directives), &list))
	require.NoError(t, r.setUp(list))
	return db, r.vars
}

func (d *database) one(t *testing.T, query string) (text string) {
	t.Helper()
	require.NoError(t, d.db.QueryRow(query).Scan(&text), query)
	return text
}

const aliceAndBob = `
	{"create_user": {"username": "alice", "password": "Str0ng-pass-77", "email": "Alice@Example.com", "email_verified": false, "first_name": "A", "is_staff": true, "capture": "alice_id"}},
	{"create_user": {"username": "bob", "password": null, "email": "bob@example.com", "email_verified": null, "is_active": false}}`

func TestUsersAreMadeAsDjangoMakesThem(t *testing.T) {
	db, vars := prepared(t, "["+aliceAndBob+"]")
	require.Equal(t, Variables{"alice_id": json.Number("1")}, vars)
	const columns = `SELECT email||'|'||first_name||'|'||last_name||'|'||is_staff||'|'||is_superuser||'|'||is_active||'|'||
		CAST(date_joined AS TEXT)||'|'||COALESCE(last_login, 'never') FROM auth_user WHERE username = `
	require.Equal(t, "Alice@Example.com|A||1|0|1|2026-11-23 02:00:00.000000|never", db.one(t, columns+"'alice'"))
	require.Equal(t, "bob@example.com|||0|0|0|2026-11-23 02:00:00.000000|never", db.one(t, columns+"'bob'"))
	require.Regexp(t, `^pbkdf2_sha256\$1200\$`, db.one(t, "SELECT password FROM auth_user WHERE username = 'alice'"))
	require.Regexp(t, `^!.{40}$`, db.one(t, "SELECT password FROM auth_user WHERE username = 'bob'"))
	require.Equal(t, "alice@example.com|0|1|1",
		db.one(t, `SELECT group_concat(email||'|'||verified||'|'||"primary"||'|'||user_id, ' ') FROM account_emailaddress`))
}

func TestDirectivesChangeTheTables(t *testing.T) {
	for _, test := range []struct{ directive, query, want string }{
		{`{"add_email": {"user": "bob", "email": "Two@example.com", "verified": true}}`,
			`SELECT email||verified||"primary" FROM account_emailaddress WHERE user_id = 2`, "two@example.com10"},
		{`{"deactivate_user": "alice"}`, "SELECT is_active FROM auth_user WHERE id = 1", "0"},
		{`{"activate_user": "bob"}`, "SELECT is_active FROM auth_user WHERE id = 2", "1"},
		{`{"delete_user": "alice"}`, "SELECT (SELECT count(*) FROM auth_user)||(SELECT count(*) FROM account_emailaddress)", "10"},
		{`{"set_password_hash": {"user": "bob", "hash": "x"}}`, "SELECT password FROM auth_user WHERE id = 2", "x"},
		{`{"set_password": {"user": "bob", "password": "p"}}`, "SELECT substr(password, 1, 19) FROM auth_user WHERE id = 2", "pbkdf2_sha256$1200$"},
		{`{"set_email": {"user": "bob", "email": "B@example.com"}}`, "SELECT email FROM auth_user WHERE id = 2", "B@example.com"},
		{`{"verify_email": "ALICE@example.com"}`, "SELECT verified FROM account_emailaddress", "1"},
		{`{"unverify_email": "alice@example.com"}`, "SELECT verified FROM account_emailaddress", "0"},
		{`{"create_token": {"user": "bob", "key": "k"}}`, "SELECT key||user_id FROM authtoken_token", "k2"},
		{`{"create_social_account": {"user": "alice", "provider": "google", "uid": "9"}}`,
			"SELECT provider||uid||extra_data||user_id FROM socialaccount_socialaccount", "google9{}1"},
	} {
		db, _ := prepared(t, "["+aliceAndBob+","+test.directive+"]")
		require.Equal(t, test.want, db.one(t, test.query), test.directive)
	}
}

func TestDirectivesCaptureAndMakeProofs(t *testing.T) {
	_, vars := prepared(t, `[
		{"create_user": {"username": "u1", "email": "u1@example.com", "email_verified": true}},
		{"set_password_hash": {"user": "u1", "hash": "pbkdf2_sha256$1000$s$h"}},
		{"make_reset_token": {"user": "u1", "as": "r"}},
		{"make_reset_token": {"user": "u1", "as": "p", "plain": true}},
		{"make_reset_token": {"user": "u1", "as": "old", "age": 817091999}},
		{"make_email_key": {"email": "U1@example.com", "as": "k", "age": 3600}},
		{"create_social_account": {"user": "u1", "provider": "google", "uid": "9", "capture": "sa"}},
		{"set_var": {"x": 1, "y": "${r_uid}-${x}"}},
		{"upper": {"as": "u", "value": "ab-c"}}, {"strip": {"as": "s", "value": "ab-c"}},
		{"mint_jwt": {"as": "j"}}]`)
	require.Equal(t, "1", vars["r_uid"])
	require.Equal(t, "dih480-cfecf3913de9cfca714de5b4ab94cd57", vars["r_token"])
	require.Equal(t, "MQ", vars["p_uid"])
	require.Equal(t, "dih480-31f983ff2ffaa93aabde1490f281449a", vars["p_token"])
	require.Regexp(t, "^1-", vars["old_token"])
	require.Equal(t, emailKey(1, vectorKey, "account", time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC)), vars["k"])
	require.Equal(t, json.Number("1"), vars["sa"])
	require.Equal(t, json.Number("1"), vars["x"])
	require.Equal(t, "AB-C", vars["u"])
	require.Equal(t, "abc", vars["s"])
	require.NotEmpty(t, vars["j"])
}
