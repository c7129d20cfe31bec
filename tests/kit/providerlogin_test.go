package kit_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/tests/kit"
)

func TestTheServiceSignsInByEveryProvider(t *testing.T) {
	t.Parallel()
	clock := kit.NewClock(time.Now())
	provider := kit.Provider(t, kit.WithProviderClock(clock))
	service := kit.App(t, kit.WithClock(clock), kit.WithFile(provider.File(t)))
	provider.AddPerson(kit.Facebook, "fb", map[string]any{"id": "1", "email": "fb@example.com"})
	provider.AddPerson(kit.Google, "g", map[string]any{"id": "2", "email": "g@example.com", "verified_email": true})
	provider.AddPerson(kit.GitHub, "gh", map[string]any{"id": 3, "login": "hubert"})
	provider.AddPerson(kit.Twitter, "tw", map[string]any{"id": 4, "screen_name": "tina", "_secret": "s"})
	provider.AddPerson(kit.Corp, "corp", map[string]any{"sub": "5", "email": "c@example.com", "email_verified": true})

	for _, login := range []struct {
		path string
		form url.Values
	}{
		{"facebook", url.Values{"access_token": {"fb"}}},
		{"google", url.Values{"access_token": {"g"}}},
		{"google", url.Values{"access_token": {"g"}, "id_token": {provider.IDToken(kit.Google, map[string]any{"sub": "2"})}}},
		{"github", url.Values{"access_token": {"gh"}}},
		{"twitter", url.Values{"access_token": {"tw"}, "token_secret": {"s"}}},
		{"corp", url.Values{"access_token": {"corp"}}},
		{"corp", url.Values{"access_token": {"corp"}, "id_token": {provider.IDToken(kit.Corp, map[string]any{"sub": "5"})}}},
	} {
		response, err := service.Client.PostForm(service.URL+"/dj-rest-auth/"+login.path+"/", login.form)
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		require.Equal(t, http.StatusOK, response.StatusCode, "%s %v", login.path, provider.Requests())

		login.form.Set("access_token", "a-strangers")
		login.form.Del("id_token")
		response, err = service.Client.PostForm(service.URL+"/dj-rest-auth/"+login.path+"/", login.form)
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		require.Equal(t, http.StatusBadRequest, response.StatusCode, login.path)
	}
}

func TestTheServiceSignsInByAnAuthorizationOfCorp(t *testing.T) {
	t.Parallel()
	clock := kit.NewClock(time.Now())
	provider := kit.Provider(t, kit.WithProviderClock(clock))
	provider.AddPerson(kit.Corp, "corp", map[string]any{"sub": "5", "email": "c@example.com", "email_verified": true})
	provider.SignIn("corp")
	service := kit.App(t, kit.WithClock(clock), kit.WithFile(provider.File(t)))

	begun := get(t, service.URL+"/dj-rest-auth/corp/authorize/?binding=device", "").object(t)
	result := provider.Authorize(t, begun["authorization_url"].(string))
	form := url.Values{"code": {result.Get("code")}, "state": {result.Get("state")}}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, service.URL+"/dj-rest-auth/corp/", strings.NewReader(form.Encode()))
	require.NoError(t, err)
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("X-Latchkey-Authorization", begun["authorization"].(string))
	signedIn := send(t, request)
	require.Equal(t, http.StatusOK, signedIn.status, signedIn.text)
}
