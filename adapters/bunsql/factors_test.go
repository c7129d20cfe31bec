package bunsql

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/domain/accounts"
	"latchkey/domain/factors"
	"latchkey/domain/secret"
)

var (
	factorRules = factors.Rules{Digits: 6, Period: 30 * time.Second, Codes: 10}
	appSecret   = secret.New("JBSWY3DPEHPK3PXPGEZDGNBVGY3TQOJQ")
)

// openFactorSeals stand in for Django's signature.
type openFactorSeals struct{}

func (openFactorSeals) Seal(shared secret.String) string { return shared.Reveal() + ":signed" }

func (openFactorSeals) Open(sealed string) secret.String {
	value, _, _ := strings.Cut(sealed, ":")
	return secret.New(value)
}

func factorsIn(db *DB, readable bool) *Factors {
	return NewFactors(db, openCipher{}, openFactorSeals{}, readable)
}

func setUp(t *testing.T, f *Factors, account accounts.ID, recovery *factors.Recovery) {
	t.Helper()
	require.NoError(t, f.Update(t.Context(), account, func(changed *factors.Factors) error {
		return changed.Activate(appSecret, factorRules.Code(appSecret, now), recovery, factorRules, now)
	}))
}

func dataOf(t *testing.T, db *DB) []string {
	t.Helper()
	return texts(t, db, `SELECT data FROM dj_rest_auth_mfa_authenticator ORDER BY type`)
}

// A copy of the database must not be enough to make everybody's codes.
func TestOwnFactorsAreNotKeptInClear(t *testing.T) {
	db := migrated(t)
	ann := addAccount(t, db, "ann").ID()
	recovery, _ := factors.NewRecovery("salt", []string{"0123abcd"}, now)
	setUp(t, factorsIn(db, false), ann, recovery)
	for _, data := range dataOf(t, db) {
		require.Contains(t, data, `"latchkey":`)
		require.NotContains(t, data, appSecret.Reveal())
		require.NotContains(t, data, recovery.Digests[0])
	}
	bob := addAccount(t, db, "bob").ID()
	_, err := db.writer.ExecContext(t.Context(), `UPDATE dj_rest_auth_mfa_authenticator SET user_id = $1`, int64(bob))
	require.NoError(t, err)
	moved, err := factorsIn(db, false).Of(t.Context(), bob)
	require.NoError(t, err)
	require.True(t, moved.Enabled())
	require.True(t, moved.Snapshot().TOTP.Secret.Empty(), "a row that was moved to another account fits nothing")
	require.Empty(t, moved.Snapshot().Recovery.Digests)
}

func TestReadableFactorsAreUpstreams(t *testing.T) {
	db := migrated(t)
	ann := addAccount(t, db, "ann").ID()
	setUp(t, factorsIn(db, true), ann, factors.SeededRecovery(secret.New("00ff"), now))
	data := dataOf(t, db)
	require.JSONEq(t, `{"seed": "00ff", "used_mask": 0}`, data[0])
	require.Contains(t, data[1], `"secret":"`+appSecret.Reveal()+`:signed"`)
	require.NotContains(t, data[1], "last_code", "it was not used yet")
}

// What another program wrote stays as that program reads it, and is remembered for both.
func TestRowsOfDjangoStayInItsForm(t *testing.T) {
	db := migrated(t)
	ann := addAccount(t, db, "ann").ID()
	add := func(kind, data string) {
		_, err := db.writer.ExecContext(t.Context(), `INSERT INTO dj_rest_auth_mfa_authenticator (user_id, type, data, created_at, last_used_at)
			VALUES ($1, $2, $3, '2026-01-02 03:04:05', NULL)`, int64(ann), kind, data)
		require.NoError(t, err)
	}
	add("totp", `{"secret": "`+appSecret.Reveal()+`:signed", "note": {"kept": [1]}}`)
	add("recovery_codes", `{"seed": "a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f90", "used_mask": 5}`)
	stores := factorsIn(db, false)
	code := factorRules.Code(appSecret, now)
	for _, proof := range []string{code, "59c5-50db"} {
		require.NoError(t, stores.Update(t.Context(), ann, func(f *factors.Factors) error { return f.Prove(proof, factorRules, now) }))
	}
	data := dataOf(t, db)
	require.Contains(t, data[0], `"used_mask":7`)
	for _, part := range []string{`"last_code":"` + code + `"`, `"note":{"kept":[1]}`, `"secret":"` + appSecret.Reveal() + `:signed"`, `"latchkey_step":`} {
		require.Contains(t, data[1], part)
	}
	for _, used := range []string{code, "59c5-50db", "6a8a-adf4"} {
		err := stores.Update(t.Context(), ann, func(f *factors.Factors) error { return f.Prove(used, factorRules, now) })
		require.ErrorIs(t, err, factors.ErrCodeInvalid)
	}
}

// Where nobody can tell which recovery codes are used none is good, and a code of the app does not
// make all of them good again.
func TestUsedRecoveryCodesStayUsed(t *testing.T) {
	for _, used := range []string{`"1023"`, `-1`, `1.5`, `18446744073709551616`, `null`, `[5]`} {
		db := migrated(t)
		ann := addAccount(t, db, "ann").ID()
		stored := `{"seed": "a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f90", "used_mask": ` + used + `}`
		for kind, data := range map[string]string{"totp": `{"secret": "` + appSecret.Reveal() + `"}`, "recovery_codes": stored} {
			_, err := db.writer.ExecContext(t.Context(), `INSERT INTO dj_rest_auth_mfa_authenticator (user_id, type, data, created_at, last_used_at)
				VALUES ($1, $2, $3, '2026-01-02 03:04:05', NULL)`, int64(ann), kind, data)
			require.NoError(t, err)
		}
		stores := factorsIn(db, false)
		prove := func(code string) error {
			return stores.Update(t.Context(), ann, func(f *factors.Factors) error { return f.Prove(code, factorRules, now) })
		}
		require.NoError(t, prove(factorRules.Code(appSecret, now)))
		require.ErrorIs(t, prove("59c5-50db"), factors.ErrCodeInvalid, used)
		require.Equal(t, stored, dataOf(t, db)[0])
	}
}

// Rows that nobody can read lock their owner out, and nobody else in; they are no server error.
func TestUnreadableFactorsAreStillDemanded(t *testing.T) {
	for _, data := range []string{`{}`, `[]`, `"x"`, `{"secret": 5}`, `{"secret": ""}`, `{"latchkey": "garbage"}`, `{"secret": "!", "latchkey_step": "x"}`} {
		db := migrated(t)
		ann := addAccount(t, db, "ann").ID()
		for _, kind := range []string{"totp", "recovery_codes"} {
			_, err := db.writer.ExecContext(t.Context(), `INSERT INTO dj_rest_auth_mfa_authenticator (user_id, type, data, created_at, last_used_at)
				VALUES ($1, $2, $3, '2026-01-02 03:04:05', NULL)`, int64(ann), kind, data)
			require.NoError(t, err)
		}
		stores := factorsIn(db, false)
		err := stores.Update(t.Context(), ann, func(f *factors.Factors) error {
			require.True(t, f.Enabled(), data)
			return f.Prove(factorRules.Code(appSecret, now), factorRules, now)
		})
		require.ErrorIs(t, err, factors.ErrCodeInvalid, data)
		require.NoError(t, stores.Update(t.Context(), ann, func(f *factors.Factors) error { f.Deactivate(); return nil }))
	}
}

func TestTheTableOfSecondFactorsIsDjangos(t *testing.T) {
	require.Equal(t, []string{
		`CREATE INDEX "dj_rest_auth_mfa_authenticator_user_id_e953f0ca" ON "dj_rest_auth_mfa_authenticator" ("user_id")`,
		`CREATE TABLE "dj_rest_auth_mfa_authenticator" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "type" varchar(20) NOT NULL, "data" text NOT NULL CHECK ((JSON_VALID("data") OR "data" IS NULL)), "created_at" datetime NOT NULL, "last_used_at" datetime NULL, "user_id" integer NOT NULL REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED)`,
		`CREATE UNIQUE INDEX "dj_rest_auth_mfa_authenticator_user_id_type_62322d58_uniq" ON "dj_rest_auth_mfa_authenticator" ("user_id", "type")`,
	}, texts(t, migrated(t), `SELECT replace(sql, ' IF NOT EXISTS', '') FROM sqlite_master WHERE name LIKE 'dj_rest_auth_mfa%' ORDER BY sql`))
}

func TestATableOfSecondFactorsThatIsThereIsTakenOver(t *testing.T) {
	table := `CREATE TABLE "dj_rest_auth_mfa_authenticator" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "type" varchar(20) NOT NULL, "data" text NOT NULL, "created_at" datetime NOT NULL, "last_used_at" datetime NULL, "user_id" integer NOT NULL REFERENCES "auth_user" ("id"));
		INSERT INTO dj_rest_auth_mfa_authenticator (user_id, type, data, created_at) VALUES (1, 'totp', '{"secret": "` + appSecret.Reveal() + `"}', '2026-01-02 03:04:05')`
	db := django(t, Config{}, table)
	require.NoError(t, db.Migrate(t.Context()))
	found, err := factorsIn(db, false).Of(t.Context(), 1)
	require.NoError(t, err)
	require.Equal(t, appSecret.Reveal(), found.Snapshot().TOTP.Secret.Reveal())
}
