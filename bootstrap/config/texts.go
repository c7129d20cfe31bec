package config

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"latchkey/domain/secret"
)

// clean reports whether s is valid UTF-8 without control characters, so that it
// cannot begin a new line in a mail header, a cookie, a log or the printed
// configuration.
func clean(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, unicode.IsControl)
}

// words reads a text of at most limit characters in one line.
func words(limit int) codec[string] {
	return simple(func(s string) (string, error) {
		if s == "" || !clean(s) || utf8.RuneCountInString(s) > limit {
			return "", advice(fmt.Sprintf("write one line of at most %d characters", limit))
		}
		return s, nil
	}, same)
}

// redacted stands for a secret in the printed configuration.
const redacted = "[secret]"

// hiddenText reads a secret. Every codec of secrets refuses what the printed
// configuration shows instead of one: a key copied from there would be public.
var hiddenText = codec[secret.String]{
	parse: func(n node) (secret.String, error) {
		s, err := n.single()
		switch {
		case err != nil:
			return secret.String{}, err
		case s == "" || s == redacted || !clean(s) || s != strings.TrimSpace(s):
			return secret.String{}, errUnusableSecret
		default:
			return secret.New(s), nil
		}
	},
	show: func(secret.String) string { return redacted },
}

var errUnusableSecret = errors.New("write the secret itself in one line, without spaces around it")
