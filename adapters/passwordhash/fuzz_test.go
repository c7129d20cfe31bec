package passwordhash

import (
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/domain/credentials"
	"latchkey/domain/secret"
)

// FuzzAdopt: what an imported file calls a hash is adopted as one that can be checked,
// or as an unusable one, or not at all.
func FuzzAdopt(f *testing.F) {
	for _, known := range foreign {
		f.Add(known.hash)
	}
	for _, text := range append([]string{"!", "!COIF93qFdeYTjw2lupxKKu44k3S9WJA6wpjjHaw9", "plain text", "$2b$04$"}, malformed...) {
		f.Add(text)
	}
	h := newHasher(f, everything)
	f.Fuzz(func(t *testing.T, text string) {
		adopted, err := h.Adopt(secret.New(text))
		if err != nil {
			require.ErrorIs(t, err, credentials.ErrHashRefused)
			return
		}
		require.LessOrEqual(t, len(adopted.Reveal()), columnWidth)
		again, err := h.Adopt(adopted)
		require.NoError(t, err)
		require.True(t, again.Equal(adopted), "adopted twice is adopted once")
		if unusableText.MatchString(adopted.Reveal()) {
			return
		}
		_, err = h.decode(adopted.Reveal())
		require.NoError(t, err)
	})
}
