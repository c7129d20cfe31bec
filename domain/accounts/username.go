package accounts

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Username is the name under which somebody signs in. Two names that differ in
// case only belong to the same person.
type Username string

// UsernameMaxLength is how many characters the column holds.
const UsernameMaxLength = 150

// Folded returns the form in which names are compared.
func (u Username) Folded() string { return strings.ToLower(string(u)) }

// UsernameRules is what a deployment demands of new names.
type UsernameRules struct {
	// MinLength counts characters. Who reads the name checks it: upstream does not
	// ask for it when a name is changed.
	MinLength int
	// Blacklist holds names that nobody may take, compared without case.
	Blacklist []string
	// PreserveCasing keeps a name as it was typed; otherwise it is lower-cased.
	PreserveCasing bool
}

// ParseUsername checks the spelling of an untrusted name by the rule of Django's
// UnicodeUsernameValidator: letters, digits and @ . + - _, and nothing else
// (no blanks, controls or combining marks, with which two names can look the
// same). It returns ErrUsernameInvalid.
func ParseUsername(text string) (Username, error) {
	if text == "" || !utf8.ValidString(text) {
		return "", ErrUsernameInvalid
	}
	for _, r := range text {
		if !usernameRune(r) {
			return "", ErrUsernameInvalid
		}
	}
	return Username(text), nil
}

// usernameRune is Python's \w (Unicode letters and everything numeric, and the
// underscore) with the four extra characters.
func usernameRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsNumber(r) || strings.ContainsRune("_@.+-", r)
}

// Permits returns ErrUsernameBlacklisted for a name on the blacklist.
func (r UsernameRules) Permits(name Username) error {
	same := func(listed string) bool { return Username(listed).Folded() == name.Folded() }
	if slices.ContainsFunc(r.Blacklist, same) {
		return ErrUsernameBlacklisted
	}
	return nil
}

// Normalize returns the name in the casing that the deployment stores.
func (r UsernameRules) Normalize(name Username) Username {
	if r.PreserveCasing {
		return name
	}
	return Username(name.Folded())
}
