package integration

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/domain/factors"
	"latchkey/domain/secret"
	"latchkey/tests/kit"
	"latchkey/tests/wire"
)

const factorPassword = "Str0ng-pass-77"

var factorRules = factors.Rules{Digits: 6, Period: 30 * time.Second, Codes: 10}

// factorService is a service with second factors and a stand-in for the social providers.
type factorService struct {
	*kit.Service
	t *testing.T
}

func factorBoot(t *testing.T, settings map[string]string, more ...kit.Option) factorService {
	t.Helper()
	people := []byte(`{"facebook": {"tokens": {"fb-ann": {"id": "1", "email": "ann.fb@example.com", "name": "Ann"},
		"fb-bob": {"id": "2", "email": "bob.fb@example.com", "name": "Bob"}}}}`)
	provider := kit.Provider(t, kit.WithPeople(people))
	file := filepath.Join(t.TempDir(), "latchkey.yaml")
	require.NoError(t, os.WriteFile(file, wire.Providers(provider.URL), 0o600))
	all := map[string]string{"MFA": "true", "ACCOUNT_EMAIL_VERIFICATION": "none"}
	for name, value := range settings {
		all[name] = value
	}
	return factorService{Service: kit.App(t, append([]kit.Option{kit.Settings(all), kit.WithFile(file)}, more...)...), t: t}
}

// call returns the status and the answer; credential is a token or an access token.
func (s factorService) call(method, path, credential string, body map[string]any) (int, map[string]any) {
	s.t.Helper()
	text, err := json.Marshal(body)
	require.NoError(s.t, err)
	request, err := http.NewRequestWithContext(s.t.Context(), method, s.URL+"/dj-rest-auth/"+path, bytes.NewReader(text))
	require.NoError(s.t, err)
	request.Header.Set("Content-Type", "application/json")
	if credential != "" {
		request.Header.Set("Authorization", credential)
	}
	client := *s.Client
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	response, err := client.Do(request)
	require.NoError(s.t, err)
	defer func() { _ = response.Body.Close() }()
	answer := map[string]any{}
	_ = json.NewDecoder(response.Body).Decode(&answer)
	for _, cookie := range response.Cookies() {
		names, _ := answer["cookies"].([]string)
		answer["cookies"] = append(names, cookie.Name)
	}
	return response.StatusCode, answer
}

// register makes an account and returns its credential.
func (s factorService) register(name string) string {
	s.t.Helper()
	status, answer := s.call(http.MethodPost, "registration/", "", map[string]any{
		"username": name, "email": name + "@example.com", "password1": factorPassword, "password2": factorPassword,
	})
	require.Equal(s.t, http.StatusCreated, status, answer)
	return credentialOf(answer)
}

func credentialOf(answer map[string]any) string {
	if access, ok := answer["access"].(string); ok {
		return "Bearer " + access
	}
	key, _ := answer["key"].(string)
	return "Token " + key
}

// activate sets a factor up and returns its secret and recovery codes.
func (s factorService) activate(credential string) (secret.String, []any) {
	s.t.Helper()
	status, begun := s.call(http.MethodGet, "mfa/totp/activate/", credential, nil)
	require.Equal(s.t, http.StatusOK, status, begun)
	shared := secret.New(begun["secret"].(string))
	status, done := s.call(http.MethodPost, "mfa/totp/activate/", credential, map[string]any{
		"activation_token": begun["activation_token"], "code": factorRules.Code(shared, s.Clock.Now()), "password": factorPassword,
	})
	require.Equal(s.t, http.StatusOK, status, done)
	s.Clock.Advance(factorRules.Period)
	return shared, done["recovery_codes"].([]any)
}

// requireSuspended demands an answer that holds nothing but the token that waits.
func (s factorService) requireSuspended(path, credential string, body map[string]any) {
	s.t.Helper()
	status, answer := s.call(http.MethodPost, path, credential, body)
	require.Equal(s.t, http.StatusOK, status, answer)
	require.Equal(s.t, true, answer["mfa_required"], path)
	require.Len(s.t, answer, 2, "no key, no tokens, no cookie: %v", answer)
}

// TestWhoMustHaveAFactorCanOnlySetOneUp: every protected endpoint but those of the
// second factor refuses, and so does none afterwards.
func TestWhoMustHaveAFactorCanOnlySetOneUp(t *testing.T) {
	s := factorBoot(t, map[string]string{"MFA_REQUIRED": "all", "PASSKEYS": "true", "PASSKEY_RP_ID": "example.com", "PASSKEY_RP_ORIGINS": quirkOrigin})
	ann := s.register("ann")
	for path, methods := range map[string][]string{
		"user/": {http.MethodGet, http.MethodPut, http.MethodPatch}, "user": {http.MethodGet},
		"password/change/": {http.MethodPost}, "password/change": {http.MethodPost},
		"facebook/connect/": {http.MethodPost}, "socialaccounts/": {http.MethodGet}, "socialaccounts/1/disconnect/": {http.MethodPost},
		"passkeys/": {http.MethodGet}, "passkeys/1/": {http.MethodGet, http.MethodPut, http.MethodPatch, http.MethodDelete}, "passkeys/1": {http.MethodDelete},
		"passkeys/register/begin/": {http.MethodPost}, "passkeys/register/begin": {http.MethodPost}, "passkeys/register/complete/": {http.MethodPost},
	} {
		for _, method := range methods {
			status, answer := s.call(method, path, ann, map[string]any{})
			require.Equal(t, http.StatusForbidden, status, "%s %s", method, path)
			require.Equal(t, "mfa_setup_required", answer["code"])
		}
	}
	status, answer := s.call(http.MethodGet, "mfa/status/", ann, nil)
	require.Equal(t, http.StatusOK, status, answer)
	s.activate(ann)
	status, answer = s.call(http.MethodGet, "user/", ann, nil)
	require.Equal(t, http.StatusOK, status, answer)
	status, answer = s.call(http.MethodPost, "logout/", s.register("bob"), nil)
	require.Equal(t, http.StatusOK, status, answer)
}

// TestStaffMustHaveAFactorWhereAsked, and nobody else; none asks for nobody's.
func TestStaffMustHaveAFactorWhereAsked(t *testing.T) {
	s := quirkBoot(t, map[string]string{"MFA_REQUIRED": "staff"})
	ann, bob, eve := s.register("ann"), s.register("bob"), s.register("eve")
	s.exec("UPDATE auth_user SET is_staff = true WHERE username = 'ann'")
	s.exec("UPDATE auth_user SET is_superuser = true WHERE username = 'eve'")
	none := quirkBoot(t, map[string]string{"MFA_REQUIRED": "none"}, kit.WithDatabase(s.Database), kit.WithClock(s.Clock))
	for credential, want := range map[string]int{ann: http.StatusForbidden, eve: http.StatusForbidden, bob: http.StatusOK} {
		status, answer := s.call(http.MethodGet, "user/", credential, nil)
		require.Equal(t, want, status, answer)
		status, answer = none.call(http.MethodGet, "user/", credential, nil)
		require.Equal(t, http.StatusOK, status, answer)
	}
}

var (
	resetPath  = regexp.MustCompile(`/password-reset/confirm/([^/]+)/([^/\s"]+)/`)
	formSecret = regexp.MustCompile(`name="csrfmiddlewaretoken" value="([^"]+)"`)
)

// TestAResetAsksForTheFactorWhereAsked, at the endpoint and on the service's own page.
func TestAResetAsksForTheFactorWhereAsked(t *testing.T) {
	s := factorBoot(t, map[string]string{"MFA_ON_PASSWORD_RESET": "true"})
	_, codes := s.activate(s.register("ann"))
	uid, token := s.resetLink("ann@example.com")
	in := map[string]any{"uid": uid, "token": token, "new_password1": "An0ther-pass-88", "new_password2": "An0ther-pass-88"}
	for _, path := range []string{"password/reset/confirm/", "password/reset/confirm"} {
		status, answer := s.call(http.MethodPost, path, "", in)
		require.Equal(t, http.StatusBadRequest, status, answer)
		require.Contains(t, answer, "code")
	}
	require.Contains(t, s.submitReset(uid, token, ""), "Invalid code.")
	require.Contains(t, s.submitReset(uid, token, codes[0].(string)), "Password changed")

	s.register("bob")
	uid, token = s.resetLink("bob@example.com")
	require.Contains(t, s.submitReset(uid, token, ""), "Password changed", "who has none needs none")
}

// TestAResetTakesNoFactorAway, whether or not the address was ever proved. Where nobody has to
// prove one, all accounts are such: whoever gets into a mailbox would else be past the factor, too.
func TestAResetTakesNoFactorAway(t *testing.T) {
	for _, verified := range []bool{false, true} {
		s := quirkBoot(t, map[string]string{"ACCOUNT_EMAIL_VERIFICATION": "optional"})
		ann := s.enrol("ann")
		s.exec("UPDATE account_emailaddress SET verified = $1", verified)
		uid, token := s.resetLink("ann@example.com")
		s.want(http.StatusOK, "password/reset/confirm/", "", map[string]any{
			"uid": uid, "token": token, "new_password1": factorPassword, "new_password2": factorPassword,
		})
		s.accepted(ann, ann.codes[0], "asked for at the next login")
	}
}

// resetLink asks for a reset and returns what is in the mailed link.
func (s factorService) resetLink(to string) (uid, token string) {
	s.t.Helper()
	status, answer := s.call(http.MethodPost, "password/reset/", "", map[string]any{"email": to})
	require.Equal(s.t, http.StatusOK, status, answer)
	for { // until Next finds no mail any more: the service's own worker may be the one that sends it
		if found := resetPath.FindStringSubmatch(s.Mailbox.Next(s.t, to).Text); found != nil {
			return found[1], found[2]
		}
	}
}

// submitReset fills in the page as a browser does, and returns the next one.
func (s factorService) submitReset(uid, token, code string) string {
	s.t.Helper()
	page := s.URL + "/password-reset/confirm/" + uid + "/" + token + "/"
	response, err := s.Client.Get(page) //nolint:noctx // a test
	require.NoError(s.t, err)
	shown, err := io.ReadAll(response.Body)
	require.NoError(s.t, err)
	require.NoError(s.t, response.Body.Close())
	require.Contains(s.t, string(shown), `name="code"`)
	form := url.Values{
		"csrfmiddlewaretoken": {formSecret.FindStringSubmatch(string(shown))[1]},
		"new_password1":       {"Y3t-another-pass"}, "new_password2": {"Y3t-another-pass"}, "code": {code},
	}
	request, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, page, strings.NewReader(form.Encode()))
	require.NoError(s.t, err)
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Origin", s.URL)
	for _, cookie := range response.Cookies() {
		request.AddCookie(cookie)
	}
	answered, err := s.Client.Do(request)
	require.NoError(s.t, err)
	defer func() { _ = answered.Body.Close() }()
	next, err := io.ReadAll(answered.Body)
	require.NoError(s.t, err)
	return string(next)
}

// TestTheSecurePresetConfirmsChanges: a token alone sets no factor up and makes no codes.
func TestTheSecurePresetConfirmsChanges(t *testing.T) {
	s := factorBoot(t, map[string]string{"MFA_CONFIRM_CHANGES": "true"})
	ann := s.register("ann")
	_, begun := s.call(http.MethodGet, "mfa/totp/activate/", ann, nil)
	status, answer := s.call(http.MethodPost, "mfa/totp/activate/", ann, map[string]any{
		"activation_token": begun["activation_token"], "code": factorRules.Code(secret.New(begun["secret"].(string)), s.Clock.Now()),
	})
	require.Equal(t, http.StatusForbidden, status, answer)
	_, codes := s.activate(ann)
	status, answer = s.call(http.MethodPost, "mfa/recovery-codes/regenerate/", ann, map[string]any{})
	require.Equal(t, http.StatusForbidden, status, answer)
	status, answer = s.call(http.MethodPost, "mfa/recovery-codes/regenerate/", ann, map[string]any{"code": codes[0]})
	require.Equal(t, http.StatusOK, status, answer)
	status, answer = s.call(http.MethodPost, "mfa/recovery-codes/regenerate/", ann, map[string]any{"password": factorPassword})
	require.Equal(t, http.StatusForbidden, status, "not by a stolen session and a leaked password: %v", answer)
	require.NotContains(t, answer, "codes")
}
