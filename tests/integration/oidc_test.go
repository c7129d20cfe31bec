package integration

import (
	"net/http"
	"net/url"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/tests/kit"
)

const oidcStateRefused = `{"state":["This sign-in was not started here, or has expired. Start again."]}`

// oidcBoot runs the service with the README's lines and no other setting.
func oidcBoot(t *testing.T) (service *kit.Service, first, second string) {
	t.Helper()
	first, second = oidcApp(t)
	issuer := oidcProvider(t, first, second)
	return kit.App(t, kit.WithFile(oidcFile(t, issuer, first, second))), first, second
}

// oidcRequireAccounts counts the accounts and the identities in the database.
func oidcRequireAccounts(t *testing.T, service *kit.Service, accounts, identities string) {
	t.Helper()
	db := processDatabase(t, filepath.Dir(service.Database))
	require.Equal(t, []string{accounts}, processTexts(t, db, "SELECT COUNT(*) FROM auth_user"), "accounts")
	require.Equal(t, []string{identities}, processTexts(t, db, "SELECT COUNT(*) FROM socialaccount_socialaccount"), "identities")
	require.NoError(t, db.Close())
}

func TestOIDCAPersonSignsInAtARealProvider(t *testing.T) {
	service, _, _ := oidcBoot(t)
	v := oidcVisit(t, service)
	key := v.login(t)
	user := oidcVisit(t, service).call(t, http.MethodGet, "user/", nil, "Authorization", "Token "+key)
	require.Equal(t, http.StatusOK, user.status, user.text)
	require.Equal(t, oidcEmail, user.string("email"))
	require.Equal(t, "Test", user.string("first_name"))
	require.Equal(t, "User", user.string("last_name"))
	require.Equal(t, http.StatusOK, v.call(t, http.MethodGet, "user/", nil).status, "by the session cookie")

	accounts := v.call(t, http.MethodGet, "socialaccounts/", nil)
	require.Contains(t, accounts.text, `"provider":"corp","uid":"`+oidcSubject+`"`)

	require.Equal(t, key, v.login(t), "the same browser, still signed in")
	require.Equal(t, key, oidcVisit(t, service).login(t), "another browser")
	oidcRequireAccounts(t, service, "1", "1")
}

func TestOIDCACodeIsGoodOnce(t *testing.T) {
	service, _, _ := oidcBoot(t)
	v := oidcVisit(t, service)
	begun := v.begin(t, "")
	back := v.signIn(t, begun.page)
	require.Equal(t, http.StatusOK, v.present(t, back.Get("code"), begun.state).status)

	replayed := v.present(t, back.Get("code"), begun.state)
	require.Equal(t, http.StatusBadRequest, replayed.status, "the browser was rid of the cookie")
	require.Equal(t, oidcStateRefused, replayed.text)

	v.keep(t, begun.cookie)
	replayed = v.present(t, back.Get("code"), begun.state)
	require.Equal(t, http.StatusBadRequest, replayed.status, "with the cookie, too")
	require.Equal(t, oidcStateRefused, replayed.text)

	fresh := v.begin(t, "")
	replayed = v.present(t, back.Get("code"), fresh.state)
	require.Equal(t, http.StatusBadRequest, replayed.status, "the code with a new state")
	require.Equal(t, `{"non_field_errors":["Failed to exchange code for access token"]}`, replayed.text)
}

func TestOIDCAStateIsGoodOnceAlsoWithANewCode(t *testing.T) {
	service, _, _ := oidcBoot(t)
	v := oidcVisit(t, service)
	begun := v.begin(t, "")
	first, second := v.signIn(t, begun.page), v.signIn(t, begun.page)
	require.NotEqual(t, first.Get("code"), second.Get("code"))
	require.Equal(t, http.StatusOK, v.present(t, first.Get("code"), begun.state).status)
	v.keep(t, begun.cookie)
	refused := v.present(t, second.Get("code"), begun.state)
	require.Equal(t, http.StatusBadRequest, refused.status)
	require.Equal(t, oidcStateRefused, refused.text)
}

func TestOIDCACodeBelongsToTheBrowserThatBegan(t *testing.T) {
	service, _, _ := oidcBoot(t)
	attacker, victim := oidcVisit(t, service), oidcVisit(t, service)
	theirs, own := attacker.begin(t, ""), victim.begin(t, "")
	code := attacker.signIn(t, theirs.page).Get("code")

	refused := victim.present(t, code, theirs.state)
	require.Equal(t, http.StatusBadRequest, refused.status, "the attacker's link in the victim's browser")
	require.Equal(t, oidcStateRefused, refused.text)

	refused = victim.present(t, code, own.state)
	require.Equal(t, http.StatusBadRequest, refused.status, "a code that was put under the victim's own state")

	stolen := victim.signIn(t, victim.begin(t, "").page)
	refused = attacker.present(t, stolen.Get("code"), stolen.Get("state"))
	require.Equal(t, http.StatusBadRequest, refused.status, "a code that the victim's page gave away")
	require.Equal(t, oidcStateRefused, refused.text)
	refused = attacker.present(t, stolen.Get("code"), attacker.begin(t, "").state)
	require.Equal(t, http.StatusBadRequest, refused.status, "the same under the attacker's own state")
	refused = attacker.present(t, stolen.Get("code"), "")
	require.Equal(t, http.StatusBadRequest, refused.status, "the same without state")
	oidcRequireAccounts(t, service, "0", "0")
}

func TestOIDCOnlyCallbacksOfTheListAreServed(t *testing.T) {
	service, first, second := oidcBoot(t)
	v := oidcVisit(t, service)
	for _, wrong := range []string{"https://evil.example/callback", first + "/", first + "?x=1", first + "@evil.example"} {
		refused := v.call(t, http.MethodGet, "corp/authorize/?callback_url="+url.QueryEscape(wrong), nil)
		require.Equal(t, http.StatusBadRequest, refused.status, wrong)
		require.Equal(t, `{"callback_url":["This URL is not among the provider's callback URLs."]}`, refused.text)
		require.Empty(t, refused.cookies)
		refused = v.call(t, http.MethodPost, "corp/", map[string]string{"code": "a-code", "callback_url": wrong})
		require.Equal(t, http.StatusBadRequest, refused.status, wrong)
		require.Contains(t, refused.text, "callback_url")
	}

	// A code goes with the callback that it was sent to (RFC 6749, 4.1.3).
	query := url.Values{"response_type": {"code"}, "client_id": {oidcClient}, "scope": {"openid email profile"}, "state": {"the-app's-own"}, "redirect_uri": {first}}
	page, err := url.Parse(v.begin(t, "").page)
	require.NoError(t, err)
	page.RawQuery = query.Encode()
	code := v.signIn(t, page.String()).Get("code")
	refused := v.call(t, http.MethodPost, "corp/", map[string]string{"code": code, "callback_url": second})
	require.Equal(t, http.StatusBadRequest, refused.status, refused.text)
	oidcRequireAccounts(t, service, "0", "0")

	code = v.signIn(t, page.String()).Get("code")
	taken := v.call(t, http.MethodPost, "corp/", map[string]string{"code": code, "callback_url": first})
	require.Equal(t, http.StatusOK, taken.status, "an app that makes its own state: %s", taken.text)
}

func TestOIDCTheSecondCallbackWorksToo(t *testing.T) {
	service, _, second := oidcBoot(t)
	v := oidcVisit(t, service)
	begun := v.begin(t, "?callback_url="+url.QueryEscape(second))
	page, err := url.Parse(begun.page)
	require.NoError(t, err)
	require.Equal(t, second, page.Query().Get("redirect_uri"))
	back := v.signIn(t, begun.page)
	require.Equal(t, http.StatusOK, v.present(t, back.Get("code"), back.Get("state")).status)
}

func TestOIDCAnAppWithoutCookiesKeepsTheAuthorization(t *testing.T) {
	service, _, _ := oidcBoot(t)
	device, thief := oidcVisit(t, service), oidcVisit(t, service)
	begun := device.call(t, http.MethodGet, "corp/authorize/?binding=device", nil)
	require.Equal(t, http.StatusOK, begun.status, begun.text)
	require.Empty(t, begun.cookies)
	back := device.signIn(t, begun.string("authorization_url"))
	body := map[string]string{"code": back.Get("code"), "state": back.Get("state")}
	require.Equal(t, http.StatusBadRequest, thief.call(t, http.MethodPost, "corp/", body).status)
	own := thief.call(t, http.MethodGet, "corp/authorize/?binding=device", nil)
	refused := thief.call(t, http.MethodPost, "corp/", body, "X-Latchkey-Authorization", own.string("authorization"))
	require.Equal(t, http.StatusBadRequest, refused.status)
	require.Equal(t, oidcStateRefused, refused.text, "a state goes with its own authorization")
	taken := device.call(t, http.MethodPost, "corp/", body, "X-Latchkey-Authorization", begun.string("authorization"))
	require.Equal(t, http.StatusOK, taken.status, taken.text)
}
