package config

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"latchkey/domain/secret"
)

// simple makes a codec of a parser of one trimmed text.
func simple[T any](parse func(string) (T, error), show func(T) string) codec[T] {
	return codec[T]{
		parse: func(n node) (T, error) {
			s, err := n.single()
			if err != nil {
				return *new(T), err
			}
			return parse(strings.TrimSpace(s))
		},
		show: show,
	}
}

func same(s string) string { return s }

var truth = map[string]bool{
	"true": true, "yes": true, "on": true, "1": true,
	"false": false, "no": false, "off": false, "0": false,
}

var boolean = simple(func(s string) (bool, error) {
	value, ok := truth[strings.ToLower(s)]
	if !ok {
		return false, advice("write true or false")
	}
	return value, nil
}, strconv.FormatBool)

// integer reads a whole number from low to high.
func integer(low, high int) codec[int] {
	return simple(func(s string) (int, error) {
		value, err := strconv.Atoi(s)
		if err != nil || value < low || value > high {
			return 0, advice(fmt.Sprintf("write a whole number from %d to %d", low, high))
		}
		return value, nil
	}, strconv.Itoa)
}

// duration reads whole seconds from low to high, as plain seconds or as a Go duration.
func duration(low, high time.Duration) codec[time.Duration] {
	show := func(d time.Duration) string { return strconv.FormatInt(int64(d/time.Second), 10) }
	refusal := advice(fmt.Sprintf("write seconds from %s to %s, or a duration such as 90s or 24h", show(low), show(high)))
	return simple(func(s string) (time.Duration, error) {
		value, err := parseDuration(s)
		if err != nil || value < low || value > high || value%time.Second != 0 {
			return 0, refusal
		}
		return value, nil
	}, show)
}

func parseDuration(s string) (time.Duration, error) {
	seconds, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return time.ParseDuration(s)
	}
	if seconds > int64(1<<63-1)/int64(time.Second) || seconds < 0 {
		return 0, strconv.ErrRange
	}
	return time.Duration(seconds) * time.Second, nil
}

// day is 24 hours.
const day = 24 * time.Hour

// days reads a number of days.
func days(low, high int) codec[time.Duration] {
	inner := integer(low, high)
	return codec[time.Duration]{
		parse: func(n node) (time.Duration, error) {
			value, err := inner.parse(n)
			return time.Duration(value) * day, err
		},
		show: func(d time.Duration) string { return inner.show(int(d / day)) },
	}
}

// oneOf reads one of the words, whatever their case.
func oneOf[T ~string](words ...T) codec[T] {
	return simple(func(s string) (T, error) {
		for _, word := range words {
			if strings.EqualFold(s, string(word)) {
				return word, nil
			}
		}
		return "", advice("write " + alternatives(words))
	}, func(word T) string { return string(word) })
}

// alternatives writes words as "a, b or c".
func alternatives[T ~string](words []T) string {
	var b strings.Builder
	for i, word := range words {
		switch {
		case i > 0 && i == len(words)-1:
			b.WriteString(" or ")
		case i > 0:
			b.WriteString(", ")
		}
		b.WriteString(string(word))
	}
	return b.String()
}

// listOf reads a list of values that k reads one by one. A value that stands
// twice is refused: it is a slip of the pen.
func listOf[T any](k codec[T]) codec[[]T] {
	return codec[[]T]{
		parse: func(n node) ([]T, error) {
			texts, err := n.elements()
			if err != nil {
				return nil, err
			}
			var values []T
			for i, s := range texts {
				value, err := k.parse(scalar(s))
				if err == nil && strings.Contains(s, ",") {
					err = advice("write no comma inside an item")
				}
				if err == nil && slices.Contains(texts[:i], s) {
					err = advice("write every item once")
				}
				if err != nil {
					return nil, err
				}
				values = append(values, value)
			}
			return values, nil
		},
		show: func(values []T) string { return showList(values, k.show) },
	}
}

func showList[T any](values []T, show func(T) string) string {
	if len(values) == 0 {
		return "none"
	}
	texts := make([]string, len(values))
	for i, value := range values {
		texts[i] = show(value)
	}
	return strings.Join(texts, ",")
}

// atLeastOne refuses the empty list.
func atLeastOne[T any](k codec[[]T], what string) codec[[]T] {
	return codec[[]T]{
		parse: func(n node) ([]T, error) {
			values, err := k.parse(n)
			if err == nil && len(values) == 0 {
				err = advice("write " + what)
			}
			return values, err
		},
		show: k.show,
	}
}

// orNone reads "none" and the empty text as the zero value.
func orNone[T comparable](k codec[T]) codec[T] {
	var zero T
	return codec[T]{
		parse: func(n node) (T, error) {
			if s, err := n.single(); err == nil && isNone(s) {
				return zero, nil
			}
			return k.parse(n)
		},
		show: func(value T) string {
			if value == zero {
				return "none"
			}
			return k.show(value)
		},
	}
}

// clean reports whether s is valid UTF-8 without control characters, so that it
// cannot begin a new line in a mail header, a cookie, a log or the printed
// configuration.
func clean(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, unicode.IsControl)
}

// words reads a text of at most limit characters in one line.
func words(limit int) codec[string] {
	return simple(func(s string) (string, error) {
		if s == "" || !clean(s) || utf8.RuneCountInString(s) > limit {
			return "", advice(fmt.Sprintf("write one line of at most %d characters", limit))
		}
		return s, nil
	}, same)
}

// anything reads every text: for settings that nothing uses yet.
var anything = codec[string]{
	parse: func(n node) (string, error) {
		if n.kind == kindMapping {
			return "", advice("write a plain value")
		}
		s := strings.TrimSpace(n.plain())
		if isNone(s) {
			return "none", nil
		}
		return s, nil
	},
	show: same,
}

// redacted stands for a secret in the printed configuration.
const redacted = "[secret]"

// hiddenText reads a secret. Every codec of secrets refuses what the printed
// configuration shows instead of one: a key copied from there would be public.
var hiddenText = codec[secret.String]{
	parse: func(n node) (secret.String, error) {
		s, err := n.single()
		switch {
		case err != nil:
			return secret.String{}, err
		case s == "" || s == redacted || !clean(s) || s != strings.TrimSpace(s):
			return secret.String{}, errUnusableSecret
		default:
			return secret.New(s), nil
		}
	},
	show: func(secret.String) string { return redacted },
}

var errUnusableSecret = errors.New("write the secret itself in one line, without spaces around it")
