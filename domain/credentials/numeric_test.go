package credentials_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/domain/credentials"
)

func TestNotNumericFollowsPythonsIsdigit(t *testing.T) {
	for text, refused := range map[string]bool{
		"":           false,
		"12345678":   true,
		"1234567a":   false,
		"1234 5678":  false,
		"-1234567":   false,
		"1.5":        false,
		"²³¹":        true,  // superscripts: digits, but not decimal ones
		"①⑨⓪":        true,  // circled
		"⑩":          false, // the value ten is no digit's
		"½":          false,
		"Ⅷ":          false,
		"一二三":        false,
		"٠١٢٣":       true, // Arabic-Indic
		"１２３":        true, // full-width
		"\U0001d7d8": true, // mathematical
		"\U00010a40": true, // Kharosthi
		"\xff":       false,
	} {
		err := credentials.NotNumeric().Check(credentials.NewPassword(text), credentials.Subject{})
		if refused {
			require.ErrorIs(t, err, credentials.ErrEntirelyNumeric, "%+q", text)
		} else {
			require.NoError(t, err, "%+q", text)
		}
	}
}
