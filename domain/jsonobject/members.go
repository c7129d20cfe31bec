package jsonobject

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"
)

// Each calls take with every member of text in their order, those of one name as often
// as they are there. It reports whether text is one JSON object in UTF-8 and nothing
// else; when it is not, take is not called. A value is JSON without blanks around it. Neither
// it nor the name may be changed, and both are parts of text where that is possible.
func Each(text []byte, take func(name, value []byte)) bool {
	if !utf8.Valid(text) || !json.Valid(text) {
		return false
	}
	// Nothing below can run beyond the end: the text is valid.
	at := skip(text, 0)
	if text[at] != '{' {
		return false
	}
	for at = skip(text, at+1); text[at] != '}'; at = skip(text, at) {
		name := text[at:endOfText(text, at)]
		at = skip(text, at+len(name))
		value := text[at:endOfValue(text, at)]
		take(unquote(name), value)
		at += len(value)
	}
	return true
}

// Text returns what a value of Each says; ok is false when it is no text.
func Text(value []byte) (text string, ok bool) {
	if len(value) == 0 || value[0] != '"' {
		return "", false
	}
	return string(unquote(value)), true
}

// unquote takes the quotes away. What nothing is escaped in stands for itself.
func unquote(quoted []byte) []byte {
	if bytes.IndexByte(quoted, '\\') < 0 {
		return quoted[1 : len(quoted)-1]
	}
	var text string
	_ = json.Unmarshal(quoted, &text) // a valid text can be read
	return []byte(text)
}

// skip returns where the next name, value or bracket is.
func skip(text []byte, at int) int {
	for {
		switch text[at] {
		case ' ', '\t', '\r', '\n', ',', ':':
			at++
		default:
			return at
		}
	}
}

// endOfText returns where the text ends that begins with the quote at.
func endOfText(text []byte, at int) int {
	for at++; text[at] != '"'; at++ {
		if text[at] == '\\' {
			at++
		}
	}
	return at + 1
}

// endOfValue returns where the value of a member ends that begins at.
func endOfValue(text []byte, at int) int {
	for depth := 0; ; {
		switch text[at] {
		case '"':
			at = endOfText(text, at)
		case '{', '[':
			depth++
			at++
		case '}', ']':
			if depth == 0 { // of the object itself, behind a number, true, false or null
				return at
			}
			depth--
			at++
		case ' ', '\t', '\r', '\n', ',':
			if depth == 0 {
				return at
			}
			at++
			continue
		default:
			at++
			continue
		}
		if depth == 0 {
			return at
		}
	}
}
