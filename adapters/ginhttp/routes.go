package ginhttp

import (
	"net/http"
	"regexp"

	"github.com/gin-gonic/gin"
)

// routes is the whole API on one page. Endpoints of dj-rest-auth itself take
// their path with and without the final slash; those that Django projects
// include (registration/ and the social ones) redirect to the slash.
func (a *API) routes() {
	base := a.options.BasePath

	a.either(base+"login", a.login())
	a.either(base+"logout", a.logout())
	a.either(base+"user", a.user())
	a.either(base+"password/change", a.passwordChange())
	a.either(base+"password/reset", a.passwordReset())
	a.either(base+"password/reset/confirm", a.passwordResetConfirm())
	a.either(base+"csrf", a.csrfToken())
	if a.options.JWT.Enabled {
		a.either(base+"token/refresh", a.tokenRefresh())
		a.either(base+"token/verify", a.tokenVerify())
		a.engine.GET("/.well-known/jwks.json", a.showPublicKeys)
	}
	a.page("/password-reset/confirm/:uid/:token/", a.showReset, a.submitReset)

	if !a.options.Plain {
		a.strict(base+"registration/", a.registration())
		a.either(base+"registration/verify-email", a.verifyEmail())
		a.either(base+"registration/resend-email", a.resendEmail())
		a.either(base+"account-confirm-email", a.verifyEmail())
		a.page(base+"registration/account-confirm-email/:key/", a.showConfirm, a.submitConfirm)
	}
	if !a.options.Plain && a.Federation != nil {
		a.strict(base+"socialaccounts/", a.socialAccounts())
		a.numbered(base+"socialaccounts/", "/disconnect/", a.socialDisconnect())
		for _, p := range a.options.Providers {
			a.strict(base+p.Name+"/", a.socialLogin(p))
			a.strict(base+p.Name+"/connect/", a.socialConnect(p))
			a.either(base+p.Name+"/authorize", a.socialAuthorize(p))
		}
	}

	a.engine.NoMethod(a.unusualMethod)
	a.engine.NoRoute(func(c *gin.Context) { a.write(c, http.StatusNotFound, detail("Not found.")) })
}

// either serves the endpoint with and without the final slash.
func (a *API) either(path string, e *endpoint) {
	a.mount(path, e)
	a.mount(path+"/", e)
}

// strict serves the endpoint with the final slash only.
func (a *API) strict(path string, e *endpoint) {
	a.mount(path, e)
	a.engine.Any(path[:len(path)-1], redirectToSlash)
}

// numbered serves the endpoint with a number between before and after, and with the
// final slash only. What is no number is no path of ours, whoever asks.
func (a *API) numbered(before, after string, e *endpoint) {
	a.know(before+aNumber+after, e)
	path := before + ":id" + after
	onlyDigits := func(serve gin.HandlerFunc) gin.HandlerFunc {
		return func(c *gin.Context) {
			if id := c.Param("id"); id == "" || digits.FindString(id) != id {
				a.write(c, http.StatusNotFound, detail("Not found."))
				return
			}
			serve(c)
		}
	}
	a.engine.Any(path, onlyDigits(func(c *gin.Context) { a.serve(c, e) }))
	a.engine.Any(path[:len(path)-1], onlyDigits(redirectToSlash))
}

// aNumber stands for a number in the paths of endpoints.
const aNumber = "#"

var digits = regexp.MustCompile("[0-9]+")

func (a *API) mount(path string, e *endpoint) {
	a.know(path, e)
	a.engine.Any(path, func(c *gin.Context) { a.serve(c, e) })
}

// know keeps the endpoint for methods that the router has no tree for.
func (a *API) know(path string, e *endpoint) {
	e.allowed = []string{e.allow}
	a.endpoints[path] = e
}

// unusualMethod serves methods that the router has no tree for, such as
// PROPFIND: they are answered by the endpoint as any other.
func (a *API) unusualMethod(c *gin.Context) {
	path := c.Request.URL.Path
	for _, known := range []string{path, digits.ReplaceAllString(path, aNumber)} {
		if e, found := a.endpoints[known]; found {
			a.serve(c, e)
			return
		}
	}
	a.write(c, http.StatusMethodNotAllowed, detail(`Method "`+c.Request.Method+`" not allowed.`))
}

// redirectToSlash answers as Django's APPEND_SLASH does. The path is one of our own
// routes and begins with the one slash of BASE_PATH, so that no request can redirect
// to another host.
func redirectToSlash(c *gin.Context) {
	target := c.Request.URL.EscapedPath() + "/"
	if query := c.Request.URL.RawQuery; query != "" {
		target += "?" + query
	}
	c.Header("Location", target)
	c.Data(http.StatusMovedPermanently, "text/html; charset=utf-8", nil)
}
