package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestNothingConfiguredGivesTheDefaults(t *testing.T) {
	c := env(t)
	require.Equal(t, Endpoints{
		BasePath: "/dj-rest-auth/", SessionLogin: true, TokenModel: TokenModelToken,
		AuthClasses: []AuthClass{AuthToken, AuthSession}, RegisterPermission: RegisterAnyone, Allauth: true,
	}, c.Endpoints)
	require.Equal(t, Cookie{Name: "sessionid", Age: 14 * day, Path: "/", HTTPOnly: true, SameSite: SameSiteLax}, c.Sessions.Cookie)
	require.Equal(t, Cookie{Name: "csrftoken", Age: 364 * day, Path: "/", SameSite: SameSiteLax}, c.CSRF.Cookie)
	require.Equal(t, JWT{
		AccessCookie:  Cookie{Age: 5 * time.Minute, Path: "/", HTTPOnly: true, SameSite: SameSiteLax},
		RefreshCookie: Cookie{Age: day, Path: "/", HTTPOnly: true, SameSite: SameSiteLax},
		HTTPOnly:      true, FieldNames: FieldNamesV4, AccessLife: 5 * time.Minute, RefreshLife: day, Algorithm: HS256,
		HeaderTypes: []string{"Bearer"}, UserIDField: UserIDFieldID, UserIDClaim: "user_id", RevokeClaim: "hash_password",
		Grace: 10 * time.Second,
	}, c.JWT)
	require.Equal(t, PresetCompat, c.Preset)
	require.Equal(t, CORS{}, c.CORS)
	require.Equal(t, Cleanup{Interval: time.Hour}, c.Cleanup)
	require.False(t, c.Sessions.EndOnPasswordChange)
	require.Equal(t, "data/latchkey.sqlite3", c.Database.SQLite)
	require.Equal(t, "http://127.0.0.1:8000", c.Server.PublicURL.String())
	require.Equal(t, Transport{Kind: MailConsole}, c.Mail.Transport)
	require.Equal(t, 3*24*time.Hour, c.Passwords.ResetTimeout)
	require.Len(t, c.Passwords.Hashers.Preferences, 6)
	require.Len(t, c.Passwords.Validators.Rules, 4)
	require.Positive(t, c.Passwords.Workers)
	require.True(t, c.Keys.Secret.Empty())
	require.Nil(t, c.Site.Name)
	require.Nil(t, c.Accounts.SubjectPrefix)
	require.True(t, c.Limits.Throttle.Unlimited())
	require.Empty(t, c.Warnings)
}

func TestEnvironmentWinsOverFileOverDefault(t *testing.T) {
	path := file(t, "session_cookie_name: fromfile\nCSRF_COOKIE_NAME: filecsrf\n")
	c, err := Load(path, []string{"LATCHKEY_SESSION_COOKIE_NAME=fromenv", "HOME=/nowhere", "latchkey_listen=ignored"})
	require.NoError(t, err)
	require.Equal(t, "fromenv", c.Sessions.Cookie.Name)
	require.Equal(t, "filecsrf", c.CSRF.Cookie.Name)
	require.Equal(t, "127.0.0.1:8000", c.Server.Listen)
}

func TestTheEnvironmentHidesABadValueOfTheFile(t *testing.T) {
	c, err := Load(file(t, "listen: nonsense\n"), []string{"LATCHKEY_LISTEN=:9000"})
	require.NoError(t, err)
	require.Equal(t, ":9000", c.Server.Listen)
}

func TestAllProblemsAreReportedAtOnce(t *testing.T) {
	path := file(t, "log_level: loud\nlistn: 1\n")
	_, err := Load(path, []string{
		"LATCHKEY_ACCOUNT_EMAIL_VERIFICATION=maybe", "LATCHKEY_USE_JTW=true", "LATCHKEY_LANGUAGE_CODE=de",
		"LATCHKEY_SESSION_COOKIE_SAMESITE=None",
	})
	require.Equal(t, Problems{
		`"listn" in line 2 of latchkey.yaml is not a setting: did you mean listen?`,
		`"LATCHKEY_USE_JTW" is not a setting: did you mean LATCHKEY_USE_JWT?`,
		`LATCHKEY_ACCOUNT_EMAIL_VERIFICATION is "maybe": write none, optional or mandatory.`,
		`LATCHKEY_LANGUAGE_CODE is not there yet: leave it at en-us.`,
		`log_level in line 1 of latchkey.yaml is "loud": write debug, info, warn or error.`,
		`Browsers drop cookies with SESSION_COOKIE_SAMESITE=None that are not Secure: write SESSION_COOKIE_SECURE=true or another SameSite.`,
	}, err)
	require.Equal(t, 5, strings.Count(err.Error(), "\n"))
}

func TestASettingWrittenTwiceIsAProblem(t *testing.T) {
	for name, content := range map[string]string{
		"lower and upper": "listen: :1\nLISTEN: :2\n",
		"the same key":    "listen: :1\nlisten: :2\n",
		"alias":           "use_jwt: false\nrest_use_jwt: false\n",
	} {
		t.Run(name, func(t *testing.T) {
			require.Len(t, fromFile(t, content), 1)
			require.Contains(t, fromFile(t, content)[0], "says the same as")
		})
	}
	require.Equal(t, Problems{"LATCHKEY_USE_JWT says the same as LATCHKEY_REST_USE_JWT: write one of them."},
		wrong(t, "USE_JWT=false", "REST_USE_JWT=false"))
	require.Len(t, wrong(t, "LISTEN=:1", "LISTEN=:2"), 1)
}

func TestUnknownNamesGetTheNearestKnownOne(t *testing.T) {
	for written, meant := range map[string]string{
		"SESION_LOGIN": "SESSION_LOGIN", "TOKEN_MODELL": "TOKEN_MODEL", "REST_USEJWT": "REST_USE_JWT",
		"session_login": "SESSION_LOGIN", "LATCHKEY_LISTEN": "LISTEN", "": "MFA",
	} {
		require.Equal(t, Problems{`"LATCHKEY_` + written + `" is not a setting: did you mean LATCHKEY_` + meant + `?`}, wrong(t, written+"=x"))
	}
	require.Contains(t, fromFile(t, "Session_Login: true\n")[0], "did you mean session_login?")
	require.Less(t, len(wrong(t, strings.Repeat("X", 5000)+"=x")[0]), 300)
}

func TestDistanceCountsInsertionsRemovalsAndReplacements(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"abc", "abd", 1}, {"kitten", "sitting", 3}, {"flaw", "lawn", 2}} {
		require.Equal(t, c.want, distance(c.a, c.b), "%s %s", c.a, c.b)
		require.Equal(t, c.want, distance(c.b, c.a))
	}
}

func TestAFileThatCannotBeReadIsAProblem(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "none.yaml")
	huge := file(t, strings.Repeat("#", fileLimit+1))
	for path, want := range map[string]string{missing: "no such file", t.TempDir(): "is a directory", huge: "larger than"} {
		_, err := Load(path, []string{"LATCHKEY_LANGUAGE_CODE=de"})
		problems := err.(Problems)
		require.Len(t, problems, 2)
		require.Contains(t, problems[0], "cannot be read")
		require.Contains(t, problems[0], want)
	}
	require.NoError(t, os.WriteFile(missing, []byte("# nothing\n"), 0o600))
	_, err := Load(missing, nil)
	require.NoError(t, err)
}
