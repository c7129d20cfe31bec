package main

import (
	"encoding/json"
	"os"
	"path/filepath"
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
	require.Equal(t, map[string]inspection.Severity{"schema": "ok", "migrations": "ok", "passwords": "ok", "rows": "ok",
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
