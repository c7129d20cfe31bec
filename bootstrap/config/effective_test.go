package config

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// reload parses what is printed of c, and its secret key.
func reload(c Config) (Config, error) {
	var environ []string
	for _, line := range c.Effective() {
		if line.Name == "SECRET_KEY" && !c.Keys.Secret.Empty() {
			environ = append(environ, prefix+"SECRET_KEY="+c.Keys.Secret.Reveal())
		} else if !strings.Contains(line.Value, redacted) {
			environ = append(environ, prefix+line.Name+"="+line.Value)
		}
	}
	return Load("", environ)
}

func TestThePrintedConfigurationIsReadAsTheSame(t *testing.T) {
	compared := 0
	rapid.Check(t, func(t *rapid.T) {
		environ := []string{prefix + "SECRET_KEY=" + goodKey}
		for _, name := range slices.Sorted(slices.Values(settingNames())) {
			texts := openTexts(name)
			// Few at a time: among many there is always a contradiction.
			if len(texts) > 0 && rapid.IntRange(0, 7).Draw(t, "set "+name) == 0 {
				environ = append(environ, prefix+name+"="+rapid.SampledFrom(texts).Draw(t, name))
			}
		}
		c, err := Load("", environ)
		if err != nil {
			return // an impossible combination
		}
		again, err := reload(c)
		require.NoError(t, err)
		require.Equal(t, c, again)
		compared++
	})
	require.Positive(t, compared)
}

func settingNames() []string {
	var names []string
	for name := range values {
		names = append(names, name)
	}
	return names
}

// openTexts returns the good texts of a setting that hold no secret, sorted.
func openTexts(name string) []string {
	var texts []string
	for text, shown := range values[name].good {
		if !strings.Contains(shown, redacted) {
			texts = append(texts, text)
		}
	}
	slices.Sort(texts)
	return texts
}

func TestEveryGoodValueRoundTrips(t *testing.T) {
	for name := range values {
		for _, text := range openTexts(name) {
			c, err := Load("", []string{prefix + name + "=" + text})
			if err != nil {
				continue // alone it contradicts a default; the property above combines it
			}
			again, err := reload(c)
			require.NoError(t, err)
			require.Equal(t, c, again, "%s=%s", name, text)
		}
	}
}

func TestTheTableIsComplete(t *testing.T) {
	names := map[string]bool{}
	for _, s := range Describe() {
		require.NotEmpty(t, s.Group)
		require.Regexp(t, `^[A-Z][A-Z0-9_]+$`, s.Name)
		for _, name := range append(s.Aliases, s.Name) {
			require.False(t, names[name], name)
			names[name] = true
		}
	}
	require.Len(t, names, len(values)+laterCount+1) // REST_USE_JWT is the one alias
}

func TestTheReadmeTableShowsEverySetting(t *testing.T) {
	tables := Markdown()
	for _, s := range Describe() {
		require.Equal(t, 1, strings.Count(tables, "| `"+s.Name+"`"), s.Name)
	}
	require.Equal(t, 6, strings.Count(tables, "\n| name | default | meaning |\n"))
	require.Contains(t, tables, "| `USE_JWT` (also `REST_USE_JWT`) | `false` | log in with a JWT pair instead of an API token |\n")
	require.Contains(t, tables, "| `LANGUAGE_CODE` | `en-us` | *(not there yet)* |\n")
	require.Contains(t, tables, "| `JWT_AUTH_SECURE` | `false` (secure: `true`) |  |\n")
	require.Contains(t, tables, "| `AUTH_CLASSES` | `token,session`; with `USE_JWT` `jwt,session` |")
	require.Contains(t, tables, "| `HASH_WORKERS` | number of cores; ")
	require.Contains(t, tables, "| `THROTTLE_RATE` | none |")
	for line := range strings.Lines(tables) {
		if strings.HasPrefix(line, "| ") {
			require.Equal(t, 4, strings.Count(strings.ReplaceAll(line, `\|`, ""), "|"), line)
		}
	}
}
