package wire

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"
)

// patience bounds one request, so that a service that hangs fails a step and
// does not stop the suite.
const patience = 30 * time.Second

// Answer is what the service answered, in the shape that recordings have.
type Answer struct {
	Status   int
	Headers  http.Header
	Cookies  []Cookie
	BodyKind string // json, badjson, empty or text
	Body     any    // of json
	Raw      []byte
}

// exchange sends a request over a connection of its own and reads the answer.
func exchange(address, method string, request []byte, now time.Time) (Answer, error) {
	conn, err := net.DialTimeout("tcp", address, patience)
	if err != nil {
		return Answer{}, err
	}
	defer func() { _ = conn.Close() }()
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return Answer{}, err
	}
	// A server may answer and hang up before it has read the whole body: an error of Write
	// counts only if there is no answer, and then reading tells.
	_, _ = conn.Write(request)
	response, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: method})
	if err != nil {
		return Answer{}, fmt.Errorf("reading the answer: %w", err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return Answer{}, fmt.Errorf("reading the body: %w", err)
	}
	return observe(response.StatusCode, response.Header, body, now), nil
}

func observe(status int, headers http.Header, body []byte, now time.Time) Answer {
	answer := Answer{Status: status, Headers: headers, Raw: body}
	for _, line := range headers.Values("Set-Cookie") {
		answer.Cookies = append(answer.Cookies, parseCookie(line, now))
	}
	mediaType, _, _ := strings.Cut(headers.Get("Content-Type"), ";")
	switch {
	case len(body) == 0:
		answer.BodyKind = "empty"
	case strings.ToLower(strings.TrimSpace(mediaType)) != "application/json":
		answer.BodyKind = "text"
	case !utf8.Valid(body) || decode(body, &answer.Body) != nil:
		answer.BodyKind = "badjson"
	default:
		answer.BodyKind = "json"
	}
	return answer
}

// header returns the first value of a header, and whether there is one.
func (a Answer) header(name string) (value string, present bool) {
	values := a.Headers.Values(name)
	if len(values) == 0 {
		return "", false
	}
	return values[0], true
}

// String writes the answer the way a person reads it.
func (a Answer) String() string {
	var out bytes.Buffer
	fmt.Fprintf(&out, "%d %s\n", a.Status, http.StatusText(a.Status))
	_ = a.Headers.Write(&out)
	fmt.Fprintf(&out, "\n%s", shorten(a.Raw))
	return out.String()
}

// shorten keeps a report readable when a body is long.
func shorten(text []byte) string {
	const enough = 1500
	if len(text) > enough {
		return fmt.Sprintf("%q… (%d bytes)", text[:enough], len(text))
	}
	if !utf8.Valid(text) {
		return fmt.Sprintf("%q", text)
	}
	return string(text)
}
