package bootstrap

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/fx"

	"latchkey/adapters/ginhttp"
	"latchkey/adapters/jwttoken"
	"latchkey/adapters/system"
	"latchkey/application/authentication"
	"latchkey/application/ports"
	"latchkey/bootstrap/config"
	"latchkey/domain/accounts"
	"latchkey/domain/secret"
	"latchkey/domain/sessions"
)

const ownSigningKey = "a signing key of the tests that is long enough for anybody"

// pairOf registers Ada and returns her tokens.
func pairOf(t *testing.T, api http.Handler) (access, refresh string) {
	t.Helper()
	status, answer := registerAda(t, api)
	require.Equal(t, http.StatusCreated, status, answer)
	var body struct{ Access, Refresh string }
	require.NoError(t, json.Unmarshal([]byte(answer), &body))
	require.NotEmpty(t, body.Access)
	return body.Access, body.Refresh
}

// part decodes one part of a token.
func part(t *testing.T, token string, index int) map[string]any {
	t.Helper()
	decoded, err := base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[index])
	require.NoError(t, err)
	var stated map[string]any
	require.NoError(t, json.Unmarshal(decoded, &stated))
	return stated
}

// opens verifies the token by HS256 and one key.
func opens(t *testing.T, key, token string) error {
	t.Helper()
	parsed, err := jwttoken.ParseKey("HS256", secret.New(key), secret.String{})
	require.NoError(t, err)
	_, err = jwttoken.New(jwttoken.NewKeySet(parsed), jwttoken.Options{}).Verify(secret.New(token), time.Now())
	return err
}

func bearer(t *testing.T, api http.Handler, path, token string) (int, string) {
	t.Helper()
	request := httptest.NewRequest(http.MethodGet, path, nil)
	request.Header.Set("Authorization", "Bearer "+token)
	answer := httptest.NewRecorder()
	api.ServeHTTP(answer, request)
	return answer.Code, answer.Body.String()
}

const userPath = "/dj-rest-auth/user/"

func TestTheSecretKeySignsTokensUnlessThereIsASigningKey(t *testing.T) {
	cfg := testSettings(t, "LATCHKEY_USE_JWT=true")
	api := boot(t, cfg)
	access, _ := pairOf(t, api)
	kept, err := os.ReadFile(filepath.Join(cfg.Server.DataDir, secretKeyFile))
	require.NoError(t, err)
	require.NoError(t, opens(t, strings.TrimSpace(string(kept)), access))
	status, answer := bearer(t, api, userPath, access)
	require.Equal(t, http.StatusOK, status, answer)

	access, _ = pairOf(t, boot(t, testSettings(t, "LATCHKEY_USE_JWT=true", "LATCHKEY_SIGNING_KEY="+ownSigningKey)))
	require.NoError(t, opens(t, ownSigningKey, access))
	require.NotContains(t, part(t, access, 0), "kid")
}

func TestAKeyOfTheKeyFileSigns(t *testing.T) {
	cfg := testSettings(t, "LATCHKEY_USE_JWT=true", "LATCHKEY_SIGNING_KEY="+ownSigningKey)
	require.Equal(t, filepath.Join(cfg.Server.DataDir, "jwt_keys.json"), KeyFile(cfg))
	former, _ := pairOf(t, boot(t, cfg, inMemory()))

	file, err := jwttoken.OpenKeyFile(KeyFile(cfg))
	require.NoError(t, err)
	now := system.NewClock().Now()
	kid, err := file.New("EdDSA", now, system.NewRandom())
	require.NoError(t, err)
	require.NoError(t, file.Promote(kid, now))

	api := boot(t, cfg, inMemory())
	access, _ := pairOf(t, api)
	require.Equal(t, map[string]any{"alg": "EdDSA", "typ": "JWT", "kid": kid}, part(t, access, 0))
	for _, token := range []string{access, former} {
		status, answer := call(t, api, http.MethodPost, "token/verify/", "", map[string]string{"token": token})
		require.Equal(t, http.StatusOK, status, answer)
	}
	status, answer := bearer(t, api, "/.well-known/jwks.json", "")
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, answer, kid)
	require.NotContains(t, answer, `"d"`, "the private half")
	require.NotContains(t, answer, base64.RawURLEncoding.EncodeToString([]byte(ownSigningKey)))
}

// Signing with another key instead would be a quiet change of who is trusted.
func TestADamagedKeyFileStopsTheStart(t *testing.T) {
	cfg := testSettings(t, "LATCHKEY_USE_JWT=true")
	require.NoError(t, os.Mkdir(cfg.Server.DataDir, 0o700))
	require.NoError(t, os.WriteFile(KeyFile(cfg), []byte(`{"keys": [`), 0o600))
	require.Error(t, New(Configured(cfg), Listen()).Err())
}

func TestAKeyIsKeptAsLongAsItsLongestToken(t *testing.T) {
	for name, test := range map[string]struct {
		access, refresh, leeway, want time.Duration
	}{
		"refresh tokens live longer": {time.Minute, time.Hour, 0, time.Hour},
		"access tokens live longer":  {2 * time.Hour, time.Hour, 0, 2 * time.Hour},
		"and beyond by the leeway":   {time.Minute, time.Hour, time.Second, time.Hour + time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := config.Config{JWT: config.JWT{AccessLife: test.access, RefreshLife: test.refresh, Leeway: test.leeway}}
			require.Equal(t, test.want, TokenLife(cfg))
		})
	}
}

func TestIssuerAudienceAndLeewayHoldForTokens(t *testing.T) {
	cfg := testSettings(t, "LATCHKEY_USE_JWT=true", "LATCHKEY_SIGNING_KEY="+ownSigningKey,
		"LATCHKEY_ISSUER=us", "LATCHKEY_AUDIENCE=them", "LATCHKEY_LEEWAY=30")
	key, err := jwttoken.ParseKey("HS256", secret.New(ownSigningKey), secret.String{})
	require.NoError(t, err)
	keys, now := jwttoken.NewKeySet(key), system.NewClock().Now()
	tokens := newJWTs(cfg, keys)
	claims := sessions.Claims{Kind: sessions.KindAccess, ID: "id", Expires: now.Add(time.Minute).Truncate(time.Second)}
	token, err := tokens.Sign(claims)
	require.NoError(t, err)
	stated := part(t, token.Reveal(), 1)
	require.Equal(t, "us", stated["iss"])
	require.Equal(t, "them", stated["aud"])
	_, err = tokens.Verify(token, claims.Expires.Add(29*time.Second))
	require.NoError(t, err)
	_, err = tokens.Verify(token, claims.Expires.Add(30*time.Second))
	require.Equal(t, sessions.ErrJWTExpired, err)
	foreign, err := jwttoken.New(keys, jwttoken.Options{}).Sign(claims)
	require.NoError(t, err)
	_, err = tokens.Verify(foreign, now)
	require.Equal(t, sessions.ErrJWTInvalid, err)
}

func TestEverySettingOfTokensReachesTheActivity(t *testing.T) {
	cfg := testSettings(t, "LATCHKEY_USE_JWT=true", "LATCHKEY_ACCESS_TOKEN_LIFETIME=7m", "LATCHKEY_REFRESH_TOKEN_LIFETIME=8h",
		"LATCHKEY_ROTATE_REFRESH_TOKENS=true", "LATCHKEY_TOKEN_BLACKLIST=true", "LATCHKEY_BLACKLIST_AFTER_ROTATION=true",
		"LATCHKEY_REFRESH_TOKEN_FAMILIES=true", "LATCHKEY_REFRESH_TOKEN_GRACE=9s", "LATCHKEY_CHECK_SESSION=true",
		"LATCHKEY_USER_ID_FIELD=username", "LATCHKEY_USER_ID_CLAIM=who", "LATCHKEY_CHECK_REVOKE_TOKEN=true", "LATCHKEY_REVOKE_TOKEN_CLAIM=stamp")
	want := authentication.JWT{
		Enabled: true, AccessLife: 7 * time.Minute, RefreshLife: 8 * time.Hour, Rotate: true, Blacklist: true, RevokeRotated: true,
		Families: true, Grace: 9 * time.Second, CheckSession: true, AccountField: authentication.FieldUsername, AccountClaim: "who",
		CheckPassword: true, PasswordClaim: "stamp",
	}
	require.Equal(t, want, jwtOptions(cfg))
	for i := range reflect.TypeFor[authentication.JWT]().NumField() {
		require.False(t, reflect.ValueOf(want).Field(i).IsZero(), "a field that this test does not look at")
	}
	for field, want := range map[config.UserIDField]authentication.AccountField{
		config.UserIDFieldID: authentication.FieldID, config.UserIDFieldPK: authentication.FieldID, config.UserIDFieldEmail: authentication.FieldEmail,
	} {
		require.Equal(t, want, accountField(field))
	}
}

func TestEverySettingOfTokensReachesTheEndpoints(t *testing.T) {
	cfg := testSettings(t, "LATCHKEY_USE_JWT=true", "LATCHKEY_JWT_AUTH_COOKIE=access", "LATCHKEY_JWT_AUTH_REFRESH_COOKIE=refresh",
		"LATCHKEY_JWT_AUTH_REFRESH_COOKIE_PATH=/dj-rest-auth/", "LATCHKEY_JWT_AUTH_HTTPONLY=true", "LATCHKEY_JWT_AUTH_RETURN_EXPIRATION=true",
		"LATCHKEY_JWT_AUTH_COOKIE_USE_CSRF=true", "LATCHKEY_JWT_AUTH_COOKIE_ENFORCE_CSRF_ON_UNAUTHENTICATED=true",
		"LATCHKEY_JWT_FIELD_NAMES=v3", "LATCHKEY_JWT_TRANSPORT=both", "LATCHKEY_AUTH_HEADER_TYPES=JWT", "LATCHKEY_TOKEN_BLACKLIST=true")
	got := jwtEndpoints(cfg)
	require.Equal(t, "access", got.AccessCookie.Name)
	require.Equal(t, "refresh", got.RefreshCookie.Name)
	require.Equal(t, "/dj-rest-auth/", got.RefreshCookie.Path)
	require.Equal(t, cfg.JWT.AccessLife, got.AccessCookie.Age)
	require.Equal(t, cfg.JWT.RefreshLife, got.RefreshCookie.Age)
	require.True(t, got.AccessCookie.HTTPOnly && got.RefreshCookie.HTTPOnly)
	require.Equal(t, ginhttp.Dialect("v3"), got.Names)
	require.Equal(t, ginhttp.Transport("both"), got.Transport)
	require.Equal(t, []string{"JWT"}, got.HeaderTypes)
	for i := range reflect.TypeFor[ginhttp.JWT]().NumField() {
		require.False(t, reflect.ValueOf(got).Field(i).IsZero(), reflect.TypeFor[ginhttp.JWT]().Field(i).Name)
	}
	for setting, revokes := range map[string]bool{
		"TOKEN_BLACKLIST": true, "REFRESH_TOKEN_FAMILIES": true, "CHECK_SESSION": true, "ROTATE_REFRESH_TOKENS": false,
	} {
		require.Equal(t, revokes, jwtEndpoints(testSettings(t, "LATCHKEY_USE_JWT=true", "LATCHKEY_"+setting+"=true")).Revokes, setting)
	}
}

// claimsAdder adds a claim with its name, and tries to replace what the service says.
type claimsAdder string

func (c claimsAdder) Name() string { return string(c) }

func (c claimsAdder) Claims(_ context.Context, account *accounts.Account) (map[string]any, error) {
	return map[string]any{
		"claim of " + string(c): account.Username(),
		"user_id":               "404", "sub": "404", "exp": 1, "jti": "known", "sid": "known", "token_type": "access",
	}, nil
}

func TestClaimsContributorsAddToTokensAndReplaceNothing(t *testing.T) {
	api := boot(t, testSettings(t, "LATCHKEY_USE_JWT=true"), inMemory(), ClaimsContributor(claimsAdder("b")), ClaimsContributor(claimsAdder("a")))
	access, refresh := pairOf(t, api)
	for kind, token := range map[string]string{"access": access, "refresh": refresh} {
		claims := part(t, token, 1)
		require.Equal(t, "ada", claims["claim of a"])
		require.Equal(t, "ada", claims["claim of b"])
		require.Equal(t, kind, claims["token_type"])
		require.NotEqual(t, "404", claims["user_id"])
		require.NotEqual(t, "known", claims["jti"])
		require.NotContains(t, claims, "sub")
		require.NotContains(t, claims, "sid")
	}
	status, answer := bearer(t, api, userPath, access)
	require.Equal(t, http.StatusOK, status, answer)
}

func TestAChangedPasswordThrowsOthersOutOfTheAssembledService(t *testing.T) {
	api := boot(t, testSettings(t, "LATCHKEY_USE_JWT=true", "LATCHKEY_ROTATE_REFRESH_TOKENS=true", "LATCHKEY_REFRESH_TOKEN_FAMILIES=true",
		"LATCHKEY_CHECK_SESSION=true", "LATCHKEY_CHECK_REVOKE_TOKEN=false"))
	_, refresh := pairOf(t, api)
	status, answer := signInAda(t, api)
	require.Equal(t, http.StatusOK, status, answer)
	var mine struct{ Access, Refresh string }
	require.NoError(t, json.Unmarshal([]byte(answer), &mine))

	request := httptest.NewRequest(http.MethodPost, "/dj-rest-auth/password/change/",
		strings.NewReader(`{"new_password1": "a-new-horse-9", "new_password2": "a-new-horse-9"}`))
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+mine.Access)
	changed := httptest.NewRecorder()
	api.ServeHTTP(changed, request)
	require.Equal(t, http.StatusOK, changed.Code, changed.Body.String())

	status, answer = call(t, api, http.MethodPost, "token/refresh/", "", map[string]string{"refresh": refresh})
	require.Equal(t, http.StatusUnauthorized, status, answer)
	status, answer = call(t, api, http.MethodPost, "token/refresh/", "", map[string]string{"refresh": mine.Refresh})
	require.Equal(t, http.StatusOK, status, answer)
}

func TestTokensStayOutOfTheLog(t *testing.T) {
	log := &logged{}
	cfg := testSettings(t, "LATCHKEY_USE_JWT=true", "LATCHKEY_SIGNING_KEY="+ownSigningKey)
	api := boot(t, cfg, inMemory(), logTo(log))
	access, refresh := pairOf(t, api)
	bearer(t, api, userPath, access)
	bearer(t, api, userPath, access+"x")
	call(t, api, http.MethodPost, "token/refresh/", "", map[string]string{"refresh": refresh + "x"})
	require.NotEmpty(t, log.String())
	for name, text := range map[string]string{"access": access, "refresh": refresh, "key": ownSigningKey} {
		require.NotContains(t, log.String(), text, name)
	}
}

// logTo puts everything that is logged into log.
func logTo(log *logged) fx.Option {
	return fx.Decorate(func() *slog.Logger {
		return slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
}

func TestTheCleanUpWaitsForTheLeeway(t *testing.T) {
	seen := make(chan time.Time, 1)
	worker := newCleanUp(testSettings(t, "LATCHKEY_LEEWAY=1m"), cleanerFunc(func(now time.Time) { seen <- now }), standing{}, nil)
	_, err := worker.CleanUp(t.Context())
	require.NoError(t, err)
	require.Equal(t, standing{}.Now().Add(-time.Minute), <-seen)
}

type cleanerFunc func(now time.Time)

func (c cleanerFunc) Clean(_ context.Context, now, _ time.Time, _ int) (int, error) {
	c(now)
	return 0, nil
}

type standing struct{}

func (standing) Now() time.Time { return time.Date(2026, time.March, 4, 5, 6, 7, 0, time.UTC) }

var _ ports.Clock = standing{}
