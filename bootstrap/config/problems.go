package config

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Problems is everything that is wrong with a configuration, one sentence each.
type Problems []string

// Error returns the sentences, one a line.
func (p Problems) Error() string { return strings.Join(p, "\n") }

// The codecs answer with one of these errors: advice, notYet, or Problems when
// one value holds several mistakes. None of them contains the value.

// advice says what to write, e.g. "write true or false".
type advice string

func (a advice) Error() string { return string(a) }

// notYet refuses a value that belongs to later work.
type notYet struct {
	leave string // what to leave the setting at
}

func (n notYet) Error() string { return "is not there yet" }

// explain makes sentences of what a codec said about a value.
func explain(s Setting, g given, err error) Problems {
	var several Problems
	if errors.As(err, &several) {
		for i, sentence := range several {
			several[i] = g.label + ": " + sentence
		}
		return several
	}
	var later notYet
	if errors.As(err, &later) {
		return Problems{fmt.Sprintf("%s is not there yet: leave it at %s.", g.label, later.leave)}
	}
	return Problems{fmt.Sprintf("%s %s: %s.", g.label, complaint(s, g.value), err)}
}

// complaint shows the value that was refused, unless it may hold a secret.
func complaint(s Setting, value node) string {
	switch text := value.plain(); {
	case value.kind == kindMapping:
		return "is a mapping"
	case text == "":
		return "is empty"
	case s.Secret, carriesPassword(text):
		return "cannot be used"
	default:
		return "is " + quote(text)
	}
}

// carriesPassword reports whether text looks like a URL with user information,
// which people put into settings that are not meant for it.
func carriesPassword(text string) bool {
	return strings.Contains(text, "@") && strings.Contains(text, "//")
}

// quoteLimit keeps a sentence readable whatever was pasted into a setting.
const quoteLimit = 80

// quote shows text in one line, however long or odd it is.
func quote(text string) string {
	if utf8.RuneCountInString(text) > quoteLimit {
		text = string([]rune(text)[:quoteLimit]) + "…"
	}
	return fmt.Sprintf("%q", text)
}
