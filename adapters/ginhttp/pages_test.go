package ginhttp

import (
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/domain/verification"
)

const (
	resetPagePath   = "/password-reset/confirm/7/good-token/"
	confirmPagePath = "/dj-rest-auth/registration/account-confirm-email/good:key/"
)

var hiddenToken = regexp.MustCompile(`name="csrfmiddlewaretoken" value="([a-zA-Z0-9]{64})"`)

// opened visits the page and returns the headers and form token of its form.
func opened(t *testing.T, api *API, path string) (cookie, token string) {
	t.Helper()
	got := sent{method: "GET", path: path}.to(api)
	require.Equal(t, 200, got.Code)
	found := hiddenToken.FindStringSubmatch(got.Body.String())
	require.Len(t, found, 2, got.Body.String())
	return "csrftoken=" + cookieNamed(t, got.Result(), "csrftoken").Value, found[1]
}

func requirePage(t *testing.T, got *httptest.ResponseRecorder, status int, p page) {
	t.Helper()
	require.Equal(t, status, got.Code, got.Body.String())
	require.Contains(t, got.Body.String(), "<h1>"+p.Title+"</h1>")
	require.Equal(t, "text/html; charset=utf-8", got.Header().Get("Content-Type"))
	require.Equal(t, []string{pagePolicy}, got.Header().Values("Content-Security-Policy"))
	require.NotContains(t, strings.ToLower(got.Body.String()), "<script")
	require.NotContains(t, got.Body.String(), " src=")
	require.NotContains(t, got.Body.String(), " href=")
	require.NotContains(t, got.Body.String(), " style=")
	require.NotRegexp(t, `\son\w+=`, got.Body.String())
	require.Equal(t, p.Form, strings.Contains(got.Body.String(), "<form"))
	if p.Form {
		require.Regexp(t, hiddenToken, got.Body.String())
		require.Equal(t, "Cookie", got.Header().Get("Vary"))
	}
}

func TestThePolicyAllowsTheStyleAndNothingElse(t *testing.T) {
	require.Equal(t, "default-src 'none'; style-src 'sha256-"+hashOf(pageStyle)+"'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'", pagePolicy)
	body := sent{method: "GET", path: resetPagePath}.to(newWorld().api(t)).Body.String()
	_, style, _ := strings.Cut(body, "<style>")
	style, _, _ = strings.Cut(style, "</style>")
	require.Equal(t, pageStyle, style, "the hash is that of what is sent")
	require.NotContains(t, style, "url(")
}

func TestVisitingALinkChangesNothing(t *testing.T) {
	w := newWorld()
	api := w.api(t)
	for range 3 {
		requirePage(t, sent{method: "GET", path: confirmPagePath}.to(api), 200, confirmPage)
		requirePage(t, sent{method: "GET", path: resetPagePath}.to(api), 200, resetPage)
		require.Equal(t, 200, sent{method: "HEAD", path: confirmPagePath}.to(api).Code)
	}
	require.Empty(t, w.keys)
	require.Empty(t, w.confirms)
}

func TestTheButtonConfirmsAnAddress(t *testing.T) {
	w := newWorld()
	api := w.api(t)
	cookie, token := opened(t, api, confirmPagePath)
	requirePage(t, postForm(confirmPagePath, "csrfmiddlewaretoken="+token, "Cookie", cookie).to(api), 200, confirmedPage)
	require.Equal(t, []string{"good:key"}, w.keys)
	w.keyErr = verification.ErrVerifiedElsewhere
	requirePage(t, postForm(confirmPagePath, "csrfmiddlewaretoken="+token, "Cookie", cookie).to(api), 404, deadPage)
	requirePage(t, postForm(strings.Replace(confirmPagePath, "good", "bad", 1), "csrfmiddlewaretoken="+token, "Cookie", cookie).to(api), 404, deadPage)
}

func TestTheFormSetsAPassword(t *testing.T) {
	w := newWorld()
	api := w.api(t)
	cookie, token := opened(t, api, resetPagePath)
	submit := func(path, passwords string) *httptest.ResponseRecorder {
		return postForm(path, passwords+"&csrfmiddlewaretoken="+token, "Cookie", cookie).to(api)
	}
	requirePage(t, submit(resetPagePath, "new_password1=n%26w&new_password2=n%26w"), 200, changedPage)
	require.Equal(t, "n&w", w.confirms[0].Password.Reveal())
	require.Equal(t, "7", w.confirms[0].UID)
	require.Equal(t, "good-token", w.confirms[0].Token)

	mismatch := submit(resetPagePath, "new_password1=hunter2a&new_password2=hunter2b")
	requirePage(t, mismatch, 400, resetPage)
	require.Contains(t, mismatch.Body.String(), "The two password fields didn’t match.")
	require.NotContains(t, mismatch.Body.String(), "hunter2", "what was typed is not sent back")

	missing := submit(resetPagePath, "new_password1=a")
	requirePage(t, missing, 400, resetPage)
	require.Contains(t, missing.Body.String(), saysRequired)
	require.Len(t, w.confirms, 2)

	requirePage(t, submit("/password-reset/confirm/8/good-token/", "new_password1=a&new_password2=a"), 404, deadPage)
	requirePage(t, submit("/password-reset/confirm/7/bad-token/", "new_password1=a&new_password2=a"), 404, deadPage)
}

func TestADeadLinkShowsNoForm(t *testing.T) {
	api := newWorld().api(t)
	for _, path := range []string{
		"/password-reset/confirm/8/good-token/", "/password-reset/confirm/7/bad-token/", "/password-reset/confirm/%3Cscript%3E/%22%3E/",
		"/dj-rest-auth/registration/account-confirm-email/%3Cscript%3E/", "/dj-rest-auth/registration/account-confirm-email/a%20b/",
		"/dj-rest-auth/registration/account-confirm-email/%00/", "/dj-rest-auth/registration/account-confirm-email/" + strings.Repeat("a", 201) + "/",
	} {
		requirePage(t, sent{method: "GET", path: path}.to(api), 404, deadPage)
	}
}

func TestAFormFromElsewhereIsRefused(t *testing.T) {
	w := newWorld()
	api := w.api(t)
	for _, path := range []string{resetPagePath, confirmPagePath} {
		cookie, token := opened(t, api, path)
		const passwords = "new_password1=a&new_password2=a&csrfmiddlewaretoken="
		for title, request := range map[string]sent{
			"no cookie":      postForm(path, passwords+token),
			"no token":       postForm(path, "new_password1=a&new_password2=a", "Cookie", cookie),
			"another cookie": postForm(path, passwords+token, "Cookie", "csrftoken="+goodCSRF),
			"another token":  postForm(path, passwords+goodCSRF, "Cookie", cookie),
			"foreign origin": postForm(path, passwords+token, "Cookie", cookie, "Origin", "https://evil.example"),
			"null origin":    postForm(path, passwords+token, "Cookie", cookie, "Origin", "null"),
			"no form":        {method: "POST", path: path, body: passwords + token, headers: []string{"Cookie", cookie, "Content-Type", "text/plain"}},
			"a long one":     postForm(path, passwords+token+"&"+strings.Repeat("x", maxBody), "Cookie", cookie),
			"many fields":    postForm(path, passwords+token+strings.Repeat("&", maxFormFields), "Cookie", cookie),
		} {
			t.Run(title, func(t *testing.T) { requirePage(t, request.to(api), 403, forgedPage) })
		}
	}
	require.Empty(t, w.keys)
	require.Empty(t, w.confirms)
}

func TestThePageKeepsAGoodCSRFCookie(t *testing.T) {
	api := newWorld().api(t)
	got := sent{method: "GET", path: resetPagePath}.with("Cookie", "csrftoken="+goodCSRF).to(api)
	require.Empty(t, got.Header().Values("Set-Cookie"))
	got = sent{method: "GET", path: resetPagePath}.with("Cookie", "csrftoken=bad").to(api)
	require.Len(t, got.Header().Values("Set-Cookie"), 1)
}
