package bunsql

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSpellings(t *testing.T) {
	for text, want := range map[string][]any{
		"ann":     {"ann", "ann", "ANN", "Ann"},
		"иВан.п":  {"иВан.п", "иван.п", "ИВАН.П", "Иван.П"},
		"mıke":    {"mıke", "mıke", "mıke", "Mıke"}, // not MIKE
		"":        {"", "", "", ""},
		"a1b@c.d": {"a1b@c.d", "a1b@c.d", "A1B@C.D", "A1b@C.D"},
	} {
		require.Equal(t, want, spellings(text))
	}
}

// Whatever a column that folds ASCII holds equals the text in lower case when it
// equals one of the spellings.
func FuzzSpellings(f *testing.F) {
	for _, text := range []string{"mıke", "ſam", "K", "İstanbul", "ǆ", "ß", "ΣΑΣ", "\xff"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, spelling := range spellings(text) {
			require.Equal(t, strings.ToLower(text), strings.ToLower(spelling.(string)))
		}
	})
}
