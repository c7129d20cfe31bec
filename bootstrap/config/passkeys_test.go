package config

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheRelyingPartyFollowsThePublicURL(t *testing.T) {
	for _, c := range []struct {
		settings    []string
		id, origins string
	}{
		{[]string{"PUBLIC_URL=https://accounts.example.com"}, "accounts.example.com", "https://accounts.example.com"},
		{[]string{"PUBLIC_URL=https://accounts.example.com:443/auth"}, "accounts.example.com", "https://accounts.example.com"},
		{[]string{"PUBLIC_URL=https://accounts.example.com:8443"}, "accounts.example.com", "https://accounts.example.com:8443"},
		{[]string{"PUBLIC_URL=http://localhost:8000"}, "localhost", "http://localhost:8000"},
		{[]string{"LISTEN=:8000"}, "localhost", "http://localhost:8000"},
		{[]string{"PUBLIC_URL=https://accounts.example.com", "PASSKEY_RP_ID=example.com"}, "example.com", "https://accounts.example.com"},
		{[]string{"PUBLIC_URL=http://a.example", "PASSKEY_RP_ID=example.com", "PASSKEY_RP_ORIGINS=https://example.com"}, "example.com", "https://example.com"},
		// Browsers use passkeys neither without TLS nor at an address of numbers.
		{[]string{"PUBLIC_URL=http://accounts.example.com"}, "none", "none"},
		{[]string{"PUBLIC_URL=https://192.0.2.1"}, "none", "none"},
		{nil, "none", "none"},
	} {
		config := env(t, append(c.settings, "PASSKEYS=true")...)
		require.Equal(t, c.id, shown(config, "PASSKEY_RP_ID"), c.settings)
		require.Equal(t, c.origins, shown(config, "PASSKEY_RP_ORIGINS"), c.settings)
	}
	require.Equal(t, "Mine", env(t, "SITE_NAME=Mine").Passkeys.RPName)
	require.Equal(t, "Other", env(t, "SITE_NAME=Mine", "PASSKEY_RP_NAME=Other").Passkeys.RPName)
}

func TestARelyingPartyThatCannotWorkStopsTheStart(t *testing.T) {
	const half, strays = "with only one of PASSKEY_RP_ID and PASSKEY_RP_ORIGINS", "neither that nor below it"
	for _, c := range []struct {
		settings []string
		want     string
	}{
		{[]string{"PASSKEY_RP_ID=example.com"}, half},
		{[]string{"PASSKEY_RP_ORIGINS=https://example.com"}, half},
		{[]string{"PASSKEY_RP_ID=example.com", "PASSKEY_RP_ORIGINS=https://example.org"}, strays},
		{[]string{"PASSKEY_RP_ID=example.com", "PASSKEY_RP_ORIGINS=https://example.com,https://notexample.com"}, strays},
		{[]string{"PASSKEY_RP_ID=app.example.com", "PASSKEY_RP_ORIGINS=https://example.com"}, strays},
		{[]string{"PASSKEY_RP_ID=example.com", "PUBLIC_URL=https://example.org"}, strays},
	} {
		problems := wrong(t, append(c.settings, "PASSKEYS=true")...)
		require.Len(t, problems, 1, c.settings)
		require.Contains(t, problems[0], c.want)
		env(t, append(c.settings, "PASSKEYS=false")...)
	}
	env(t, "PASSKEYS=true", "PASSKEY_RP_ID=example.com", "PASSKEY_RP_ORIGINS=https://example.com,https://app.example.com,android:apk-key-hash:x")
}

func TestPasskeysThatNobodyCanUseAreAWarning(t *testing.T) {
	require.Contains(t, env(t, "PASSKEYS=true", "PUBLIC_URL=http://testserver").Warnings[0], "nobody can use them")
	require.Empty(t, env(t, "PASSKEYS=true", "PUBLIC_URL=http://localhost:1").Warnings)
}
