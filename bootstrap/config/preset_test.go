package config

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// secure is PRESET=secure with all that it demands.
var secure = []string{"PRESET=secure", "SECRET_KEY=" + goodKey, "ALLOWED_HOSTS=a.example"}

func TestTheSecurePresetChangesTheseDefaultsAndNoOthers(t *testing.T) {
	hardened := []string{
		"JWT_AUTH_SECURE", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "JWT_AUTH_COOKIE_USE_CSRF", "OLD_PASSWORD_FIELD_ENABLED",
		"ROTATE_REFRESH_TOKENS", "TOKEN_BLACKLIST", "BLACKLIST_AFTER_ROTATION", "CHECK_REVOKE_TOKEN",
		"END_SESSIONS_ON_PASSWORD_CHANGE", "REFRESH_TOKEN_FAMILIES", "CHECK_SESSION", "ACCOUNT_PREVENT_ENUMERATION",
		"SOCIALACCOUNT_SINGLE_USE_ID_TOKENS", "SOCIALACCOUNT_REQUIRE_STATE",
		"MFA", "MFA_CONFIRM_CHANGES", "MFA_ENDS_OLDER_REFRESH",
	}
	compat, c := env(t, secure[1:]...), env(t, secure...)
	for i, line := range c.Effective() {
		before := compat.Effective()[i].Value
		switch {
		case line.Name == "PRESET":
			require.Equal(t, "secure", line.Value)
		case slices.Contains(hardened, line.Name):
			require.Equal(t, "false true", before+" "+line.Value, line.Name)
		case line.Name == "PASSKEY_USER_VERIFICATION":
			require.Equal(t, "preferred required", before+" "+line.Value)
		default:
			require.Equal(t, before, line.Value, line.Name)
		}
	}
	require.True(t, c.JWT.RefreshCookie.Secure)
	require.Empty(t, c.Warnings)
	without := env(t, append(secure, "MFA=false")...).Warnings
	require.Len(t, without, 1)
	require.Contains(t, without[0], "PRESET=secure with MFA=false")
}

func TestWhatIsWrittenWinsOverThePreset(t *testing.T) {
	for _, s := range Describe() {
		if s.Hardened == "" {
			continue
		}
		c := env(t, append(secure, s.Name+"="+s.Default)...)
		require.Equal(t, s.Default, shown(c, s.Name))
	}
	c, err := Load(file(t, "preset: secure\nold_password_field_enabled: false\n"), variables(secure[1:]))
	require.NoError(t, err)
	require.False(t, c.Endpoints.OldPassword)
	require.True(t, c.Sessions.Cookie.Secure)
}

func TestTheSecurePresetDemandsKeyAndHosts(t *testing.T) {
	require.Equal(t, Problems{
		"PRESET=secure demands a key of your own: write at least 50 random characters in SECRET_KEY.",
		"PRESET=secure demands ALLOWED_HOSTS: write the host names of the service.",
	}, wrong(t, "PRESET=secure"))
	require.Len(t, wrong(t, "PRESET=secure", "SECRET_KEY=none", "ALLOWED_HOSTS=none"), 2)
}

func TestTheSecurePresetRefusesWhatElseIsAWarning(t *testing.T) {
	for settings, want := range map[string]string{
		"USE_JWT=1": "gives the refresh token nowhere",
		"USE_JWT=1 JWT_AUTH_HTTPONLY=0 TOKEN_BLACKLIST=0": "revokes nothing",
	} {
		problems := wrong(t, append(strings.Fields(settings), secure...)...)
		require.Len(t, problems, 1, settings)
		require.Contains(t, problems[0], want)
	}
	for _, settings := range []string{
		"USE_JWT=1 JWT_AUTH_REFRESH_COOKIE=r", "USE_JWT=1 JWT_TRANSPORT=body", "USE_JWT=1 JWT_AUTH_HTTPONLY=0",
		"USE_JWT=1 JWT_TRANSPORT=body TOKEN_BLACKLIST=0 BLACKLIST_AFTER_ROTATION=0", "JWT_AUTH_SAMESITE=None SESSION_COOKIE_SAMESITE=None",
	} {
		require.Empty(t, env(t, append(strings.Fields(settings), secure...)...).Warnings, settings)
	}
}

func TestNothingIsSaidAboutCombinationsWithAnUnreadablePreset(t *testing.T) {
	require.Equal(t, Problems{`LATCHKEY_PRESET is "secur": write compat or secure.`}, wrong(t, "PRESET=secur", "SESSION_COOKIE_SAMESITE=None"))
}

func TestAPrintedSecureConfigurationIsReadAsTheSame(t *testing.T) {
	c := env(t, append(secure, "CHECK_REVOKE_TOKEN=false", "USE_JWT=1", "JWT_TRANSPORT=body")...)
	again, err := reload(c)
	require.NoError(t, err)
	require.Equal(t, c, again)
}
