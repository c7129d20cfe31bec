package wire

import (
	"encoding/json"
	"fmt"
	"strings"
)

// value lists how got differs from the expected JSON value. Strings of the form
// <<name>> are matchers; the order of an object's keys does not count.
func (c comparison) value(path string, want, got any) []string {
	switch want := want.(type) {
	case string:
		return c.text(path, want, got)
	case map[string]any:
		return c.object(path, want, got)
	case []any:
		return c.list(path, want, got)
	default:
		if equal(want, got) {
			return nil
		}
		return []string{fmt.Sprintf("%s: expected %s, got %s", path, show(want), show(got))}
	}
}

func (c comparison) text(path, want string, got any) []string {
	if name, isMatcher := matcherName(want); isMatcher {
		if c.matches(name, got) {
			return nil
		}
		return []string{fmt.Sprintf("%s: %s does not match %s", path, show(got), want)}
	}
	expected := c.vars.fillText(want)
	if equal(expected, got) {
		return nil
	}
	return []string{fmt.Sprintf("%s: expected %s, got %s", path, show(expected), show(got))}
}

func matcherName(text string) (name string, is bool) {
	name, opened := strings.CutPrefix(text, "<<")
	name, closed := strings.CutSuffix(name, ">>")
	return name, opened && closed
}

func (c comparison) object(path string, want map[string]any, value any) []string {
	got, isObject := value.(map[string]any)
	if !isObject {
		return []string{fmt.Sprintf("%s: expected the object %s, got %s", path, show(want), show(value))}
	}
	var differences []string
	for _, key := range sortedKeys(want) {
		if item, present := got[key]; present {
			differences = append(differences, c.value(path+"."+key, want[key], item)...)
		} else {
			differences = append(differences, fmt.Sprintf("%s.%s: missing, expected %s", path, key, show(want[key])))
		}
	}
	for _, key := range sortedKeys(got) {
		if _, wanted := want[key]; !wanted {
			differences = append(differences, fmt.Sprintf("%s.%s: unexpected %s", path, key, show(got[key])))
		}
	}
	return differences
}

func (c comparison) list(path string, want []any, value any) []string {
	got, isList := value.([]any)
	if !isList || len(got) != len(want) {
		return []string{fmt.Sprintf("%s: expected %s, got %s", path, show(want), show(value))}
	}
	var differences []string
	for i := range want {
		differences = append(differences, c.value(fmt.Sprintf("%s[%d]", path, i), want[i], got[i])...)
	}
	return differences
}

// equal compares JSON values; 1 and 1.0 are different, as are 1 and true.
func equal(a, b any) bool {
	switch a := a.(type) {
	case []any:
		b, isList := b.([]any)
		if !isList || len(a) != len(b) {
			return false
		}
		for i := range a {
			if !equal(a[i], b[i]) {
				return false
			}
		}
		return true
	case map[string]any:
		b, isObject := b.(map[string]any)
		if !isObject || len(a) != len(b) {
			return false
		}
		for key, item := range a {
			if other, present := b[key]; !present || !equal(item, other) {
				return false
			}
		}
		return true
	case json.Number:
		b, isNumber := b.(json.Number)
		return isNumber && sameNumber(a, b)
	default:
		return isScalar(b) && a == b
	}
}

func isScalar(value any) bool {
	switch value.(type) {
	case []any, map[string]any:
		return false
	default:
		return true
	}
}

func sameNumber(a, b json.Number) bool {
	if isInteger(a) || isInteger(b) {
		return a == b
	}
	x, errX := a.Float64()
	y, errY := b.Float64()
	return errX == nil && errY == nil && x == y
}

func isInteger(number json.Number) bool { return !strings.ContainsAny(number.String(), ".eE") }

func show(value any) string {
	text, err := encodeJSON(value, false)
	if err != nil {
		return fmt.Sprintf("%#v", value)
	}
	return string(text)
}
