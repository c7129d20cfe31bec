package config

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestImpossibleCombinationsOfTokensAreRefused(t *testing.T) {
	for _, c := range []struct{ settings, want string }{
		{"JWT_AUTH_COOKIE=a JWT_AUTH_SAMESITE=None", "JWT_AUTH_SECURE=true"},
		{"JWT_AUTH_COOKIE=__Secure-a", "__Secure-"},
		{"JWT_AUTH_COOKIE=__Host-a JWT_AUTH_SECURE=1 JWT_AUTH_COOKIE_DOMAIN=a.example", "__Host-"},
		{"JWT_AUTH_REFRESH_COOKIE=__Host-a JWT_AUTH_SECURE=1 JWT_AUTH_REFRESH_COOKIE_PATH=/dj-rest-auth/", "__Host-"},
		{"JWT_AUTH_COOKIE=a JWT_AUTH_REFRESH_COOKIE=a", "name of another cookie"},
		{"JWT_AUTH_COOKIE=sessionid", "name of another cookie"},
		{"JWT_AUTH_REFRESH_COOKIE=csrftoken", "name of another cookie"},
		{"JWT_TRANSPORT=cookie JWT_AUTH_COOKIE=a", "JWT_TRANSPORT wants"},
		{"JWT_TRANSPORT=both JWT_AUTH_REFRESH_COOKIE=a", "JWT_TRANSPORT wants"},
		{"CHECK_REVOKE_TOKEN=1 USER_ID_CLAIM=x REVOKE_TOKEN_CLAIM=x", "write two names"},
		{"ALGORITHM=RS256", "ALGORITHM needs a private key"},
		{"ALGORITHM=EdDSA SIGNING_KEY=text", "ALGORITHM needs a private key"},
	} {
		settings := strings.Fields(c.settings)
		problems := wrong(t, append(settings, "USE_JWT=true")...)
		require.Len(t, problems, 1, c.settings)
		require.Contains(t, problems[0], c.want)
		require.NotContains(t, problems[0], "\n")
		if !strings.Contains(c.settings, "CSRF") {
			env(t, settings...) // nobody uses what is wrong
		}
	}
}

func TestKeysThatDoNotBelongTogetherAreRefused(t *testing.T) {
	private, public := "SIGNING_KEY="+privatePEM(edKey("a")), "VERIFYING_KEY="+publicPEM(edKey("b"))
	for _, c := range []struct {
		settings []string
		want     string
	}{
		{[]string{private, "ALGORITHM=ES256"}, "ALGORITHM needs a private key"},
		{[]string{private}, "while ALGORITHM is one of HS256"},
		{[]string{private, "ALGORITHM=EdDSA", public}, "not the public half"},
	} {
		for _, use := range []string{"USE_JWT=true", "AUTH_CLASSES=jwt"} {
			problems := wrong(t, append(c.settings, use)...)
			require.Len(t, problems, 1)
			require.Contains(t, problems[0], c.want)
		}
		require.Empty(t, env(t, c.settings...).Warnings, "nobody uses what is wrong")
	}
}

func TestPossibleCombinationsOfTokensStart(t *testing.T) {
	for _, settings := range []string{
		"JWT_AUTH_REFRESH_COOKIE=r",
		"JWT_AUTH_REFRESH_COOKIE=r JWT_AUTH_REFRESH_COOKIE_PATH=/dj-rest-auth",
		"JWT_AUTH_REFRESH_COOKIE=r JWT_AUTH_REFRESH_COOKIE_PATH=/auth/ BASE_PATH=/auth/",
		"JWT_TRANSPORT=body",
		"JWT_TRANSPORT=both JWT_AUTH_COOKIE=a JWT_AUTH_REFRESH_COOKIE=r",
		"JWT_AUTH_HTTPONLY=0 TOKEN_MODEL=none SESSION_LOGIN=0",
		"JWT_AUTH_HTTPONLY=0 AUTH_CLASSES=jwt",
		"JWT_AUTH_HTTPONLY=0 REFRESH_TOKEN_FAMILIES=1",
		"JWT_AUTH_HTTPONLY=0 ROTATE_REFRESH_TOKENS=1 REFRESH_TOKEN_FAMILIES=1 CHECK_SESSION=1",
		"JWT_AUTH_REFRESH_COOKIE=r JWT_AUTH_COOKIE=a JWT_AUTH_SAMESITE=None JWT_AUTH_SECURE=1 JWT_AUTH_COOKIE_USE_CSRF=1",
		"JWT_AUTH_REFRESH_COOKIE=__Host-r JWT_AUTH_COOKIE=__Host-a JWT_AUTH_SECURE=1",
	} {
		require.Empty(t, env(t, append(strings.Fields(settings), "USE_JWT=true")...).Warnings, settings)
	}
	require.Empty(t, env(t, "JWT_AUTH_COOKIE=a", "JWT_AUTH_COOKIE_ENFORCE_CSRF_ON_UNAUTHENTICATED=1", "JWT_AUTH_SECURE=1").Warnings)
	require.Empty(t, env(t, "REFRESH_TOKEN_FAMILIES=1", "CHECK_SESSION=1", "END_SESSIONS_ON_PASSWORD_CHANGE=1").Warnings)
}

func TestRiskySettingsOfTokensStartWithAWarning(t *testing.T) {
	const cookies = "USE_JWT=1 JWT_AUTH_COOKIE=a JWT_AUTH_REFRESH_COOKIE=r "
	for settings, want := range map[string]string{
		"AUTH_CLASSES=token,jwt":                                                            "while USE_JWT=false",
		"USE_JWT=1 JWT_AUTH_HTTPONLY=0 AUTH_CLASSES=session":                                "nothing here accepts",
		"USE_JWT=1 JWT_AUTH_HTTPONLY=0 SESSION_LOGIN=0 TOKEN_MODEL=none AUTH_CLASSES=token": "nothing here accepts",
		"USE_JWT=1": "no cookie carries the refresh token",
		cookies + "JWT_TRANSPORT=cookie JWT_AUTH_HTTPONLY=0":           "scripts read the tokens",
		cookies + "BLACKLIST_AFTER_ROTATION=1":                         "old refresh tokens stay good",
		cookies + "ACCESS_TOKEN_LIFETIME=24h":                          "ACCESS_TOKEN_LIFETIME is not shorter",
		cookies + "JWT_AUTH_REFRESH_COOKIE_PATH=/dj":                   "does not cover",
		cookies + "JWT_AUTH_REFRESH_COOKIE_PATH=/dj-rest-auth/logout/": "does not cover",
		cookies + "JWT_AUTH_COOKIE_ENFORCE_CSRF_ON_UNAUTHENTICATED=1":  "JWT_AUTH_COOKIE_USE_CSRF=false has no effect",
		cookies + "JWT_AUTH_SAMESITE=None JWT_AUTH_SECURE=1":           "any site can act",
		cookies + overHTTPS(""):                                        "JWT_AUTH_SECURE is false",
		cookies + "SIGNING_KEY=short":                                  "SIGNING_KEY is short",
		cookies + "USER_ID_FIELD=email":                                "can change hands",
		cookies + "USER_ID_FIELD=username":                             "can change hands",
	} {
		c := env(t, strings.Fields(settings)...)
		require.Len(t, c.Warnings, 1, settings)
		require.Contains(t, c.Warnings[0], want)
	}
	c := env(t, "USE_JWT=1", "JWT_AUTH_HTTPONLY=0", "VERIFYING_KEY="+publicPEM(edKey("a")))
	require.Len(t, c.Warnings, 1)
	require.Contains(t, c.Warnings[0], "VERIFYING_KEY has no effect")
	require.Len(t, env(t, "AUTH_CLASSES=jwt").Warnings, 2, "and the API token is accepted by nothing")
}

func TestWhatAuthenticatesFollowsTheTokens(t *testing.T) {
	require.Equal(t, []AuthClass{AuthJWT, AuthSession}, env(t, "USE_JWT=1").Endpoints.AuthClasses)
	require.Equal(t, []AuthClass{AuthToken}, env(t, "USE_JWT=1", "AUTH_CLASSES=token").Endpoints.AuthClasses)
	require.Equal(t, []AuthClass{AuthToken, AuthSession}, env(t).Endpoints.AuthClasses)
}
