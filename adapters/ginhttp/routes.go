package ginhttp

import (
	"net/http"

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
		for _, p := range a.options.Providers {
			a.strict(base+p.Name+"/", a.socialLogin(p))
			a.strict(base+p.Name+"/connect/", a.socialConnect(p))
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

func (a *API) mount(path string, e *endpoint) {
	a.endpoints[path] = e
	a.engine.Any(path, func(c *gin.Context) { a.serve(c, e) })
}

// unusualMethod serves methods that the router has no tree for, such as
// PROPFIND: they are answered by the endpoint as any other.
func (a *API) unusualMethod(c *gin.Context) {
	if e, known := a.endpoints[c.Request.URL.Path]; known {
		a.serve(c, e)
		return
	}
	a.write(c, http.StatusMethodNotAllowed, detail(`Method "`+c.Request.Method+`" not allowed.`))
}

// redirectToSlash answers as Django's APPEND_SLASH does. The path is our own
// route's, so that no request can redirect elsewhere.
func redirectToSlash(c *gin.Context) {
	target := c.FullPath() + "/"
	if query := c.Request.URL.RawQuery; query != "" {
		target += "?" + query
	}
	c.Header("Location", target)
	c.Data(http.StatusMovedPermanently, "text/html; charset=utf-8", nil)
}
