package credentials

import "latchkey/domain/secret"

// Password is a password in clear. It cannot be printed.
type Password struct {
	text secret.String
}

// NewPassword hides text.
func NewPassword(text string) Password { return Password{text: secret.New(text)} }

// Reveal returns the text; only hashers and rules have a reason to call it.
func (p Password) Reveal() string { return p.text.Reveal() }

// Equal compares two passwords in constant time.
func (p Password) Equal(other Password) bool { return p.text.Equal(other.text) }
