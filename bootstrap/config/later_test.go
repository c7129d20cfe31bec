package config

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// laterCount is how many settings are not there yet.
const laterCount = 1

func TestLaterSettingsAreAcceptedAtTheirDefaultOnly(t *testing.T) {
	seen := 0
	for _, s := range Describe() {
		if !s.Later {
			continue
		}
		seen++
		env(t, s.Name+"="+s.Default)
		for _, other := range []string{"true", "7", "something", "HS512", "secure", "none-set", "both", "v3"} {
			_, err := Load("", variables([]string{s.Name + "=" + other}))
			if err != nil {
				require.Regexp(t, `(is not there yet: leave it at|: write) `, err.Error())
				continue
			}
			require.Fail(t, "accepted", "%s=%s", s.Name, other)
		}
	}
	require.Equal(t, laterCount, seen)
}

func TestDefaultsInOtherWordsAreAccepted(t *testing.T) {
	env(t, "LANGUAGE_CODE=en-US")
}

func TestLaterSettingsNameTheirDefault(t *testing.T) {
	for pair, want := range map[string]string{
		"LANGUAGE_CODE=de": "LATCHKEY_LANGUAGE_CODE is not there yet: leave it at en-us.",
	} {
		require.Equal(t, Problems{want}, wrong(t, pair))
	}
}
