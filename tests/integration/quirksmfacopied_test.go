package integration

import (
	"encoding/base64"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/tests/kit"
)

// replayed is of a point that the recordings hold: they are replayed on either kind of
// database by the test of the wire.
func replayed(recordings ...string) func(*testing.T) {
	return func(t *testing.T) {
		for _, name := range recordings {
			require.FileExists(t, filepath.Join("..", "wire", "testdata", "scenarios-mfa", name+".json"))
		}
	}
}

// quirksCopied is what clients can see or rely on.
var quirksCopied = []quirk{
	{"A1", "the first step", replayed("mfa-login", "mfa-jwt-cookie")},
	{"A1", "the first step is no login", func(t *testing.T) {
		s := quirkBoot(t, map[string]string{"USE_JWT": "true", "JWT_AUTH_COOKIE": "access"})
		s.enrol("ann")
		s.exec("UPDATE auth_user SET last_login = NULL")
		s.requireSuspended("login/", "", map[string]any{"username": "ann", "password": factorPassword})
		require.Equal(t, "1", s.text("SELECT COUNT(*) FROM auth_user WHERE last_login IS NULL"))
	}},
	{"A2", "the second step answers as the login of its mode", replayed("mfa-flow", "mfa-jwt", "mfa-jwt-cookie", "mfa-session-only")},
	{"A3", "errors by field, of the token before the code", replayed("mfa-verify-wrong-code", "mfa-verify-wrong-token",
		"mfa-activate-wrong-code", "mfa-activate-wrong-token", "mfa-activate-expired", "mfa-verify-expired")},
	{"A4", "how long codes may be, and codes that are numbers", replayed("mfa-verify-fields", "mfa-activate-fields", "mfa-activate-number", "mfa-verify-padded")},
	{"A5", "a step of drift either way, and one memory for both endpoints", replayed("mfa-verify-window", "mfa-verify-window-before", "mfa-deactivate", "mfa-options")},
	{"A5", "two steps are too many", func(t *testing.T) {
		s := quirkBoot(t, nil)
		ann := s.enrol("ann")
		s.Clock.Advance(time.Hour)
		for _, steps := range []int{-2, 2} {
			s.refused(ann, s.code(ann, steps), "too far")
		}
		for _, steps := range []int{-1, 0, 1} {
			s.accepted(ann, s.code(ann, steps), "near")
		}
	}},
	{"A6", "recovery codes, in any case, once, and not to switch off", replayed("mfa-recovery", "mfa-deactivate", "mfa-recovery-regenerate")},
	{"A7", "what the activation shows", replayed("mfa-activate-get", "mfa-activate-label", "mfa-activate-noemail", "mfa-options")},
	{"A8", "on when it is on, off when it is off", func(t *testing.T) {
		s := quirkBoot(t, nil)
		credential := s.register("ann")
		for _, path := range []string{"mfa/totp/deactivate/", "mfa/recovery-codes/regenerate/"} {
			require.Equal(t, "MFA is not enabled.", s.want(http.StatusBadRequest, path, credential, nil)["detail"], "before the body is looked at")
		}
		s.activate(credential)
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			status, answer := s.call(method, "mfa/totp/activate/", credential, nil)
			require.Equal(t, http.StatusBadRequest, status)
			require.Equal(t, "MFA is already enabled. Deactivate it before activating again.", answer["detail"])
		}
	}},
	{"A9", "when it was set up and last used", func(t *testing.T) {
		s := quirkBoot(t, nil)
		ann := s.enrol("ann")
		status := func() map[string]any {
			_, answer := s.call(http.MethodGet, "mfa/status/", ann.credential, nil)
			return answer
		}
		set := status()
		require.Equal(t, true, set["mfa_enabled"])
		require.NotNil(t, set["created_at"])
		require.Nil(t, set["last_used_at"], "the activation is no use")
		s.accepted(ann, s.code(ann, 0), "of the app")
		first := status()["last_used_at"]
		require.NotNil(t, first)
		s.Clock.Advance(time.Minute)
		s.accepted(ann, ann.codes[0], "a recovery code")
		require.Greater(t, status()["last_used_at"], first, "the newer of both")
		require.Equal(t, set["created_at"], status()["created_at"])
	}},
	{"A10", "POST lists and renews the recovery codes, without a body", func(t *testing.T) {
		s := quirkBoot(t, map[string]string{"MFA_DJANGO_COMPATIBLE": "true"})
		credential := s.register("ann")
		require.Equal(t, []any{}, s.want(http.StatusOK, "mfa/recovery-codes/", credential, nil)["codes"])
		_, codes := s.activate(credential)
		require.Equal(t, codes, s.want(http.StatusOK, "mfa/recovery-codes/", credential, nil)["codes"])
		require.NotEqual(t, codes, s.want(http.StatusOK, "mfa/recovery-codes/regenerate/", credential, nil)["codes"])
		status, _ := s.call(http.MethodGet, "mfa/recovery-codes/", credential, nil)
		require.Equal(t, http.StatusMethodNotAllowed, status)
	}},
	{"A11", "the final slash", replayed("mfa-slash", "passkey-slash")},
	{"A12", "throttle scopes", replayed("mfa-throttle", "mfa-throttle-unset", "passkey-throttle")},
	{"A13", "disabled between the steps", replayed("mfa-verify-inactive")},
	{"A14", "a password that is changed or reset leaves the factor on and asks for no code; tokens of before live on", func(t *testing.T) {
		s := quirkBoot(t, map[string]string{"AUTH_CLASSES": "token"})
		ann := s.enrol("ann")
		status, _ := s.call(http.MethodGet, "user/", ann.credential, nil)
		require.Equal(t, http.StatusOK, status, "a token from before the activation")
		uid, token := s.resetLink("ann@example.com")
		s.want(http.StatusOK, "password/reset/confirm/", "", map[string]any{
			"uid": uid, "token": token, "new_password1": factorPassword + "x", "new_password2": factorPassword + "x",
		})
		s.requireSuspended("login/", "", map[string]any{"username": "ann", "password": factorPassword + "x"})
	}},
	{"A15", "the options of both ceremonies", replayed("passkey-flow", "passkey-login", "passkey-register-begin-fields")},
	{"A15", "what the options hold", func(t *testing.T) {
		s := quirkBoot(t, map[string]string{"PASSKEY_CHALLENGE_TIMEOUT": "90"})
		credential := s.register("ann")
		_, creation := s.options("passkeys/register/begin/", credential, map[string]any{})
		_, request := s.options("passkeys/login/begin/", "", map[string]any{})
		for _, options := range []map[string]any{creation, request} {
			require.NotContains(t, options, "publicKey")
			require.EqualValues(t, 90_000, options["timeout"])
			challenge, err := base64.RawURLEncoding.DecodeString(options["challenge"].(string))
			require.NoError(t, err)
			require.Len(t, challenge, 64)
		}
		require.Equal(t, "none", creation["attestation"])
		selection := creation["authenticatorSelection"].(map[string]any)
		require.Equal(t, []any{"preferred", "preferred"}, []any{selection["residentKey"], selection["userVerification"]})
		require.Regexp(t, `^[0-9a-f]{32}$`, request["session_id"])
	}},
	{"A16", "names at the registration", replayed("passkey-register-name", "passkey-register-wrong-challenge", "passkey-register-expired", "passkey-register-duplicate")},
	{"A16", "one challenge of a registration, any number of logins", func(t *testing.T) {
		s := quirkBoot(t, nil)
		credential := s.register("ann")
		a := kit.NewAuthenticator(t, quirkOrigin)
		older, body := s.made(credential, a), s.made(credential, a)
		body["name"] = "  "
		require.Contains(t, s.want(http.StatusBadRequest, "passkeys/register/complete/", credential, body), "name")
		body["name"] = nil
		require.Contains(t, s.want(http.StatusBadRequest, "passkeys/register/complete/", credential, body), "name")
		body["name"] = " Laptop "
		require.Equal(t, "Laptop", s.want(http.StatusCreated, "passkeys/register/complete/", credential, body)["name"], "the challenge was left")
		s.want(http.StatusBadRequest, "passkeys/register/complete/", credential, older)
		first, second := s.shown(map[string]any{}, a), s.shown(map[string]any{}, a)
		s.want(http.StatusOK, "passkeys/login/complete/", "", first)
		s.want(http.StatusOK, "passkeys/login/complete/", "", second)
		s.want(http.StatusBadRequest, "passkeys/login/complete/", "", second)
	}},
	{"A17", "the words of failures", replayed("passkey-login-unknown", "passkey-login-wrong-signature", "passkey-login-expired",
		"passkey-login-json", "passkey-register-expired", "passkey-register-duplicate", "passkey-register-wrong-rp")},
	{"A18", "what an answer is held to", replayed("passkey-login-wrong-challenge", "passkey-login-wrong-origin", "passkey-login-wrong-rp",
		"passkey-login-wrong-signature", "passkey-login-flags", "passkey-register-flags", "passkey-register-client-data")},
	{"A18", "the count must grow, and a refused one changes nothing", func(t *testing.T) {
		s := quirkBoot(t, nil)
		a := s.passkey(s.register("ann"))
		at := func(count uint32) (int, map[string]any) {
			return s.by(a, func(c *kit.Ceremony) { c.Count = count })
		}
		for _, count := range []uint32{0, 0, 7, 8} {
			status, answer := at(count)
			require.Equal(t, http.StatusOK, status, answer)
		}
		for _, count := range []uint32{8, 7, 0} {
			s.failed(at(count))
		}
		status, answer := at(9)
		require.Equal(t, http.StatusOK, status, answer)
	}},
	{"A19", "the list and its entries", replayed("passkey-list", "passkey-detail", "passkey-detail-other-user", "passkey-methods-list")},
	{"A20", "a passkey logs in as a password does in each mode", replayed("passkey-login", "passkey-jwt", "passkey-jwt-cookie", "passkey-login-credentials")},
}
