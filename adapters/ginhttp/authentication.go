package ginhttp

import (
	"errors"
	"net/http"

	"latchkey/application/authentication"
	"latchkey/domain/credentials"
	"latchkey/domain/fault"
	"latchkey/domain/secret"
	"latchkey/domain/sessions"
)

var loginForm = form{
	text("username", "Username").optional().blank(),
	email("email", "Email").optional().blank(),
	text("password", "Password"),
}

func (a *API) login() *endpoint {
	name := "Login"
	if a.SecondFactor != nil {
		name = "Mfa Login"
	}
	return &endpoint{
		name:      name,
		describes: "Check the credentials and return the API token if they are valid.",
		allow:     "POST, OPTIONS",
		throttled: true,
		methods:   map[string]action{http.MethodPost: (*call).postLogin},
		form:      loginForm,
		formOf:    http.MethodPost,
	}
}

func (c *call) postLogin() (answer, error) {
	in, err := c.complete(loginForm)
	if err != nil {
		return answer{}, err
	}
	if err := c.checkWayIn(); err != nil {
		return answer{}, err
	}
	by, err := c.transport()
	if err != nil {
		return answer{}, err
	}
	steps := beginGrid()
	defer steps.end()
	grant, err := c.countingFailures(func() (authentication.Grant, error) {
		return c.api.Authentication.SignIn(c.hashing(), authentication.SignIn{
			Username:   in["username"],
			Email:      in["email"],
			Password:   credentials.NewPassword(in["password"]),
			SessionKey: c.sessionKey,
			Network:    c.api.ownNetwork(c.Request),
		})
	})
	if err != nil {
		steps.wait(c.ctx())
		return answer{}, err
	}
	return c.granted(grant, by, http.StatusOK)
}

// granted is the answer to somebody who was admitted, or has a second factor to prove yet.
func (c *call) granted(grant authentication.Grant, by Transport, status int) (answer, error) {
	if !grant.Pending.Empty() {
		return secondFactorRequired(grant.Pending), nil
	}
	if grant.Session != nil {
		c.cookies.signIn(grant.Session, c.api.newCSRFSecret())
	}
	switch {
	case !grant.Pair.Access.Empty():
		return c.grantedPair(grant, by, status)
	case grant.Token.Key.Empty():
		return answer{status: http.StatusNoContent}, nil
	}
	return answer{status: status, body: object{{"key", grant.Token.Key.Reveal()}}}, nil
}

func (a *API) logout() *endpoint {
	methods := map[string]action{http.MethodPost: (*call).postLogout}
	if a.options.LogoutOnGet {
		methods[http.MethodGet] = (*call).postLogout
	}
	return &endpoint{
		name:      "Logout",
		describes: "Sign out: delete the API token and end the session.",
		allow:     "GET, POST, HEAD, OPTIONS",
		throttled: true,
		methods:   methods,
	}
}

// postLogout reads the body only for a refresh token: a client that wants to
// leave can. What else there is to end has ended, and the cookies are deleted,
// whatever is wrong with that token or the body.
func (c *call) postLogout() (answer, error) {
	if err := c.meansToLeave(); err != nil {
		return answer{}, err
	}
	refresh, malformed := c.tokenToEnd()
	err := c.api.Authentication.SignOut(c.ctx(), authentication.SignOut{
		Caller: c.caller, SessionKey: c.sessionKey, Access: c.accessCookie(), Refresh: refresh,
	})
	c.cookies.dropPair = true
	if c.api.options.Sessions || c.caller.Session != nil {
		c.cookies.looked = true
		c.cookies.dropSession = !c.sessionKey.Empty()
	}
	if malformed != nil && (err == nil || errors.Is(err, sessions.ErrJWTMissing)) {
		return answer{}, malformed
	}
	if err != nil {
		return answer{}, c.refusedLogout(err)
	}
	return answer{status: http.StatusOK, body: detail(c.api.farewell())}, nil
}

// accessCookie returns the access cookie as it came; empty when none did.
func (c *call) accessCookie() secret.String {
	name := c.api.options.JWT.AccessCookie.Name
	if cookie, err := cookieOf(c.Request, name); name != "" && err == nil {
		return secret.New(cookie.Value)
	}
	return secret.String{}
}

// meansToLeave checks a logout that nothing but the refresh cookie would end
// something by: another site's page may have sent it.
func (c *call) meansToLeave() error {
	options := c.api.options.JWT
	_, sent := c.inCookie()
	_, header := c.Request.Header["Authorization"]
	if !sent || !options.CookieCSRF || header || !c.caller.Anonymous() {
		return nil
	}
	return c.checkCSRF()
}

// tokenToEnd returns the refresh token that a logout ends; nil when none came. A
// token that only its cookie carries is not looked for in the body.
func (c *call) tokenToEnd() (*secret.String, error) {
	options := c.api.options.JWT
	if !options.Enabled || !options.Revokes {
		return nil, nil
	}
	cookie, came := c.inCookie()
	if came && (c.hidden() || !options.Blacklist) {
		return &cookie, nil
	}
	if c.hidden() {
		return nil, nil
	}
	if err := c.body().err; err != nil && options.Blacklist {
		return nil, err
	}
	for _, name := range c.api.refreshNames() {
		if sent, ok := c.body().input.field(name); ok {
			token := secret.New(sent.text)
			return &token, nil
		}
	}
	if came {
		return &cookie, nil
	}
	return nil, nil
}

// hidden reports whether this client's refresh token is in its cookie alone.
func (c *call) hidden() bool {
	by, err := c.transport()
	return err == nil && c.api.options.JWT.hidesRefresh(by)
}

// refusedLogout is upstream's answer to a refresh token that cannot be ended.
func (c *call) refusedLogout(err error) error {
	if errors.Is(err, sessions.ErrJWTMissing) {
		where := "request"
		if c.hidden() {
			where = "cookie"
		}
		return refusal{status: http.StatusUnauthorized, detail: "Refresh token was not included in " + where + " data."}
	}
	if fault.KindOf(err) == fault.Unauthenticated {
		return refusal{status: http.StatusUnauthorized, detail: fault.Of(err)[0].Message}
	}
	return loggedOutAlready(err)
}

// farewell says what a logout did. Tokens that nothing keeps track of live on
// until they expire, and the client must know.
func (a *API) farewell() string {
	if a.options.JWT.Enabled && !a.options.JWT.Revokes && a.options.JWT.AccessCookie.Name == "" {
		return "Neither cookies or blacklist are enabled, so the token has not been deleted server side. " +
			"Please make sure the token is deleted client side."
	}
	return "Successfully logged out."
}

// loggedOutAlready gives sessions.ErrNotLoggedIn upstream's shape.
func loggedOutAlready(err error) error {
	if errors.Is(err, sessions.ErrNotLoggedIn) {
		return refusal{status: http.StatusBadRequest, detail: sessions.ErrNotLoggedIn.Message}
	}
	return err
}
