package wire

import (
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The recorded answer itself must pass: a comparison that refuses it could be
// satisfied by no service. A changed status must not.
func TestEveryRecordedAnswerPassesItsOwnComparison(t *testing.T) {
	profiles, err := LoadProfiles(os.DirFS("testdata"))
	require.NoError(t, err)
	scenarios, err := Load(os.DirFS("testdata/scenarios"))
	require.NoError(t, err)
	for _, scenario := range scenarios {
		t.Run(scenario.Name, func(t *testing.T) {
			db, vars := prepared(t, show(scenario.Setup))
			r := &run{target: Target{Profile: profiles[scenario.Profile]}, database: db, vars: vars}
			for i, step := range scenario.Steps {
				if step.Request == nil {
					continue
				}
				step.Assert = nil // made-up tokens are all the same
				answer := embody(t, step.Response, vars)
				require.Empty(t, r.judge(step, answer, time.Now()), "step %d", i+1)
				answer.Status++
				if step.Deviation.Accept == nil {
					require.Len(t, r.judge(step, answer, time.Now()), 1, "step %d", i+1)
				}
			}
		})
	}
}

// embody makes the answer that a recording describes, with something in the
// place of every matcher.
func embody(t *testing.T, recorded Response, vars Variables) Answer {
	t.Helper()
	headers := http.Header{}
	for name, value := range recorded.Headers {
		headers.Set(name, plainText(concrete(value, vars)))
	}
	for name, value := range recorded.ExtraHeaders {
		if value != nil {
			headers.Set(name, *value)
		}
	}
	for _, entry := range recorded.Cookies {
		headers.Add("Set-Cookie", setCookie(recordedCookie(entry), vars))
	}
	body := []byte("<html>")
	switch {
	case recorded.Raw != nil:
		body = []byte(*recorded.Raw)
	case recorded.BodyKind == "empty":
		body = nil
	case recorded.BodyKind == "json":
		body = []byte(show(concrete(recorded.Body, vars)))
	}
	return observe(recorded.Status, headers, body, time.Now())
}

func setCookie(cookie Cookie, vars Variables) string {
	line := cookie.Name + "=" + plainText(concrete(cookie.Value, vars))
	for name, value := range cookie.Attributes {
		line += "; " + name + "=" + value
	}
	switch cookie.Expires {
	case "":
		return line
	case "epoch":
		return line + "; expires=Thu, 01 Jan 1970 00:00:00 GMT"
	default:
		life, _ := time.ParseDuration(strings.TrimPrefix(cookie.Expires, "+") + "s")
		return line + "; expires=" + time.Now().Add(life).UTC().Format(http.TimeFormat)
	}
}

var samples = map[string]any{
	"<<token40>>": goodToken, "<<int>>": jsonNumber("7"), "<<any>>": "anything", "<<seconds>>": "60",
	"<<csrftoken>>": strings.Repeat("a", 32), "<<sessionid>>": strings.Repeat("b", 32),
	"<<re:JSON parse error - .+>>": "JSON parse error - x", "<<re:^JSON parse error - >>": "JSON parse error - ",
	"<<re:^newbie[0-9]+$>>": "newbie12",
	`<<re:^Request was throttled\. Expected available in \d+ seconds?\.$>>`: "Request was throttled. Expected available in 1 second.",
}

func concrete(value any, vars Variables) any {
	switch value := value.(type) {
	case string:
		if sample, known := samples[value]; known {
			return sample
		}
		return vars.fill(value)
	case []any:
		list := make([]any, len(value))
		for i, item := range value {
			list[i] = concrete(item, vars)
		}
		return list
	case map[string]any:
		object := map[string]any{}
		for key, item := range value {
			object[key] = concrete(item, vars)
		}
		return object
	default:
		return value
	}
}
