package ginhttp

import (
	"slices"
	"strings"

	"latchkey/domain/sessions"
)

// checkWayIn refuses a form that another site's page had a browser send to a way in. Its
// answer could not be read there, but the cookies of it would be kept: whoever sits at
// the browser would work in the account of the page's owner (login CSRF, CWE-352). JSON cannot
// be sent so: a browser asks first (CORS), and that is answered for the listed origins.
func (c *call) checkWayIn() error {
	if !c.api.setsCookies() || !c.body().input.html {
		return nil
	}
	request := c.api.csrfRequest(c.Request)
	request.TrustedOrigins = slices.Concat(request.TrustedOrigins, c.api.options.CORS.Origins)
	return sessions.CheckOrigin(request, strings.EqualFold(c.GetHeader("Sec-Fetch-Site"), "cross-site"))
}

func (a *API) setsCookies() bool {
	jwt := a.options.JWT
	return a.options.Sessions || jwt.Enabled && (jwt.AccessCookie.Name != "" || jwt.RefreshCookie.Name != "")
}
