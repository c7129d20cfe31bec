package bootstrap

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/adapters/system"
)

func TestTheSecretKeyIsMadeOnce(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	first, err := keptKey(dir, system.NewRandom())
	require.NoError(t, err)
	require.Len(t, first.Reveal(), secretKeyLength)
	again, err := keptKey(dir, system.NewRandom())
	require.NoError(t, err)
	require.Equal(t, first.Reveal(), again.Reveal())

	other, err := keptKey(t.TempDir(), system.NewRandom())
	require.NoError(t, err)
	require.NotEqual(t, first.Reveal(), other.Reveal())
}

func TestOnlyTheOwnerCanReadTheSecretKey(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	_, err := keptKey(dir, system.NewRandom())
	require.NoError(t, err)
	folder, err := os.Stat(dir)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o700), folder.Mode().Perm())
	files, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, files, 1, "the temporary file is gone")
	file, err := files[0].Info()
	require.NoError(t, err)
	require.Equal(t, secretKeyFile, file.Name())
	require.Equal(t, os.FileMode(0o600), file.Mode())
}

func TestConcurrentStartersAgreeOnOneSecretKey(t *testing.T) {
	for range 20 {
		dir := filepath.Join(t.TempDir(), "data")
		keys := make([]string, 8)
		var starters sync.WaitGroup
		for i := range keys {
			starters.Go(func() {
				if key, err := keptKey(dir, system.NewRandom()); err == nil {
					keys[i] = key.Reveal()
				}
			})
		}
		starters.Wait()
		require.Len(t, keys[0], secretKeyLength)
		for _, key := range keys {
			require.Equal(t, keys[0], key)
		}
	}
}

func TestADamagedSecretKeyStopsTheStart(t *testing.T) {
	for name, content := range map[string]string{
		"empty":     "",
		"blank":     strings.Repeat(" \n", 64),
		"truncated": strings.Repeat("a", secretKeyLength-1) + "\n",
	} {
		t.Run(name, func(t *testing.T) {
			cfg := testSettings(t)
			require.NoError(t, os.Mkdir(cfg.Server.DataDir, 0o700))
			path := filepath.Join(cfg.Server.DataDir, secretKeyFile)
			require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
			app := New(Configured(cfg), Listen())
			require.ErrorContains(t, app.Err(), path+" is not a generated key: restore it, or delete it")
			if key := strings.TrimSpace(content); key != "" {
				require.NotContains(t, app.Err().Error(), key)
			}
			kept, err := os.ReadFile(path)
			require.NoError(t, err)
			require.Equal(t, content, string(kept), "it is left for the operator to look at")
		})
	}
}

func TestAConfiguredKeyIsNotKept(t *testing.T) {
	cfg := testSettings(t, "LATCHKEY_SECRET_KEY="+strings.Repeat("0123456789", 6))
	boot(t, cfg)
	require.NoFileExists(t, filepath.Join(cfg.Server.DataDir, secretKeyFile))
}
