package identities

import "strings"

// nameMaxLength is how many characters auth_user keeps of a first or last name.
const nameMaxLength = 150

// parted splits a name at its first blank.
func parted(name string) (first, rest string) {
	first, rest, _ = strings.Cut(name, " ")
	return first, rest
}

func or(text, fallback string) string {
	if text != "" {
		return text
	}
	return fallback
}

// cut returns the first characters of a name. Bytes that are no text and NUL, which
// a database does not take, are dropped: the provider's word is a stranger's input.
func cut(name string) string {
	name = strings.ReplaceAll(strings.ToValidUTF8(name, ""), "\x00", "")
	runes := []rune(name)
	return string(runes[:min(len(runes), nameMaxLength)])
}
