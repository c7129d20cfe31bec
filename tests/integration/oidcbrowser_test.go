package integration

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"latchkey/tests/kit"
)

// oidcScript is the front end, all of it. Posting asks for a CSRF token first: whoever is
// still signed in by a cookie needs one.
const oidcScript = `<!doctype html><title>front end</title><button id="go">Sign in</button><p id="said"></p><script>
const api = %q, withSession = %t;
const call = (path, options) => fetch(api + path, {credentials: "include", ...options});
const said = text => document.getElementById("said").textContent = text;
document.getElementById("go").onclick = async () => {
	location = (await (await call("corp/authorize/")).json()).authorization_url;
};
const comeBack = async query => {
	const csrf = (await (await call("csrf/")).json()).csrfToken;
	const login = await call("corp/", {
		method: "POST", headers: {"Content-Type": "application/json", "X-CSRFToken": csrf},
		body: JSON.stringify({code: query.get("code"), state: query.get("state")}),
	});
	if (!login.ok) return said("refused " + login.status + " " + await login.text());
	const key = (await login.json()).key;
	const user = await (withSession ? call("user/") : fetch(api + "user/", {headers: {Authorization: "Token " + key}}));
	said("user " + user.status + " " + await user.text());
};
if (location.search) comeBack(new URLSearchParams(location.search)).catch(e => said("failed " + e));
</script>`

// oidcDeployment is a service, a provider, and a front end at another origin of the service's
// site, which has a page for people to come back to.
type oidcDeployment struct {
	*kit.Service
	seen          *watched
	app, callback string
}

func oidcDeploy(t *testing.T, withSession bool, settings map[string]string) *oidcDeployment {
	t.Helper()
	seen, let := watch(t)
	page := fmt.Sprintf(oidcScript, seen.url+"/dj-rest-auth/", withSession)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, page)
	}))
	t.Cleanup(server.Close)
	_, port, _ := strings.Cut(server.Listener.Addr().String(), ":")
	d := &oidcDeployment{seen: seen, app: "http://" + browserApp + ":" + port}
	d.callback = d.app + "/auth/corp/callback"
	issuer := oidcProvider(t, d.callback)
	d.Service = kit.App(t, kit.WithFile(oidcFile(t, issuer, d.callback)), kit.Settings(map[string]string{
		"PUBLIC_URL": seen.url, "ALLOWED_HOSTS": browserService + ",127.0.0.1",
		"CORS_ALLOWED_ORIGINS": d.app, "CORS_ALLOW_CREDENTIALS": "true", "CSRF_TRUSTED_ORIGINS": d.app,
	}), kit.Settings(settings))
	let(d.URL)
	return d
}

// signIn has somebody click and type from the front end to the front end.
func (d *oidcDeployment) signIn(t *testing.T, b *browser) {
	t.Helper()
	b.open(t, d.app+"/")
	b.do(t, chromedp.Click("#go", chromedp.ByQuery),
		chromedp.WaitVisible("#password", chromedp.ByQuery),
		chromedp.SendKeys("#username", oidcUser, chromedp.ByQuery),
		chromedp.SendKeys("#password", oidcPassword, chromedp.ByQuery),
		chromedp.Click("button[type=submit]", chromedp.ByQuery))
	b.sees(t, "#said", "user 200")
	b.sees(t, "#said", oidcEmail)
}

func TestOIDCAFrontEndSignsPeopleInThroughTheProvidersPage(t *testing.T) {
	for name, c := range map[string]struct {
		withSession bool
		settings    map[string]string
	}{
		"and uses the token":          {false, map[string]string{"AUTH_CLASSES": "token", "SESSION_LOGIN": "false"}},
		"and uses the session cookie": {true, map[string]string{"AUTH_CLASSES": "session"}},
		"with cookies that stay":      {true, map[string]string{"SESSION_COOKIE_SAMESITE": "Strict", "CSRF_COOKIE_SAMESITE": "Strict"}},
	} {
		t.Run(name, func(t *testing.T) {
			d := oidcDeploy(t, c.withSession, c.settings)
			b := openBrowser(t)
			d.signIn(t, b)
			d.requireBound(t, b)
			d.requireNoReplay(t, b)
			d.signIn(t, b)
			oidcRequireAccounts(t, d.Service, "1", "1")
		})
	}
}

// requireBound: the sign-in was bound to the browser by a cookie, which is gone.
func (d *oidcDeployment) requireBound(t *testing.T, b *browser) {
	t.Helper()
	all := d.seen.take("/dj-rest-auth/corp/")
	posted := all[len(all)-1] // behind the preflight
	require.Equal(t, http.MethodPost, posted.method)
	require.True(t, oidcHasBinding(posted.cookies), "%v", posted.cookies)
	for name := range b.cookies(t) {
		require.NotContains(t, name, "latchkey_authorization")
	}
}

func oidcHasBinding(cookies map[string]string) bool {
	for name := range cookies {
		if strings.HasPrefix(name, "latchkey_authorization_") {
			return true
		}
	}
	return false
}

// requireNoReplay: who goes back in the browser's history comes with a used code.
func (d *oidcDeployment) requireNoReplay(t *testing.T, b *browser) {
	t.Helper()
	b.do(t, chromedp.Reload())
	b.sees(t, "#said", "refused 400 "+oidcStateRefused)
}

func TestOIDCALinkDoesNotSignTheVictimsBrowserInToTheAttackersAccount(t *testing.T) {
	d := oidcDeploy(t, true, nil)
	at, err := url.Parse(d.callback)
	require.NoError(t, err)
	attacker := oidcVisit(t, d.Service)
	attacker.client.CheckRedirect = func(next *http.Request, _ []*http.Request) error {
		if next.URL.Host == at.Host {
			return http.ErrUseLastResponse // and keeps the code
		}
		return nil
	}
	begun := attacker.begin(t, "")
	_, _, link := attacker.submit(t, begun.page)
	require.Equal(t, begun.state, link.Query().Get("state"))

	b := openBrowser(t)
	b.open(t, link.String())
	b.sees(t, "#said", "refused 400 "+oidcStateRefused)
	require.NotContains(t, b.cookies(t), "sessionid")
	oidcRequireAccounts(t, d.Service, "0", "0")

	taken := attacker.present(t, link.Query().Get("code"), begun.state)
	require.Equal(t, http.StatusOK, taken.status, "the code was good: %s", taken.text)
}
