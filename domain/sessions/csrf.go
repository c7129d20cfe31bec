package sessions

import (
	"strings"

	"latchkey/domain/fault"
	"latchkey/domain/secret"
)

// Of CSRF secrets and tokens, as Django has them.
const (
	CSRFSecretLength = 32
	// CSRFTokenLength is the length of a masked token: a mask and the secret under it.
	CSRFTokenLength = 2 * CSRFSecretLength
	CSRFAlphabet    = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
)

// Why a CSRF cookie or token is bad: phrases that follow its name.
var (
	ErrCSRFCookieLength     = fault.New(fault.Forbidden, "csrf_cookie_length", "has incorrect length.")
	ErrCSRFCookieCharacters = fault.New(fault.Forbidden, "csrf_cookie_characters", "has invalid characters.")
	ErrCSRFTokenLength      = fault.New(fault.Forbidden, "csrf_token_length", "has incorrect length.")
	ErrCSRFTokenCharacters  = fault.New(fault.Forbidden, "csrf_token_characters", "has invalid characters.")
	ErrCSRFTokenIncorrect   = fault.New(fault.Forbidden, "csrf_token_incorrect", "incorrect.")
)

// ParseCSRFCookie returns the secret that a cookie holds: bare, or masked as
// Django before 4.1 wrote it. It returns ErrCSRFCookieLength or ErrCSRFCookieCharacters.
func ParseCSRFCookie(text string) (secret.String, error) {
	return parseCSRF(text, ErrCSRFCookieLength, ErrCSRFCookieCharacters)
}

// CheckCSRFToken returns nil when the token, bare or masked, stands for the
// secret, and otherwise ErrCSRFTokenLength, ErrCSRFTokenCharacters or
// ErrCSRFTokenIncorrect. The comparison takes constant time.
func CheckCSRFToken(want secret.String, token string) error {
	given, err := parseCSRF(token, ErrCSRFTokenLength, ErrCSRFTokenCharacters)
	if err != nil {
		return err
	}
	if !given.Equal(want) {
		return ErrCSRFTokenIncorrect
	}
	return nil
}

// MaskCSRF returns a token for the secret that looks different with every mask,
// so that a compressed page that repeats it does not give it away (BREACH).
// Secret and mask are CSRFSecretLength characters of CSRFAlphabet.
func MaskCSRF(bare secret.String, mask string) string {
	return mask + shiftCSRF(bare.Reveal(), mask, func(text, mask int) int { return text + mask })
}

func parseCSRF(text string, badLength, badCharacters *fault.Fault) (secret.String, error) {
	if len(text) != CSRFSecretLength && len(text) != CSRFTokenLength {
		return secret.String{}, badLength
	}
	if strings.Trim(text, CSRFAlphabet) != "" { // Trim stops at the first stranger from either end
		return secret.String{}, badCharacters
	}
	if len(text) == CSRFTokenLength {
		mask, masked := text[:CSRFSecretLength], text[CSRFSecretLength:]
		text = shiftCSRF(masked, mask, func(text, mask int) int { return text - mask + len(CSRFAlphabet) })
	}
	return secret.New(text), nil
}

// shiftCSRF moves each character of text along the alphabet by that of mask.
func shiftCSRF(text, mask string, move func(text, mask int) int) string {
	shifted := make([]byte, len(text))
	for i := range shifted {
		at := move(strings.IndexByte(CSRFAlphabet, text[i]), strings.IndexByte(CSRFAlphabet, mask[i]))
		shifted[i] = CSRFAlphabet[at%len(CSRFAlphabet)]
	}
	return string(shifted)
}
