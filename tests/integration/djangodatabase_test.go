package integration

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// djangoSecretKey is the SECRET_KEY that both sides have.
const djangoSecretKey = "one-secret-key-for-both-sides-0123456789-abcdefghij"

// djangoDatabase is an empty database as each side is told of it.
type djangoDatabase struct {
	url    string            // Latchkey's DATABASE_URL
	django map[string]string // Django's DATABASES["default"]
}

// forDjango is how Django's settings read it from the environment.
func (d djangoDatabase) forDjango(t *testing.T) string {
	t.Helper()
	settings, err := json.Marshal(d.django)
	require.NoError(t, err)
	return "DJANGO_DATABASE=" + string(settings)
}

// djangoDatabases makes an empty database of each kind.
var djangoDatabases = map[string]func(t *testing.T) djangoDatabase{
	"SQLite":     djangoSQLite,
	"PostgreSQL": djangoPostgres,
}

func djangoSQLite(t *testing.T) djangoDatabase {
	t.Helper()
	file := filepath.Join(t.TempDir(), "shared.sqlite3")
	return djangoDatabase{
		url:    "sqlite://" + file,
		django: map[string]string{"ENGINE": "django.db.backends.sqlite3", "NAME": file},
	}
}

// djangoInstalled skips the test where there is no Django.
func djangoInstalled(t *testing.T) {
	t.Helper()
	if djangoPython() == "" {
		t.Skip("no Python has Django, django-allauth and djangorestframework-simplejwt, and this test compares with them")
	}
}

// djangoCommand prepares a script of the site under testdata/django.
func djangoCommand(ctx context.Context, t *testing.T, database djangoDatabase, script string, args ...string) *exec.Cmd {
	t.Helper()
	command := exec.CommandContext(ctx, djangoPython(), append([]string{"-B", script}, args...)...)
	command.Dir = filepath.Join("testdata", "django")
	command.Env = append(os.Environ(), "DJANGO_SECRET_KEY="+djangoSecretKey, database.forDjango(t))
	return command
}

// djangoMigrate runs Django's migrations and returns what they print.
func djangoMigrate(t *testing.T, database djangoDatabase, environment ...string) string {
	t.Helper()
	command := djangoCommand(t.Context(), t, database, "manage.py", "migrate", "--fake-initial", "--no-color")
	command.Env = append(command.Env, environment...)
	out, err := command.CombinedOutput()
	require.NoError(t, err, "%s", out)
	return string(out)
}

// djangoFake tells Django that the tables of an app are there, as the README advises.
func djangoFake(t *testing.T, database djangoDatabase, app string) {
	t.Helper()
	out, err := djangoCommand(t.Context(), t, database, "manage.py", "migrate", "--fake", "--no-color", app).CombinedOutput()
	require.NoError(t, err, "%s", out)
}
