package wire

import (
	"fmt"
	"maps"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Cookie is a Set-Cookie line. Attributes have lower-case names; secure and
// httponly are "true". Expires is "" when absent, "epoch" for a deletion, and else seconds
// from now, rounded to tens.
type Cookie struct {
	Name, Value, Expires string
	Attributes           map[string]string
}

func parseCookie(line string, now time.Time) Cookie {
	pair, rest, _ := strings.Cut(line, ";")
	name, value, _ := strings.Cut(strings.TrimSpace(pair), "=")
	cookie := Cookie{Name: name, Value: strings.Trim(value, `"`), Attributes: map[string]string{}}
	for part := range strings.SplitSeq(rest, ";") {
		key, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch key = strings.ToLower(key); key {
		case "":
		case "expires":
			cookie.Expires = relativeExpiry(value, now)
		case "secure", "httponly":
			cookie.Attributes[key] = "true"
		case "samesite":
			cookie.Attributes[key] = strings.ToLower(value)
		default:
			cookie.Attributes[key] = value
		}
	}
	return cookie
}

// recordedCookie turns an entry of a recording into a Cookie.
func recordedCookie(entry map[string]any) Cookie {
	cookie := Cookie{Attributes: map[string]string{}}
	for key, value := range entry {
		text := settingText(value)
		switch key {
		case "name":
			cookie.Name = text
		case "value":
			cookie.Value = text
		case "expires":
			cookie.Expires = text
		case "samesite":
			cookie.Attributes[key] = strings.ToLower(text)
		default:
			cookie.Attributes[key] = text
		}
	}
	return cookie
}

func relativeExpiry(date string, now time.Time) string {
	at, err := http.ParseTime(date)
	if err != nil {
		return "unreadable: " + date
	}
	if at.Before(time.Unix(0, 0).AddDate(0, 0, 2)) {
		return "epoch"
	}
	return fmt.Sprintf("%+d", int(math.RoundToEven(at.Sub(now).Seconds()/10))*10)
}

// messagesCookie belongs to Django's pages; it is recorded and not part of the API.
const messagesCookie = "messages"

func byName(cookies []Cookie) map[string]Cookie {
	named := make(map[string]Cookie, len(cookies))
	for _, cookie := range cookies {
		if cookie.Name != messagesCookie {
			named[cookie.Name] = cookie
		}
	}
	return named
}

func (c comparison) cookies(recorded []map[string]any, given []Cookie) []string {
	expected := make([]Cookie, len(recorded))
	for i, entry := range recorded {
		expected[i] = recordedCookie(entry)
	}
	want, got := byName(expected), byName(given)
	var differences []string
	for _, name := range sortedKeys(want) {
		if _, set := got[name]; set {
			differences = append(differences, c.cookie(want[name], got[name])...)
		} else {
			differences = append(differences, fmt.Sprintf("cookie %s: not set", name))
		}
	}
	for _, name := range sortedKeys(got) {
		if _, wanted := want[name]; !wanted {
			differences = append(differences, fmt.Sprintf("cookie %s: unexpectedly set: %+v", name, got[name]))
		}
	}
	return differences
}

func (c comparison) cookie(want, got Cookie) []string {
	differences := c.value("cookie "+want.Name, want.Value, got.Value)
	if !sameExpiry(want.Expires, got.Expires) {
		differences = append(differences,
			fmt.Sprintf("cookie %s expires: expected %q, got %q", want.Name, want.Expires, got.Expires))
	}
	if !maps.Equal(want.Attributes, got.Attributes) {
		differences = append(differences,
			fmt.Sprintf("cookie %s attributes: expected %v, got %v", want.Name, want.Attributes, got.Attributes))
	}
	return differences
}

func sameExpiry(want, got string) bool {
	wanted, err := strconv.Atoi(want)
	if err != nil {
		return want == got
	}
	seconds, err := strconv.Atoi(got)
	return err == nil && max(wanted-seconds, seconds-wanted) <= tolerance
}
