package ginhttp

import (
	"net/http"
	"regexp"
	"strings"

	"github.com/gin-gonic/gin"
)

// routes is the whole API on one page, with the limits of its endpoints. Endpoints of dj-rest-auth itself take
// their path with and without the final slash; those that Django projects
// include (registration/ and the social ones) redirect to the slash. Only /healthz and
// /readyz stand elsewhere, in health, because they pass no middleware.
func (a *API) routes() {
	base := a.options.BasePath

	a.either(base+"login", a.login().limited(LimitLogin))
	a.either(base+"logout", a.logout())
	a.either(base+"user", a.user())
	a.either(base+"password/change", a.passwordChange().limited(LimitChangePassword))
	a.either(base+"password/reset", a.passwordReset().limited(LimitResetPassword))
	a.either(base+"password/reset/confirm", a.passwordResetConfirm().limited(LimitResetFromKey))
	a.either(base+"csrf", a.csrfToken())
	if a.options.JWT.Enabled {
		a.either(base+"token/refresh", a.tokenRefresh().limited(LimitTokenRefresh))
		a.either(base+"token/verify", a.tokenVerify().limited(LimitTokenVerify))
		a.engine.GET("/.well-known/jwks.json", a.showPublicKeys)
	}
	if a.SecondFactor != nil {
		a.either(base+"mfa/verify", a.mfaVerify().limited(LimitLogin))
		a.either(base+"mfa/status", a.mfaStatus())
		a.either(base+"mfa/totp/activate", a.mfaActivate())
		a.either(base+"mfa/totp/deactivate", a.mfaDeactivate())
		a.either(base+"mfa/recovery-codes", a.mfaRecoveryCodes())
		a.either(base+"mfa/recovery-codes/regenerate", a.mfaRegenerate())
	}
	a.page("/password-reset/confirm/:uid/:token/", a.showReset, a.limitedPage(LimitResetFromKey, a.submitReset))

	if !a.options.Plain {
		a.strict(base+"registration/", a.registration().limited(LimitSignup))
		a.either(base+"registration/verify-email", a.verifyEmail().limited(LimitVerifyEmail))
		a.either(base+"registration/resend-email", a.resendEmail().limited(LimitResendEmail))
		a.either(base+"account-confirm-email", a.verifyEmail().limited(LimitVerifyEmail))
		a.page(base+"registration/account-confirm-email/:key/", a.showConfirm, a.limitedPage(LimitVerifyEmail, a.submitConfirm))
	}
	if !a.options.Plain && a.Federation != nil {
		a.strict(base+"socialaccounts/", a.socialAccounts())
		a.numbered(base+"socialaccounts/", "/disconnect/", a.socialDisconnect())
		for _, p := range a.options.Providers {
			a.strict(base+p.Name+"/", a.socialLogin(p).limited(LimitSocialLogin))
			a.strict(base+p.Name+"/connect/", a.socialConnect(p).limited(LimitSocialLogin))
			a.either(base+p.Name+"/authorize", a.socialAuthorize(p).limited(LimitSocialLogin))
		}
	}

	if a.Passkeys != nil {
		a.passkeyRoutes(base + "passkeys/")
	}

	a.engine.NoMethod(a.unusualMethod)
	a.engine.NoRoute(a.unrouted)
}

// passkeyRoutes all take their path with and without the final slash but the list.
func (a *API) passkeyRoutes(base string) {
	a.strict(base, a.passkeyList())
	a.either(base+"register/begin", a.passkeyRegisterBegin())
	a.either(base+"register/complete", a.passkeyRegisterComplete())
	a.either(base+"login/begin", a.passkeyLoginBegin().limited(LimitLogin))
	a.either(base+"login/complete", a.passkeyLoginComplete().limited(LimitLogin))
	a.numberedEither(base, a.passkeyDetail())
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

// numberedEither serves the endpoint with a number behind before, with and without
// the final slash. The router is not told: where a parameter and names stand side by
// side its lookup panics on some paths (gin 1.12), outside of what recovers.
func (a *API) numberedEither(before string, e *endpoint) {
	e.allowed = []string{e.allow}
	a.numberedPaths[before] = e
}

// unrouted serves the paths that the router does not know.
func (a *API) unrouted(c *gin.Context) {
	path := c.Request.URL.Path
	for before, e := range a.numberedPaths {
		rest, below := strings.CutPrefix(path, before)
		if id := strings.TrimSuffix(rest, "/"); below && id != "" && digits.FindString(id) == id {
			c.Params = gin.Params{{Key: "id", Value: id}}
			a.serve(c, e)
			return
		}
	}
	a.write(c, http.StatusNotFound, detail("Not found."))
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
