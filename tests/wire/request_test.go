package wire

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRequestsAreWrittenByteForByte(t *testing.T) {
	for name, test := range map[string]struct{ request, want string }{
		"defaults": {`{"method": "GET", "path": "/a"}`,
			"GET /a HTTP/1.1\r\nAccept: application/json\r\nHost: testserver\r\n\r\n"},
		"a removed default, a header in its own spelling": {
			`{"method": "GET", "path": "/", "headers": {"accept": null, "X-CSRFToken": "${v}", "Authorization": "Token ÿ\t"}}`,
			"GET / HTTP/1.1\r\nAuthorization: Token ÿ\t\r\nHost: testserver\r\nX-CSRFToken: value\r\n\r\n"},
		"no body still has a length": {`{"method": "POST", "path": "/"}`,
			"POST / HTTP/1.1\r\nAccept: application/json\r\nHost: testserver\r\nContent-Length: 0\r\n\r\n"},
		"a raw body has no type": {`{"method": "POST", "path": "/", "raw": "{", "headers": {"Host": "evil"}}`,
			"POST / HTTP/1.1\r\nAccept: application/json\r\nHost: evil\r\nContent-Length: 1\r\n\r\n{"},
		"bytes": {`{"method": "POST", "path": "/", "raw_b64": "/w==", "headers": {"Accept": null}}`,
			"POST / HTTP/1.1\r\nHost: testserver\r\nContent-Length: 1\r\n\r\n\xff"},
		"JSON keeps its numbers": {`{"method": "PUT", "path": "/", "json": {"b": "<ß>", "a": [1000.0, -0.0, null]}, "headers": {"Accept": null}}`,
			"PUT / HTTP/1.1\r\nContent-Type: application/json\r\nHost: testserver\r\nContent-Length: 35\r\n\r\n" + `{"a":[1000.0,-0.0,null],"b":"<ß>"}`},
		"JSON null": {`{"method": "PUT", "path": "/", "json": null, "headers": {"Accept": null}}`,
			"PUT / HTTP/1.1\r\nContent-Type: application/json\r\nHost: testserver\r\nContent-Length: 4\r\n\r\nnull"},
		"ASCII": {`{"method": "PUT", "path": "/", "json": "ß😀", "ascii": true, "headers": {"Accept": null}}`,
			"PUT / HTTP/1.1\r\nContent-Type: application/json\r\nHost: testserver\r\nContent-Length: 20\r\n\r\n" + `"\u00df\ud83d\ude00"`},
		"a form": {`{"method": "POST", "path": "/", "form": {"b": ["1", "2 3"], "a": true}, "headers": {"Accept": null}}`,
			"POST / HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\nHost: testserver\r\nContent-Length: 16\r\n\r\na=True&b=1&b=2+3"},
		"cookies and an escaped path": {`{"method": "GET", "path": "/a b/%41/${v}/é?x=1", "cookies": {"s": "${v}", "c": ""}, "headers": {"Accept": null}}`,
			"GET /a%20b/%41/value/%C3%A9?x=1 HTTP/1.1\r\nCookie: c=; s=value\r\nHost: testserver\r\n\r\n"},
	} {
		t.Run(name, func(t *testing.T) {
			var request Request
			require.NoError(t, decode([]byte(test.request), &request))
			got, err := request.bytes(Variables{"v": "value"})
			require.NoError(t, err)
			require.Equal(t, test.want, string(got))
		})
	}
}

func TestMultipartBodies(t *testing.T) {
	var request Request
	require.NoError(t, decode([]byte(`{"method": "POST", "path": "/", "multipart": {"b": 2, "a": "${v}"}}`), &request))
	body, contentType, err := request.body(Variables{"v": "value"})
	require.NoError(t, err)
	require.Equal(t, "multipart/form-data; boundary=XcontractXboundaryX", contentType)
	require.Equal(t, "--XcontractXboundaryX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nvalue\r\n"+
		"--XcontractXboundaryX\r\nContent-Disposition: form-data; name=\"b\"\r\n\r\n2\r\n--XcontractXboundaryX--\r\n", string(body))
}

func TestProfilesBecomeSettings(t *testing.T) {
	profiles, err := LoadProfiles(os.DirFS("testdata"))
	require.NoError(t, err)
	for profile, want := range map[string]map[string]string{
		"token":            {"AUTH_CLASSES": "token,session", "ALLAUTH": "true", "TOKEN_BLACKLIST": "false", "SECRET_KEY": vectorKey},
		"token-nosession":  {"AUTH_CLASSES": "token", "SESSION_LOGIN": "false"},
		"session-only":     {"TOKEN_MODEL": "none"},
		"register-closed":  {"REGISTER_PERMISSION": "authenticated"},
		"plain":            {"ALLAUTH": "false"},
		"throttle":         {"THROTTLE_RATE": "5/min"},
		"token-mandatory":  {"ACCOUNT_SIGNUP_FIELDS": "email*,username*,password1*,password2*"},
		"username-options": {"ACCOUNT_USERNAME_MIN_LENGTH": "3", "ACCOUNT_USERNAME_BLACKLIST": "admin,Root"},
		"jwt-cookie-attrs": {"ACCESS_TOKEN_LIFETIME": "600", "TOKEN_MODEL": "none", "AUTH_CLASSES": "jwt"},
	} {
		settings := profiles[profile].Settings()
		for name, value := range want {
			require.Equal(t, value, settings[name], "%s %s", profile, name)
		}
		require.NotContains(t, settings, "REGISTER_PERMISSION_CLASSES")
		require.NotContains(t, settings, "")
	}
	require.Equal(t, "HS512", profiles["jwt-claims"].Algorithm())
	require.True(t, strings.HasPrefix(profiles["jwt-claims"].SigningKey(), "another-signing-key"))
	require.Equal(t, vectorKey, profiles["token"].SigningKey())
	require.Equal(t, "HS256", profiles["token"].Algorithm())
}

func TestEveryScenarioHasAProfileAndSteps(t *testing.T) {
	profiles, err := LoadProfiles(os.DirFS("testdata"))
	require.NoError(t, err)
	scenarios, err := Load(os.DirFS("testdata/scenarios"))
	require.NoError(t, err)
	for _, scenario := range scenarios {
		require.Contains(t, profiles, scenario.Profile, scenario.Name)
		require.NotEmpty(t, scenario.Steps, scenario.Name)
		for i, step := range scenario.Steps {
			kinds := 0
			for _, is := range []bool{step.Request != nil, step.Mail != nil, step.Sleep > 0, step.Setup != nil} {
				if is {
					kinds++
				}
			}
			require.Equal(t, 1, kinds, "%s step %d", scenario.Name, i+1)
		}
	}
}
