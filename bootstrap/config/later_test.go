package config

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestLaterSettingsAreAcceptedAtTheirDefaultOnly(t *testing.T) {
	seen := 0
	for _, s := range Describe() {
		if !s.Later {
			continue
		}
		seen++
		env(t, s.Name+"="+s.Default)
		for _, other := range []string{"true", "7", "something", "HS512", "secure", "none-set", "both", "v3"} {
			c, err := Load("", variables([]string{s.Name + "=" + other}))
			if err != nil {
				require.Regexp(t, `(is not there yet: leave it at|: write) `, err.Error())
				continue
			}
			require.Contains(t, []string{"true"}, other, "%s=%s was accepted", s.Name, other)
			require.Equal(t, "true", shown(c, s.Name))
		}
	}
	require.Equal(t, 46, seen)
}

func TestDefaultsInOtherWordsAreAccepted(t *testing.T) {
	env(t, "REST_USE_JWT=No", "TOKEN_BLACKLIST=0", "MFA=off", "PASSKEYS=FALSE", "ACCESS_TOKEN_LIFETIME=300", "REFRESH_TOKEN_LIFETIME=1440m",
		"JWT_AUTH_SAMESITE=lax", "JWT_AUTH_COOKIE=", "LANGUAGE_CODE=en-US", "SIGNING_KEY=", "JWT_TRANSPORT=", "PASSKEY_RP_ORIGINS=none")
}

func TestLaterSettingsNameTheirDefault(t *testing.T) {
	for pair, want := range map[string]string{
		"USE_JWT=true":                 "LATCHKEY_USE_JWT is not there yet: leave it at false.",
		"REST_USE_JWT=true":            "LATCHKEY_REST_USE_JWT is not there yet: leave it at false.",
		"ALGORITHM=HS512":              "LATCHKEY_ALGORITHM is not there yet: leave it at HS256.",
		"MFA_TOTP_ISSUER=Me":           "LATCHKEY_MFA_TOTP_ISSUER is not there yet: leave it at the empty text.",
		"PRESET=secure":                "LATCHKEY_PRESET is not there yet: leave it at compat.",
		"LANGUAGE_CODE=de":             "LATCHKEY_LANGUAGE_CODE is not there yet: leave it at en-us.",
		"DATABASE_URL=postgres://h/d":  "LATCHKEY_DATABASE_URL with postgres:// is not there yet: leave it at sqlite://.",
		"AUTH_CLASSES=jwt,session":     "LATCHKEY_AUTH_CLASSES with jwt is not there yet: leave it at token,session.",
		"CORS_ALLOWED_ORIGINS=https:/": "LATCHKEY_CORS_ALLOWED_ORIGINS is not there yet: leave it at none.",
	} {
		require.Equal(t, Problems{want}, wrong(t, pair))
	}
}
