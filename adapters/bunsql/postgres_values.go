package bunsql

import (
	"encoding/json"
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
	case jsonText:
		return storableJSON(string(value))
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

// storableJSON returns JSON without the characters that PostgreSQL refuses in it: it
// holds what a provider tells, and that must not keep anybody from signing in.
func storableJSON(text string) string {
	if !strings.Contains(text, `\u`) && storable(text) == text {
		return text
	}
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return "{}"
	}
	// What is decoded can be encoded.
	encoded, _ := json.Marshal(storableIn(value))
	return string(encoded)
}

// storableIn returns the value with every text in it as storable returns it.
func storableIn(value any) any {
	switch value := value.(type) {
	case string:
		return storable(value)
	case []any:
		for i, item := range value {
			value[i] = storableIn(item)
		}
		return value
	case map[string]any:
		object := make(map[string]any, len(value))
		for name, item := range value {
			object[storable(name)] = storableIn(item)
		}
		return object
	default:
		return value
	}
}
