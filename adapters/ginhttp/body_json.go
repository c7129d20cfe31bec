package ginhttp

import (
	"bytes"
	"encoding/json"
	"math/big"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"latchkey/domain/fault"
	"latchkey/domain/jsonobject"
)

// parseJSON reads an object. Of a repeated key the last value counts.
func parseJSON(raw []byte) (input, error) {
	in := input{raw: map[string]json.RawMessage{}}
	excessive := false
	whole := jsonobject.Each(raw, func(name, text []byte) {
		if tooManyDigits(text) {
			excessive = true
			return
		}
		in.raw[string(name)] = text
	})
	switch {
	case !whole:
		return input{}, noObject(raw)
	case excessive:
		return input{}, malformed("JSON parse error - Exceeds the limit (" + strconv.Itoa(maxDigits) + " digits) for integer string conversion")
	}
	return in, nil
}

// noObject says what is wrong with a text that is no JSON object.
func noObject(raw []byte) error {
	if !utf8.Valid(raw) {
		return malformed("JSON parse error - the text is not UTF-8")
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	var whole json.RawMessage
	if err := decoder.Decode(&whole); err != nil {
		return malformed("JSON parse error - " + err.Error())
	}
	if rest := bytes.Trim(raw[decoder.InputOffset():], " \t\r\n"); len(rest) > 0 {
		return malformed("JSON parse error - Extra data")
	}
	return notAnObject(whole)
}

// notAnObject names the type in Python's words, as upstream does.
func notAnObject(raw json.RawMessage) error {
	if string(raw) == "null" {
		return fault.New(fault.Invalid, "no_data", "No data provided")
	}
	got := "int"
	switch {
	case raw[0] == '[':
		got = "list"
	case raw[0] == '"':
		got = "str"
	case raw[0] == 't' || raw[0] == 'f':
		got = "bool"
	case bytes.ContainsAny(raw, ".eE"):
		got = "float"
	}
	return fault.New(fault.Invalid, "not_an_object", "Invalid data. Expected a dictionary, but got "+got+".")
}

func jsonValue(raw json.RawMessage) value {
	switch first := raw[0]; {
	case first == 'n':
		return value{kind: kindNull}
	case first == '"':
		text, surrogate := jsonText(raw)
		return value{kind: kindText, text: text, surrogate: surrogate}
	case first == '-' || first >= '0' && first <= '9':
		return value{kind: kindText, text: pythonNumber(string(raw))}
	}
	return value{kind: kindOther}
}

// jsonText unquotes a string, and returns the first lone surrogate in it.
// encoding/json puts U+FFFD in place of those, after which two different
// passwords would be one.
func jsonText(raw json.RawMessage) (string, rune) {
	if bytes.IndexByte(raw, '\\') < 0 {
		return string(raw[1 : len(raw)-1]), 0 // what nothing is escaped in stands for itself
	}
	var text string
	if err := json.Unmarshal(raw, &text); err != nil {
		return "", utf8.RuneError
	}
	return text, loneSurrogate(raw)
}

func loneSurrogate(raw []byte) rune {
	for i := 0; i < len(raw); i++ {
		if raw[i] != '\\' {
			continue
		}
		i++ // past the escaped character, which may be another backslash
		if raw[i] != 'u' {
			continue
		}
		high := hexRune(raw[i+1:])
		i += 4
		if !utf16.IsSurrogate(high) {
			continue
		}
		if !bytes.HasPrefix(raw[i+1:], []byte(`\u`)) || utf16.DecodeRune(high, hexRune(raw[i+3:])) == utf8.RuneError {
			return high
		}
		i += 6
	}
	return 0
}

// hexRune reads four hex digits of text that encoding/json has accepted.
func hexRune(digits []byte) rune {
	n, _ := strconv.ParseUint(string(digits[:min(4, len(digits))]), 16, 32)
	return rune(n)
}

// pythonNumber writes a JSON number as Python's str() does: upstream takes
// numbers for strings.
func pythonNumber(text string) string {
	if !strings.ContainsAny(text, ".eE") {
		whole, _ := new(big.Int).SetString(text, 10)
		return whole.String()
	}
	number, _ := strconv.ParseFloat(text, 64)
	return pythonFloat(number)
}

// maxDigits is Python's bound on the arithmetic on a number that a stranger
// wrote; converting a decimal text takes time that grows with the square of its length.
const maxDigits = 4300

// tooManyDigits reports whether text is an integer beyond maxDigits. It is
// refused and not cut: two numbers with one beginning are two passwords.
func tooManyDigits(text []byte) bool {
	digits := bytes.TrimPrefix(text, []byte("-"))
	return digits[0] >= '0' && digits[0] <= '9' && len(digits) > maxDigits && !bytes.ContainsAny(digits, ".eE")
}

// pythonFloat is repr(float): the shortest text that reads back the same, plain
// between 1e-4 and 1e16.
func pythonFloat(number float64) string {
	text := strconv.FormatFloat(number, 'e', -1, 64)
	mantissa, exponent, found := strings.Cut(text, "e")
	if !found {
		return strings.ToLower(strings.TrimPrefix(text, "+")) // inf
	}
	if power, _ := strconv.Atoi(exponent); power < -4 || power >= 16 {
		return mantissa + "e" + exponent
	}
	plain := strconv.FormatFloat(number, 'f', -1, 64)
	if !strings.Contains(plain, ".") {
		plain += ".0"
	}
	return plain
}
