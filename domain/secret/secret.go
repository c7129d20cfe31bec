// Package secret holds text that must never be printed.
//
// Logging a whole struct is the usual way in which passwords, hashes and tokens
// leak. A String survives that: whatever verb, encoder or debugger formats it
// writes "[secret]".
package secret

import (
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"io"
)

const redacted = "[secret]"

// String is text that cannot be printed by accident. The text hides behind a
// pointer, so that not even reflection over unexported fields (%#v of a struct
// that holds one) shows it. The zero value holds the empty text.
type String struct {
	text *string
}

// New hides text.
func New(text string) String { return String{text: &text} }

// Reveal returns the text. Every call is a place to look at in a review.
func (s String) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// Empty reports whether the text is empty.
func (s String) Empty() bool { return s.Reveal() == "" }

// Equal compares in time that depends neither on where the texts differ nor on
// their lengths.
func (s String) Equal(other String) bool {
	a, b := sha256.Sum256([]byte(s.Reveal())), sha256.Sum256([]byte(other.Reveal()))
	return subtle.ConstantTimeCompare(a[:], b[:]) == 1
}

// String writes "[secret]".
func (String) String() string { return redacted }

// GoString writes "[secret]".
func (String) GoString() string { return redacted }

// Format writes "[secret]" for every verb.
func (String) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// MarshalText writes "[secret]", so that no JSON, YAML or slog encoder leaks the text.
func (String) MarshalText() ([]byte, error) { return []byte(redacted), nil }
