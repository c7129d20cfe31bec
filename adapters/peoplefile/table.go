package peoplefile

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"latchkey/application/ports"
	"latchkey/domain/fault"
)

// table reads CSV with a header row, its columns in any order.
type table struct {
	limit   *limit
	rows    *csv.Reader
	columns []string
	line    int // where the last record began
}

// limit ends a record that does not end by itself.
type limit struct {
	file io.Reader
	left int
}

// Read reads at most what is left of the current record.
func (l *limit) Read(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, errTooLong
	}
	n, err := l.file.Read(p[:min(len(p), l.left)])
	l.left -= n
	return n, err
}

func newTable(file io.Reader) (*table, error) {
	t := &table{limit: &limit{file: file, left: maxRecord}}
	t.rows = csv.NewReader(t.limit)
	t.rows.ReuseRecord = true
	header, err := t.rows.Read()
	if errors.Is(err, io.EOF) {
		return nil, errors.New("the file is empty: its first row must name the columns")
	}
	if err != nil {
		return nil, fmt.Errorf("the first row, which must name the columns, cannot be read: %w", reason(err))
	}
	for _, name := range header {
		name = strings.TrimSpace(name)
		if setters[name] == nil {
			return nil, fmt.Errorf("the column %s is unknown: a file has some of %s", shown(name), strings.Join(fieldNames, ","))
		}
		if slices.Contains(t.columns, name) {
			return nil, fmt.Errorf("the column %s stands twice", name)
		}
		t.columns = append(t.columns, name)
	}
	if !slices.Contains(t.columns, "username") {
		return nil, errors.New("there is no column username")
	}
	return t, nil
}

// Next returns the next row's record.
func (t *table) Next() (ports.PersonRecord, error) {
	t.limit.left = maxRecord
	row, err := t.rows.Read()
	var misread *csv.ParseError
	switch {
	case errors.As(err, &misread):
		return newRecord(misread.StartLine), ports.ErrRecordMalformed.Saying("This is no CSV: " + misread.Err.Error() + ".")
	case errors.Is(err, io.EOF):
		return ports.PersonRecord{}, io.EOF
	case errors.Is(err, errTooLong):
		return ports.PersonRecord{}, fmt.Errorf("after line %d: %w; is a quote missing?", t.line, err)
	case err != nil:
		return ports.PersonRecord{}, fmt.Errorf("after line %d: %w", t.line, err)
	}
	t.line, _ = t.rows.FieldPos(0)
	record := newRecord(t.line)
	for i, text := range row {
		if err := set(&record, t.columns[i], text); err != nil {
			return newRecord(t.line), fault.Of(err)[0].On(t.columns[i])
		}
	}
	return record, nil
}

// reason returns the cause without the position, which csv counts in its own way.
func reason(err error) error {
	var misread *csv.ParseError
	if errors.As(err, &misread) {
		return misread.Err
	}
	return err
}

// tableWriter writes CSV.
type tableWriter struct {
	rows    *csv.Writer
	columns []string
}

func newTableWriter(file io.Writer, passwords bool) (*tableWriter, error) {
	w := &tableWriter{rows: csv.NewWriter(file), columns: slices.Clone(fieldNames)}
	if !passwords {
		w.columns = slices.DeleteFunc(w.columns, func(name string) bool { return name == passwordField })
	}
	return w, w.rows.Write(w.columns)
}

// Put writes one more row.
func (w *tableWriter) Put(record ports.PersonRecord) error {
	row := make([]string, len(w.columns))
	for i, name := range w.columns {
		row[i] = cell(record, name)
	}
	return w.rows.Write(row)
}

func cell(record ports.PersonRecord, name string) string {
	switch value := value(record, name).(type) {
	case bool:
		return fmt.Sprint(value)
	case []string:
		return strings.Join(value, " ")
	case string:
		return value
	}
	return ""
}

// Flush writes what was kept back.
func (w *tableWriter) Flush() error {
	w.rows.Flush()
	return w.rows.Error()
}
