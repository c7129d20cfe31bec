package kit_test

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"testing"
	"time"

	"latchkey/tests/kit"
)

// A test of a team that runs with mandatory verification: nobody signs in
// before the address is confirmed.
func ExampleApp() {
	_ = func(t *testing.T) {
		service := kit.App(t, kit.Settings(map[string]string{"ACCOUNT_EMAIL_VERIFICATION": "mandatory"}))
		service.Client.Jar, _ = cookiejar.New(nil)
		form := url.Values{
			"username": {"alice"}, "email": {"alice@example.com"},
			"password1": {"Str0ng-pass-77"}, "password2": {"Str0ng-pass-77"},
		}
		if _, err := service.Client.PostForm(service.URL+"/dj-rest-auth/registration/", form); err != nil {
			t.Fatal(err)
		}
		letter := service.Mailbox.Next(t, "alice@example.com")
		t.Log("the link to click:", letter.Links()[0])

		service.Clock.Advance(4 * 24 * time.Hour) // the link has expired now
		response, err := service.Client.Get(letter.Links()[0])
		if err != nil || response.StatusCode == http.StatusOK {
			t.Fatal("an old link still works")
		}
	}
	// Output:
}
