package integration

import (
	"bytes"
	"encoding/json"
	"image/png"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

const (
	browserChange = "/dj-rest-auth/password/change/"
	browserForged = "F0rged-pass-66" // what an attacker wants the password to be
)

// browserDeployment is a service whose tokens travel in cookies, and a front end at
// another origin.
type browserDeployment struct {
	*accessService
	seen      *watched
	app, evil string // origins
}

// browserDeploy lets the front end and nobody else use the service. Across sites
// cookies only travel with SameSite=None.
func browserDeploy(t *testing.T, crossSite bool, more map[string]string) *browserDeployment {
	t.Helper()
	port := pages(t)
	seen, let := watch(t)
	d := &browserDeployment{seen: seen, app: "http://" + browserApp + ":" + port, evil: "http://" + browserEvil + ":" + port}
	settings := map[string]string{}
	if crossSite {
		d.app, d.evil = "http://"+browserOtherApp+":"+port, "http://"+browserEvilSite+":"+port
		for _, cookie := range []string{"JWT_AUTH", "CSRF_COOKIE", "SESSION_COOKIE"} {
			settings[cookie+"_SAMESITE"], settings[cookie+"_SECURE"] = "None", "true"
		}
	}
	maps.Copy(settings, map[string]string{
		"PUBLIC_URL": seen.url, "ALLOWED_HOSTS": browserService + ",127.0.0.1",
		"USE_JWT": "true", "AUTH_CLASSES": "jwt,session", "JWT_AUTH_COOKIE": "access", "JWT_AUTH_REFRESH_COOKIE": "refresh", "JWT_TRANSPORT": "cookie",
		"ROTATE_REFRESH_TOKENS": "true", "REFRESH_TOKEN_FAMILIES": "true", "CHECK_SESSION": "true", "JWT_AUTH_COOKIE_USE_CSRF": "true",
		"CORS_ALLOWED_ORIGINS": d.app, "CORS_ALLOW_CREDENTIALS": "true", "CSRF_TRUSTED_ORIGINS": d.app,
	})
	maps.Copy(settings, more)
	d.accessService = accessBoot(t, settings)
	let(d.URL)
	return d
}

// call has the open page make a request to the API with JSON.
func (d *browserDeployment) call(t *testing.T, b *browser, method, path, csrf string, body any) fetched {
	t.Helper()
	options := map[string]any{"method": method}
	if body != nil {
		text, err := json.Marshal(body)
		require.NoError(t, err)
		headers := map[string]string{"Content-Type": "application/json"}
		if csrf != "" {
			headers["X-CSRFToken"] = csrf
		}
		options["headers"], options["body"] = headers, string(text)
	}
	return b.fetch(t, d.seen.url+"/dj-rest-auth/"+path, options)
}

// signIn has the front end's page sign somebody in.
func (d *browserDeployment) signIn(t *testing.T, b *browser, name string) {
	t.Helper()
	b.show(t, d.app, "<h1>front end</h1>")
	got := d.call(t, b, http.MethodPost, "login/", "", map[string]string{"username": name, "password": accessPassword})
	require.Equal(t, http.StatusOK, got.Status, "%+v", got)
	d.seen.take("/dj-rest-auth/login/")
}

func (d *browserDeployment) csrfToken(t *testing.T, b *browser) string {
	t.Helper()
	got := d.call(t, b, http.MethodGet, "csrf/", "", nil)
	require.Equal(t, http.StatusOK, got.Status, "%+v", got)
	var answer struct{ CSRFToken string }
	require.NoError(t, json.Unmarshal([]byte(got.Text), &answer))
	return answer.CSRFToken
}

func TestAFrontEndOfAnotherOriginLivesOnCookies(t *testing.T) {
	for name, crossSite := range map[string]bool{"of the same site": false, "of another site": true} {
		t.Run(name, func(t *testing.T) {
			d := browserDeploy(t, crossSite, nil)
			b := openBrowser(t)
			person := d.register(t)
			d.signIn(t, b, person)
			user := d.call(t, b, http.MethodGet, "user/", "", nil)
			require.Equal(t, http.StatusOK, user.Status, "%+v", user)
			require.Contains(t, user.Text, person)
			d.requireHidden(t, b, crossSite)
			d.changePassword(t, b, person)
			d.refresh(t, b)
			d.leave(t, b)
		})
	}
}

// requireHidden: no script may read the tokens, wherever it runs.
func (d *browserDeployment) requireHidden(t *testing.T, b *browser, crossSite bool) {
	t.Helper()
	held := b.cookies(t)
	for _, name := range []string{"access", "refresh", "sessionid"} {
		require.Contains(t, held, name)
		require.True(t, held[name].HTTPOnly, name)
		require.Equal(t, browserService, held[name].Domain, name)
		require.Equal(t, crossSite, held[name].Secure, name)
		require.Equal(t, crossSite, held[name].SameSite == network.CookieSameSiteNone, name)
	}
	require.Empty(t, b.run(t, "document.cookie"), "the cookies are not the front end's")
	b.open(t, d.seen.url+"/nothing-here")
	own := b.run(t, "document.cookie")
	require.Contains(t, own, "csrftoken=")
	require.Equal(t, 1, strings.Count(own, "="), own)
	b.show(t, d.app, "")
}

func (d *browserDeployment) changePassword(t *testing.T, b *browser, person string) {
	t.Helper()
	passwords := map[string]string{"new_password1": accessSecond, "new_password2": accessSecond}
	refused := d.call(t, b, http.MethodPost, "password/change/", "", passwords)
	require.Equal(t, http.StatusForbidden, refused.Status, "%+v", refused)
	require.Contains(t, refused.Text, "CSRF token missing.")
	changed := d.call(t, b, http.MethodPost, "password/change/", d.csrfToken(t, b), passwords)
	require.Equal(t, http.StatusOK, changed.Status, "%+v", changed)
	d.login(t, person, accessSecond)
}

// refresh lets the access token expire, after which the refresh cookie gives another.
func (d *browserDeployment) refresh(t *testing.T, b *browser) {
	t.Helper()
	before := b.cookies(t)
	d.Clock.Advance(10 * time.Minute)
	require.Equal(t, http.StatusUnauthorized, d.call(t, b, http.MethodGet, "user/", "", nil).Status)
	refreshed := d.call(t, b, http.MethodPost, "token/refresh/", "", map[string]string{})
	require.Equal(t, http.StatusOK, refreshed.Status, "%+v", refreshed)
	require.Contains(t, refreshed.Text, `{"access":"","access_expiration":`)
	require.NotContains(t, refreshed.Text, "eyJ", "a script could read a token that the answer holds")
	for _, name := range []string{"access", "refresh"} {
		require.NotEqual(t, before[name].Value, b.cookies(t)[name].Value, name)
	}
	require.Equal(t, http.StatusOK, d.call(t, b, http.MethodGet, "user/", "", nil).Status)
}

// leave logs out and keeps what an attacker could have copied before.
func (d *browserDeployment) leave(t *testing.T, b *browser) {
	t.Helper()
	copied := map[string]string{}
	for name, cookie := range b.cookies(t) {
		copied[name] = cookie.Value
	}
	left := d.call(t, b, http.MethodPost, "logout/", d.csrfToken(t, b), map[string]string{})
	require.Equal(t, http.StatusOK, left.Status, "%+v", left)
	for _, name := range []string{"access", "refresh", "sessionid"} {
		require.NotContains(t, b.cookies(t), name)
	}
	require.Equal(t, http.StatusUnauthorized, d.call(t, b, http.MethodGet, "user/", "", nil).Status)
	require.Equal(t, http.StatusUnauthorized, d.call(t, b, http.MethodPost, "token/refresh/", "", map[string]string{}).Status)
	require.Equal(t, http.StatusUnauthorized, d.send(t, accessRequest{method: http.MethodGet, path: "user/", cookies: copied}).status)
	require.Equal(t, http.StatusUnauthorized, d.send(t, accessRequest{method: http.MethodPost, path: "token/refresh/", cookies: copied}).status)
	b.do(t, network.ClearBrowserCookies())
	again := d.call(t, b, http.MethodPost, "logout/", "", map[string]string{})
	require.Equal(t, http.StatusOK, again.Status, "who has nothing can leave, too: %+v", again)
}

// forgery is a request that a page of somebody else makes in the browser of a person
// who is signed in.
type forgery struct {
	content func(target string) string
	origin  string // "" is the page's own
	kind    string // of the body
}

func smuggled(target string) string {
	// Encoded as text/plain the field reads {"new_password1":…,"x":"="}.
	return formOf(target, "text/plain", `{"new_password1":"`+browserForged+`","new_password2":"`+browserForged+`","x":"`, `"}`)
}

func filledIn(target string) string {
	return formOf(target, "application/x-www-form-urlencoded", "new_password1", browserForged, "new_password2", browserForged)
}

var forgeries = map[string]forgery{
	"a form": {filledIn, "", "application/x-www-form-urlencoded"},
	"a form with files": {func(target string) string {
		return strings.ReplaceAll(filledIn(target), "application/x-www-form-urlencoded", "multipart/form-data")
	}, "", "multipart/form-data"},
	"JSON in a form": {smuggled, "", "text/plain"},
	"a sandboxed frame": {func(target string) string {
		return `<iframe sandbox="allow-scripts allow-forms" src="data:text/html,` + url.PathEscape(filledIn(target)) + `"></iframe>`
	}, "null", "application/x-www-form-urlencoded"},
	"a data: frame": {func(target string) string {
		return `<iframe src="data:text/html,` + url.PathEscape(filledIn(target)) + `"></iframe>`
	}, "null", "application/x-www-form-urlencoded"},
}

func TestPagesOfOthersCanForgeNothing(t *testing.T) {
	for name, crossSite := range map[string]bool{"of the same site": false, "of another site": true} {
		t.Run(name, func(t *testing.T) {
			d := browserDeploy(t, crossSite, nil)
			b := openBrowser(t)
			person := d.register(t)
			d.signIn(t, b, person)
			for title, f := range forgeries {
				got := d.forge(t, b, f)
				if f.origin == "" || crossSite {
					require.NotEmpty(t, got.cookies["access"], "%s: without the cookie there is nothing to refuse", title)
					require.Equal(t, http.StatusForbidden, got.status, title)
				}
				require.Contains(t, []int{http.StatusForbidden, http.StatusUnauthorized}, got.status, title)
			}
			d.requireUnreadable(t, b)
			d.login(t, person, accessPassword)
			b.show(t, d.app, "")
			require.Equal(t, http.StatusOK, d.call(t, b, http.MethodGet, "user/", "", nil).Status, "still signed in")
		})
	}
}

// forge shows the evil page and returns the request that it makes.
func (d *browserDeployment) forge(t *testing.T, b *browser, f forgery) exchange {
	t.Helper()
	b.showMoving(t, d.evil, f.content(d.seen.url+browserChange))
	got := d.seen.next(t, browserChange)
	require.Equal(t, http.MethodPost, got.method)
	require.True(t, strings.HasPrefix(got.contentType, f.kind), got.contentType)
	if f.origin == "" {
		f.origin = d.evil
	}
	require.Equal(t, f.origin, got.origin)
	return got
}

// requireUnreadable: scripts of the evil page learn nothing, and what needs a
// preflight is not even sent.
func (d *browserDeployment) requireUnreadable(t *testing.T, b *browser) {
	t.Helper()
	b.show(t, d.evil, "")
	for _, path := range []string{"user/", "csrf/"} {
		require.NotEmpty(t, d.call(t, b, http.MethodGet, path, "", nil).Failed, path)
		got := d.seen.next(t, "/dj-rest-auth/"+path)
		require.Equal(t, http.StatusOK, got.status, "the service answers, and the browser keeps the answer from the page")
		require.NotEmpty(t, got.cookies["access"])
	}
	passwords := map[string]string{"new_password1": browserForged, "new_password2": browserForged}
	require.NotEmpty(t, d.call(t, b, http.MethodPost, "password/change/", "", passwords).Failed)
	require.Equal(t, http.MethodOptions, d.seen.next(t, browserChange).method, "the preflight was refused")
	simple := map[string]any{"method": http.MethodPost, "headers": map[string]string{"Content-Type": "text/plain"}, "body": `{"new_password1":"x","new_password2":"x"}`}
	require.NotEmpty(t, b.fetch(t, d.seen.url+browserChange, simple).Failed)
	require.Equal(t, http.StatusForbidden, d.seen.next(t, browserChange).status)
	for _, path := range []string{"logout/", "token/refresh/"} {
		require.NotEmpty(t, b.fetch(t, d.seen.url+"/dj-rest-auth/"+path, map[string]any{"method": http.MethodPost}).Failed, path)
	}
	require.Equal(t, http.StatusForbidden, d.seen.next(t, "/dj-rest-auth/logout/").status)
}

// Without this the test above could pass with attacks that do nothing anywhere.
func TestAForgedFormWorksWhereTheCheckIsOff(t *testing.T) {
	d := browserDeploy(t, true, map[string]string{"JWT_AUTH_COOKIE_USE_CSRF": "false"})
	b := openBrowser(t)
	person := d.register(t)
	d.signIn(t, b, person)
	require.Equal(t, http.StatusOK, d.forge(t, b, forgeries["a form"]).status)
	d.login(t, person, browserForged)
}

func TestThePagesThatMailsLeadTo(t *testing.T) {
	s := accessBoot(t, map[string]string{"ACCOUNT_EMAIL_VERIFICATION": "mandatory"})
	b := openBrowser(t)
	person := s.register(t)
	s.confirmByPage(t, b, person)
	s.resetByPage(t, b, person)
}

func (s *accessService) confirmByPage(t *testing.T, b *browser, person string) {
	t.Helper()
	link := s.Mailbox.Next(t, person+"@example.com").Links()[0]
	login := map[string]string{"username": person, "password": accessPassword}
	b.open(t, link)
	b.sees(t, "h1", "Confirm your e-mail address")
	b.requireVisible(t)
	require.Equal(t, http.StatusBadRequest, s.post(t, "login/", login).status, "a visit confirms nothing")
	b.press(t)
	b.sees(t, "h1", "Address confirmed")
	b.requireVisible(t)
	require.Equal(t, http.StatusOK, s.post(t, "login/", login).status)
	b.open(t, strings.TrimSuffix(link, "/")+"x/")
	b.press(t)
	b.sees(t, "h1", "This link does not work")
}

func (s *accessService) resetByPage(t *testing.T, b *browser, person string) {
	t.Helper()
	require.Equal(t, http.StatusOK, s.post(t, "password/reset/", map[string]string{"email": person + "@example.com"}).status)
	link := s.Mailbox.Next(t, person+"@example.com").Links()[0]
	b.open(t, link)
	b.sees(t, "h1", "Set a new password")
	b.requireVisible(t)
	b.press(t) // the browser itself asks for the fields
	b.sees(t, "h1", "Set a new password")
	for _, c := range []struct{ first, second, says string }{
		{accessSecond, accessSecond + "x", "The two password fields didn’t match."},
		{"password", "password", "This password is too common."},
	} {
		b.typePasswords(t, c.first, c.second)
		b.press(t)
		b.sees(t, ".error", c.says)
		b.requireVisible(t)
	}
	b.typePasswords(t, accessSecond, accessSecond)
	b.press(t)
	b.sees(t, "h1", "Password changed")
	s.login(t, person, accessSecond)
	b.open(t, link)
	b.sees(t, "h1", "This link does not work")
}

// press presses the page's button.
func (b *browser) press(t *testing.T) {
	t.Helper()
	b.run(t, `document.querySelector("button").click(), ""`)
}

func (b *browser) typePasswords(t *testing.T, first, second string) {
	t.Helper()
	b.run(t, `document.getElementById("new_password1").value = "`+first+`"`)
	b.run(t, `document.getElementById("new_password2").value = "`+second+`"`)
}

// requireVisible looks at the picture: a page whose style or text did not come is
// nearly of one colour.
func (b *browser) requireVisible(t *testing.T) {
	t.Helper()
	var shot []byte
	b.do(t, chromedp.CaptureScreenshot(&shot))
	picture, err := png.Decode(bytes.NewReader(shot))
	require.NoError(t, err)
	background := picture.At(0, 0)
	drawn := 0
	for y := range picture.Bounds().Dy() {
		for x := range picture.Bounds().Dx() {
			if picture.At(x, y) != background {
				drawn++
			}
		}
	}
	require.Greater(t, drawn, 1000, "the page shows nothing")
}
