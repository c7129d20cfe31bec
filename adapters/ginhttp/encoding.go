package ginhttp

import (
	"bytes"
	"encoding/json"
	"sync"
)

// usualAnswer is as long in bytes as most answers become.
const usualAnswer = 256

func encodeJSON(value any) ([]byte, error) { return appendJSON(make([]byte, 0, usualAnswer), value) }

// appendJSON knows what most answers are made of; the encoder knows the rest, and needs
// reflection for it.
func appendJSON(out []byte, value any) ([]byte, error) {
	switch value := value.(type) {
	case object:
		return value.appendTo(out)
	case userBody:
		return value.appendTo(out)
	case string:
		return appendText(out, value), nil
	}
	e := encoders.Get().(*pooledEncoder)
	defer encoders.Put(e)
	e.out.Reset()
	err := e.encoder.Encode(value)
	if e.out.Len() > largestKept {
		defer func() { e.out = bytes.Buffer{} }()
	}
	return append(out, bytes.TrimRight(e.out.Bytes(), "\n")...), err
}

// appendText writes by itself what nothing in is to be escaped, nor may be.
func appendText(out []byte, text string) []byte {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return append(out, compactJSON(escaped(text))...)
		}
	}
	out = append(out, '"')
	out = append(out, text...)
	return append(out, '"')
}

// escaped is a text that the encoder is to write.
type escaped string

// pooledEncoder is used again: making one for each value is garbage of every answer.
type pooledEncoder struct {
	out     bytes.Buffer
	encoder *json.Encoder
}

// largestKept is the largest buffer in bytes that waits for the next answer.
const largestKept = 16 << 10

var encoders = sync.Pool{New: func() any {
	e := &pooledEncoder{}
	e.encoder = json.NewEncoder(&e.out)
	e.encoder.SetEscapeHTML(false)
	return e
}}

// compactJSON encodes texts, numbers and structs of them, which cannot fail.
func compactJSON(value any) []byte {
	text, err := encodeJSON(value)
	if err != nil {
		panic(err)
	}
	return text
}
