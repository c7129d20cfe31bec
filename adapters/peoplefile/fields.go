package peoplefile

import (
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"latchkey/application/ports"
	"latchkey/domain/fault"
	"latchkey/domain/identities"
	"latchkey/domain/secret"
)

// The names of the fields, in the order of an export.
var fieldNames = []string{
	"username", "email", "email_verified", "first_name", "last_name", "is_active", "is_staff",
	"is_superuser", "date_joined", "last_login", passwordField, "identities",
}

const passwordField = "password"

// setters put the text of a field into a record. An empty text is as good as none.
var setters = map[string]func(record *ports.PersonRecord, text string) error{
	"username":       func(r *ports.PersonRecord, text string) error { r.Username = text; return nil },
	"email":          func(r *ports.PersonRecord, text string) error { r.Email = text; return nil },
	"email_verified": func(r *ports.PersonRecord, text string) error { return setBool(&r.EmailVerified, text) },
	"first_name":     func(r *ports.PersonRecord, text string) error { r.FirstName = text; return nil },
	"last_name":      func(r *ports.PersonRecord, text string) error { r.LastName = text; return nil },
	"is_active":      func(r *ports.PersonRecord, text string) error { return setBool(&r.Active, text) },
	"is_staff":       func(r *ports.PersonRecord, text string) error { return setBool(&r.Staff, text) },
	"is_superuser":   func(r *ports.PersonRecord, text string) error { return setBool(&r.Superuser, text) },
	"date_joined":    func(r *ports.PersonRecord, text string) error { return setTime(&r.Joined, text) },
	"last_login":     func(r *ports.PersonRecord, text string) error { return setTime(&r.LastLogin, text) },
	passwordField:    func(r *ports.PersonRecord, text string) error { r.Password = secret.New(text); return nil },
	"identities": func(r *ports.PersonRecord, text string) (err error) {
		r.Identities, err = parseKeys(strings.Fields(text))
		return err
	},
}

// newRecord is what a record says that says nothing.
func newRecord(line int) ports.PersonRecord { return ports.PersonRecord{Line: line, Active: true} }

// set puts text into the field. The error is a refusal of the record.
func set(record *ports.PersonRecord, field, text string) error {
	if !utf8.ValidString(text) {
		return malformed(field, "This is not UTF-8.")
	}
	return setters[field](record, text)
}

func malformed(field, message string) *fault.Fault {
	return ports.ErrRecordMalformed.On(field).Saying(message)
}

// setBool takes what Python, PostgreSQL and JSON write.
func setBool(into *bool, text string) error {
	if text == "" {
		return nil
	}
	value, err := strconv.ParseBool(text)
	if err != nil {
		return ports.ErrRecordMalformed.Saying("Write true or false.")
	}
	*into = value
	return nil
}

// timeLayouts are ISO 8601 and what Django and PostgreSQL make of it. A time
// without a zone is UTC, as in Django's tables.
var timeLayouts = []string{
	time.RFC3339, "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05Z07", "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02",
}

func setTime(into *time.Time, text string) error {
	if text == "" {
		return nil
	}
	for _, layout := range timeLayouts {
		if parsed, err := time.Parse(layout, text); err == nil && parsed.UTC().Year() >= 1 {
			*into = parsed.UTC().Truncate(time.Microsecond)
			return nil
		}
	}
	return ports.ErrRecordMalformed.Saying("Write a time as in 2026-03-04T05:06:07Z.")
}

func timeText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.999999Z")
}

// parseKeys reads identities as "provider:subject". Blanks and "%" in a subject are
// percent-encoded, because a blank stands between two identities.
func parseKeys(texts []string) (keys []identities.Key, err error) {
	for _, text := range texts {
		provider, subject, found := strings.Cut(text, ":")
		subject, err := url.PathUnescape(subject)
		if !found || err != nil {
			return nil, ports.ErrRecordMalformed.Saying("Write identities as provider:subject, a blank between two, and %25 for a percent sign.")
		}
		keys = append(keys, identities.Key{Provider: provider, Subject: subject})
	}
	return keys, nil
}

func keyTexts(keys []identities.Key) []string {
	texts := make([]string, len(keys))
	for i, key := range keys {
		texts[i] = key.Provider + ":" + escape(key.Subject)
	}
	return texts
}

func escape(subject string) string {
	if strings.ContainsFunc(subject, func(r rune) bool { return r == '%' || unicode.IsSpace(r) }) {
		return url.PathEscape(subject)
	}
	return subject
}

// named is what the name of a column or field looks like.
var named = regexp.MustCompile(`^[A-Za-z_]{1,40}$`)

// shown repeats an unknown name only if it looks like one: in a file without names a
// password or its hash may stand in its place.
func shown(name string) string {
	if !named.MatchString(name) {
		return "whose name is not repeated here (does the file name its columns?)"
	}
	return strconv.Quote(name)
}
