package config

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// goodKey is a SECRET_KEY about which nothing is to be said.
const goodKey = "kept-for-tests-only-0123456789-abcdefghijklmnopqrstuvwxyz"

// env loads variables without their prefix.
func env(t *testing.T, pairs ...string) Config {
	t.Helper()
	c, err := Load("", variables(pairs))
	require.NoError(t, err)
	return c
}

func variables(pairs []string) []string {
	var environ []string
	for _, pair := range pairs {
		environ = append(environ, prefix+pair)
	}
	return environ
}

// wrong loads variables that must be refused and returns the problems.
func wrong(t *testing.T, pairs ...string) Problems {
	t.Helper()
	c, err := Load("", variables(pairs))
	require.Error(t, err)
	require.IsType(t, Problems{}, err)
	require.Zero(t, c)
	return err.(Problems)
}

// file writes content to a file and returns its path.
func file(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "latchkey.yaml")
	require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	return path
}

// fromFile loads a file that must be refused and returns the problems.
func fromFile(t *testing.T, content string) Problems {
	t.Helper()
	_, err := Load(file(t, content), nil)
	require.Error(t, err)
	return err.(Problems)
}
