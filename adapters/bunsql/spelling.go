package bunsql

import (
	"strings"
	"unicode"
)

// spellings returns the spellings of text to look for in a column that is
// compared without regard to the case of ASCII letters: they add the case of
// all others. A text that mixes the case of other alphabets in another way than
// these four is not found, which Django on SQLite does not do either; that two
// names differ by such a mix alone is prevented when a name is stored.
//
// Each is equal to text in lower case. Upper case alone would not be safe: the
// upper case of "mıke" is "MIKE", and a reset for the one must not find the other.
func spellings(text string) []any {
	lower := strings.ToLower(text)
	all := []any{text}
	for _, spelling := range []string{lower, strings.ToUpper(text), title(lower)} {
		if strings.ToLower(spelling) != lower {
			spelling = text
		}
		all = append(all, spelling)
	}
	return all
}

// title returns lower with each word's first letter in upper case.
func title(lower string) string {
	inWord := false
	return strings.Map(func(r rune) rune {
		first := !inWord
		inWord = unicode.IsLetter(r) || unicode.IsDigit(r)
		if first {
			return unicode.ToUpper(r)
		}
		return r
	}, lower)
}
