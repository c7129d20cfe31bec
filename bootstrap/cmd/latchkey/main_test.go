package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/bootstrap/config"
)

// asCommand in the environment makes the test binary the command itself.
const asCommand = "RUN_AS_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// run runs the command with these settings, in a folder of its own, to its end.
func run(t *testing.T, settings []string, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, complaints strings.Builder
	command := exec.CommandContext(t.Context(), os.Args[0], args...)
	command.Env = []string{asCommand + "=1"}
	for _, setting := range settings {
		command.Env = append(command.Env, "LATCHKEY_"+setting)
	}
	command.Dir, command.Stdout, command.Stderr = t.TempDir(), &out, &complaints
	if err := command.Run(); err != nil {
		var exit *exec.ExitError
		require.ErrorAs(t, err, &exit)
	}
	return command.ProcessState.ExitCode(), out.String(), complaints.String()
}

func TestAWrongConfigurationEndsEveryCommandWithEverySentence(t *testing.T) {
	settings := []string{"SESION_LOGIN=true", "TOKEN_MODEL=tokens", "EMAIL_URL=smtp://user:hunter2@", "DATA_DIR=data"}
	for _, command := range []string{"serve", "migrate", "config"} {
		t.Run(command, func(t *testing.T) {
			status, out, complaints := run(t, settings, command)
			require.Equal(t, 1, status)
			require.Empty(t, out)
			lines := strings.Split(strings.TrimSpace(complaints), "\n")
			require.Len(t, lines, 4)
			require.Equal(t, "The configuration is not usable:", lines[0])
			require.Contains(t, complaints, `"LATCHKEY_SESION_LOGIN" is not a setting: did you mean LATCHKEY_SESSION_LOGIN?`)
			require.Contains(t, complaints, `LATCHKEY_TOKEN_MODEL is "tokens": write token or none.`)
			require.Contains(t, complaints, "LATCHKEY_EMAIL_URL")
			require.NotContains(t, complaints, "hunter2")
		})
	}
}

func TestAStartThatFailsSaysWhyInOneSentence(t *testing.T) {
	data := t.TempDir()
	key := filepath.Join(data, "secret_key")
	require.NoError(t, os.WriteFile(key, []byte("short\n"), 0o600))
	status, out, complaints := run(t, []string{"DATA_DIR=" + data}, "serve")
	require.Equal(t, 1, status)
	require.Empty(t, out)
	require.Equal(t, "latchkey: "+key+" is not a generated key: restore it, or delete it to have a new one made, which signs everybody out\n", complaints)
}

func TestADataFolderThatCannotBeMadeStopsTheStart(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	for _, command := range []string{"serve", "migrate"} {
		status, _, complaints := run(t, []string{"DATA_DIR=" + filepath.Join(file, "data")}, command)
		require.Equal(t, 1, status)
		require.Equal(t, 1, strings.Count(complaints, "\n"), complaints)
		require.Contains(t, complaints, "latchkey: ")
		require.Contains(t, complaints, "not a directory")
	}
}

func TestMigrateMakesTheDatabaseAndMayRunAgain(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	for _, before := range []string{"The database is empty: ", ""} {
		status, out, complaints := run(t, []string{"DATA_DIR=" + data}, "migrate")
		require.Equal(t, 0, status, complaints)
		require.True(t, strings.HasPrefix(out, before), out)
		require.Equal(t, before == "", out == "The database is up to date.\n")
	}
	require.NoFileExists(t, filepath.Join(data, "secret_key"), "migrating needs no key")
}

func TestConfigShowsNoSecret(t *testing.T) {
	status, out, _ := run(t, []string{"SECRET_KEY=terribly-secret", "EMAIL_URL=smtps://user:hunter2@mail.example"}, "config")
	require.Equal(t, 0, status)
	require.Contains(t, out, "SECRET_KEY=[secret]\n")
	require.Contains(t, out, "EMAIL_URL=smtps://user:[secret]@mail.example:465\n")
	require.Contains(t, out, "ACCOUNT_EMAIL_VERIFICATION=optional\n")
	require.NotContains(t, out, "terribly")
	require.NotContains(t, out, "hunter2")
}

func TestTheFileIsReadAndTheEnvironmentWins(t *testing.T) {
	file := filepath.Join(t.TempDir(), "latchkey.yaml")
	require.NoError(t, os.WriteFile(file, []byte("TOKEN_MODEL: none\nSITE_NAME: From the file\n"), 0o600))
	status, out, complaints := run(t, []string{"SITE_NAME=From the environment"}, "config", "--config", file)
	require.Equal(t, 0, status, complaints)
	require.Contains(t, out, "TOKEN_MODEL=none\n")
	require.Contains(t, out, "SITE_NAME=From the environment\n")
}

func TestVersion(t *testing.T) {
	status, out, _ := run(t, nil, "version")
	require.Equal(t, 0, status)
	require.Equal(t, "latchkey development\n", out)
}

func TestAnUnknownCommandShowsTheCommands(t *testing.T) {
	status, out, complaints := run(t, nil, "sevre")
	require.NotZero(t, status)
	require.Contains(t, out+complaints, "migrate")
}

func TestComplaint(t *testing.T) {
	require.Equal(t, "latchkey: no", complaint(errors.New("no")))
	require.Equal(t, "The configuration is not usable:\na\nb", complaint(config.Problems{"a", "b"}))
}
