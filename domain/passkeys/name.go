package passkeys

import (
	"strings"
	"unicode/utf8"
)

// Name is what its owner calls a passkey.
type Name string

// DefaultName is that of a passkey whose owner gave none.
const DefaultName Name = "Passkey"

// NameMaxLength is how many characters the column holds.
const NameMaxLength = 255

// ParseName returns the name, or ErrNameBlank or ErrNameTooLong.
func ParseName(text string) (Name, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return "", ErrNameBlank
	}
	if utf8.RuneCountInString(text) > NameMaxLength {
		return "", ErrNameTooLong
	}
	return Name(text), nil
}

// CutName returns of text as much as a name can have. It is for names that come so early that
// nobody is told of one that is too long.
func CutName(text string) Name {
	text = strings.TrimSpace(text)
	if runes := []rune(text); len(runes) > NameMaxLength {
		text = strings.TrimSpace(string(runes[:NameMaxLength]))
	}
	return Name(text)
}

// Or returns the name, or other where there is none.
func (n Name) Or(other Name) Name {
	if n == "" {
		return other
	}
	return n
}
