package kit_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/bootstrap/config"
	"latchkey/tests/kit"
)

// reply is a provider's answer, read to its end.
type reply struct {
	status int
	header http.Header
	text   string
}

func (r reply) object(t *testing.T) map[string]any {
	t.Helper()
	var object map[string]any
	require.NoError(t, json.Unmarshal([]byte(r.text), &object), r.text)
	return object
}

func send(t *testing.T, request *http.Request) reply {
	t.Helper()
	response, err := http.DefaultTransport.RoundTrip(request)
	require.NoError(t, err)
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return reply{status: response.StatusCode, header: response.Header, text: string(text)}
}

func get(t *testing.T, address, authorization string) reply {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	require.NoError(t, err)
	if authorization != "" {
		request.Header.Set("Authorization", authorization)
	}
	return send(t, request)
}

func post(t *testing.T, address string, form url.Values) reply {
	t.Helper()
	response, err := http.PostForm(address, form)
	require.NoError(t, err)
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return reply{status: response.StatusCode, header: response.Header, text: string(text)}
}

// with returns the values with one of them changed.
func with(values url.Values, name, value string) url.Values {
	changed := url.Values{}
	for key := range values {
		changed.Set(key, values.Get(key))
	}
	changed.Set(name, value)
	return changed
}

func proof(secret, token string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(token))
	return hex.EncodeToString(mac.Sum(nil))
}

func TestTheTableOfPeopleIsServed(t *testing.T) {
	table, err := os.ReadFile("../wire/testdata/provider.json")
	require.NoError(t, err)
	provider := kit.Provider(t, kit.WithPeople(table))

	me := get(t, provider.URL+"/facebook/me?access_token=fb-alice&appsecret_proof="+proof("fb-secret", "fb-alice"), "").object(t)
	require.Equal(t, "Alice Book", me["name"])
	gina := get(t, provider.URL+"/google/userinfo", "Bearer g-gina").object(t)
	require.Equal(t, "gina@example.com", gina["email"])
	require.Contains(t, get(t, provider.URL+"/google/certs", "").object(t), "kid-1")
	hubert := get(t, provider.URL+"/github/api/v3/user", "token gh-hubert").object(t)
	require.Equal(t, "hubert", hubert["login"])
	require.NotContains(t, hubert, "_emails")
}

func TestFacebookAsksForProofOfTheApp(t *testing.T) {
	t.Parallel()
	provider := kit.Provider(t, kit.WithPeople([]byte(`{"facebook": {"tokens": {"ill": "http500", "odd": "notjson"}}}`)))
	provider.AddPerson(kit.Facebook, "fb", map[string]any{"id": "1001", "email": "alice@example.com"})
	me := provider.URL + "/facebook/me?fields=id,email&access_token="

	good := get(t, me+"fb&appsecret_proof="+proof("fb-secret", "fb"), "")
	require.Equal(t, http.StatusOK, good.status)
	require.Equal(t, map[string]any{"id": "1001", "email": "alice@example.com"}, good.object(t))
	for _, bad := range []string{
		"fb", "fb&appsecret_proof=", "fb&appsecret_proof=" + proof("other", "fb"),
		"fb&appsecret_proof=" + proof("fb-secret", "fb2"), "unknown&appsecret_proof=" + proof("fb-secret", "unknown"), "",
	} {
		refused := get(t, me+bad, "")
		require.Equal(t, http.StatusBadRequest, refused.status, bad)
		require.Contains(t, refused.text, "OAuthException")
	}
	require.Equal(t, http.StatusInternalServerError, get(t, me+"ill", "").status)
	require.Equal(t, "<html>oops</html>", get(t, me+"odd", "").text)
}

func TestFacebookAndGoogleExchangeCodes(t *testing.T) {
	t.Parallel()
	provider := kit.Provider(t)
	provider.AddCode(kit.Facebook, "code", "fb")
	provider.AddCode(kit.Google, "code", "g")
	for name, exchange := range map[string]func(url.Values) reply{
		"facebook": func(form url.Values) reply {
			return get(t, provider.URL+"/facebook/oauth/access_token?"+form.Encode(), "")
		},
		"google": func(form url.Values) reply { return post(t, provider.URL+"/google/token", form) },
	} {
		client := map[string]string{"facebook": "fb", "google": "google"}[name]
		form := url.Values{
			"client_id": {client + "-client"}, "client_secret": {client + "-secret"}, "code": {"code"},
			"grant_type": {"authorization_code"}, "redirect_uri": {"http://localhost:3000/auth/" + name + "/callback"},
		}
		good := exchange(form)
		require.Equal(t, http.StatusOK, good.status, good.text)
		require.NotEmpty(t, good.object(t)["access_token"])
		for field, refusal := range map[string]string{
			"client_id": "invalid_client", "client_secret": "invalid_client", "redirect_uri": "redirect_uri_mismatch",
			"code": "invalid_grant", "grant_type": "invalid_grant",
		} {
			refused := exchange(with(form, field, "wrong"))
			require.Equal(t, refusal, refused.object(t)["error"], field)
			require.NotEqual(t, http.StatusOK, refused.status)
		}
	}
}

func TestGoogleTellsWhomATokenWasIssuedTo(t *testing.T) {
	t.Parallel()
	provider := kit.Provider(t)
	provider.AddPerson(kit.Google, "ours", map[string]any{"id": "g-1"})
	provider.AddPerson(kit.Google, "theirs", map[string]any{"id": "g-1", "_client": "another-app"})
	tokeninfo := provider.URL + "/google/tokeninfo?access_token="
	require.Equal(t, "google-client", get(t, tokeninfo+"ours", "").object(t)["aud"])
	require.Equal(t, "g-1", get(t, tokeninfo+"ours", "").object(t)["sub"])
	require.Equal(t, "another-app", get(t, tokeninfo+"theirs", "").object(t)["aud"])
	require.Equal(t, http.StatusBadRequest, get(t, tokeninfo+"unknown", "").status)
	require.Equal(t, map[string]any{"id": "g-1"}, get(t, provider.URL+"/google/userinfo", "Bearer theirs").object(t))
	require.Equal(t, http.StatusUnauthorized, get(t, provider.URL+"/google/userinfo", "Bearer unknown").status)
}

func TestGitHubAnswersInFormEncoding(t *testing.T) {
	t.Parallel()
	provider := kit.Provider(t)
	provider.AddPerson(kit.GitHub, "gh", map[string]any{"id": 501, "_emails": []map[string]any{{"email": "h@example.com"}}})
	provider.AddPerson(kit.GitHub, "closed", map[string]any{"id": 502})
	provider.AddCode(kit.GitHub, "code", "gh")
	form := url.Values{"client_id": {"gh-client"}, "client_secret": {"gh-secret"}, "code": {"code"}}
	exchanged := func(form url.Values) url.Values {
		answer := post(t, provider.URL+"/github/login/oauth/access_token", form)
		require.Equal(t, http.StatusOK, answer.status)
		require.Contains(t, answer.header.Get("Content-Type"), "application/x-www-form-urlencoded")
		values, err := url.ParseQuery(answer.text)
		require.NoError(t, err)
		return values
	}
	require.Equal(t, "gh", exchanged(form).Get("access_token"))
	for name := range form {
		refused := exchanged(with(form, name, "wrong"))
		require.Equal(t, "bad_verification_code", refused.Get("error"), name)
		require.Empty(t, refused.Get("access_token"))
	}
	require.JSONEq(t, `[{"email": "h@example.com"}]`, get(t, provider.URL+"/github/api/v3/user/emails", "Bearer gh").text)
	require.Equal(t, http.StatusNotFound, get(t, provider.URL+"/github/api/v3/user/emails", "Bearer closed").status)
	require.Equal(t, http.StatusUnauthorized, get(t, provider.URL+"/github/api/v3/user", "Bearer unknown").status)
}

func TestTheConfigurationOfAProviderIsOneThatTheServiceReads(t *testing.T) {
	t.Parallel()
	provider := kit.Provider(t)
	loaded, err := config.Load(provider.File(t), nil)
	require.NoError(t, err)
	names := map[string]bool{}
	for _, configured := range loaded.Providers {
		names[configured.Name] = true
		if configured.Name == "corp" {
			require.Equal(t, provider.URL+"/oidc", configured.Issuer)
		}
	}
	require.Equal(t, map[string]bool{"facebook": true, "google": true, "github": true, "twitter": true, "corp": true}, names)
}

func TestRequestsAreNotedWithoutTheirSecrets(t *testing.T) {
	t.Parallel()
	provider := kit.Provider(t)
	require.Empty(t, provider.Requests())
	get(t, provider.URL+"/facebook/me?access_token=secret", "")
	post(t, provider.URL+"/google/token", url.Values{"client_secret": {"secret"}})
	require.Equal(t, http.StatusNotFound, get(t, provider.URL+"/elsewhere", "").status)
	require.Equal(t, []kit.ProviderRequest{
		{Method: "GET", Path: "/facebook/me"}, {Method: "POST", Path: "/google/token"}, {Method: "GET", Path: "/elsewhere"},
	}, provider.Requests())
}
