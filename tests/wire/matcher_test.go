package wire

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func jsonNumber(text string) json.Number { return json.Number(text) }

func TestMatchers(t *testing.T) {
	c := comparison{now: time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)}
	for _, test := range []struct {
		matcher string
		value   any
		want    bool
	}{
		{"any", nil, true},
		{"any", []any{}, true},
		{"int", jsonNumber("3"), true},
		{"int", jsonNumber("3.0"), false},
		{"int", "3", false},
		{"int", true, false},
		{"string", "", true},
		{"string", nil, false},
		{"token40", goodToken, true},
		{"token40", goodToken + "0", false},
		{"token40", "A" + goodToken[1:], false},
		{"csrftoken", "abcdefghijklmnopqrstuvwxyzABCDEF", true},
		{"csrftoken", "abcdefghijklmnopqrstuvwxyzABCDE", false},
		{"sessionid", "abcdefghijklmnop", true},
		{"sessionid", "abcdefghijklmno", false},
		{"seconds", "60", true},
		{"seconds", "-1", false},
		{"seconds", jsonNumber("60"), false},
		{"recovery-code", "01ab-cdef", true},
		{"recovery-code", "01ab-cdeg", false},
		{"base32 4", "AZ27", true},
		{"base32 4", "AZ28", false},
		{"hex 4", "09af", true},
		{"hex 4", "09afa", false},
		{"b64url 2", "_-8", true},
		{"b64url 3", "_-8", false},
		{"re:^newbie[0-9]+$", "newbie12", true},
		{"re:^newbie[0-9]+$", "newbie", false},
		{"re:(", "(", false},
		{"datetime+0", "2026-11-24T12:00:10.000001Z", true},
		{"datetime", "2026-11-24T12:00:00Z", true},
		{"datetime+0", "2026-11-24T12:00:16Z", false},
		{"datetime+300", "2026-11-24T13:05:00.000000+01:00", true},
		{"datetime-60", "2026-11-24T11:59:00Z", true},
		{"datetime+0", "2026-11-24T12:00:00.1Z", false},
		{"datetime+0", "yesterday", false},
		{"no such matcher", "text", false},
	} {
		require.Equal(t, test.want, c.matches(test.matcher, test.value), "<<%s>> and %v", test.matcher, test.value)
	}
}

func TestJSONIsComparedDeeplyAndByType(t *testing.T) {
	c := comparison{vars: Variables{"id": jsonNumber("7"), "name": "alice"}}
	for _, test := range []struct {
		want, got string
		same      bool
	}{
		{`{"a": 1, "b": [true, null]}`, `{"b": [true, null], "a": 1}`, true},
		{`{"a": [1, 2]}`, `{"a": [2, 1]}`, false},
		{`{"a": [1]}`, `{"a": [1, 1]}`, false},
		{`{"a": {}}`, `{"a": []}`, false},
		{`{"a": null}`, `{}`, false},
		{`1`, `1.0`, false},
		{`1.0`, `1.00`, true},
		{`12345678901234567890123`, `12345678901234567890124`, false},
		{`true`, `1`, false},
		{`null`, `""`, false},
		{`{"pk": "${id}", "who": "is ${name}"}`, `{"pk": 7, "who": "is alice"}`, true},
		{`{"pk": "${id}"}`, `{"pk": "7"}`, false},
		{`["<<int>>", "<<any>>"]`, `[3, {"a": 1}]`, true},
	} {
		var want, got any
		require.NoError(t, decode([]byte(test.want), &want))
		require.NoError(t, decode([]byte(test.got), &got))
		require.Equal(t, test.same, len(c.value("body", want, got)) == 0, "%s and %s", test.want, test.got)
	}
}

func TestCookiesAreReadAndCompared(t *testing.T) {
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	line := `sessionid="abc"; expires=Tue, 08 Dec 2026 12:00:03 GMT; HttpOnly; Max-Age=1209600; Path=/; SameSite=Lax`
	cookie := parseCookie(line, now)
	require.Equal(t, Cookie{Name: "sessionid", Value: "abc", Expires: "+1209600",
		Attributes: map[string]string{"httponly": "true", "max-age": "1209600", "path": "/", "samesite": "lax"}}, cookie)
	require.Equal(t, "epoch", parseCookie(`c=""; expires=Thu, 01 Jan 1970 00:00:00 GMT`, now).Expires)
	require.Contains(t, parseCookie("c=; expires=soon", now).Expires, "unreadable")

	recorded := []map[string]any{{"name": "sessionid", "value": "abc", "expires": "+1209590", "httponly": true,
		"max-age": jsonNumber("1209600"), "path": "/", "samesite": "Lax"}}
	c := comparison{now: now}
	require.Empty(t, c.cookies(recorded, []Cookie{cookie, {Name: "messages"}}))
	for _, line := range []string{
		`sessionid=abd; expires=Tue, 08 Dec 2026 12:00:03 GMT; HttpOnly; Max-Age=1209600; Path=/; SameSite=Lax`,
		`sessionid=abc; expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Max-Age=1209600; Path=/; SameSite=Lax`,
		`sessionid=abc; HttpOnly; Max-Age=1209600; Path=/; SameSite=Lax`,
		`sessionid=abc; expires=Tue, 08 Dec 2026 12:00:03 GMT; Max-Age=1209600; Path=/; SameSite=Lax`,
		`sessionid=abc; expires=Tue, 08 Dec 2026 12:00:03 GMT; HttpOnly; Max-Age=1209600; Path=/; SameSite=Lax; Partitioned`,
	} {
		require.Len(t, c.cookies(recorded, []Cookie{parseCookie(line, now)}), 1, line)
	}
}

// The service is the code under test: what it answers is read as if it were hostile.
func FuzzObserve(f *testing.F) {
	f.Add("application/json; charset=x", "sessionid=a; expires=x; max-age", `{"a": "a.b.c"}`)
	f.Add("text/html", "=;;=", "\xff")
	f.Fuzz(func(t *testing.T, contentType, cookie, body string) {
		headers := http.Header{"Content-Type": {contentType}, "Set-Cookie": {cookie}}
		answer := observe(200, headers, []byte(body), time.Now())
		require.Len(t, answer.Cookies, 1)
		require.Equal(t, body == "", answer.BodyKind == "empty")
		_, _ = parseJWT(body)
		_ = comparison{}.response(Response{}, answer)
	})
}
