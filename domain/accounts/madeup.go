package accounts

import (
	"strings"
	"unicode/utf8"
)

// usernameFallback is the base of a name when nothing is known that could be one.
const usernameFallback Username = "user"

// UsernameBase makes up a name for somebody who chose none, as allauth does: the
// first hint (first name, last name, address …) of which something is left when
// it is folded to ASCII, lower-cased, cut at the "@" and freed of characters that
// no name may have. Blanks become "_". It is "user" when no hint has anything to
// offer. The name always fits ParseUsername and UsernameMaxLength; whether it is
// taken or blacklisted is for the caller to ask.
func UsernameBase(hints ...string) Username {
	for _, hint := range hints {
		if base := usernameFrom(hint); base != "" {
			return base
		}
	}
	return usernameFallback
}

// WithSuffix returns the name with digits behind it, cut so that the whole fits
// UsernameMaxLength. The digits must be fewer than that.
func (u Username) WithSuffix(digits string) Username {
	return u.cut(UsernameMaxLength-utf8.RuneCountInString(digits)) + Username(digits)
}

// cut returns the first characters of the name, at most length of them.
func (u Username) cut(length int) Username {
	runes := []rune(u)
	return Username(runes[:min(len(runes), max(length, 0))])
}

func usernameFrom(hint string) Username {
	var kept strings.Builder
	for _, r := range hint {
		if ascii := foldASCII(r); ascii == ' ' || usernameRune(ascii) {
			kept.WriteRune(ascii)
		}
	}
	local, _, _ := strings.Cut(kept.String(), "@")
	return Username(strings.Join(strings.Fields(local), "_")).cut(UsernameMaxLength)
}
