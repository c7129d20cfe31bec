package wire

import (
	"encoding/base64"
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"time"
)

var patterns = map[string]*regexp.Regexp{
	"token40":       regexp.MustCompile(`^[0-9a-f]{40}$`),
	"recovery-code": regexp.MustCompile(`^[0-9a-f]{4}-[0-9a-f]{4}$`),
	"csrftoken":     regexp.MustCompile(`^([A-Za-z0-9]{32}|[A-Za-z0-9]{64})$`),
	"sessionid":     regexp.MustCompile(`(?s)^.{16,}$`),
	"seconds":       regexp.MustCompile(`^[0-9]+$`),
	"string":        regexp.MustCompile(``),
}

// matches reports whether the value is what the matcher (without its brackets) stands for.
// An unknown matcher matches nothing.
func (c comparison) matches(matcher string, value any) bool {
	switch number, isNumber := value.(json.Number); matcher {
	case "any":
		return true
	case "int":
		return isNumber && isInteger(number)
	}
	text, isText := value.(string)
	if !isText {
		return false
	}
	if pattern, known := patterns[matcher]; known {
		return pattern.MatchString(text)
	}
	return c.matchesArgument(matcher, text)
}

// matchesArgument deals with the matchers that have an argument.
func (c comparison) matchesArgument(matcher, text string) bool {
	if expression, ok := strings.CutPrefix(matcher, "re:"); ok {
		pattern, err := regexp.Compile(expression)
		return err == nil && pattern.MatchString(text)
	}
	if offset, ok := strings.CutPrefix(matcher, "datetime"); ok {
		return c.isTime(offset, text)
	}
	name, argument, _ := strings.Cut(matcher, " ")
	switch name {
	case "jwt":
		return c.isJWT(argument, text)
	case "base32":
		return consistsOf(`[A-Z2-7]`, argument, text)
	case "hex":
		return consistsOf(`[0-9a-f]`, argument, text)
	case "b64url":
		decoded, err := base64.RawURLEncoding.DecodeString(text)
		return err == nil && len(decoded) > 0 && strconv.Itoa(len(decoded)) == argument
	default:
		return false
	}
}

func consistsOf(class, count, text string) bool {
	pattern, err := regexp.Compile("^" + class + "{" + count + "}$")
	return err == nil && pattern.MatchString(text)
}

var isoTime = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?(Z|[+-]\d\d:\d\d)$`)

// isTime reports whether text is the time so many seconds from now.
func (c comparison) isTime(offset, text string) bool {
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil || !isoTime.MatchString(text) {
		return false
	}
	seconds := 0
	if offset != "" {
		if seconds, err = strconv.Atoi(offset); err != nil {
			return false
		}
	}
	want := c.now.Add(time.Duration(seconds) * time.Second)
	return at.Sub(want).Abs() <= tolerance*time.Second
}
