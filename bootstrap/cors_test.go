package bootstrap

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestOtherSitesMayCallTheAPIOnlyIfTheSettingsNameThem(t *testing.T) {
	tests := map[string]struct {
		settings            []string
		origin              string
		allowed, credential string
	}{
		"nothing set":    {nil, "https://app.example.com", "", ""},
		"named":          {[]string{"LATCHKEY_CORS_ALLOWED_ORIGINS=https://app.example.com"}, "https://app.example.com", "https://app.example.com", ""},
		"not named":      {[]string{"LATCHKEY_CORS_ALLOWED_ORIGINS=https://app.example.com"}, "https://evil.example", "", ""},
		"a name's end":   {[]string{"LATCHKEY_CORS_ALLOWED_ORIGINS=https://app.example.com"}, "https://app.example.com.evil.example", "", ""},
		"in clear":       {[]string{"LATCHKEY_CORS_ALLOWED_ORIGINS=https://app.example.com"}, "http://app.example.com", "", ""},
		"the null page":  {[]string{"LATCHKEY_CORS_ALLOWED_ORIGINS=https://app.example.com"}, "null", "", ""},
		"a subdomain":    {[]string{"LATCHKEY_CORS_ALLOWED_ORIGINS=https://*.example.com"}, "https://app.example.com", "https://app.example.com", ""},
		"beside it":      {[]string{"LATCHKEY_CORS_ALLOWED_ORIGINS=https://*.example.com"}, "https://evilexample.com", "", ""},
		"any":            {[]string{"LATCHKEY_CORS_ALLOWED_ORIGINS=*"}, "https://evil.example", "*", ""},
		"with a cookie":  {[]string{"LATCHKEY_CORS_ALLOWED_ORIGINS=https://app.example.com", "LATCHKEY_CORS_ALLOW_CREDENTIALS=true"}, "https://app.example.com", "https://app.example.com", "true"},
		"cookies, other": {[]string{"LATCHKEY_CORS_ALLOWED_ORIGINS=https://app.example.com", "LATCHKEY_CORS_ALLOW_CREDENTIALS=true"}, "https://evil.example", "", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			api := boot(t, testSettings(t, test.settings...), inMemory())
			preflight := httptest.NewRequest(http.MethodOptions, "/dj-rest-auth/login/", nil)
			preflight.Header.Set("Origin", test.origin)
			preflight.Header.Set("Access-Control-Request-Method", http.MethodPost)
			preflight.Header.Set("Access-Control-Request-Headers", "content-type,x-csrftoken")
			simple := httptest.NewRequest(http.MethodGet, "/dj-rest-auth/user/", nil)
			simple.Header.Set("Origin", test.origin)
			for _, request := range []*http.Request{preflight, simple} {
				answer := httptest.NewRecorder()
				api.ServeHTTP(answer, request)
				require.Equal(t, test.allowed, answer.Header().Get("Access-Control-Allow-Origin"), request.Method)
				require.Equal(t, test.credential, answer.Header().Get("Access-Control-Allow-Credentials"), request.Method)
			}
		})
	}
}
