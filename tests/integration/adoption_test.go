package integration

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestADatabaseOfARealDjangoIsAdoptedAsItIs(t *testing.T) {
	onEach(t, func(t *testing.T, on adopted) {
		on.python(t, allApps, "migrate")
		key := on.python(t, allApps, "fill")
		before := on.dump(t)

		status, out := on.latchkey(t, "migrate", "--dry-run")
		require.Equal(t, 0, status, out)
		require.Contains(t, out, "-- Django made this database, with these apps: auth (up to 0012_")
		require.Contains(t, out, "CREATE TABLE latchkey_outbox")
		made := strings.ReplaceAll(out, `"`, "")
		for _, later := range []string{"dj_rest_auth_mfa", "passkeys"} { // apps of a later dj-rest-auth
			made = strings.ReplaceAll(made, "CREATE TABLE IF NOT EXISTS "+later+"_", "")
		}
		require.NotContains(t, made, "CREATE TABLE IF NOT EXISTS", "Django's tables are there")
		status, out = on.latchkey(t, "doctor")
		require.Equal(t, 0, status, out)
		require.Contains(t, out, "has not migrated this database yet")
		require.Equal(t, before, on.dump(t))
		require.Empty(t, on.ours(t), "and nothing is made")

		status, out = on.latchkey(t, "migrate")
		require.Equal(t, 0, status, out)
		require.Contains(t, out, "It has 1 account;")
		require.Equal(t, before, on.dump(t))

		status, out = on.latchkey(t, "doctor")
		require.Equal(t, 0, status, out)
		require.Contains(t, out, "Live cookie sessions prove the setting SECRET_KEY")
		require.NotContains(t, out, adoptedKey)
		require.NotContains(t, out, "ann")
		status, out = on.latchkeyWith(t, strings.ToUpper(adoptedKey), "doctor", "--json")
		require.Equal(t, 1, status, out)
		require.Contains(t, out, "SECRET_KEY is not Django's")

		on.python(t, allApps, "check")
		requireSignsIn(t, on, key)
	})
}

// requireSignsIn checks that a session and a password of Django's are good here.
func requireSignsIn(t *testing.T, on adopted, session string) {
	t.Helper()
	p := processStart(t, t.TempDir(), "DATABASE_URL="+on.url, "SECRET_KEY="+adoptedKey)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.url("user/"), nil)
	require.NoError(t, err)
	request.AddCookie(&http.Cookie{Name: "sessionid", Value: session})
	answer, err := p.client.Do(request)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	require.Equal(t, http.StatusOK, answer.StatusCode)
	answer, err = p.client.PostForm(p.url("login/"), url.Values{"username": {"ann"}, "password": {"correct-horse-9"}})
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	require.Equal(t, http.StatusOK, answer.StatusCode)
}

func TestADjangoWithoutTheAppsGetsTheirTables(t *testing.T) {
	onEach(t, func(t *testing.T, on adopted) {
		on.python(t, "", "migrate")
		on.python(t, "", "fill")
		before := on.dump(t)
		status, out := on.latchkey(t, "migrate")
		require.Equal(t, 0, status, out)
		require.Contains(t, out, "the tables of account, authtoken, sites, socialaccount, token_blacklist")
		after := on.dump(t)
		require.Subset(t, after[""], before[""])
		for _, table := range slices.Sorted(maps.Keys(before)) {
			if table != "" {
				require.Equal(t, before[table], after[table], table)
			}
		}
		require.Contains(t, after, "account_emailaddress")
		on.python(t, "", "check")
		status, out = on.latchkey(t, "doctor")
		require.Equal(t, 0, status, out)
	})
}

func TestDjangoCanBePointedAtADatabaseThatIsMadeHere(t *testing.T) {
	onEach(t, func(t *testing.T, on adopted) {
		status, out := on.latchkey(t, "migrate")
		require.Equal(t, 0, status, out)
		require.Contains(t, out, "The database is empty")
		on.python(t, allApps, "check")
	})
}

func TestADjangoWithAUserModelOfItsOwnIsLeftAlone(t *testing.T) {
	onEach(t, func(t *testing.T, on adopted) {
		on.python(t, "", "migrate")
		on.execute(t, `ALTER TABLE auth_user RENAME TO people_person`)
		before := on.dump(t)
		for _, command := range [][]string{{"migrate"}, {"migrate", "--dry-run"}, {"serve"}, {"doctor"}} {
			status, out := on.latchkey(t, command...)
			require.Equal(t, 1, status, out)
			require.Contains(t, out, "AUTH_USER_MODEL")
		}
		require.Equal(t, before, on.dump(t))
		require.Empty(t, on.ours(t))
	})
}

func TestTablesOfProvidersTokensOfAnOlderAllauthAreRefusedAtTheStart(t *testing.T) {
	onEach(t, func(t *testing.T, on adopted) {
		on.python(t, allApps, "migrate")
		if !on.demandsAnApp(t) {
			t.Skip("no django-allauth before 0.55, whose tokens need the row of an app: this one stores them without")
		}
		status, out := on.latchkey(t, "migrate")
		require.Equal(t, 0, status, out)
		command := processCommand(t, []string{"DATABASE_URL=" + on.url, "SECRET_KEY=" + adoptedKey, "SOCIALACCOUNT_STORE_TOKENS=true", "DATA_DIR=" + t.TempDir()}, "serve")
		complaint, err := command.CombinedOutput()
		require.Error(t, err)
		require.Contains(t, string(complaint), "SOCIALACCOUNT_STORE_TOKENS=false")
	})
}
