package ginhttp

import (
	"bufio"
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// FuzzParseJSON compares with encoding/json: what is not refused has its fields
// and texts.
func FuzzParseJSON(f *testing.F) {
	for _, seed := range []string{
		`{}`, `{"a":"b"}`, `{"a":"\ud800"}`, `{"a":"\ud83d\ude00\\u0041"}`, `{"a":-0.0,"b":1E400,"c":12345678901234567890}`, `{"a":null,"a":[]}`,
		`[]`, `null`, `"x"`, `1.0`, "{}\u00a0", `{"\u0061":"","a":1}`, "\ufeff{}", `{"a":"\\\\\ud800"}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		in, err := parseJSON(raw)
		var want map[string]any
		decoder := json.NewDecoder(bytes.NewReader(raw))
		decoder.UseNumber()
		valid := json.Valid(raw) && utf8.Valid(raw)
		if err != nil {
			require.False(t, valid && decoder.Decode(&want) == nil && want != nil && !bytes.ContainsAny(raw, "0123456789"), "refused: %s", err)
			return
		}
		require.True(t, valid)
		require.NoError(t, decoder.Decode(&want))
		require.Len(t, in.raw, len(want))
		for name := range in.raw {
			requireLikeStandard(t, want[name], fieldOf(t, in, name))
		}
	})
}

func requireLikeStandard(t *testing.T, want any, got value) {
	t.Helper()
	switch want := want.(type) {
	case nil:
		require.Equal(t, value{kind: kindNull}, got)
	case string:
		require.Equal(t, kindText, got.kind)
		require.Equal(t, want, got.text)
		if !strings.ContainsRune(want, utf8.RuneError) {
			require.Zero(t, got.surrogate, "encoding/json replaces every lone surrogate")
		}
	case json.Number:
		require.Equal(t, kindText, got.kind)
		require.NotEmpty(t, got.text)
		require.Zero(t, strings.Trim(got.text, "-+.0123456789einf"))
	default:
		require.Equal(t, value{kind: kindOther}, got)
	}
}

// FuzzParseForm compares with net/url wherever that accepts the text.
func FuzzParseForm(f *testing.F) {
	for _, seed := range []string{"a=b", "a=%", "a=%ff&a=+", "&&=&", "a=%00%ed%a0%80", "%61=1&a=2", "a;b=c", "a==b"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		in, err := parseForm(raw)
		if err != nil {
			require.GreaterOrEqual(t, bytes.Count(raw, []byte("&")), maxFormFields)
			return
		}
		want, problem := url.ParseQuery(string(raw))
		for name, v := range in.values {
			require.True(t, utf8.ValidString(v.text))
			require.Equal(t, kindText, v.kind)
			if problem == nil && name != "" {
				require.Equal(t, strings.ToValidUTF8(want[name][len(want[name])-1], "\ufffd"), v.text)
			}
		}
	})
}

func FuzzParseMultipart(f *testing.F) {
	f.Add([]byte(parts(disposition("a", "1"))), "b")
	f.Add([]byte("--b\r\n\r\n--b--"), "b")
	f.Add([]byte("--b\r\nContent-Disposition: form-data; name=a; filename*=UTF-8''%ff\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=\r\n--b--"), "b")
	f.Add([]byte("\n"), "")
	f.Add([]byte("--\r\n\r\n----"), "\x00")
	f.Fuzz(func(t *testing.T, raw []byte, boundary string) {
		in, err := parseMultipart(raw, boundary)
		if err != nil {
			return
		}
		require.True(t, in.html)
		for _, v := range in.values {
			require.True(t, utf8.ValidString(v.text))
			require.NotContains(t, v.text, "\r\n--"+boundary+"\r\n")
		}
	})
}

// requireOrderly demands an answer in the API's shape, and never a failure.
func requireOrderly(t *testing.T, got *httptest.ResponseRecorder, w *world) {
	t.Helper()
	require.Less(t, got.Code, 500, w.log.String())
	require.NotContains(t, w.log.String(), `"level":"ERROR"`)
	if got.Header().Get("Content-Type") == "application/json" {
		require.True(t, json.Valid(got.Body.Bytes()), got.Body.String())
	}
}

func FuzzAuthorization(f *testing.F) {
	f.Add("Token "+goodToken, "application/json", "sessionid="+goodSession, "x", "example.com", "format=json")
	f.Add("Token", "*/*;q=\xff", "csrftoken=a; sessionid=\"", "", "[::1", "format=%zz")
	f.Add("Basic \x00", ",,", "=;=", goodCSRF, "a:b:c", ";&=")
	f.Fuzz(func(t *testing.T, authorization, accept, cookie, csrf, host, query string) {
		w := newWorld()
		api := w.api(t, func(o *Options) { o.Secure = len(query)%2 == 0; o.AllowedHosts = []string{".example.com", host} })
		for _, method := range []string{"GET", "POST", "PATCH", "OPTIONS"} {
			r := httptest.NewRequest(method, userPath, strings.NewReader("{}"))
			r.Host, r.URL.RawQuery = host, query
			r.Header = http.Header{
				"Authorization": {authorization}, "Accept": {accept}, "Cookie": {cookie}, "X-Csrftoken": {csrf},
				"Origin": {host}, "Referer": {host}, "X-Forwarded-For": {host}, "Content-Type": {accept},
			}
			got := httptest.NewRecorder()
			api.ServeHTTP(got, r)
			requireOrderly(t, got, w)
		}
	})
}

func FuzzRequest(f *testing.F) {
	for _, seed := range []string{
		"GET /dj-rest-auth/user/ HTTP/1.1\r\nHost: a\r\n\r\n",
		"POST /dj-rest-auth/login/ HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}",
		"POST /dj-rest-auth/registration/ HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=b\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n--b\r\n0\r\n\r\n",
		"CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", "OPTIONS * HTTP/1.1\r\n\r\n", "GET http://b/password-reset/confirm/7/good-token/ HTTP/1.0\r\n\r\n",
		"PROPFIND //x/%2f..%00/ HTTP/1.1\r\nHost: a\r\n\r\n", "POST /password-reset/confirm/7/x/ HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab",
		"GET  HTTP/1.1\r\n\r\n", "PUT mailto:x HTTP/1.1\r\nHost: \xff\r\nCookie: sessionid=" + goodSession + "\r\n\r\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(raw)))
		if err != nil {
			return
		}
		r.RemoteAddr = "192.0.2.1:1"
		w := newWorld()
		got := httptest.NewRecorder()
		w.api(t, throttled).ServeHTTP(got, r)
		requireOrderly(t, got, w)
	})
}
