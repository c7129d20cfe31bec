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
				answer := embody(t, step.Response, sampler{vars: vars, profile: profiles[scenario.Profile]})
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
func embody(t *testing.T, recorded Response, samples sampler) Answer {
	t.Helper()
	headers := http.Header{}
	for name, value := range recorded.Headers {
		headers.Set(name, plainText(samples.concrete(value)))
	}
	for name, value := range recorded.ExtraHeaders {
		if value != nil {
			headers.Set(name, *value)
		}
	}
	for _, entry := range recorded.Cookies {
		headers.Add("Set-Cookie", setCookie(recordedCookie(entry), samples))
	}
	body := []byte("<html>")
	switch {
	case recorded.Raw != nil:
		body = []byte(*recorded.Raw)
	case recorded.BodyKind == "empty":
		body = nil
	case recorded.BodyKind == "json":
		body = []byte(show(samples.concrete(recorded.Body)))
	}
	return observe(recorded.Status, headers, body, time.Now())
}

func setCookie(cookie Cookie, samples sampler) string {
	line := cookie.Name + "=" + plainText(samples.concrete(cookie.Value))
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
