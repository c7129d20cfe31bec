package ginhttp

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFormsAreDecodedAsPythonDoes(t *testing.T) {
	for body, want := range map[string]map[string]string{
		"a=1&b=2":            {"a": "1", "b": "2"},
		"a=1&a=2":            {"a": "2"},
		"a=b=c":              {"a": "b=c"},
		"a":                  {"a": ""},
		"a=":                 {"a": ""},
		"&&a=1&":             {"a": "1"},
		"=x":                 {"": "x"},
		"a=+x++y+":           {"a": " x  y "},
		"a=%2B%26%3D%25":     {"a": "+&=%"},
		"%61=%c3%A4":         {"a": "ä"},
		"a=100%":             {"a": "100%"},
		"a=%4":               {"a": "%4"},
		"a=%zz%41":           {"a": "%zzA"},
		"a=%%41":             {"a": "%A"},
		"a=%+1":              {"a": "% 1"},
		"a=%-1":              {"a": "%-1"},
		"a=%00":              {"a": "\x00"},
		"a=%ff":              {"a": "\ufffd"},
		"a=\xff":             {"a": "\ufffd"},
		"a=%ed%a0%80;b=1":    {"a": "\ufffd;b=1"},
		"a[]=1&a.b=2&A=3":    {"a[]": "1", "a.b": "2", "A": "3"},
		"a=%u0041":           {"a": "%u0041"},
		"a=1\r\n&b=2":        {"a": "1\r\n", "b": "2"},
		"a=%0d%0aX-Evil:+1":  {"a": "\r\nX-Evil: 1"},
		`{"a":"not a form"}`: {`{"a":"not a form"}`: ""},
	} {
		in, err := parseForm([]byte(body))
		require.NoError(t, err, body)
		require.True(t, in.html)
		got := map[string]string{}
		for name, v := range in.values {
			require.Equal(t, kindText, v.kind)
			got[name] = v.text
		}
		require.Equal(t, want, got, body)
	}
}

func TestFormsHaveAtMostAThousandFields(t *testing.T) {
	good := strings.TrimSuffix(strings.Repeat("a=1&", maxFormFields), "&")
	_, err := parseForm([]byte(good))
	require.NoError(t, err)
	for _, many := range []string{good + "&", strings.Repeat("&", 100_000), strings.Repeat("a=1&", 100_000)} {
		_, err = parseForm([]byte(many))
		require.EqualError(t, err, "The number of form fields exceeded 1000.")
	}
}

// parts writes a multipart body with the boundary "b".
func parts(all ...string) string {
	var out strings.Builder
	for _, part := range all {
		out.WriteString("--b\r\n" + part + "\r\n")
	}
	return out.String() + "--b--\r\n"
}

func disposition(name, text string) string {
	return fmt.Sprintf("Content-Disposition: form-data; name=%q\r\n\r\n%s", name, text)
}

func TestMultipartBodies(t *testing.T) {
	nested := "Content-Disposition: form-data; name=\"a\"\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n" + disposition("inner", "1") + "\r\n--c--"
	for title, c := range map[string]struct {
		body string
		want map[string]value
	}{
		"fields":             {parts(disposition("a", "1"), disposition("b", "ä\r\nö")), map[string]value{"a": {kind: kindText, text: "1"}, "b": {kind: kindText, text: "ä\r\nö"}}},
		"repeated":           {parts(disposition("a", "1"), disposition("a", "2")), map[string]value{"a": {kind: kindText, text: "2"}}},
		"a file":             {parts("Content-Disposition: form-data; name=\"a\"; filename=\"x.txt\"\r\nContent-Type: text/plain\r\n\r\nsecret"), map[string]value{"a": {kind: kindOther}}},
		"a path as file":     {parts("Content-Disposition: form-data; name=\"a\"; filename=\"../../etc/passwd\"\r\n\r\nx"), map[string]value{"a": {kind: kindOther}}},
		"not UTF-8":          {parts(disposition("a", "\xff")), map[string]value{"a": {kind: kindText, text: "\ufffd"}}},
		"no name":            {parts("Content-Disposition: form-data\r\n\r\nx"), map[string]value{}},
		"no disposition":     {parts("Content-Type: text/plain\r\n\r\nx"), map[string]value{}},
		"another kind":       {parts("Content-Disposition: attachment; name=\"a\"\r\n\r\nx"), map[string]value{}},
		"nested":             {parts(nested), map[string]value{"a": {kind: kindText, text: "--c\r\n" + disposition("inner", "1") + "\r\n--c--"}}},
		"garbage":            {"\x00\x01garbage", map[string]value{}},
		"cut":                {"--b\r\n" + disposition("a", "1"), map[string]value{}},
		"good, then garbage": {"--b\r\n" + disposition("a", "1") + "\r\n--b\r\nX", map[string]value{"a": {kind: kindText, text: "1"}}},
		"another boundary":   {strings.ReplaceAll(parts(disposition("a", "1")), "--b", "--c"), map[string]value{}},
		"empty":              {"--b--\r\n", map[string]value{}},
	} {
		t.Run(title, func(t *testing.T) {
			in, err := parseInput([]byte(c.body), "multipart/form-data; boundary=b")
			require.NoError(t, err)
			require.True(t, in.html)
			require.Equal(t, c.want, in.values)
		})
	}
}

func TestMultipartNeedsABoundary(t *testing.T) {
	for _, contentType := range []string{
		"multipart/form-data", "multipart/form-data;", "multipart/form-data; boundary=", "multipart/form-data; boundary=a; boundary=b",
		"multipart/form-data; boundary=" + strings.Repeat("b", maxBoundary+1), "multipart/form-data; boundary=\"",
	} {
		_, err := parseInput([]byte(parts(disposition("a", "1"))), contentType)
		require.EqualError(t, err, "Multipart form parse error - Invalid boundary in multipart: None", contentType)
	}
}

func TestMultipartHasAtMostAThousandParts(t *testing.T) {
	part := disposition("a", "1")
	many := make([]string, maxFormFields+1)
	for i := range many {
		many[i] = part
	}
	_, err := parseMultipart([]byte(parts(many[1:]...)), "b")
	require.NoError(t, err)
	_, err = parseMultipart([]byte(parts(many...)), "b")
	require.EqualError(t, err, "The number of form fields exceeded 1000.")
}

func TestTheMediaTypeChoosesTheParser(t *testing.T) {
	const asJSONText, asFormText = `{"username":"json"}`, "username=form"
	for contentType, c := range map[string]struct{ body, want string }{
		"application/json":                                {asJSONText, "json"},
		" Application/JSON ; charset=latin-1":             {asJSONText, "json"},
		"application/x-www-form-urlencoded;charset=utf-8": {asFormText, "form"},
		"multipart/form-data; boundary=b":                 {parts(disposition("username", "part")), "part"},
	} {
		in, err := parseInput([]byte(c.body), contentType)
		require.NoError(t, err, contentType)
		require.Equal(t, c.want, fieldOf(t, in, "username").text)
	}
	for _, contentType := range []string{"", "text/plain", "application/xml", "application/jsonx", "json", "*/*", "application/json,application/json", "\xff\"<"} {
		_, err := parseInput([]byte(asJSONText), contentType)
		require.Equal(t, refusal{status: http.StatusUnsupportedMediaType, detail: `Unsupported media type "` + contentType + `" in request.`}, err)
	}
}

func TestBodiesBeyondTheLimitAreNotRead(t *testing.T) {
	w := newWorld()
	api := w.api(t)
	for _, contentType := range []string{asJSON, asForm, "multipart/form-data; boundary=b", "text/plain", ""} {
		request := sent{method: "POST", path: "/dj-rest-auth/login/", body: strings.Repeat(" ", maxBody+1), headers: []string{"Content-Type", contentType}}
		requireAnswer(t, request.to(api), http.StatusRequestEntityTooLarge, `{"detail":"Request body is too large."}`)
	}
	largest := `{"password":"x"` + strings.Repeat(" ", maxBody-16) + "}"
	require.Len(t, largest, maxBody)
	require.Equal(t, http.StatusOK, postJSON("/dj-rest-auth/login/", largest).to(api).Code)
	require.Len(t, w.signIns, 1)
}

func TestAnEmptyBodyHasAnyMediaType(t *testing.T) {
	for _, contentType := range []string{"", asJSON, "text/plain", "rubbish"} {
		got := sent{method: "POST", path: "/dj-rest-auth/login/", headers: []string{"Content-Type", contentType}}.to(newWorld().api(t))
		requireAnswer(t, got, 400, `{"password":["This field is required."]}`)
	}
}
