package wire

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
)

// Variables are the values that a scenario has captured so far.
type Variables map[string]any

var (
	wholeReference = regexp.MustCompile(`^\$\{(\w+)\}$`)
	reference      = regexp.MustCompile(`\$\{(\w+)\}`)
)

// fill replaces ${name} in every string of value, in keys as well. A string that
// is nothing but a reference becomes the variable with its type; a reference to an unknown
// variable stays as it is.
func (v Variables) fill(value any) any {
	switch value := value.(type) {
	case string:
		return v.fillText(value)
	case []any:
		filled := make([]any, len(value))
		for i, item := range value {
			filled[i] = v.fill(item)
		}
		return filled
	case map[string]any:
		filled := make(map[string]any, len(value))
		for key, item := range value {
			filled[v.text(key)] = v.fill(item)
		}
		return filled
	default:
		return value
	}
}

func (v Variables) fillText(text string) any {
	if whole := wholeReference.FindStringSubmatch(text); whole != nil {
		if value, known := v[whole[1]]; known {
			return value
		}
	}
	return reference.ReplaceAllStringFunc(text, func(found string) string {
		if value, known := v[strings.Trim(found, "${}")]; known {
			return plainText(value)
		}
		return found
	})
}

// text fills in a string and returns the text of what it became.
func (v Variables) text(text string) string { return plainText(v.fillText(text)) }

// plainText writes a JSON value as Python's str does, which wrote the recorded forms.
func plainText(value any) string {
	switch value := value.(type) {
	case nil:
		return "None"
	case string:
		return value
	case bool:
		return map[bool]string{true: "True", false: "False"}[value]
	case json.Number:
		return value.String()
	default:
		return fmt.Sprint(value)
	}
}
