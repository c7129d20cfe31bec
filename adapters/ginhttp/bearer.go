package ginhttp

import (
	"slices"
	"strings"

	"latchkey/domain/fault"
	"latchkey/domain/secret"
	"latchkey/domain/sessions"
)

// byAccessToken reads a JSON web token as JWTCookieAuthentication does: any
// Authorization header, even an empty one, hides the cookie.
func (c *call) byAccessToken(e *endpoint) (sessions.Principal, error) {
	if _, given := c.Request.Header["Authorization"]; given {
		return c.byBearer()
	}
	return c.byAccessCookie(e)
}

func (c *call) byBearer() (sessions.Principal, error) {
	parts := strings.Fields(c.GetHeader("Authorization"))
	if len(parts) == 0 || !slices.Contains(c.api.options.JWT.HeaderTypes, parts[0]) {
		return sessions.Principal{}, nil
	}
	if len(parts) != 2 {
		refused := c.api.notAuthenticated("")
		refused.body = codedDetail("Authorization header must contain two space-delimited values", "bad_authorization_header")
		return sessions.Principal{}, refused
	}
	return c.byToken(secret.New(parts[1]))
}

func (c *call) byToken(token secret.String) (sessions.Principal, error) {
	caller, err := c.api.Authentication.ByAccessToken(c.ctx(), token)
	if err != nil {
		return sessions.Principal{}, c.api.refusedAccess(err)
	}
	return caller, nil
}

// byAccessCookie reads the access cookie. Browsers send it with requests that
// another site's page makes (CSRF), which the settings can have refused. A cookie
// that is good for nothing counts as absent at a public endpoint: a browser sends
// what it has, and a login must be possible with an expired token in the jar.
func (c *call) byAccessCookie(e *endpoint) (sessions.Principal, error) {
	options := &c.api.options.JWT
	if options.AccessCookie.Name == "" {
		return sessions.Principal{}, nil
	}
	var caller sessions.Principal
	var refused error
	cookie, err := cookieOf(c.Request, options.AccessCookie.Name)
	sent := err == nil
	if sent {
		caller, refused = c.api.Authentication.ByAccessToken(c.ctx(), secret.New(cookie.Value))
	}
	if !e.protected && fault.KindOf(refused) == fault.Unauthenticated {
		sent, refused = false, nil
	}
	if options.CSRFUnauthenticated || sent && options.CookieCSRF {
		if err := c.checkCSRF(); err != nil {
			return sessions.Principal{}, err
		}
	}
	if refused != nil {
		return sessions.Principal{}, c.api.refusedAccess(refused)
	}
	return caller, nil
}
