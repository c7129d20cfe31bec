package peoplefile

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"latchkey/application/ports"
	"latchkey/domain/fault"
)

// lines reads JSON Lines: one object a line. Empty lines are passed over.
type lines struct {
	scanner *bufio.Scanner
	line    int
}

func newLines(file io.Reader) *lines {
	scanner := bufio.NewScanner(file)
	scanner.Buffer(make([]byte, 0, 64<<10), maxRecord)
	return &lines{scanner: scanner}
}

// Next returns the next line's record.
func (l *lines) Next() (ports.PersonRecord, error) {
	for l.scanner.Scan() {
		l.line++
		text := bytes.TrimSpace(l.scanner.Bytes())
		if len(text) == 0 {
			continue
		}
		record, err := parseLine(text, l.line)
		if err != nil {
			return newRecord(l.line), err
		}
		return record, nil
	}
	err := l.scanner.Err()
	if errors.Is(err, bufio.ErrTooLong) {
		err = errTooLong
	}
	if err != nil {
		return ports.PersonRecord{}, fmt.Errorf("after line %d: %w", l.line, err)
	}
	return ports.PersonRecord{}, io.EOF
}

func parseLine(text []byte, line int) (ports.PersonRecord, error) {
	if !utf8.Valid(text) {
		return ports.PersonRecord{}, ports.ErrRecordMalformed.Saying("This is not UTF-8.")
	}
	var object map[string]json.RawMessage
	if err := json.Unmarshal(text, &object); err != nil || object == nil {
		return ports.PersonRecord{}, ports.ErrRecordMalformed.Saying("This is no JSON object.")
	}
	record := newRecord(line)
	for name, value := range object {
		if setters[name] == nil {
			return record, ports.ErrRecordMalformed.Saying("The field " + shown(name) + " is unknown.")
		}
		text, err := plain(name, value)
		if err == nil {
			err = set(&record, name, text)
		}
		if err != nil {
			return record, fault.Of(err)[0].On(name)
		}
	}
	return record, nil
}

// plain returns a JSON value as a table's cell has it. A bool is a bool and all
// else is text, so that true is no name and "0" no date.
func plain(name string, value json.RawMessage) (string, error) {
	var decoded any
	if err := json.Unmarshal(value, &decoded); err != nil {
		return "", ports.ErrRecordMalformed
	}
	switch decoded := decoded.(type) {
	case nil:
		return "", nil
	case string:
		return decoded, nil
	case bool:
		if strings.HasPrefix(name, "is_") || name == "email_verified" {
			return fmt.Sprint(decoded), nil
		}
	case []any:
		if name == "identities" {
			return joined(decoded)
		}
	}
	return "", ports.ErrRecordMalformed.Saying("The value is of the wrong kind.")
}

func joined(list []any) (string, error) {
	texts := make([]string, len(list))
	for i, item := range list {
		text, ok := item.(string)
		if !ok || text == "" || strings.ContainsAny(text, " \t\r\n") {
			return "", ports.ErrRecordMalformed.Saying("Write identities as a list of texts like \"provider:subject\", and %20 for a blank.")
		}
		texts[i] = text
	}
	return strings.Join(texts, " "), nil
}

// lineWriter writes JSON Lines.
type lineWriter struct {
	out       *bufio.Writer
	passwords bool
}

func newLineWriter(file io.Writer, passwords bool) *lineWriter {
	return &lineWriter{out: bufio.NewWriter(file), passwords: passwords}
}

// Put writes one more line, its fields in the order of a table.
func (w *lineWriter) Put(record ports.PersonRecord) error {
	separator := "{"
	for _, name := range fieldNames {
		if name == passwordField && !w.passwords {
			continue
		}
		text, err := json.Marshal(value(record, name))
		if err != nil {
			return fmt.Errorf("peoplefile: write %s: %w", name, err)
		}
		_, _ = fmt.Fprintf(w.out, "%s%q:%s", separator, name, text)
		separator = ","
	}
	_, err := w.out.WriteString("}\n") // bufio keeps the first error
	return err
}

// Flush writes what was kept back.
func (w *lineWriter) Flush() error { return w.out.Flush() }

// value returns a field of the record: text, a bool or a list of texts.
func value(record ports.PersonRecord, name string) any {
	switch name {
	case "email":
		return record.Email
	case "email_verified":
		return record.EmailVerified
	case "first_name":
		return record.FirstName
	case "last_name":
		return record.LastName
	case "is_active":
		return record.Active
	case "is_staff":
		return record.Staff
	case "is_superuser":
		return record.Superuser
	case "date_joined":
		return timeText(record.Joined)
	case "last_login":
		return timeText(record.LastLogin)
	case passwordField:
		return record.Password.Reveal()
	case "identities":
		return keyTexts(record.Identities)
	}
	return record.Username
}
