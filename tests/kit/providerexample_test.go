package kit_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"latchkey/tests/kit"
)

// A test of what happens when a provider is down: nobody gets in by it.
func ExampleProvider() {
	_ = func(t *testing.T) {
		clock := kit.NewClock(time.Now())
		provider := kit.Provider(t, kit.WithProviderClock(clock))
		provider.AddPerson(kit.GitHub, "token-of-hubert", map[string]any{"id": 501, "login": "hubert"})
		service := kit.App(t, kit.WithClock(clock), kit.WithFile(provider.File(t)))

		provider.Misbehave("/github", 1, kit.ServerError)
		response, err := service.Client.PostForm(service.URL+"/dj-rest-auth/github/", url.Values{"access_token": {"token-of-hubert"}})
		if err != nil || response.StatusCode == http.StatusOK {
			t.Fatal("a provider that is down lets people in")
		}
	}
	// Output:
}
