package ginhttp

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
)

// maxBody is the longest body that is read, in bytes. The longest sensible one
// is a registration of a few hundred bytes; what a stranger sends beyond that
// must not fill our memory.
const maxBody = 1 << 20

// parsedBody is a request's body once it was read; it is read once.
type parsedBody struct {
	input input
	err   error
}

// input is the fields that a body holds, whatever its media type.
type input struct {
	values map[string]value // of a form
	// raw are the fields where the body was JSON. A stranger can send a hundred thousand: only those
	// that are asked for are worth reading.
	raw map[string]json.RawMessage
	// html: the body came from a form, in which a blank field that is not required counts as absent.
	html bool
}

// field returns the field of that name, and whether it came.
func (in input) field(name string) (came value, present bool) {
	if raw, present := in.raw[name]; present {
		return jsonValue(raw), true
	}
	came, present = in.values[name]
	return came, present
}

// value is one field as it came.
type value struct {
	kind valueKind
	text string
	// surrogate is the first lone surrogate in the text, which UTF-8 cannot hold.
	surrogate rune
}

type valueKind uint8

const (
	kindNull valueKind = iota
	kindText
	kindOther // a boolean, an array, an object, a file
)

// body reads and parses the body, once.
func (c *call) body() *parsedBody {
	if c.parsed == nil {
		c.parsed = &parsedBody{}
		c.parsed.input, c.parsed.err = readInput(c.Request)
	}
	return c.parsed
}

func readInput(r *http.Request) (input, error) {
	raw, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, maxBody))
	var tooLong *http.MaxBytesError
	if errors.As(err, &tooLong) {
		return input{}, refusal{status: http.StatusRequestEntityTooLarge, detail: "Request body is too large."}
	}
	if err != nil {
		return input{}, refusal{status: http.StatusBadRequest, detail: "The request body could not be read."}
	}
	if len(raw) == 0 {
		return input{html: true}, nil
	}
	return parseInput(raw, r.Header.Get("Content-Type"))
}

// parseInput chooses the parser by media type, as DRF does: charset and other
// parameters do not count.
func parseInput(raw []byte, contentType string) (input, error) {
	name, _, _ := strings.Cut(contentType, ";")
	switch strings.ToLower(strings.TrimSpace(name)) {
	case "application/json":
		return parseJSON(raw)
	case "application/x-www-form-urlencoded":
		return parseForm(raw)
	case "multipart/form-data":
		_, params, _ := mime.ParseMediaType(contentType)
		return parseMultipart(raw, params["boundary"])
	}
	return input{}, refusal{
		status: http.StatusUnsupportedMediaType,
		detail: `Unsupported media type "` + contentType + `" in request.`,
	}
}

func malformed(text string) error {
	return refusal{status: http.StatusBadRequest, detail: text}
}
