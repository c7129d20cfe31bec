package config

import (
	"fmt"
	"strconv"
	"strings"
	"time"
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
