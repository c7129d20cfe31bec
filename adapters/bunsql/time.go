package bunsql

import (
	"database/sql"
	"database/sql/driver"
	"fmt"
	"time"
)

// djangoTime is a time as Django keeps it on SQLite: UTC as text, to the
// microsecond, without a fraction when that is zero. Text of this form sorts as
// the times do, in the years that Django knows: a time outside of them is written
// as the nearest inside. The year 12000 would else sort before 2026, and a revoked
// token that says it lasts until then would be cleaned away and be good again. The
// zero time is NULL.
type djangoTime struct{ time.Time }

const (
	wholeSeconds = "2006-01-02 15:04:05"
	microseconds = "2006-01-02 15:04:05.000000"
)

var (
	_ driver.Valuer = djangoTime{}
	_ sql.Scanner   = (*djangoTime)(nil)
)

var (
	firstTime = time.Date(1, time.January, 1, 0, 0, 0, 0, time.UTC)
	lastTime  = time.Date(9999, time.December, 31, 23, 59, 59, 999999000, time.UTC)
)

// Value returns the text, or nil for the zero time.
func (t djangoTime) Value() (driver.Value, error) {
	if t.IsZero() {
		return nil, nil
	}
	utc := t.stored()
	if utc.Nanosecond() == 0 {
		return utc.Format(wholeSeconds), nil
	}
	return utc.Format(microseconds), nil
}

// stored is the time to the microsecond, in UTC, and in the years that Django knows.
func (t djangoTime) stored() time.Time {
	utc := t.UTC().Truncate(time.Microsecond)
	switch {
	case utc.Before(firstTime):
		return firstTime
	case utc.After(lastTime):
		return lastTime
	}
	return utc
}

// Scan takes what the driver makes of the column: a time, text, or NULL.
func (t *djangoTime) Scan(value any) error {
	switch value := value.(type) {
	case nil:
		t.Time = time.Time{}
	case time.Time:
		t.Time = value.UTC()
	case string:
		return t.parse(value)
	case []byte:
		return t.parse(string(value))
	default:
		return fmt.Errorf("bunsql: %T is not a time", value)
	}
	return nil
}

func (t *djangoTime) parse(text string) error {
	// A fraction of any length is accepted after the seconds.
	parsed, err := time.Parse(wholeSeconds, text)
	if err != nil {
		parsed, err = parseForeign(text, err)
	}
	if err != nil {
		return fmt.Errorf("bunsql: not a time as Django writes it: %w", err)
	}
	t.Time = parsed
	return nil
}

// foreign are the layouts in which other programs write times into Django's tables.
var foreign = []string{"2006-01-02 15:04:05Z07:00", "2006-01-02T15:04:05Z07:00", "2006-01-02T15:04:05"}

// parseForeign returns refused when no layout fits.
func parseForeign(text string, refused error) (time.Time, error) {
	for _, layout := range foreign {
		if parsed, err := time.Parse(layout, text); err == nil {
			return parsed.UTC(), nil
		}
	}
	return time.Time{}, refused
}
