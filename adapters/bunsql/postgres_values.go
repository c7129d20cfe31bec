package bunsql

import (
	"strings"
	"time"
)

// bindOnPostgres returns the value in a form that the driver binds as what it is. A
// time as text would be read in the time zone of the session.
func bindOnPostgres(value any) any {
	switch value := value.(type) {
	case djangoTime:
		if value.IsZero() {
			return (*time.Time)(nil)
		}
		return value.stored()
	case string:
		return storable(value)
	default:
		return value
	}
}

// storable returns text without what PostgreSQL refuses in any text: a stranger who
// asks for a name with such bytes is to be told that there is none, and not to
// make a statement, and its transaction, fail.
func storable(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, replacement), "\x00", replacement)
}

const replacement = "\uFFFD"
