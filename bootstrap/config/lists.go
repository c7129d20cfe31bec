package config

import (
	"slices"
	"strings"
)

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
