package ginhttp

import (
	"errors"
	"net/http"

	"latchkey/application/authentication"
	"latchkey/domain/credentials"
	"latchkey/domain/sessions"
)

var loginForm = form{
	text("username", "Username").optional().blank(),
	email("email", "Email").optional().blank(),
	text("password", "Password"),
}

func (a *API) login() *endpoint {
	return &endpoint{
		name:      "Login",
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
	grant, err := c.api.Authentication.SignIn(c.ctx(), authentication.SignIn{
		Username:   in["username"],
		Email:      in["email"],
		Password:   credentials.NewPassword(in["password"]),
		SessionKey: c.sessionKey,
	})
	if err != nil {
		return answer{}, err
	}
	return c.granted(grant, http.StatusOK), nil
}

// granted is the answer to somebody who was admitted.
func (c *call) granted(grant authentication.Grant, status int) answer {
	if grant.Session != nil {
		c.cookies.signIn(grant.Session, c.api.newCSRFSecret())
	}
	if grant.Token.Key.Empty() {
		return answer{status: http.StatusNoContent}
	}
	return answer{status: status, body: struct {
		Key string `json:"key"`
	}{grant.Token.Key.Reveal()}}
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

// postLogout never reads the body: a client that wants to leave can.
func (c *call) postLogout() (answer, error) {
	err := c.api.Authentication.SignOut(c.ctx(), authentication.SignOut{Caller: c.caller, SessionKey: c.sessionKey})
	if err != nil {
		return answer{}, loggedOutAlready(err)
	}
	if c.api.options.Sessions {
		c.cookies.looked = true
		c.cookies.dropSession = !c.sessionKey.Empty()
	}
	return answer{status: http.StatusOK, body: detail("Successfully logged out.")}, nil
}

// loggedOutAlready gives sessions.ErrNotLoggedIn upstream's shape.
func loggedOutAlready(err error) error {
	if errors.Is(err, sessions.ErrNotLoggedIn) {
		return refusal{status: http.StatusBadRequest, detail: sessions.ErrNotLoggedIn.Message}
	}
	return err
}
