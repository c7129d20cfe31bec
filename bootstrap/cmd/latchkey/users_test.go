package main

import (
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const threePeople = `username,email,email_verified,password,identities
ann,ann@example.com,true,$pbkdf2-sha256$10$cGxhaW5zYWx0cGxhaW4xNg$5AIcV2gSGo9Pzn/iNP6hABzTRwWbm8Qxvu95ZHd2HNM,google:42 github:7
bob,bob@example.com,false,,
"Иван",,,,
`

// moving is a data folder and a folder for files.
type moving struct {
	t        *testing.T
	settings []string
	folder   string
}

func newMoving(t *testing.T) moving {
	t.Helper()
	return moving{t: t, settings: []string{"DATA_DIR=" + filepath.Join(t.TempDir(), "data")}, folder: t.TempDir()}
}

func (m moving) file(name, text string) string {
	m.t.Helper()
	file := filepath.Join(m.folder, name)
	require.NoError(m.t, os.WriteFile(file, []byte(text), 0o600))
	return file
}

func (m moving) users(args ...string) (status int, stdout, stderr string) {
	m.t.Helper()
	return run(m.t, m.settings, append([]string{"users"}, args...)...)
}

func TestPeopleMoveFromOneDatabaseToAnother(t *testing.T) {
	from := newMoving(t)
	status, out, complaints := from.users("import", from.file("people.csv", threePeople))
	require.Equal(t, 0, status, complaints)
	require.Equal(t, "Added: 3, there already: 0, refused: 0.\n", out)
	require.Empty(t, complaints)
	for _, name := range []string{"out.csv", "out.jsonl"} {
		file := filepath.Join(from.folder, name)
		status, out, complaints := from.users("export", "--with-passwords", "--output", file)
		require.Equal(t, 0, status, complaints)
		require.Equal(t, "Exported: 3.\n", out)
		info, err := os.Stat(file)
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm())

		to := newMoving(t)
		status, out, complaints = to.users("import", file)
		require.Equal(t, 0, status, complaints)
		require.Equal(t, "Added: 3, there already: 0, refused: 0.\n", out)
		again := filepath.Join(to.folder, name)
		status, _, complaints = to.users("export", "--with-passwords", "--output", again)
		require.Equal(t, 0, status, complaints)
		want, err := os.ReadFile(file)
		require.NoError(t, err)
		got, err := os.ReadFile(again)
		require.NoError(t, err)
		require.Equal(t, string(want), string(got))
		require.Contains(t, string(got), "pbkdf2_sha256$10$plainsaltplain16$")
	}
}

func TestHashesLeaveOnlyWhenTheyAreAskedFor(t *testing.T) {
	m := newMoving(t)
	m.users("import", m.file("people.csv", threePeople))
	for _, format := range []string{"csv", "jsonl"} {
		status, out, complaints := m.users("export", "--format", format)
		require.Equal(t, 0, status, complaints)
		require.Empty(t, complaints)
		require.Contains(t, out, "google:42")
		require.NotContains(t, out, "password")
		require.NotContains(t, out, "pbkdf2")
	}
}

func TestAnExportReplacesNoFile(t *testing.T) {
	m := newMoving(t)
	file := m.file("there.csv", "mine")
	status, _, complaints := m.users("export", "--output", file)
	require.Equal(t, 1, status)
	require.Contains(t, complaints, "exists")
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, "mine", string(text))
}

func TestAnImportTellsLineByLineWhatItRefuses(t *testing.T) {
	m := newMoving(t)
	file := m.file("people.csv", threePeople+"ANN,other@example.com,,,\ncarl,ann@example.com,,,\ndora,,,hunter2,\neve,,maybe,,\nfay,,,,\n")
	for _, dry := range []bool{true, false} {
		args, sum := []string{"import", file}, "Added: 4, there already: 0, refused: 4.\n"
		if dry {
			args, sum = append(args, "--dry-run"), "Nothing was written. To be added: 4, there already: 0, to be refused: 4.\n"
		}
		status, out, complaints := m.users(args...)
		require.Equal(t, 1, status)
		require.Equal(t, sum, out)
		lines := strings.Split(strings.TrimSpace(complaints), "\n")
		require.ElementsMatch(t, []string{
			"line 5: username: This name is in the file already, on line 2.",
			"line 6: email: User is already registered with this e-mail address.",
			"line 7: password: This is no password hash that can be checked. Passwords in clear are not taken.",
			"line 8: email_verified: Write true or false.",
			"latchkey: 4 of 8 records cannot be imported",
		}, lines)
	}
	status, out, _ := m.users("import", file)
	require.Equal(t, 1, status)
	require.Equal(t, "Added: 0, there already: 4, refused: 4.\n", out)
}

func TestAFileThatCannotBeReadIsRefusedBeforeAnythingIsMade(t *testing.T) {
	m := newMoving(t)
	for want, args := range map[string][]string{
		"no such file":                    {"import", filepath.Join(m.folder, "missing.csv")},
		"write --format csv":              {"import", m.file("people.txt", threePeople)},
		`the column "pasword" is unknown`: {"import", m.file("people.csv", "username,pasword\n")},
	} {
		status, out, complaints := m.users(args...)
		require.Equal(t, 1, status)
		require.Empty(t, out)
		require.Contains(t, complaints, want)
	}
	require.NoDirExists(t, strings.TrimPrefix(m.settings[0], "DATA_DIR="))
}

func TestProgressIsABarOnATerminalAndALineNowAndThenElsewhere(t *testing.T) {
	for terminal, want := range map[bool]string{
		true: "\r\x1b[K[######..................] 100 records, 50 a second, 25 %, 6s left" + "\r\x1b[K" + "line 7: no\n" +
			"\r\x1b[K[########################] 400 records, 33 a second, 100 %, 0s left" + "\r\x1b[K",
		false: "line 7: no\n400 records, 33 a second, 100 %, 0s left\n",
	} {
		var out strings.Builder
		clock := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
		p := startProgress(&out, terminal, 1000, func() time.Time { return clock })
		p.at(1, 1)
		clock = clock.Add(2 * time.Second)
		p.at(100, 250)
		p.say("line 7: no")
		clock = clock.Add(10 * time.Second)
		p.at(400, 1000)
		p.end()
		p.end()
		require.Equal(t, want, out.String())
	}
}

func TestProgressWithoutASizeForetellsNothing(t *testing.T) {
	var out strings.Builder
	clock := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	p := startProgress(&out, true, 0, func() time.Time { return clock })
	clock = clock.Add(time.Second)
	p.at(100, 250)
	require.Equal(t, "\r\x1b[K100 records, 100 a second", out.String())
}

func TestSupportTakesNobodysFactorAwayByMistake(t *testing.T) {
	m := newMoving(t)
	status, _, complaints := m.users("import", m.file("people.csv", threePeople))
	require.Equal(t, 0, status, complaints)
	for name, want := range map[string]string{"nobody": "no account", "ANN": "no account", "ann": "MFA is not enabled."} {
		status, _, complaints := m.users("reset-mfa", name)
		require.NotZero(t, status)
		require.Contains(t, complaints, want)
	}
}

func TestSupportTakesAFactorAwayAndIsRecorded(t *testing.T) {
	m := newMoving(t)
	status, _, complaints := m.users("import", m.file("people.csv", threePeople))
	require.Equal(t, 0, status, complaints)
	folder := strings.TrimPrefix(m.settings[0], "DATA_DIR=")
	db, err := sql.Open("sqlite", filepath.Join(folder, "latchkey.sqlite3"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	_, err = db.ExecContext(t.Context(), `INSERT INTO dj_rest_auth_mfa_authenticator (user_id, type, data, created_at)
		SELECT id, 'totp', '{"secret": "JBSWY3DPEHPK3PXP"}', '2026-01-02 03:04:05' FROM auth_user WHERE username = 'ann'`)
	require.NoError(t, err)
	status, out, complaints := m.users("reset-mfa", "--by", "carol", "ann")
	require.Equal(t, 0, status, complaints)
	require.Equal(t, "ann has no second factor any more.\n", out)
	require.Contains(t, complaints, "by=carol")
	var factors, mails int
	require.NoError(t, db.QueryRowContext(t.Context(), `SELECT COUNT(*) FROM dj_rest_auth_mfa_authenticator`).Scan(&factors))
	require.NoError(t, db.QueryRowContext(t.Context(), `SELECT COUNT(*) FROM latchkey_outbox WHERE payload LIKE '%second_factor_reset%'`).Scan(&mails))
	require.Zero(t, factors)
	require.Equal(t, 1, mails)
}
