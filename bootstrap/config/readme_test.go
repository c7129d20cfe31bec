package config

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheREADMEShowsEverySetting(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	_, rest, _ := strings.Cut(string(readme), "<!-- settings: generated from bootstrap/config -->\n")
	shown, _, found := strings.Cut(rest, "\n<!-- end of settings -->")
	require.True(t, found, "the README has lost the marks around its settings")
	require.Equal(t, strings.TrimSpace(Markdown()), strings.TrimSpace(shown), "put the output of Markdown between the marks")
}
