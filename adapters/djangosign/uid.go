package djangosign

import (
	"encoding/base64"
	"strconv"
	"strings"
	"unicode/utf8"

	"latchkey/domain/accounts"
	"latchkey/domain/verification"
)

// Style is who makes reset links on the Django side of the database.
type Style uint8

const (
	// Allauth writes uids in base 36 and binds tokens to every e-mail row.
	Allauth Style = iota
	// Plain is Django without allauth: base64url, and user.email alone.
	Plain
)

const (
	maxBase36 = 13 // digits of the greatest int64
	maxBase64 = 64 // room for a decimal int64 with leading zeros
)

func (s Style) uid(account accounts.ID) string {
	if s == Plain {
		return base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(int64(account), 10)))
	}
	return strconv.FormatInt(int64(account), 36)
}

func (s Style) parseUID(uid string) (accounts.ID, error) {
	if s == Plain {
		if len(uid) > maxBase64 {
			return 0, verification.ErrUIDInvalid
		}
		text, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(uid, "="))
		if err != nil {
			return 0, verification.ErrUIDInvalid
		}
		return parseID(string(text), 10)
	}
	if len(uid) > maxBase36*utf8.UTFMax || utf8.RuneCountInString(uid) > maxBase36 {
		return 0, verification.ErrUIDInvalid
	}
	return parseID(uid, 36)
}

// parseID reads a number as Python's int() does, which takes blanks around it, a
// sign, leading zeros, either case, and single underscores between digits. Links
// in that form work with Django, so they work here. Ids begin at 1.
func parseID(text string, base int) (accounts.ID, error) {
	text = strings.TrimSpace(text)
	digits := strings.TrimPrefix(text, "+")
	if strings.HasPrefix(digits, "_") || strings.HasSuffix(digits, "_") || strings.Contains(digits, "__") {
		return 0, verification.ErrUIDInvalid
	}
	id, err := strconv.ParseInt(strings.ReplaceAll(text, "_", ""), base, 64)
	if err != nil || id <= 0 {
		return 0, verification.ErrUIDInvalid
	}
	return accounts.ID(id), nil
}

// parseCanonicalID reads an id as this package and Django write it into signed values.
func parseCanonicalID(text string) (int64, bool) {
	id, err := strconv.ParseInt(text, 10, 64)
	return id, err == nil && id > 0 && strconv.FormatInt(id, 10) == text
}
