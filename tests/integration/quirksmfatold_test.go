package integration

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/domain/secret"
	"latchkey/tests/kit"
)

func secretOf(begun map[string]any) secret.String { return secret.New(begun["secret"].(string)) }

func jsonText(value any) string { return fmt.Sprint(value) }

// allowed are the credential ids that a login of the name is told.
func (s *quirkService) allowed(names map[string]any) (ids []string) {
	s.t.Helper()
	_, read := s.options("passkeys/login/begin/", "", names)
	for _, item := range read["allowCredentials"].([]any) {
		ids = append(ids, item.(map[string]any)["id"].(string))
	}
	return ids
}

// quirksTold is what is told to anybody, or kept such that a copy of the database is enough.
var quirksTold = []quirk{
	{"C1", "who has passkeys, and what for ids", func(t *testing.T) {
		s := quirkBoot(t, nil)
		s.passkey(s.register("ann"))
		s.passkey(s.register("ian"))
		s.exec("UPDATE auth_user SET is_active = false WHERE username = 'ian'")
		s.register("bob")
		for _, name := range []string{"ann", "ian", "bob", "nobody"} {
			ids := s.allowed(map[string]any{"username": name})
			require.NotEmpty(t, ids, name)
			require.Equal(t, ids, s.allowed(map[string]any{"username": name}), "the same each time")
			require.Equal(t, ids, s.allowed(map[string]any{"username": capital(name)}), "in any case, as at the login")
			require.Empty(t, s.allowed(map[string]any{"email": name + "@example.com"}), name)
		}
	}},
	{"C1", "which of the ids are real", func(t *testing.T) {
		s := quirkBoot(t, nil)
		s.passkey(s.register("ann"))
		eve := s.register("eve")
		for _, name := range []string{"ann", "nobody"} {
			id, err := base64.RawURLEncoding.DecodeString(s.allowed(map[string]any{"username": name})[0])
			require.NoError(t, err)
			forger := kit.NewAuthenticator(t, quirkOrigin)
			forger.ID = id
			s.failed(s.by(forger))
			s.failed(s.post("passkeys/login/complete/", "", s.shown(map[string]any{"username": name}, forger)))
			answer := s.want(http.StatusBadRequest, "passkeys/register/complete/", eve, s.made(eve, forger))
			require.Equal(t, []any{"This credential is already registered."}, answer["non_field_errors"], name)
		}
	}},
	{"C1", "whose account is disabled", func(t *testing.T) {
		s := quirkBoot(t, nil)
		a := s.passkey(s.register("ann"))
		s.exec("UPDATE auth_user SET is_active = false")
		s.failed(s.by(a))
		s.failed(s.by(a, func(c *kit.Ceremony) { c.Forged = true }))
	}},
	{"C2", "codes and secrets in a copy of the database", func(t *testing.T) {
		s := quirkBoot(t, nil)
		ann := s.enrol("ann")
		for _, kind := range []string{"totp", "recovery_codes"} {
			data := s.text("SELECT data FROM dj_rest_auth_mfa_authenticator WHERE type = $1", kind)
			require.NotContains(t, data, ann.secret.Reveal())
			require.NotContains(t, data, "seed")
			require.Contains(t, data, `"latchkey":`, "encrypted")
		}
	}},
	{"C3", "the primary key as user handle, and algorithms that nobody needs", func(t *testing.T) {
		s := quirkBoot(t, nil)
		credential := s.register("ann")
		_, read := s.options("passkeys/register/begin/", credential, map[string]any{})
		handle, err := base64.RawURLEncoding.DecodeString(read["user"].(map[string]any)["id"].(string))
		require.NoError(t, err)
		require.Len(t, handle, 32, "random, and no number")
		var algorithms []float64
		for _, item := range read["pubKeyCredParams"].([]any) {
			algorithms = append(algorithms, item.(map[string]any)["alg"].(float64))
		}
		require.Equal(t, []float64{-7, -8, -257}, algorithms)
	}},
	{"C4", "a missing setting, told as the client's fault", func(t *testing.T) {
		s := quirkBoot(t, map[string]string{"PASSKEY_RP_ID": "none", "PASSKEY_RP_ORIGINS": "none", "PUBLIC_URL": "http://192.0.2.7"})
		credential := s.register("ann")
		for path, by := range map[string]string{"passkeys/register/begin/": credential, "passkeys/login/begin/": ""} {
			answer := s.want(http.StatusServiceUnavailable, path, by, map[string]any{})
			require.NotContains(t, fmt.Sprint(answer), "PASSKEY_RP")
		}
	}},
}

// capital writes a name with its first letter in upper case.
func capital(name string) string { return string(name[0]-'a'+'A') + name[1:] }
