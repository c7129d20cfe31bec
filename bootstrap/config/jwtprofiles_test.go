package config

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var (
	inBody    = []string{"USE_JWT=true", "JWT_AUTH_HTTPONLY=false", "SESSION_LOGIN=false", "TOKEN_MODEL=none", "AUTH_CLASSES=jwt,session"}
	onlyJWT   = []string{"USE_JWT=true", "JWT_AUTH_HTTPONLY=false", "SESSION_LOGIN=false", "TOKEN_MODEL=none", "AUTH_CLASSES=jwt"}
	inCookies = []string{"USE_JWT=true", "JWT_AUTH_COOKIE=access", "JWT_AUTH_REFRESH_COOKIE=refresh", "JWT_AUTH_HTTPONLY=true",
		"SESSION_LOGIN=false", "TOKEN_MODEL=none", "AUTH_CLASSES=jwt,session"}
	rotation = []string{"TOKEN_BLACKLIST=true", "ROTATE_REFRESH_TOKENS=true", "BLACKLIST_AFTER_ROTATION=true"}
)

var jwtProfiles = map[string]struct {
	settings []string
	warning  string // part of the one that there is
}{
	"jwt":           {settings: inBody},
	"plain-jwt":     {settings: append([]string{"ALLAUTH=false"}, inBody...)},
	"jwt-httponly":  {[]string{"USE_JWT=true", "SESSION_LOGIN=false", "AUTH_CLASSES=jwt,session"}, "no cookie carries the refresh token"},
	"jwt-session":   {settings: []string{"USE_JWT=true", "JWT_AUTH_HTTPONLY=false", "AUTH_CLASSES=jwt,session"}},
	"jwt-blacklist": {settings: slices.Concat(inBody, rotation)},
	"jwt-norotate":  {settings: append([]string{"TOKEN_BLACKLIST=true"}, inBody...)},
	"jwt-cookie":    {settings: slices.Concat(inCookies, rotation)},
	"jwt-csrf":      {settings: slices.Concat(inCookies, rotation, []string{"JWT_AUTH_COOKIE_USE_CSRF=true"})},
	"jwt-csrf-unauth": {settings: slices.Concat(inCookies, rotation,
		[]string{"JWT_AUTH_COOKIE_USE_CSRF=true", "JWT_AUTH_COOKIE_ENFORCE_CSRF_ON_UNAUTHENTICATED=true"})},
	"jwt-cookie-attrs": {slices.Concat(onlyJWT, []string{"JWT_AUTH_COOKIE=my-access", "JWT_AUTH_REFRESH_COOKIE=my-refresh",
		"JWT_AUTH_REFRESH_COOKIE_PATH=/dj-rest-auth/token/", "JWT_AUTH_SECURE=true", "JWT_AUTH_SAMESITE=Strict", "JWT_AUTH_COOKIE_DOMAIN=example.com",
		"ACCESS_TOKEN_LIFETIME=600", "REFRESH_TOKEN_LIFETIME=7200", "ROTATE_REFRESH_TOKENS=true"}), "does not cover"},
	"jwt-expiration": {settings: slices.Concat(inBody, []string{"JWT_AUTH_COOKIE=access", "JWT_AUTH_REFRESH_COOKIE=refresh",
		"JWT_AUTH_RETURN_EXPIRATION=true", "ROTATE_REFRESH_TOKENS=true"})},
	"jwt-claims": {settings: slices.Concat(onlyJWT, []string{"ISSUER=https://issuer.example", "AUDIENCE=api.example", "LEEWAY=30",
		"SIGNING_KEY=another-signing-key-0123456789-0123456789-0123456789", "ALGORITHM=HS512", "AUTH_HEADER_TYPES=JWT,Bearer", "USER_ID_CLAIM=uid"})},
	"jwt-revoke":    {settings: append([]string{"CHECK_REVOKE_TOKEN=true"}, onlyJWT...)},
	"jwt-mandatory": {settings: append([]string{"ACCOUNT_EMAIL_VERIFICATION=mandatory", fields}, inCookies...)},
}

func TestTheRecordedJWTProfilesLoad(t *testing.T) {
	path := file(t, profileProviders)
	for name, p := range jwtProfiles {
		t.Run(name, func(t *testing.T) {
			c, err := Load(path, variables(profile(p.settings)))
			require.NoError(t, err)
			require.True(t, c.JWT.Enabled)
			if p.warning == "" {
				require.Empty(t, c.Warnings)
				return
			}
			require.Len(t, c.Warnings, 1)
			require.Contains(t, c.Warnings[0], p.warning)
		})
	}
}

func TestTheCookiesOfTokensShareTheirAttributes(t *testing.T) {
	c := env(t, profile(jwtProfiles["jwt-cookie-attrs"].settings)...)
	access := Cookie{Name: "my-access", Age: 10 * time.Minute, Domain: "example.com", Path: "/", Secure: true, SameSite: SameSiteStrict}
	require.Equal(t, access, c.JWT.AccessCookie)
	refresh := access
	refresh.Name, refresh.Age, refresh.Path = "my-refresh", 2*time.Hour, "/dj-rest-auth/token/"
	require.Equal(t, refresh, c.JWT.RefreshCookie)
	require.True(t, env(t, profile(jwtProfiles["jwt-cookie"].settings)...).JWT.RefreshCookie.HTTPOnly)
}

func TestTheClaimsArriveTyped(t *testing.T) {
	j := env(t, profile(jwtProfiles["jwt-claims"].settings)...).JWT
	require.Equal(t, HS512, j.Algorithm)
	require.Equal(t, []string{"api.example"}, j.Audience)
	require.Equal(t, "https://issuer.example", j.Issuer)
	require.Equal(t, 30*time.Second, j.Leeway)
	require.Equal(t, []string{"JWT", "Bearer"}, j.HeaderTypes)
	require.Equal(t, "uid", j.UserIDClaim)
	require.Equal(t, "another-signing-key-0123456789-0123456789-0123456789", j.SigningKey.Reveal())
}
