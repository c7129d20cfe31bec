package ginhttp

import (
	"context"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"latchkey/application/ports"
	"latchkey/domain/secret"
	"latchkey/domain/sessions"
)

// endpoint is one path of the API.
type endpoint struct {
	name      string
	describes string
	// allow is the Allow header, as upstream sends it.
	allow string
	// allowed is the same as all answers share it: mounting sets it.
	allowed []string
	// protected: anonymous callers are refused.
	protected bool
	// open: no credentials are looked at.
	open bool
	// throttled: requests count for the option Throttle; verifies: for ThrottleVerify.
	throttled, verifies bool
	// limit is the name that requests are counted under (routes.go); empty for none.
	limit LimitName
	// setsUp: accounts that must set up a second factor first may come here, too. Of the
	// protected endpoints they may not come to any other.
	setsUp  bool
	methods map[string]action
	// form is what OPTIONS tells of the body, under the method formOf.
	form   form
	formOf string
	// tellsOf, where it is set, decides whether OPTIONS tells of the body.
	tellsOf func(*call) bool
}

// action does the work of one method.
type action func(*call) (answer, error)

// answer is what is sent when nothing was refused.
type answer struct {
	status int
	body   any // nil: none
}

// call is one request on its way through an endpoint.
type call struct {
	*gin.Context
	api    *API
	caller sessions.Principal
	// sessionKey is the session cookie as it came; empty when none did.
	sessionKey secret.String
	parsed     *parsedBody
	// cookies is how the answer differs for another cookie.
	cookies cookieJar
}

// ctx is the request's context: it ends when the client goes away.
func (c *call) ctx() context.Context { return c.Request.Context() }

// hashing is ctx for what hashes a password: the hasher's turns are shared out by address. It costs
// more than requests should pay that hash nothing.
func (c *call) hashing() context.Context { return c.api.hashing(c.Request) }

func (a *API) hashing(r *http.Request) context.Context {
	return ports.WithOrigin(r.Context(), a.networkOf(r))
}

// disguised reports whether a proxy before us may take the path for another one: an encoded
// slash is one here and none there, so that a rule of the proxy would be passed by it
// (CWE-436).
func disguised(path string) bool {
	path = strings.ToLower(path)
	return strings.Contains(path, "%2f") || strings.Contains(path, "%5c") || strings.Contains(path, "%00")
}

// serve runs a request through the steps of an endpoint in DRF's order.
func (a *API) serve(c *gin.Context, e *endpoint) {
	if disguised(c.Request.URL.RawPath) {
		a.write(c, http.StatusNotFound, detail("Not found."))
		return
	}
	in := &call{Context: c, api: a}
	c.Writer.Header()["Allow"] = e.allowed
	out, err := in.through(e)
	in.cookies.write(in)
	if err != nil {
		a.refuse(c, err)
		return
	}
	a.write(c, out.status, out.body)
}

func (c *call) through(e *endpoint) (answer, error) {
	steps := []func(*endpoint) error{c.negotiate, c.authenticate, c.permit, c.throttle}
	for _, step := range steps {
		if err := step(e); err != nil {
			return answer{}, err
		}
	}
	act, err := e.action(c.Request.Method)
	if err != nil {
		return answer{}, err
	}
	if err := c.takeLimit(e); err != nil {
		return answer{}, err
	}
	return act(c)
}

// action returns what the endpoint does for a method.
func (e *endpoint) action(method string) (action, error) {
	if method == http.MethodOptions {
		return e.describe, nil
	}
	if act, ok := e.methods[method]; ok {
		return act, nil
	}
	if act, ok := e.methods[http.MethodGet]; ok && method == http.MethodHead {
		return act, nil
	}
	return nil, refusal{status: http.StatusMethodNotAllowed, detail: `Method "` + method + `" not allowed.`}
}

func (c *call) permit(e *endpoint) error {
	if e.protected && c.caller.Anonymous() {
		return c.api.notAuthenticated("Authentication credentials were not provided.")
	}
	if !e.protected || e.setsUp || c.api.SecondFactor == nil {
		return nil
	}
	must, err := c.api.SecondFactor.MustSetUp(c.ctx(), c.caller.Account)
	if err == nil && must {
		return refusal{status: http.StatusForbidden, body: codedDetail("A second factor must be set up first.", "mfa_setup_required")}
	}
	return err
}

// negotiate refuses what cannot take JSON.
func (c *call) negotiate(*endpoint) error {
	if c.Request.URL.RawQuery != "" {
		if format := c.Query("format"); format != "" && format != "json" {
			return refusal{status: http.StatusNotFound, detail: "Not found."}
		}
	}
	accept, given := c.Request.Header["Accept"]
	if !given {
		return nil
	}
	for mediaRange := range strings.SplitSeq(strings.Join(accept, ","), ",") {
		if takesJSON(mediaRange) {
			return nil
		}
	}
	return refusal{status: http.StatusNotAcceptable, detail: "Could not satisfy the request Accept header."}
}

func takesJSON(mediaRange string) bool {
	name, _, _ := strings.Cut(mediaRange, ";")
	switch strings.ToLower(strings.TrimSpace(name)) {
	case "*/*", "application/*", "application/json":
		return true
	}
	return false
}
