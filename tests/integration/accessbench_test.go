package integration

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/bootstrap"
	"latchkey/bootstrap/config"
)

// accessHandler is the assembled service without a socket, on SQLite.
func accessHandler(b *testing.B, settings map[string]string) http.Handler {
	b.Helper()
	folder := b.TempDir()
	environment := []string{
		"LATCHKEY_DATA_DIR=" + folder, "LATCHKEY_DATABASE_URL=sqlite://" + filepath.Join(folder, "latchkey.sqlite3"),
		"LATCHKEY_SECRET_KEY=a-key-for-tests-only-0123456789-abcdefghijklmnopqrstuvwxyz",
		"LATCHKEY_PASSWORD_HASHERS=pbkdf2_sha256:1200,argon2,bcrypt_sha256,bcrypt,scrypt,pbkdf2_sha1",
		"LATCHKEY_ACCOUNT_EMAIL_VERIFICATION=none", "LATCHKEY_RATE_LIMITS=off", "LATCHKEY_LOG_LEVEL=error",
	}
	for name, value := range settings {
		environment = append(environment, "LATCHKEY_"+name+"="+value)
	}
	loaded, err := config.Load("", environment)
	require.NoError(b, err)
	var handler http.Handler
	app := bootstrap.New(bootstrap.Configured(loaded), bootstrap.Handler(&handler))
	require.NoError(b, app.Start(b.Context()))
	b.Cleanup(func() { _ = app.Stop(context.Background()) })
	return handler
}

// accessServed is one answer of the handler.
func accessServed(handler http.Handler, r *http.Request) *httptest.ResponseRecorder {
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, r)
	return recorder
}

func accessJSON(method, path, body string) *http.Request {
	r := httptest.NewRequest(method, "http://testserver/dj-rest-auth/"+path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	return r
}

// accessAdmitted registers somebody and returns what the answer gave.
func accessAdmitted(b *testing.B, handler http.Handler) accessLogin {
	b.Helper()
	answer := accessServed(handler, accessJSON(http.MethodPost, "registration/",
		`{"username":"ada","email":"ada@example.com","password1":"`+accessPassword+`","password2":"`+accessPassword+`"}`))
	require.Equal(b, http.StatusCreated, answer.Code, answer.Body)
	var body struct{ Key, Access, Refresh string }
	require.NoError(b, json.Unmarshal(answer.Body.Bytes(), &body))
	login := accessLogin{key: body.Key, access: body.Access, refresh: body.Refresh, cookies: map[string]string{}}
	for _, cookie := range answer.Result().Cookies() {
		login.cookies[cookie.Name] = cookie.Value
	}
	return login
}

// accessRepeat serves one request again and again.
func accessRepeat(b *testing.B, handler http.Handler, r *http.Request, body string) {
	b.Helper()
	b.ReportAllocs()
	for b.Loop() {
		r.Body = io.NopCloser(strings.NewReader(body))
		if answer := accessServed(handler, r); answer.Code != http.StatusOK {
			b.Fatal(answer.Code, answer.Body)
		}
	}
}

func BenchmarkUserByToken(b *testing.B) {
	handler := accessHandler(b, nil)
	r := accessJSON(http.MethodGet, "user/", "")
	r.Header.Set("Authorization", "Token "+accessAdmitted(b, handler).key)
	accessRepeat(b, handler, r, "")
}

func BenchmarkUserBySession(b *testing.B) {
	handler := accessHandler(b, nil)
	r := accessJSON(http.MethodGet, "user/", "")
	r.AddCookie(&http.Cookie{Name: "sessionid", Value: accessAdmitted(b, handler).cookies["sessionid"]})
	accessRepeat(b, handler, r, "")
}

// accessTokenProfiles are what an access token may be checked against.
var accessTokenProfiles = map[string]map[string]string{
	"signature": accessJWT,
	"session":   accessJoin(accessJWT, map[string]string{"CHECK_SESSION": "true"}),
	"blacklist": accessJoin(accessJWT, map[string]string{"TOKEN_BLACKLIST": "true"}),
}

func BenchmarkUserByJWT(b *testing.B) {
	for _, name := range []string{"signature", "session"} {
		b.Run(name, func(b *testing.B) {
			handler := accessHandler(b, accessTokenProfiles[name])
			r := accessJSON(http.MethodGet, "user/", "")
			r.Header.Set("Authorization", "Bearer "+accessAdmitted(b, handler).access)
			accessRepeat(b, handler, r, "")
		})
	}
}

func BenchmarkTokenVerify(b *testing.B) {
	for _, name := range []string{"signature", "session", "blacklist"} {
		b.Run(name, func(b *testing.B) {
			handler := accessHandler(b, accessTokenProfiles[name])
			token := accessAdmitted(b, handler).access
			accessRepeat(b, handler, accessJSON(http.MethodPost, "token/verify/", ""), `{"token":"`+token+`"}`)
		})
	}
}

// BenchmarkRefreshInAFamily rotates: each refresh presents the token of the one before.
func BenchmarkRefreshInAFamily(b *testing.B) {
	for name, settings := range map[string]map[string]string{
		"families":               accessFamilies,
		"families and blacklist": accessJoin(accessFamilies, map[string]string{"TOKEN_BLACKLIST": "true", "BLACKLIST_AFTER_ROTATION": "true"}),
	} {
		b.Run(name, func(b *testing.B) {
			handler := accessHandler(b, settings)
			token := accessAdmitted(b, handler).refresh
			b.ReportAllocs()
			for b.Loop() {
				answer := accessServed(handler, accessJSON(http.MethodPost, "token/refresh/", `{"refresh":"`+token+`"}`))
				var body struct{ Refresh string }
				if err := json.Unmarshal(answer.Body.Bytes(), &body); err != nil || body.Refresh == "" || body.Refresh == token {
					b.Fatal(answer.Code, answer.Body)
				}
				token = body.Refresh
			}
		})
	}
}
