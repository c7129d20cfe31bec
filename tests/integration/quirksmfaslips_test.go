package integration

import (
	"encoding/json"
	"math"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/tests/kit"
)

// quirksSlips are server errors and slips.
var quirksSlips = []quirk{
	{"D1", "a code of other characters, where there are recovery codes", func(t *testing.T) {
		s := quirkBoot(t, nil)
		ann := s.enrol("ann")
		for _, code := range []string{"ééééé", "１２３４-５６７", "\u202e", "abcd-ééé"} {
			s.refused(ann, code, code)
		}
	}},
	{"D1", "the token of somebody who is gone", func(t *testing.T) {
		s := quirkBoot(t, nil)
		ann := s.enrol("ann")
		token := s.waiting("ann")
		for _, table := range []string{"dj_rest_auth_mfa_authenticator", "account_emailaddress", "authtoken_token", "auth_user"} {
			s.exec("DELETE FROM " + table)
		}
		s.stale(token, ann.codes[0], "gone")
	}},
	{"D1", "HEAD of the activation", func(t *testing.T) {
		s := quirkBoot(t, nil)
		credential := s.register("ann")
		_, begun := s.call(http.MethodGet, "mfa/totp/activate/", credential, nil)
		status, _ := s.call(http.MethodHead, "mfa/totp/activate/", credential, nil)
		require.Equal(t, http.StatusOK, status)
		s.want(http.StatusOK, "mfa/totp/activate/", credential, map[string]any{
			"activation_token": begun["activation_token"], "code": factorRules.Code(secretOf(begun), s.Clock.Now()),
		})
	}},
	{"D1", "a name and an issuer that fit into no QR code", func(t *testing.T) {
		s := quirkBoot(t, map[string]string{"MFA_TOTP_ISSUER": strings.Repeat("署", 100)})
		credential := s.register("ann")
		s.exec("UPDATE auth_user SET email = '', username = $1", strings.Repeat("名", 150))
		status, begun := s.call(http.MethodGet, "mfa/totp/activate/", credential, nil)
		require.Equal(t, http.StatusOK, status, begun)
		require.Empty(t, begun["qr_code_data_uri"])
		require.NotEmpty(t, begun["secret"])
	}},
	{"D1", "a secret that is not signed, or by a former key", func(t *testing.T) {
		s := quirkBoot(t, nil)
		ann := s.enrol("ann")
		for _, stored := range []string{ann.secret.Reveal(), ann.secret.Reveal() + ":signed-by-a-former-key"} {
			s.exec(`UPDATE dj_rest_auth_mfa_authenticator SET data = $1 WHERE type = 'totp'`, `{"secret": "`+stored+`"}`)
			s.accepted(ann, s.code(ann, 0), "verify")
			s.Clock.Advance(factorRules.Period)
		}
		s.want(http.StatusOK, "mfa/totp/deactivate/", ann.credential, map[string]any{"code": s.code(ann, 0)})
	}},
	{"D1", "a changed SECRET_KEY", func(t *testing.T) {
		s := quirkBoot(t, nil)
		ann := s.enrol("ann")
		const former = "a-key-for-tests-only-0123456789-abcdefghijklmnopqrstuvwxyz"
		const another = "another-key-for-tests-only-0123456789-abcdefghijklmnopqrstuv"
		lost := quirkBoot(t, map[string]string{"SECRET_KEY": another}, kit.WithDatabase(s.Database), kit.WithClock(s.Clock))
		lost.refused(ann, s.code(ann, 0), "demanded all the same, and no code fits")
		lost.want(http.StatusBadRequest, "mfa/totp/deactivate/", ann.credential, map[string]any{"code": s.code(ann, 0)})
		kept := quirkBoot(t, map[string]string{"SECRET_KEY": another, "SECRET_KEY_FALLBACKS": former}, kit.WithDatabase(s.Database), kit.WithClock(s.Clock))
		kept.accepted(ann, s.code(ann, 0), "by the former key")
		kept.accepted(ann, ann.codes[0], "and a recovery code")
	}},
	{"D1", "a rawId that is none", func(t *testing.T) {
		s := quirkBoot(t, nil)
		a := s.passkey(s.register("ann"))
		for _, id := range []any{5, nil, true, "", "%%%", "é", []any{}, map[string]any{}, strings.Repeat("x", 5000)} {
			body := s.shown(map[string]any{}, a)
			body["credential"].(map[string]any)["rawId"] = id
			s.want(http.StatusBadRequest, "passkeys/login/complete/", "", body)
		}
	}},
	{"D1", "an address of two accounts", func(t *testing.T) {
		s := quirkBoot(t, nil)
		ann := s.register("ann")
		s.register("bob")
		a := s.passkey(ann)
		s.exec("UPDATE auth_user SET email = 'ann@example.com'")
		s.failed(s.post("passkeys/login/complete/", "", s.shown(map[string]any{"email": "ann@example.com"}, a)))
	}},
	{"D1", "no rate for the scope of verify", func(t *testing.T) {
		s := quirkBoot(t, map[string]string{"THROTTLE_RATE": "100/min"})
		ann := s.enrol("ann")
		s.accepted(ann, ann.codes[0], "verify")
	}},
	{"D1", "a long name and a high count", onEither(func(t *testing.T, database kit.Option) {
		s := quirkBoot(t, nil, database)
		credential := s.register("ann")
		body := s.made(credential, kit.NewAuthenticator(t, quirkOrigin))
		body["name"] = strings.Repeat("x", 256)
		require.Contains(t, s.want(http.StatusBadRequest, "passkeys/register/complete/", credential, body), "name")
		a := kit.NewAuthenticator(t, quirkOrigin)
		a.Count = math.MaxUint32 - 2
		s.want(http.StatusCreated, "passkeys/register/complete/", credential, s.made(credential, a))
		status, answer := s.by(a)
		require.Equal(t, http.StatusOK, status, answer)
		s.failed(s.by(a, func(c *kit.Ceremony) { c.Count = math.MaxInt32 }))
		status, answer = s.call(http.MethodPatch, "passkeys/"+jsonText(s.list("passkeys/", credential)[0]["id"])+"/", credential, map[string]any{"name": strings.Repeat("x", 256)})
		require.Equal(t, http.StatusBadRequest, status, answer)
	})},
	{"D2", "transports that are lost, or anything", func(t *testing.T) {
		s := quirkBoot(t, nil)
		credential := s.register("ann")
		told := func(at string, transports any) any {
			body := s.made(credential, kit.NewAuthenticator(t, quirkOrigin))
			made := body["credential"].(map[string]any)
			delete(made["response"].(map[string]any), "transports")
			if at != "" {
				made = made[at].(map[string]any)
			}
			made["transports"] = transports
			return s.want(http.StatusCreated, "passkeys/register/complete/", credential, body)["transports"]
		}
		require.Equal(t, []any{"usb", "nfc"}, told("response", []any{"usb", "nfc"}), "where browsers put them")
		require.Equal(t, []any{"usb"}, told("", []any{"usb"}), "where the guides do")
		require.Equal(t, []any{}, told("", map[string]any{"a": 1}))
		require.Equal(t, []any{"usb"}, told("response", []any{5, "usb", "<script>", strings.Repeat("x", 99), nil, "usb"}))
	}},
	{"D2", "a passkey that is always told to be discoverable", onEither(func(t *testing.T, database kit.Option) {
		s := quirkBoot(t, nil, database)
		credential := s.register("ann")
		for _, c := range []struct{ told, want any }{{false, false}, {true, true}, {"false", true}, {nil, true}} {
			body := s.made(credential, kit.NewAuthenticator(t, quirkOrigin))
			body["credential"].(map[string]any)["clientExtensionResults"] = map[string]any{"credProps": map[string]any{"rk": c.told}}
			require.Equal(t, c.want, s.want(http.StatusCreated, "passkeys/register/complete/", credential, body)["discoverable"])
			require.Equal(t, c.want, s.list("passkeys/", credential)[0]["discoverable"])
		}
	})},
	{"D3", "a count that a refused login keeps", func(t *testing.T) {
		s := quirkBoot(t, nil)
		a := s.passkey(s.register("ann"))
		s.exec("UPDATE auth_user SET is_active = false")
		s.failed(s.by(a, func(c *kit.Ceremony) { c.Count = 100 }))
		s.exec("UPDATE auth_user SET is_active = true")
		status, answer := s.by(a, func(c *kit.Ceremony) { c.Count = 50 })
		require.Equal(t, http.StatusOK, status, answer)
	}},
	{"D4", "ids that differ, or are of one byte or too many", func(t *testing.T) {
		s := quirkBoot(t, nil)
		credential := s.register("ann")
		for _, length := range []int{1, 15, 1024} {
			a := kit.NewAuthenticator(t, quirkOrigin)
			a.ID = []byte(strings.Repeat("i", length))
			s.want(http.StatusBadRequest, "passkeys/register/complete/", credential, s.made(credential, a))
		}
		body := s.made(credential, kit.NewAuthenticator(t, quirkOrigin))
		other := kit.NewAuthenticator(t, quirkOrigin).Create(t, []byte(`{"challenge": "", "rp": {}, "user": {}}`))
		for _, name := range []string{"id", "rawId"} {
			body["credential"].(map[string]any)[name] = other[name]
		}
		s.want(http.StatusBadRequest, "passkeys/register/complete/", credential, body)
		require.Empty(t, s.list("passkeys/", credential))
	}},
	{"D4", "a credential in a string, or with an attachment that nobody knows", func(t *testing.T) {
		s := quirkBoot(t, nil)
		credential := s.register("ann")
		body := s.made(credential, kit.NewAuthenticator(t, quirkOrigin))
		text, err := json.Marshal(body["credential"])
		require.NoError(t, err)
		body["credential"] = string(text)
		s.want(http.StatusBadRequest, "passkeys/register/complete/", credential, body)
		body = s.made(credential, kit.NewAuthenticator(t, quirkOrigin))
		body["credential"].(map[string]any)["authenticatorAttachment"] = "implanted"
		s.want(http.StatusCreated, "passkeys/register/complete/", credential, body)
	}},
	{"D5", "a challenge that meets its answer by chance, or twice", onEither(func(t *testing.T, database kit.Option) {
		s := quirkBoot(t, map[string]string{"RATE_LIMITS": "off"}, database)
		other := quirkBoot(t, map[string]string{"RATE_LIMITS": "off"}, kit.WithDatabase(s.Database), kit.WithClock(s.Clock))
		a := s.passkey(s.register("ann"))
		begun := s.shown(map[string]any{}, a)
		require.Equal(t, map[int]int{200: 1, 400: 19}, other.once("passkeys/login/complete/", func(int) map[string]any { return begun }))
		again := s.want(http.StatusBadRequest, "passkeys/login/complete/", "", begun)
		require.Equal(t, []any{"Authentication challenge has expired. Please start over."}, again["non_field_errors"])
	})},
	{"D6", "a name that is checked and thrown away", onEither(func(t *testing.T, database kit.Option) {
		s := quirkBoot(t, nil, database)
		credential := s.register("ann")
		made := func(name any) map[string]any {
			options, _ := s.options("passkeys/register/begin/", credential, map[string]any{"name": name})
			return map[string]any{"credential": kit.NewAuthenticator(t, quirkOrigin).Create(t, options)}
		}
		named := func(body map[string]any) any {
			return s.want(http.StatusCreated, "passkeys/register/complete/", credential, body)["name"]
		}
		require.Equal(t, "Grün €", named(made(" Grün €  ")))
		require.Equal(t, strings.Repeat("x", 255), named(made(strings.Repeat("x", 5000))), "begin takes it, so that the end must not fail")
		body := made("first")
		body["name"] = ""
		require.Contains(t, s.want(http.StatusBadRequest, "passkeys/register/complete/", credential, body), "name")
		body["name"] = "last"
		require.Equal(t, "last", named(body))
		require.Equal(t, "Passkey", named(s.made(credential, kit.NewAuthenticator(t, quirkOrigin))), "of another registration")
	})},
	{"D6", "the list at a path with two slashes", func(t *testing.T) {
		s := quirkBoot(t, nil)
		status, answer := s.call(http.MethodGet, "passkeys//", s.register("ann"), nil)
		require.Equal(t, http.StatusNotFound, status, answer)
	}},
	{"D7", "a stale cookie that keeps people from signing in", func(t *testing.T) {
		s := quirkBoot(t, map[string]string{
			"USE_JWT": "true", "JWT_AUTH_COOKIE": "access", "JWT_AUTH_REFRESH_COOKIE": "refresh", "JWT_TRANSPORT": "both", "AUTH_CLASSES": "jwt,session", "SESSION_LOGIN": "true",
		})
		ann := s.enrol("ann")
		a := s.passkey(s.register("bob"))
		client := *s.Client
		client.Transport = staleCookies{s.Client.Transport}
		s.Client = &client
		s.accepted(ann, s.code(ann, 0), "with a cookie that is good for nothing")
		status, answer := s.by(a)
		require.Equal(t, http.StatusOK, status, answer)
	}},
}

// staleCookies sends cookies along that were good once.
type staleCookies struct{ http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (c staleCookies) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	for name, value := range map[string]string{"access": "eyJhbGciOiJIUzI1NiJ9.e30.x", "sessionid": "0123456789abcdefghijklmnopqrstuv"} {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	return c.RoundTripper.RoundTrip(r)
}
