package wire_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/tests/kit"
	"latchkey/tests/wire"
)

// TestRecordedScenarios replays every scenario on a service of its own.
func TestRecordedScenarios(t *testing.T) {
	replayAll(t, "scenarios", func(*testing.T) kit.Option { return kit.Settings(nil) }, nil)
}

// The recordings were made on SQLite, which ignores the lengths of columns. On
// PostgreSQL an address that is longer than its column is refused.
func TestRecordedScenariosOnPostgreSQL(t *testing.T) {
	replayAll(t, "scenarios", func(t *testing.T) kit.Option { return kit.WithPostgres(t) }, map[string]int{"register-email-rules": 9})
}

// Those of the second factor, and of passkeys.
func TestRecordedScenariosOfMFA(t *testing.T) {
	replayAll(t, "scenarios-mfa", func(*testing.T) kit.Option { return kit.Settings(nil) }, nil)
}

func TestRecordedScenariosOfMFAOnPostgreSQL(t *testing.T) {
	replayAll(t, "scenarios-mfa", func(t *testing.T) kit.Option { return kit.WithPostgres(t) }, nil)
}

// replayAll replays the folder's scenarios on a database each. Of the scenarios in differing one step must
// get another answer than the recorded one.
func replayAll(t *testing.T, folder string, on func(t *testing.T) kit.Option, differing map[string]int) {
	t.Helper()
	profiles, err := wire.LoadProfiles(os.DirFS("testdata"))
	require.NoError(t, err)
	scenarios, err := wire.Load(os.DirFS(filepath.Join("testdata", folder)))
	require.NoError(t, err)
	require.NotEmpty(t, scenarios)
	for _, scenario := range scenarios {
		t.Run(scenario.Profile+"/"+scenario.Name, func(t *testing.T) {
			t.Parallel()
			profile, known := profiles[scenario.Profile]
			require.True(t, known, "profile %s", scenario.Profile)
			findings := wire.Replay(scenario, serve(t, profile, on(t)))
			if step, differs := differing[scenario.Name]; differs {
				require.Len(t, findings, 1)
				require.Equal(t, step, findings[0].Step)
				require.Contains(t, findings[0].Received, "400 Bad Request")
				return
			}
			for _, finding := range findings {
				t.Error(finding)
			}
		})
	}
}

// serve boots the service with the settings of the profile, and the providers of its social logins.
func serve(t *testing.T, profile wire.Profile, on kit.Option) wire.Target {
	t.Helper()
	people, err := os.ReadFile("testdata/provider.json")
	require.NoError(t, err)
	provider := kit.Provider(t, kit.WithPeople(people))
	file := filepath.Join(t.TempDir(), "latchkey.yaml")
	require.NoError(t, os.WriteFile(file, wire.Providers(provider.URL), 0o600))
	service := kit.App(t, kit.Settings(profile.Settings()), kit.WithFile(file), on)
	return wire.Target{
		Address:  strings.TrimPrefix(service.URL, "http://"),
		Database: service.Database,
		Profile:  profile,
		Now:      service.Clock.Now,
		Sleep:    service.Clock.Advance,
		Grace:    100 * time.Millisecond,
		Mails: func(to string) []wire.Mail {
			var mails []wire.Mail
			for _, letter := range service.Mailbox.Unread(t, to) {
				mails = append(mails, wire.Mail{
					From: letter.From, To: letter.To, Subject: letter.Subject, Text: letter.Text, HTML: letter.HTML != "",
				})
			}
			return mails
		},
	}
}
