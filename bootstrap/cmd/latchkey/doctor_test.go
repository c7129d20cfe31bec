package main

import (
	"database/sql"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/application/inspection"
)

const longKey = "SECRET_KEY=0123456789abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJ"

func TestADryRunChangesNothing(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	status, out, complaints := run(t, []string{"DATA_DIR=" + data}, "migrate", "--dry-run")
	require.Equal(t, 0, status, complaints)
	require.Contains(t, out, `CREATE TABLE IF NOT EXISTS "auth_user"`)
	require.Contains(t, out, "CREATE TABLE latchkey_outbox")
	require.NoDirExists(t, data)

	_, _, complaints = run(t, []string{"DATA_DIR=" + data}, "migrate")
	require.Empty(t, complaints)
	_, out, _ = run(t, []string{"DATA_DIR=" + data}, "migrate", "--dry-run")
	require.Equal(t, "-- The database is up to date: nothing would run.\n", out)
}

func TestTheDoctorMakesNothing(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	status, out, complaints := run(t, []string{"DATA_DIR=" + data}, "doctor")
	require.Equal(t, 0, status, complaints)
	require.Contains(t, out, "warning  migrations: The service has not migrated this database yet.\n         → Run latchkey migrate")
	require.NoDirExists(t, data)
}

func TestTheDoctorSpeaksToMachines(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	settings := []string{"DATA_DIR=" + data, longKey, "AUTH_PASSWORD_VALIDATORS=none"}
	_, _, complaints := run(t, settings, "migrate")
	require.Empty(t, complaints)
	status, out, complaints := run(t, settings, "doctor", "--json")
	require.Equal(t, 0, status, complaints)
	var found []inspection.Finding
	require.NoError(t, json.Unmarshal([]byte(out), &found))
	severities := map[string]inspection.Severity{}
	for _, finding := range found {
		severities[finding.Check] = finding.Severity
	}
	require.Equal(t, map[string]inspection.Severity{"schema": "ok", "migrations": "ok", "passwords": "ok", "rows": "ok", "second factors": "ok",
		"secret key": "ok", "clock": "ok", "hashing": "ok", "settings": "warning"}, severities)
}

func TestWhatIsBrokenIsTheStatus(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	settings := []string{"DATA_DIR=" + data, longKey, "EMAIL_URL=smtp://user:hunter2@127.0.0.1:1/?tls=starttls"}
	_, _, complaints := run(t, settings, "migrate")
	require.Empty(t, complaints)
	status, out, _ := run(t, settings, "doctor")
	require.Equal(t, 0, status, "nobody is called without leave")
	require.NotContains(t, out, "mail")
	status, out, complaints = run(t, settings, "doctor", "--online")
	require.Equal(t, 1, status)
	require.Equal(t, "latchkey: something is broken\n", complaints)
	require.Contains(t, out, "broken   mail: The mail server cannot be used: mail: connect: ")
	require.Contains(t, out, "→ Check EMAIL_URL")
	require.NotContains(t, out, "hunter2")
}

func TestTheDoctorReadsTheGeneratedKeyAndNoOther(t *testing.T) {
	data := t.TempDir()
	file := filepath.Join(data, "secret_key")
	require.NoError(t, os.WriteFile(file, []byte("short\n"), 0o600))
	status, _, complaints := run(t, []string{"DATA_DIR=" + data}, "doctor")
	require.Equal(t, 1, status)
	require.Contains(t, complaints, "is not a generated key")
}

func TestAProofIsReadFromStandardInputAlone(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	settings := []string{"DATA_DIR=" + data, longKey}
	_, _, complaints := run(t, settings, "migrate")
	require.Empty(t, complaints)
	status, _, complaints := run(t, settings, "doctor", "--proof")
	require.Equal(t, 1, status)
	require.Contains(t, complaints, "nothing on standard input")
	status, _, _ = run(t, settings, "doctor", "--proof=abc")
	require.NotEqual(t, 0, status)
}

// What is said of second factors names accounts by number, and repeats nothing that is secret.
func TestTheDoctorLooksIntoSecondFactors(t *testing.T) {
	m := newMoving(t)
	status, _, complaints := m.users("import", m.file("people.csv", threePeople))
	require.Equal(t, 0, status, complaints)
	db, err := sql.Open("sqlite", filepath.Join(strings.TrimPrefix(m.settings[0], "DATA_DIR="), "latchkey.sqlite3"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	for name, data := range map[string]string{"ann": `{"secret": "JBSWY3DPEHPK3PXP"}`, "bob": `{"latchkey": "1:c2VhbGVkIGJ5IGFub3RoZXIga2V5"}`} {
		_, err = db.ExecContext(t.Context(), `INSERT INTO dj_rest_auth_mfa_authenticator (user_id, type, data, created_at)
			SELECT id, 'totp', $1, '2026-01-02 03:04:05' FROM auth_user WHERE LOWER(username) = $2`, data, name)
		require.NoError(t, err)
	}
	status, out, _ := run(t, append(m.settings, longKey, "MFA=true"), "doctor")
	require.Equal(t, 1, status)
	require.Contains(t, out, "broken   second factors: 1 accounts have a second factor that no key opens")
	require.Contains(t, out, "SECRET_KEY_FALLBACKS")
	require.Contains(t, out, "warning  second factors: 1 accounts have a second factor in clear")
	require.NotContains(t, out, "nobody asks for it")
	_, off, _ := run(t, append(m.settings, longKey, "MFA=false"), "doctor")
	require.Contains(t, off, "2 accounts have set up a second factor, and nobody asks for it")
	for _, hidden := range []string{"JBSWY3DPEHPK3PXP", "c2VhbGVk", "ann@"} {
		require.NotContains(t, out, hidden)
	}
}
