package bunsql

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/secret"
	"latchkey/domain/sessions"
)

func revealed(all []secret.String) (texts []string) {
	for _, one := range all {
		texts = append(texts, one.Reveal())
	}
	return texts
}

func TestASampleHasOldAndNewAccountsOnceEach(t *testing.T) {
	db := migrated(t)
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		require.NoError(t, NewAccounts(db).Add(t.Context(), accounts.New(accounts.Username(name), "", secret.New(name), now)))
	}
	sample, err := NewInspection(db).Hashes(t.Context(), 3)
	require.NoError(t, err)
	require.ElementsMatch(t, []string{"a", "d", "e"}, revealed(sample))
	sample, err = NewInspection(db).Hashes(t.Context(), 100)
	require.NoError(t, err)
	require.ElementsMatch(t, []string{"a", "b", "c", "d", "e"}, revealed(sample))
}

func TestLiveSessionsAreThoseThatHaveNotExpired(t *testing.T) {
	db := migrated(t)
	kept := NewWebSessions(db, openSeals{})
	for text, expires := range map[string]time.Time{"old": now, "soon": now.Add(time.Minute), "late": now.Add(time.Hour)} {
		session := &sessions.WebSession{Key: secret.New(text), Fingerprint: text, Expires: expires}
		require.NoError(t, kept.Save(t.Context(), session, now))
	}
	live, err := NewInspection(db).Sessions(t.Context(), now, 10)
	require.NoError(t, err)
	require.Equal(t, []string{"late", "soon"}, revealed(live))
	live, err = NewInspection(db).Sessions(t.Context(), now, 1)
	require.NoError(t, err)
	require.Equal(t, []string{"late"}, revealed(live))
}

func TestOddRowsAreFound(t *testing.T) {
	db := migrated(t)
	odd, err := NewInspection(db).Oddities(t.Context())
	require.NoError(t, err)
	require.Empty(t, odd)

	execute(t, db, `PRAGMA foreign_keys = 0`)
	execute(t, db, `DROP INDEX unique_verified_email`)
	execute(t, db, `DROP INDEX unique_primary_email`)
	for _, name := range []string{"ann", "Ann", "bob"} {
		execute(t, db, `INSERT INTO auth_user (password, is_superuser, username, last_name, email, is_staff, is_active, date_joined, first_name)
			VALUES ('!', 0, $1, '', '', 0, 1, '2020-01-02 03:04:05', '')`, name)
	}
	for _, row := range []struct {
		user              int
		email             string
		verified, primary bool
	}{
		{1, "a@example.com", true, true}, {2, "A@example.com", true, false}, // verified twice, in two cases
		{3, "b@example.com", false, true}, {3, "c@example.com", false, true},
		{9, "gone@example.com", true, false},
	} {
		execute(t, db, `INSERT INTO account_emailaddress (user_id, email, verified, "primary") VALUES ($1, $2, $3, $4)`,
			row.user, row.email, row.verified, row.primary)
	}
	execute(t, db, `INSERT INTO authtoken_token (key, created, user_id) VALUES ('k', '2020-01-02 03:04:05', 9)`)
	execute(t, db, `INSERT INTO socialaccount_socialaccount (provider, uid, last_login, date_joined, user_id, extra_data)
		VALUES ('google', '1', '2020-01-02 03:04:05', '2020-01-02 03:04:05', 9, '{}')`)
	execute(t, db, `INSERT INTO passkeys_webauthncredential (name, credential_id, public_key, sign_count, transports, discoverable, created_at, user_id)
		VALUES ('n', x'00', x'00', 0, '[]', 1, '2020-01-02 03:04:05', 9)`)
	execute(t, db, `DROP INDEX dj_rest_auth_mfa_authenticator_user_id_type_62322d58_uniq`)
	for _, row := range []struct {
		user int
		kind string
	}{{1, "totp"}, {1, "totp"}, {1, "recovery_codes"}, {2, "sms"}, {3, "recovery_codes"}, {9, "totp"}} {
		execute(t, db, `INSERT INTO dj_rest_auth_mfa_authenticator (user_id, type, data, created_at) VALUES ($1, $2, '{}', '2020-01-02 03:04:05')`, row.user, row.kind)
	}

	odd, err = NewInspection(db).Oddities(t.Context())
	require.NoError(t, err)
	require.Equal(t, []ports.Oddity{
		{Kind: ports.OddNames, Count: 2, Examples: []accounts.ID{1, 2}},
		{Kind: ports.OddAddresses, Count: 2, Examples: []accounts.ID{1, 2}},
		{Kind: ports.OddVerified, Count: 2, Examples: []accounts.ID{1, 2}},
		{Kind: ports.OddPrimaries, Count: 1, Examples: []accounts.ID{3}},
		{Kind: ports.OddAddressOwner, Count: 1, Examples: []accounts.ID{9}},
		{Kind: ports.OddTokenOwner, Count: 1, Examples: []accounts.ID{9}},
		{Kind: ports.OddLoginOwner, Count: 1, Examples: []accounts.ID{9}},
		{Kind: ports.OddPasskeyOwner, Count: 1, Examples: []accounts.ID{9}},
		{Kind: ports.OddFactorOwner, Count: 1, Examples: []accounts.ID{9}},
		{Kind: ports.OddFactorTwice, Count: 1, Examples: []accounts.ID{1}},
		{Kind: ports.OddFactorType, Count: 1, Examples: []accounts.ID{2}},
		{Kind: ports.OddCodesAlone, Count: 1, Examples: []accounts.ID{3}},
	}, odd)
}

func TestSQLiteHasNoClockOfItsOwn(t *testing.T) {
	theirs, err := NewInspection(migrated(t)).Now(t.Context())
	require.NoError(t, err)
	require.Zero(t, theirs)
}
