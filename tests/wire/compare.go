package wire

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// tolerance is how many seconds a point in time may be off.
const tolerance = 15

// comparedHeaders are the headers that belong to the API. One that was not
// recorded must be absent.
var comparedHeaders = []string{"Content-Type", "Allow", "Vary", "WWW-Authenticate", "Retry-After", "Location"}

// comparison is what the expected values of one step are read with.
type comparison struct {
	vars     Variables
	key      string // that JWTs are signed with
	now      time.Time
	leaveOut []string // headers, "cookies", "extra_headers"
}

// response lists how the answer differs from the recorded one.
func (c comparison) response(want Response, got Answer) []string {
	var differences []string
	if want.Status != got.Status {
		differences = append(differences, fmt.Sprintf("status: expected %d, got %d", want.Status, got.Status))
	}
	for _, name := range comparedHeaders {
		if !slices.Contains(c.leaveOut, name) {
			differences = append(differences, c.header(name, want, got)...)
		}
	}
	if !slices.Contains(c.leaveOut, "cookies") {
		differences = append(differences, c.cookies(want.Cookies, got.Cookies)...)
	}
	differences = append(differences, c.body(want, got)...)
	if !slices.Contains(c.leaveOut, "extra_headers") {
		differences = append(differences, extraHeaders(want, got)...)
	}
	return differences
}

func (c comparison) header(name string, want Response, got Answer) []string {
	expected, wanted := want.Headers[name]
	value, present := got.header(name)
	switch {
	case !wanted && !present:
		return nil
	case !wanted:
		return []string{fmt.Sprintf("header %s: expected none, got %q", name, value)}
	case !present:
		return []string{fmt.Sprintf("header %s: expected %q, got none", name, expected)}
	case c.sameHeader(name, expected, value):
		return nil
	default:
		return []string{fmt.Sprintf("header %s: expected %q, got %q", name, expected, value)}
	}
}

func (c comparison) sameHeader(name, expected, value string) bool {
	switch {
	case strings.HasPrefix(expected, "<<"):
		return len(c.value(name, expected, value)) == 0
	case name == "Allow" || name == "Vary":
		return slices.Equal(listItems(expected), listItems(value))
	case name == "Content-Type":
		return strings.EqualFold(strings.ReplaceAll(expected, " ", ""), strings.ReplaceAll(value, " ", ""))
	default:
		return c.vars.text(expected) == value
	}
}

func listItems(header string) []string {
	items := strings.Split(strings.ToLower(header), ",")
	for i := range items {
		items[i] = strings.TrimSpace(items[i])
	}
	slices.Sort(items)
	return items
}

func (c comparison) body(want Response, got Answer) []string {
	var differences []string
	switch {
	case want.BodyKind != got.BodyKind:
		differences = append(differences,
			fmt.Sprintf("body: expected %s, got %s: %s", want.BodyKind, got.BodyKind, shorten(got.Raw)))
	case want.BodyKind == "json":
		differences = append(differences, c.value("body", want.Body, got.Body)...)
	}
	if want.Raw != nil && *want.Raw != string(got.Raw) {
		differences = append(differences, fmt.Sprintf("raw body: expected %q, got %q", *want.Raw, got.Raw))
	}
	return differences
}

func extraHeaders(want Response, got Answer) []string {
	var differences []string
	for _, name := range sortedKeys(want.ExtraHeaders) {
		expected := want.ExtraHeaders[name]
		value, present := got.header(name)
		switch {
		case expected == nil && present:
			differences = append(differences, fmt.Sprintf("header %s: expected none, got %q", name, value))
		case expected != nil && (!present || *expected != value):
			differences = append(differences, fmt.Sprintf("header %s: expected %q, got %q", name, *expected, value))
		}
	}
	return differences
}

// accepted reports whether the answer is one that the deviation allows.
func (c comparison) accepted(step Step, got Answer) bool {
	return slices.ContainsFunc(step.Deviation.Accept, func(a Acceptance) bool {
		if ignored, given := a["ignore"]; given {
			c.leaveOut = texts(ignored)
			return len(c.response(step.Response, got)) == 0
		}
		if status, given := a["status"]; given && !oneOf(status, got.Status) {
			return false
		}
		body, given := a["body"]
		return !given || len(c.value("body", body, got.Body)) == 0
	})
}

// oneOf reports whether status is the number, or among the numbers, of an acceptance.
func oneOf(numbers any, status int) bool {
	list, isList := numbers.([]any)
	if !isList {
		list = []any{numbers}
	}
	return slices.Contains(list, any(json.Number(strconv.Itoa(status))))
}

func texts(list any) []string {
	items, _ := list.([]any)
	out := make([]string, len(items))
	for i, item := range items {
		out[i] = plainText(item)
	}
	return out
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
