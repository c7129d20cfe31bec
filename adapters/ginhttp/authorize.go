package ginhttp

import (
	"net/http"
	"strings"
	"time"

	"latchkey/application/federation"
	"latchkey/domain/secret"
)

// authorizationHeader carries the sealed authorization of a device. Another site's
// page cannot send it: a form has no headers, and a script asks first (CORS).
const authorizationHeader = "X-Latchkey-Authorization"

// bindingDevice in the query has the sealed authorization told instead of put
// into a cookie.
const bindingDevice = "device"

// socialAuthorize starts a sign-in at the provider's page, for clients that do not
// want to make state, nonce and PKCE's verifier themselves.
func (a *API) socialAuthorize(p Provider) *endpoint {
	return &endpoint{
		name:      p.Title + " Authorize",
		describes: "Tell where to sign in with an account of " + p.Title + ".",
		allow:     "GET, HEAD, OPTIONS",
		throttled: true,
		methods: map[string]action{http.MethodGet: func(c *call) (answer, error) {
			return c.getAuthorize(p)
		}},
	}
}

func (c *call) getAuthorize(p Provider) (answer, error) {
	binding := c.Query("binding")
	if binding != "" && binding != bindingDevice {
		return answer{}, refusal{status: http.StatusBadRequest, detail: "binding is device or left out."}
	}
	begun, err := c.api.Federation.Begin(c.ctx(), federation.Begin{Provider: p.Name, CallbackURL: c.Query("callback_url")})
	if err != nil {
		return answer{}, err
	}
	body := object{{"authorization_url", begun.URL}, {"state", begun.State}}
	if binding == bindingDevice {
		return answer{status: http.StatusOK, body: append(body, member{"authorization", begun.Sealed.Reveal()})}, nil
	}
	c.api.authorizationCookie(begun.State).set(c.Writer, begun.Sealed, begun.Expires.Add(-authorizationAge))
	return answer{status: http.StatusOK, body: body}, nil
}

// authorizationAge is how long browsers keep the cookie; the authorization itself says
// when it has expired.
const authorizationAge = 10 * time.Minute

// authorizationCookie is the cookie of the one authorization that has the state, so
// that two tabs do not take each other's. No script reads it, and no other host gets it. Where
// cookies are Secure its name has a prefix with which browsers take it from this host alone: a page of a sibling
// domain could otherwise plant an authorization of its own.
func (a *API) authorizationCookie(state string) Cookie {
	cookie := a.options.SessionCookie
	cookie.Name = "latchkey_authorization_" + stateName(state)
	cookie.Domain, cookie.Path = "", a.options.BasePath
	if cookie.Secure {
		cookie.Name, cookie.Path = "__Host-"+cookie.Name, "/"
	}
	cookie.Age = authorizationAge
	cookie.HTTPOnly = true
	return cookie
}

// stateName is the part of a state that names its cookie. A state comes from the
// client: only what can stand in a name is taken.
func stateName(state string) string {
	kept := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_' {
			return r
		}
		return -1
	}, state)
	return kept[:min(len(kept), 16)]
}

// sealedAuthorization returns what the browser or device kept of the authorization
// that the state belongs to; empty when it kept nothing.
func (c *call) sealedAuthorization(state string) secret.String {
	if state == "" {
		return secret.String{}
	}
	if sealed := c.GetHeader(authorizationHeader); sealed != "" {
		return secret.New(sealed)
	}
	kept, err := cookieOf(c.Request, c.api.authorizationCookie(state).Name)
	if err != nil {
		return secret.String{}
	}
	return secret.New(kept.Value)
}

// forgetAuthorization rids the browser of an authorization that has served. After a
// refusal it stays for the few minutes that it lives: who is told to try again must be able to.
func (c *call) forgetAuthorization(state string) {
	if state == "" {
		return
	}
	cookie := c.api.authorizationCookie(state)
	if _, err := cookieOf(c.Request, cookie.Name); err == nil {
		cookie.delete(c.Writer)
	}
}
