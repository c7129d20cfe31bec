package peoplefile

import (
	"bufio"
	"errors"
	"fmt"
	"io"

	"latchkey/application/ports"
)

// Format is how records are written.
type Format string

// The formats.
const (
	CSV       Format = "csv"
	JSONLines Format = "jsonl"
)

// maxRecord is how many bytes one record may have.
const maxRecord = 1 << 20

// byteOrderMark is what some programs begin UTF-8 with.
const byteOrderMark = "\xef\xbb\xbf"

// NewSource returns the records of a file. It reads the header row of a CSV file
// and refuses one with an unknown column.
func NewSource(format Format, file io.Reader) (ports.PeopleSource, error) {
	buffered := bufio.NewReader(file)
	if mark, err := buffered.Peek(len(byteOrderMark)); err == nil && string(mark) == byteOrderMark {
		_, _ = buffered.Discard(len(byteOrderMark))
	}
	switch format {
	case CSV:
		return newTable(buffered)
	case JSONLines:
		return newLines(buffered), nil
	}
	return nil, unknownFormat(format)
}

// NewSink writes records to a file. Password hashes are left out unless passwords is true.
func NewSink(format Format, file io.Writer, passwords bool) (ports.PeopleSink, error) {
	switch format {
	case CSV:
		return newTableWriter(file, passwords)
	case JSONLines:
		return newLineWriter(file, passwords), nil
	}
	return nil, unknownFormat(format)
}

func unknownFormat(format Format) error {
	return fmt.Errorf("%q is no format: write csv or jsonl", string(format))
}

var errTooLong = errors.New("a record is longer than 1 MiB")
