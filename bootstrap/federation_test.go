package bootstrap

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/fx"

	"latchkey/adapters/inmemory"
	"latchkey/application/ports"
	"latchkey/bootstrap/config"
	"latchkey/domain/identities"
)

// withGoogle are test settings with a provider.
func withGoogle(t *testing.T, more ...string) config.Config {
	t.Helper()
	file := filepath.Join(t.TempDir(), "latchkey.yaml")
	require.NoError(t, os.WriteFile(file, []byte("socialaccount_providers: {google: {client_id: id, title: The Google}}"), 0o600))
	cfg, err := config.Load(file, append([]string{
		"LATCHKEY_PASSWORD_HASHERS=pbkdf2_sha256:1200", "LATCHKEY_DATA_DIR=" + filepath.Join(t.TempDir(), "data"), "LATCHKEY_LOG_LEVEL=error",
	}, more...))
	require.NoError(t, err)
	return cfg
}

// vouching replaces the providers by one that knows Ada.
func vouching() fx.Option {
	providers := inmemory.NewIdentityProviders("google")
	providers.Vouches("google", "adas-token", identities.Profile{Key: identities.Key{Provider: "google", Subject: "1"}, FirstName: "Ada"})
	return Override[ports.IdentityProviders](providers)
}

func signInAdaByGoogle(t *testing.T, api http.Handler) (int, string) {
	t.Helper()
	return call(t, api, http.MethodPost, "google/", "", map[string]string{"access_token": "adas-token"})
}

func TestProvidersAreAPortLikeAnyOther(t *testing.T) {
	api := boot(t, withGoogle(t), vouching())
	status, answer := signInAdaByGoogle(t, api)
	require.Equal(t, http.StatusOK, status, answer)
	status, answer = call(t, api, http.MethodGet, "socialaccounts/", keyOf(t, answer), nil)
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, answer, `"provider":"google","uid":"1"`)
	_, answer = call(t, api, http.MethodOptions, "google/", "", nil)
	require.Contains(t, answer, `"name":"The Google Login"`)
}

func TestASignInPolicyHoldsForThoseWhoComeByAProvider(t *testing.T) {
	api := boot(t, withGoogle(t), vouching(), SignInPolicy(refusal("team")))
	status, answer := signInAdaByGoogle(t, api)
	require.Equal(t, http.StatusBadRequest, status)
	require.JSONEq(t, `{"non_field_errors": ["Refused by team."]}`, answer)
}

func TestARegistrationPolicyHoldsForThoseWhoComeByAProvider(t *testing.T) {
	api := boot(t, withGoogle(t), vouching(), RegistrationPolicy(refusal("team")))
	status, answer := signInAdaByGoogle(t, api)
	require.Equal(t, http.StatusBadRequest, status)
	require.JSONEq(t, `{"non_field_errors": ["Refused by team."]}`, answer)
}

func TestWithoutItsModuleThereIsNoSocialSignIn(t *testing.T) {
	var handler http.Handler
	app := fx.New(
		fx.WithLogger(newFxLog), fx.Provide(fromEnvironment), Configured(withGoogle(t)), Handler(&handler),
		Foundation, Storage, Signing, JSONWebTokens, Mail, Authentication, Registration, Recovery, SelfService, Delivery, Housekeeping, HTTP,
	)
	require.NoError(t, app.Err())
	for _, path := range []string{"google/", "google/connect/", "google/authorize/", "socialaccounts/"} {
		status, _ := call(t, handler, http.MethodPost, path, "", nil)
		require.Equal(t, http.StatusNotFound, status, path)
	}
	status, _ := call(t, handler, http.MethodOptions, "login/", "", nil)
	require.Equal(t, http.StatusOK, status)
}
