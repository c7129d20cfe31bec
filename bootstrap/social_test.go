package bootstrap

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/bootstrap/config"
)

func providersOf(t *testing.T, yaml string) config.Config {
	t.Helper()
	file := filepath.Join(t.TempDir(), "latchkey.yaml")
	require.NoError(t, os.WriteFile(file, []byte("socialaccount_providers:\n"+yaml), 0o600))
	cfg, err := config.Load(file, nil)
	require.NoError(t, err)
	return cfg
}

func TestSecretsOfProvidersComeFromFiles(t *testing.T) {
	file := filepath.Join(t.TempDir(), "secret")
	require.NoError(t, os.WriteFile(file, []byte("s3cret\n"), 0o600))
	all, err := oauthProviders(providersOf(t, "  google: {client_id: id, secret_file: "+file+", identity_url: 'https://g.example/me/'}\n  gh: {kind: github, client_id: id, github_url: 'https://gh.example/'}\n"))
	require.NoError(t, err)
	require.Equal(t, "s3cret", all[0].Secret.Reveal())
	require.Equal(t, "https://g.example/me/", all[0].IdentityURL, "an endpoint is what was written")
	require.Equal(t, "https://gh.example", all[1].GitHubURL, "paths are put behind this one")
}

func TestAFileWithoutASecretStopsTheStart(t *testing.T) {
	folder := t.TempDir()
	empty, large := filepath.Join(folder, "empty"), filepath.Join(folder, "large")
	require.NoError(t, os.WriteFile(empty, []byte(" \n"), 0o600))
	require.NoError(t, os.WriteFile(large, []byte(strings.Repeat("x", secretFileMost+1)), 0o600))
	for file, want := range map[string]string{
		filepath.Join(folder, "none"): "cannot be read", empty: "is empty or too large", large: "is empty or too large",
	} {
		_, err := oauthProviders(providersOf(t, "  google: {client_id: id, secret_file: "+file+"}\n"))
		require.ErrorContains(t, err, `the provider "google" has a secret_file`)
		require.ErrorContains(t, err, want)
		require.NotContains(t, err.Error(), "xxx")
	}
}
