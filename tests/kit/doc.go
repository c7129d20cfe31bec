// Package kit boots the whole service inside a test: for the tests of this
// repository, and for a team that extends the service and tests its extension.
//
//	func TestWelcome(t *testing.T) {
//		service := kit.App(t, kit.Settings(map[string]string{"SESSION_LOGIN": "false"}))
//
//		_, err := service.Client.PostForm(service.URL+"/dj-rest-auth/registration/", url.Values{
//			"username": {"alice"}, "email": {"alice@example.com"},
//			"password1": {"Str0ng-pass-77"}, "password2": {"Str0ng-pass-77"},
//		})
//		require.NoError(t, err)
//
//		letter := service.Mailbox.Next(t, "alice@example.com")
//		require.Len(t, letter.Links(), 1)
//	}
//
// Every App has a SQLite file, a mailbox and a clock of its own, so that tests
// can run in parallel. The clock stands still until the test moves it. The package
// needs nothing of the service that is not exported; extensions go in by [WithFx].
//
// [Provider] plays the social providers, so that a login by Google or by
// OpenID Connect can be tested without them, and so can their bad days:
//
//	provider := kit.Provider(t)
//	provider.AddPerson(kit.Google, "a-token", map[string]any{"id": "g-1", "email": "gina@example.com"})
//	service := kit.App(t, kit.WithFile(provider.File(t)))
//	provider.Misbehave("/google", 1, kit.HangUp)
package kit
