package credentials

import (
	"fmt"
	"unicode/utf8"
)

type minLength int

// MinLength refuses passwords of fewer than n characters (code points), as
// Django's MinimumLengthValidator does.
func MinLength(n int) Rule { return minLength(n) }

// Name returns "length".
func (minLength) Name() string { return "length" }

// Check returns ErrTooShort, which names the least length.
func (n minLength) Check(password Password, _ Subject) error {
	if utf8.RuneCountInString(password.Reveal()) >= int(n) {
		return nil
	}
	noun := "characters"
	if n == 1 {
		noun = "character"
	}
	return ErrTooShort.Saying(fmt.Sprintf("This password is too short. It must contain at least %d %s.", n, noun))
}
