package peoplefile

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/application/ports"
	"latchkey/domain/identities"
	"latchkey/domain/secret"
)

// everything is a record in which no field is as it would be by itself.
func everything() ports.PersonRecord {
	return ports.PersonRecord{
		Username: "Änn", Email: "Ann@Example.com", EmailVerified: true, FirstName: "Ann \"the\", one\nmore", LastName: "O'Hara <&>",
		Staff: true, Superuser: true, Password: secret.New("argon2$x,y"),
		Joined: time.Date(2026, 3, 4, 5, 6, 7, 890123000, time.UTC), LastLogin: time.Date(2026, 3, 5, 0, 0, 0, 0, time.UTC),
		Identities: []identities.Key{{Provider: "google", Subject: "42"}, {Provider: "oidc", Subject: "a b%c:d"}},
	}
}

// all reads a file to its end; a refused record counts with what it was refused for.
func all(t *testing.T, source ports.PeopleSource) (records []ports.PersonRecord, refused map[int]string) {
	t.Helper()
	refused = map[int]string{}
	for {
		record, err := source.Next()
		if errors.Is(err, io.EOF) {
			return records, refused
		}
		if errors.Is(err, ports.ErrRecordMalformed) {
			refused[record.Line] = err.Error()
			continue
		}
		require.NoError(t, err)
		records = append(records, record)
	}
}

func read(t *testing.T, format Format, text string) (records []ports.PersonRecord, refused map[int]string) {
	t.Helper()
	source, err := NewSource(format, strings.NewReader(text))
	require.NoError(t, err)
	return all(t, source)
}

func TestARecordComesBackAsItWasWritten(t *testing.T) {
	for _, format := range []Format{CSV, JSONLines} {
		for _, passwords := range []bool{true, false} {
			var file bytes.Buffer
			sink, err := NewSink(format, &file, passwords)
			require.NoError(t, err)
			least := ports.PersonRecord{Username: "bob", Active: true}
			require.NoError(t, sink.Put(everything()))
			require.NoError(t, sink.Put(least))
			require.NoError(t, sink.Flush())
			require.Equal(t, passwords, strings.Contains(file.String(), "argon2"))
			require.Equal(t, passwords, strings.Contains(file.String(), "password"))

			got, refused := read(t, format, file.String())
			require.Empty(t, refused)
			require.Len(t, got, 2)
			want := everything()
			if passwords {
				require.Equal(t, want.Password.Reveal(), got[0].Password.Reveal())
			}
			want.Password, want.Line = got[0].Password, got[0].Line
			require.Equal(t, want, got[0])
			require.Equal(t, "bob", got[1].Username)
			require.True(t, got[1].Active)
			require.True(t, got[1].Joined.IsZero())
			require.True(t, got[1].Password.Empty())
		}
	}
}

func TestColumnsComeInAnyOrderAndMayBeLeftOut(t *testing.T) {
	for _, text := range []string{
		"\ufeffemail,username,is_active\nann@example.com,ann,f\n",
		"email, username ,is_active\r\nann@example.com,ann,False\r\n",
	} {
		records, refused := read(t, CSV, text)
		require.Empty(t, refused)
		require.Equal(t, []ports.PersonRecord{{Line: 2, Username: "ann", Email: "ann@example.com"}}, records)
	}
	records, refused := read(t, JSONLines, "\ufeff\n{\"username\": \"ann\", \"last_login\": null, \"is_active\": false}\n\n")
	require.Empty(t, refused)
	require.Equal(t, []ports.PersonRecord{{Line: 2, Username: "ann"}}, records)
}

func TestAHeaderThatCannotBeTrustedEndsTheReading(t *testing.T) {
	for text, want := range map[string]string{
		"":                                       "the file is empty",
		"username,pasword\nann,x\n":              `the column "pasword" is unknown`,
		"username;email\nann;x\n":                "the column whose name is not repeated here (does the file name its columns?) is unknown",
		"hunter2!,ann\nb,x\n":                    "does the file name its columns?",
		"username,email,email\n":                 "the column email stands twice",
		"email\nann@example.com\n":               "there is no column username",
		"user\"name\n":                           "the first row",
		"username," + strings.Repeat("x", 2<<20): "longer than 1 MiB",
	} {
		_, err := NewSource(CSV, strings.NewReader(text))
		require.ErrorContains(t, err, want)
		require.Less(t, len(err.Error()), 400)
		require.NotContains(t, err.Error(), "hunter2")
	}
	_, err := NewSource("xml", strings.NewReader(""))
	require.ErrorContains(t, err, "csv or jsonl")
	_, err = NewSink("xml", io.Discard, false)
	require.ErrorContains(t, err, "csv or jsonl")
}

func TestAMalformedRecordDoesNotKeepTheOthersOut(t *testing.T) {
	records, refused := read(t, CSV, strings.Join([]string{
		"username,is_staff,date_joined,identities,first_name",
		"one,,,,",
		"hunter2,hunter2,,,",
		"hunter2,,hunter2,,",
		"hunter2,,,hunter2,",
		"hunter2,,,google:%zz,",
		"hunter2,,",
		"hunter2,a\"b,,,",
		"hunter2,,,,\xff",
		"\"two\",,,,\"line\nbreak\"",
		"hunter2,,0000-01-01,,",
		"three,,2026-03-04 05:06:07.5+00,,",
	}, "\n"))
	require.Len(t, records, 3)
	require.Equal(t, []int{2, 10, 13}, []int{records[0].Line, records[1].Line, records[2].Line})
	require.Equal(t, time.Date(2026, 3, 4, 5, 6, 7, 5e8, time.UTC), records[2].Joined)
	require.Equal(t, map[int]string{
		3:  "is_staff: Write true or false.",
		4:  "date_joined: Write a time as in 2026-03-04T05:06:07Z.",
		5:  "identities: Write identities as provider:subject, a blank between two, and %25 for a percent sign.",
		6:  "identities: Write identities as provider:subject, a blank between two, and %25 for a percent sign.",
		7:  "This is no CSV: wrong number of fields.",
		8:  `This is no CSV: bare " in non-quoted-field.`,
		9:  "first_name: This is not UTF-8.",
		12: "date_joined: Write a time as in 2026-03-04T05:06:07Z.",
	}, refused)
}

func TestAMalformedLineDoesNotKeepTheOthersOut(t *testing.T) {
	records, refused := read(t, JSONLines, strings.Join([]string{
		`{"username": "one"}`,
		`hunter2`,
		`null`,
		`["hunter2"]`,
		`{"username": "hunter2"} {}`,
		`{"username": 5}`,
		`{"username": true}`,
		`{"username": ["hunter2"]}`,
		`{"pasword": "hunter2"}`,
		"{\"username\": \"hunter2\xff\"}",
		`{"identities": [5]}`,
		`{"identities": ["google:a b"]}`,
		`{"username": "two", "is_staff": "1"}`,
	}, "\n"))
	require.Len(t, records, 2)
	require.True(t, records[1].Staff)
	require.Len(t, refused, 11)
	require.Equal(t, `The field "pasword" is unknown.`, refused[9])
	for line, reason := range refused {
		require.NotContains(t, reason, "hunter2", "%d", line)
	}
}

// endless is a file whose quote is never closed.
type endless struct{ read int }

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	e.read += len(p)
	return len(p), nil
}

func TestARecordThatDoesNotEndIsNotKeptInMemory(t *testing.T) {
	for format, beginning := range map[Format]string{CSV: "username\none\n\"two", JSONLines: "{\"username\": \"one\"}\n{"} {
		rest := &endless{}
		source, err := NewSource(format, io.MultiReader(strings.NewReader(beginning), rest))
		require.NoError(t, err)
		_, err = source.Next()
		require.NoError(t, err)
		_, err = source.Next()
		require.ErrorContains(t, err, "longer than 1 MiB")
		require.NotErrorIs(t, err, ports.ErrRecordMalformed)
		require.Less(t, rest.read, 4<<20)
	}
}

func TestAnErrorOfTheFileIsNoRefusal(t *testing.T) {
	broken := errors.New("the disk is broken")
	for format, beginning := range map[Format]string{CSV: "username\none\n", JSONLines: "{\"username\": \"one\"}\n"} {
		source, err := NewSource(format, io.MultiReader(strings.NewReader(beginning), failing{broken}))
		require.NoError(t, err)
		_, err = source.Next()
		require.NoError(t, err)
		_, err = source.Next()
		require.ErrorIs(t, err, broken)
		sink, err := NewSink(format, failing{broken}, true)
		require.NoError(t, err)
		_ = sink.Put(everything())
		require.ErrorIs(t, sink.Flush(), broken)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error)  { return 0, f.err }
func (f failing) Write([]byte) (int, error) { return 0, f.err }

func FuzzSource(f *testing.F) {
	f.Add("username,email\nann,\n", true)
	f.Add(`{"username": "ann", "identities": ["a:b"]}`, false)
	f.Fuzz(func(t *testing.T, text string, table bool) {
		format := JSONLines
		if table {
			format = CSV
		}
		source, err := NewSource(format, strings.NewReader(text))
		for err == nil || errors.Is(err, ports.ErrRecordMalformed) {
			_, err = source.Next()
		}
	})
}
