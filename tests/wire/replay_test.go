package wire

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The tests of this file play scenarios against a small handler in place of the
// service, to prove that the replay sees what is wrong with an answer.

const loginScenario = `{
 "name": "login", "profile": "token",
 "setup": [{"create_user": {"username": "alice", "password": "Str0ng-pass-77", "email": "alice@example.com", "email_verified": true, "capture": "alice_id"}}],
 "steps": [
  {"request": {"method": "POST", "path": "/login/", "json": {"username": "alice"}},
   "capture": {"token": "json:key", "sid": "cookie:sessionid"},
   "response": {"status": 200, "headers": {"Content-Type": "application/json", "Allow": "POST, OPTIONS", "Vary": "Accept, Cookie"},
    "cookies": [{"name": "sessionid", "value": "<<sessionid>>", "path": "/", "httponly": true, "samesite": "Lax", "max-age": 60, "expires": "+60"}],
    "body_kind": "json", "body": {"key": "<<token40>>", "pk": "${alice_id}"}}},
  {"mail": {"to": "alice@example.com", "expect": "none"}, "result": {"count": 0}},
  {"request": {"method": "GET", "path": "/user/", "headers": {"Authorization": "Token ${token}"}, "cookies": {"sessionid": "${sid}"}},
   "response": {"status": 204, "headers": {}, "cookies": [], "body_kind": "empty"}}
 ]}`

const goodToken = "0123456789abcdef0123456789abcdef01234567"

func goodLogin(w http.ResponseWriter) {
	header := w.Header()
	header.Set("Content-Type", "application/json")
	header.Set("Allow", "OPTIONS, POST")
	header.Set("Vary", "Cookie, accept")
	http.SetCookie(w, &http.Cookie{
		Name: "sessionid", Value: "abcdefghijklmnopqrstuvwxyz012345", Path: "/", HttpOnly: true,
		SameSite: http.SameSiteLaxMode, MaxAge: 60, Expires: time.Now().Add(time.Minute),
	})
}

func play(t *testing.T, text string, mails []Mail, handler http.HandlerFunc) []Finding {
	t.Helper()
	var scenario Scenario
	require.NoError(t, decode([]byte(text), &scenario))
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return Replay(scenario, Target{
		Address: server.Listener.Addr().String(), Database: djangoTables(t), Profile: Profile{Name: "token"}, Now: time.Now, Sleep: time.Sleep,
		Mails: func(string) []Mail {
			taken := mails
			mails = nil
			return taken
		},
	})
}

func djangoTables(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "django.sqlite3")
	db, err := sql.Open("sqlite", "file:"+file)
	require.NoError(t, err)
	_, err = db.Exec(`
		CREATE TABLE auth_user (id integer NOT NULL PRIMARY KEY AUTOINCREMENT, password varchar(128) NOT NULL,
			last_login datetime NULL, is_superuser bool NOT NULL, username varchar(150) NOT NULL UNIQUE,
			last_name varchar(150) NOT NULL, email varchar(254) NOT NULL, is_staff bool NOT NULL,
			is_active bool NOT NULL, date_joined datetime NOT NULL, first_name varchar(150) NOT NULL);
		CREATE TABLE account_emailaddress (id integer NOT NULL PRIMARY KEY AUTOINCREMENT, verified bool NOT NULL,
			"primary" bool NOT NULL, user_id integer NOT NULL REFERENCES auth_user (id), email varchar(254) NOT NULL);
		CREATE TABLE authtoken_token (key varchar(40) NOT NULL PRIMARY KEY, created datetime NOT NULL,
			user_id integer NOT NULL UNIQUE REFERENCES auth_user (id));
		CREATE TABLE socialaccount_socialaccount (id integer NOT NULL PRIMARY KEY AUTOINCREMENT,
			provider varchar(200) NOT NULL, uid varchar(191) NOT NULL, last_login datetime NOT NULL,
			date_joined datetime NOT NULL, user_id integer NOT NULL REFERENCES auth_user (id), extra_data text NOT NULL);`)
	require.NoError(t, err)
	require.NoError(t, db.Close())
	return file
}

func TestReplayFindsNothingWrongWithTheRecordedAnswer(t *testing.T) {
	findings := play(t, loginScenario, nil, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/user/" {
			if r.Header.Get("Authorization") != "Token "+goodToken || !strings.Contains(r.Header.Get("Cookie"), "sessionid=abc") {
				w.WriteHeader(http.StatusUnauthorized)
				return
			}
			w.WriteHeader(http.StatusNoContent)
			return
		}
		body, _ := io.ReadAll(r.Body)
		if string(body) != `{"username":"alice"}` || r.Host != "testserver" {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		goodLogin(w)
		_, _ = fmt.Fprintf(w, `{"pk": 1, "key": %q}`, goodToken)
	})
	require.Empty(t, findings)
}

func TestReplayReportsWhatIsWrong(t *testing.T) {
	good := `{"key": "` + goodToken + `", "pk": 1}`
	for name, test := range map[string]struct {
		spoil  func(http.ResponseWriter)
		status int
		body   string
		mails  []Mail
		want   string
	}{
		"a wrong status":     {status: 201, want: "status: expected 200, got 201"},
		"a missing header":   {spoil: func(w http.ResponseWriter) { w.Header().Del("Vary") }, want: "header Vary"},
		"an extra header":    {spoil: func(w http.ResponseWriter) { w.Header().Set("Location", "/") }, want: "header Location"},
		"another header":     {spoil: func(w http.ResponseWriter) { w.Header().Set("Allow", "POST") }, want: "header Allow"},
		"a missing cookie":   {spoil: func(w http.ResponseWriter) { w.Header().Del("Set-Cookie") }, want: "cookie sessionid: not set"},
		"an extra cookie":    {spoil: extraCookie, want: "cookie extra: unexpectedly set"},
		"another attribute":  {spoil: insecureCookie, want: "cookie sessionid attributes"},
		"another expiry":     {spoil: insecureCookie, want: "cookie sessionid expires"},
		"a wrong value":      {body: `{"key": "short", "pk": 1}`, want: `body.key: "short" does not match <<token40>>`},
		"another type":       {body: `{"key": "` + goodToken + `", "pk": "1"}`, want: `body.pk: expected 1, got "1"`},
		"a missing member":   {body: `{"pk": 1}`, want: "body.key: missing"},
		"an extra member":    {body: `{"key": "` + goodToken + `", "pk": 1, "is_staff": false}`, want: "body.is_staff: unexpected false"},
		"text after JSON":    {body: good + "{}", want: "body: expected json, got badjson"},
		"an unexpected mail": {mails: []Mail{{To: "alice@example.com"}}, want: "mail count: expected 0, got 1"},
	} {
		t.Run(name, func(t *testing.T) {
			findings := play(t, loginScenario, test.mails, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/user/" {
					w.WriteHeader(http.StatusNoContent)
					return
				}
				goodLogin(w)
				if test.spoil != nil {
					test.spoil(w)
				}
				w.WriteHeader(max(test.status, http.StatusOK))
				_, _ = io.WriteString(w, test.body)
				if test.body == "" {
					_, _ = io.WriteString(w, good)
				}
			})
			require.NotEmpty(t, findings)
			require.Contains(t, findings[0].String(), test.want)
		})
	}
}

func extraCookie(w http.ResponseWriter) { http.SetCookie(w, &http.Cookie{Name: "extra", Value: "1"}) }

func insecureCookie(w http.ResponseWriter) {
	w.Header().Set("Set-Cookie", "sessionid=abcdefghijklmnopqrstuvwxyz012345; Path=/; Max-Age=60; SameSite=Lax")
}

func TestAFindingShowsTheStepTheRequestAndTheAnswer(t *testing.T) {
	findings := play(t, loginScenario, nil, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusTeapot)
		_, _ = io.WriteString(w, "short and stout")
	})
	require.Len(t, findings, 2)
	report := findings[0].String()
	for _, part := range []string{"step 1: POST /login/", `{"username":"alice"}`, "418 I'm a teapot", "short and stout", "capture"} {
		require.Contains(t, report, part)
	}
	require.Equal(t, 3, findings[1].Step)
}

func TestAServiceThatHangsUpIsAFindingAndNoPanic(t *testing.T) {
	findings := play(t, loginScenario, nil, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	require.Contains(t, findings[0].String(), "request failed")
}

func TestAnImpossibleSetupIsAFinding(t *testing.T) {
	for _, setup := range []string{`[{"no_such_verb": {}}]`, `[{"create_token": {"user": "nobody", "key": "k"}}]`} {
		findings := play(t, `{"setup": `+setup+`, "steps": []}`, nil, nil)
		require.Len(t, findings, 1)
		require.Contains(t, findings[0].String(), "step 0: setup")
	}
}

func TestFalseAssertionsAreReported(t *testing.T) {
	const scenario = `{"steps": [{"request": {"method": "GET", "path": "/"}, "capture": {"a": "json:x.0", "b": "json:y"}, "assert": ["${a} %s ${b}"],
		"response": {"status": 200, "headers": {"Content-Type": "application/json"}, "cookies": [], "body_kind": "json", "body": "<<any>>"}}]}`
	answer := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"x": ["same"], "y": "same"}`)
	}
	require.Empty(t, play(t, fmt.Sprintf(scenario, "=="), nil, answer))
	require.Len(t, play(t, fmt.Sprintf(scenario, "!="), nil, answer), 1)
	require.Len(t, play(t, fmt.Sprintf(scenario, "<"), nil, answer), 1)
}

func TestDeviations(t *testing.T) {
	const scenario = `{"steps": [{"request": {"method": "GET", "path": "/"}, "capture": {"a": "json:never"},
		"response": {"status": 500, "headers": {"Content-Type": "text/html"}, "cookies": [{"name": "c", "value": "1"}], "body_kind": "text"},
		"deviation": {"reason": "a defect", "accept": %s}}]}`
	for name, test := range map[string]struct {
		accept string
		status int
		text   string
		passes bool
	}{
		"another status":                {`[{"status": 400}]`, 400, "", true},
		"one of several":                {`[{"status": [404, 400]}]`, 400, "", true},
		"a status that is not listed":   {`[{"status": [404, 400]}]`, 403, "", false},
		"status and body":               {`[{"status": 400, "body": {"a": 1}}]`, 400, `{"a": 1}`, true},
		"status with another body":      {`[{"status": 400, "body": {"a": 1}}]`, 400, `{"a": 2}`, false},
		"a null body is not any body":   {`[{"status": 400, "body": null}]`, 400, `{"a": 2}`, false},
		"the second of two":             {`[{"status": 404}, {"status": 400}]`, 400, "", true},
		"nothing listed":                {`[]`, 400, "", false},
		"cookies ignored, status wrong": {`[{"ignore": ["cookies"]}]`, 400, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			findings := play(t, fmt.Sprintf(scenario, test.accept), nil, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(test.status)
				_, _ = io.WriteString(w, test.text)
			})
			require.Equal(t, test.passes, len(findings) == 0, "%v", findings)
		})
	}
}

func TestIgnoredCookiesLeaveTheRestCompared(t *testing.T) {
	const scenario = `{"steps": [{"request": {"method": "GET", "path": "/"},
		"response": {"status": 204, "headers": {}, "cookies": [{"name": "c", "value": "1"}], "body_kind": "empty"},
		"deviation": {"reason": "a defect", "accept": [{"ignore": ["cookies"]}]}}]}`
	require.Empty(t, play(t, scenario, nil, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) }))
	require.Len(t, play(t, scenario, nil, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Vary", "Cookie")
		w.WriteHeader(204)
	}), 1)
}

func TestExtraHeadersAndRawBodiesAreComparedExactly(t *testing.T) {
	const scenario = `{"steps": [{"request": {"method": "GET", "path": "/"}, "extra_headers": ["X-Frame-Options", "Content-Language"], "raw_body": true,
		"response": {"status": 200, "headers": {"Content-Type": "application/json"}, "cookies": [], "body_kind": "json", "body": {"a": 1}, "raw": "{\"a\":1}",
		"extra_headers": {"X-Frame-Options": "DENY", "Content-Language": null}}}]}`
	for text, wrong := range map[string]int{`{"a":1}`: 0, `{"a": 1}`: 1} {
		findings := play(t, scenario, nil, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("X-Frame-Options", "DENY")
			_, _ = io.WriteString(w, text)
		})
		require.Len(t, findings, wrong, text)
	}
	findings := play(t, scenario, nil, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Language", "en")
		_, _ = io.WriteString(w, `{"a":1}`)
	})
	require.Len(t, findings, 1)
	require.Len(t, findings[0].Differences, 2)
}

func TestMailSteps(t *testing.T) {
	const scenario = `{"steps": [{"mail": {"to": "a@example.com", "expect": "one", "extract": {"uid": "uid", "token": "token"}},
		"result": {"count": 1, "to": "a@example.com", "subject": "s", "from": "f@example.com", "html": false, "links": ["%s"]},
		"deviation": {"reason": "a defect", "accept": [{"mail": {"links": ["http://other/password-reset/confirm/<<uid>>/<<token>>/"]}}]}},
		{"setup": [{"set_var": {"both": "${uid} ${token}"}}]}]}`
	const link = "http://testserver/password-reset/confirm/<<uid>>/<<token>>/"
	mail := Mail{To: "a@example.com", From: "f@example.com", Subject: "other words", HTML: true,
		Text: "Go to http://testserver/password-reset/confirm/1a/dih480-cfecf3913de9cfca714de5b4ab94cd57/ now"}
	elsewhere := mail
	elsewhere.Text = strings.Replace(mail.Text, "testserver", "other", 1)
	sender := mail
	sender.From = "x@example.com"
	evil := mail
	evil.Text = strings.Replace(mail.Text, "testserver", "evil", 1)

	text := fmt.Sprintf(scenario, link)
	require.Empty(t, play(t, text, []Mail{mail}, nil), "words and looks are the service's own")
	require.Empty(t, play(t, text, []Mail{elsewhere}, nil), "an accepted deviation")
	bracketed := mail
	bracketed.From = "<f@example.com>"
	require.Empty(t, play(t, text, []Mail{bracketed}, nil), "brackets mean nothing")
	require.Equal(t, "The Shop <f@example.com>", mailbox(`"The Shop" <f@example.com>`))
	for want, mails := range map[string][]Mail{
		"mail links": {evil}, "mail from": {sender}, "mail count: expected 1, got 2": {mail, mail},
	} {
		findings := play(t, text, mails, nil)
		require.Len(t, findings, 1)
		require.Contains(t, findings[0].String(), want)
	}
}

func TestCapturesAndVariables(t *testing.T) {
	vars := Variables{"n": json.Number("7"), "s": "text"}
	require.Equal(t, json.Number("7"), vars.fill("${n}"), "a lone reference keeps its type")
	require.Equal(t, "no 7 of text ${unknown}", vars.fill("no ${n} of ${s} ${unknown}"))
	require.Equal(t, map[string]any{"text": []any{json.Number("7")}}, vars.fill(map[string]any{"${s}": []any{"${n}"}}))

	jwt := "eyJhbGciOiJIUzI1NiJ9.eyJqdGkiOiJ4In0.c2lnbmF0dXJl"
	answer := Answer{Body: map[string]any{"access": jwt, "list": []any{"x"}}, Headers: http.Header{"Location": {"/there"}},
		Cookies: []Cookie{{Name: "c", Value: "v"}}}
	captured := Variables{}
	require.NoError(t, captured.capture(map[string]string{
		"item": "json:list.0", "cookie": "cookie:c", "header": "header:location", "claim": "jwt:access:jti", "altered": "alter:access",
	}, answer))
	require.Equal(t, Variables{"item": "x", "cookie": "v", "header": "/there", "claim": "x",
		"altered": "eyJhbGciOiJIUzI1NiJ9.eyJqdGkiOiJ4In0.c2lnbmF0dXAl"}, captured)
	for _, wrong := range []string{"json:list.1", "json:nothing", "cookie:d", "header:Vary", "jwt:list:x", "jwt:access:none", "alter:list", "guess:x"} {
		require.Error(t, Variables{}.capture(map[string]string{"v": wrong}, answer), wrong)
	}
}
