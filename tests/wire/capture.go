package wire

import (
	"fmt"
	"strconv"
	"strings"
)

// capture keeps parts of an answer in variables: json:path, cookie:name,
// header:name, jwt:path:claim and alter:path.
func (v Variables) capture(wanted map[string]string, answer Answer) error {
	for _, name := range sortedKeys(wanted) {
		kind, argument, _ := strings.Cut(v.text(wanted[name]), ":")
		value, err := captured(kind, argument, answer)
		if err != nil {
			return fmt.Errorf("capture %s from %s: %w", name, wanted[name], err)
		}
		v[name] = value
	}
	return nil
}

func captured(kind, argument string, answer Answer) (any, error) {
	switch kind {
	case "json":
		return at(answer.Body, argument)
	case "cookie":
		for _, cookie := range answer.Cookies {
			if cookie.Name == argument {
				return cookie.Value, nil
			}
		}
	case "header":
		if value, present := answer.header(argument); present {
			return value, nil
		}
	case "jwt":
		return claimAt(answer.Body, argument)
	case "alter":
		return altered(answer.Body, argument)
	default:
		return nil, fmt.Errorf("unknown kind %q", kind)
	}
	return nil, fmt.Errorf("the answer has no %s %q", kind, argument)
}

// at follows a path like user.emails.0 into a JSON value.
func at(value any, path string) (any, error) {
	if path == "" {
		return value, nil
	}
	for part := range strings.SplitSeq(path, ".") {
		next, found := member(value, part)
		if !found {
			return nil, fmt.Errorf("the body has no %q", path)
		}
		value = next
	}
	return value, nil
}

func member(value any, part string) (any, bool) {
	switch value := value.(type) {
	case map[string]any:
		item, found := value[part]
		return item, found
	case []any:
		index, err := strconv.Atoi(part)
		if err != nil || index < 0 || index >= len(value) {
			return nil, false
		}
		return value[index], true
	default:
		return nil, false
	}
}

func textAt(body any, path string) (string, error) {
	value, err := at(body, path)
	if err != nil {
		return "", err
	}
	text, isText := value.(string)
	if !isText {
		return "", fmt.Errorf("%q is no text", path)
	}
	return text, nil
}

func claimAt(body any, argument string) (any, error) {
	colon := strings.LastIndexByte(argument, ':')
	if colon < 0 {
		return nil, fmt.Errorf("%q names no claim", argument)
	}
	text, err := textAt(body, argument[:colon])
	if err != nil {
		return nil, err
	}
	parsed, err := parseJWT(text)
	if err != nil {
		return nil, err
	}
	return at(parsed.claims, argument[colon+1:])
}

// altered returns the text there with its last character but one changed: a JWT
// with another signature. (The last one may hold unused bits.)
func altered(body any, path string) (any, error) {
	text, err := textAt(body, path)
	if err != nil || len(text) < 2 {
		return nil, fmt.Errorf("nothing to alter at %q: %w", path, err)
	}
	i := len(text) - 2
	other := "A"
	if text[i] == 'A' {
		other = "B"
	}
	return text[:i] + other + text[i+1:], nil
}

// check evaluates an assertion, "${a} == ${b}" or "${a} != ${b}", and returns
// what is wrong with it, or "".
func (v Variables) check(assertion string) string {
	parts := strings.Split(assertion, " ")
	if len(parts) != 3 || parts[1] != "==" && parts[1] != "!=" {
		return fmt.Sprintf("unreadable assertion %q", assertion)
	}
	left, right := v.fillText(parts[0]), v.fillText(parts[2])
	if equal(left, right) == (parts[1] == "==") {
		return ""
	}
	return fmt.Sprintf("%s is false: %s and %s", assertion, show(left), show(right))
}
