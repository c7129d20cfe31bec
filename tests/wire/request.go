package wire

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// bytes returns the request as it goes over the wire. It is written by hand:
// net/http's client would repair the very things that some scenarios are about, such as
// the spelling of header names, bytes that are not ASCII and missing Content-Types.
func (r Request) bytes(vars Variables) ([]byte, error) {
	body, contentType, err := r.body(vars)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	fmt.Fprintf(&out, "%s %s HTTP/1.1\r\n", r.Method, quotePath(vars.text(r.Path)))
	headers := r.headers(vars, contentType)
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		fmt.Fprintf(&out, "%s: %s\r\n", name, headers[name])
	}
	if body != nil || slices.Contains([]string{"POST", "PUT", "PATCH"}, r.Method) {
		fmt.Fprintf(&out, "Content-Length: %d\r\n", len(body))
	}
	out.WriteString("\r\n")
	out.Write(body)
	return out.Bytes(), nil
}

// headers returns the default headers, changed by those of the request.
func (r Request) headers(vars Variables, contentType string) map[string]string {
	headers := map[string]string{"Host": "testserver", "Accept": "application/json"}
	if contentType != "" {
		headers["Content-Type"] = contentType
	}
	if len(r.Cookies) > 0 {
		pairs := make([]string, 0, len(r.Cookies))
		for _, name := range slices.Sorted(maps.Keys(r.Cookies)) {
			pairs = append(pairs, name+"="+vars.text(r.Cookies[name]))
		}
		headers["Cookie"] = strings.Join(pairs, "; ")
	}
	for name, value := range r.Headers {
		maps.DeleteFunc(headers, func(other, _ string) bool { return strings.EqualFold(other, name) })
		if value != nil {
			headers[name] = vars.text(*value)
		}
	}
	return headers
}

func (r Request) body(vars Variables) (body []byte, contentType string, err error) {
	switch {
	case r.JSON != nil:
		body, err = encodeJSON(vars.fill(*r.JSON), r.ASCII)
		return body, "application/json", err
	case r.Form != nil:
		return []byte(encodeForm(vars, r.Form)), "application/x-www-form-urlencoded", nil
	case r.Multipart != nil:
		return encodeMultipart(vars, r.Multipart), "multipart/form-data; boundary=" + boundary, nil
	case r.Raw != nil:
		return []byte(vars.text(*r.Raw)), "", nil
	default:
		return r.RawBase64, "", nil
	}
}

func encodeJSON(value any, ascii bool) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return nil, err
	}
	text := bytes.TrimSuffix(out.Bytes(), []byte("\n"))
	if ascii {
		text = escapeNonASCII(text)
	}
	return text, nil
}

// Half a pair of surrogates is no text that Go could hold: a private character of the
// last plane stands in for it until it is sent.
const (
	standIn        = 0x100000
	firstSurrogate = 0xd800
	lastSurrogate  = 0xdfff
)

var surrogates = regexp.MustCompile(`\\u[dD][89a-bA-B][0-9a-fA-F]{2}(\\u[dD][c-fC-F][0-9a-fA-F]{2})?`)

// withStandIns replaces each lone first half of a pair in a text of JSON.
func withStandIns(text []byte) []byte {
	return surrogates.ReplaceAllFunc(text, func(found []byte) []byte {
		half, err := strconv.ParseUint(string(found[2:]), 16, 16)
		if err != nil {
			return found // a whole pair
		}
		return []byte(string(rune(standIn + half)))
	})
}

func escapeNonASCII(text []byte) []byte {
	var out bytes.Buffer
	for _, char := range string(text) {
		if char < utf8.RuneSelf {
			out.WriteByte(byte(char))
			continue
		}
		if char >= standIn+firstSurrogate && char <= standIn+lastSurrogate {
			fmt.Fprintf(&out, `\u%04x`, char-standIn)
			continue
		}
		for _, unit := range utf16.Encode([]rune{char}) {
			fmt.Fprintf(&out, `\u%04x`, unit)
		}
	}
	return out.Bytes()
}

func encodeForm(vars Variables, fields map[string]any) string {
	values := url.Values{}
	for name, value := range fields {
		list, isList := vars.fill(value).([]any)
		if !isList {
			list = []any{vars.fill(value)}
		}
		for _, item := range list {
			values.Add(name, plainText(item))
		}
	}
	return values.Encode()
}

const boundary = "XcontractXboundaryX"

func encodeMultipart(vars Variables, fields map[string]any) []byte {
	var out bytes.Buffer
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		fmt.Fprintf(&out, "--%s\r\nContent-Disposition: form-data; name=%q\r\n\r\n%s\r\n",
			boundary, name, plainText(vars.fill(fields[name])))
	}
	fmt.Fprintf(&out, "--%s--\r\n", boundary)
	return out.Bytes()
}

// quotePath escapes what may not stand in a request line and leaves the rest,
// percent signs included, as the scenario has it.
func quotePath(path string) string {
	const safe = "/?&=%:+~@,;!$'()*-._"
	var out strings.Builder
	for _, char := range []byte(path) {
		if isAlphanumeric(char) || strings.IndexByte(safe, char) >= 0 {
			out.WriteByte(char)
		} else {
			fmt.Fprintf(&out, "%%%02X", char)
		}
	}
	return out.String()
}

func isAlphanumeric(char byte) bool {
	return '0' <= char && char <= '9' || 'a' <= char && char <= 'z' || 'A' <= char && char <= 'Z'
}
