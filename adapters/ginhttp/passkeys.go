package ginhttp

import (
	"errors"
	"net/http"
	"regexp"

	"latchkey/application/authentication"
	activity "latchkey/application/passkeys"
	"latchkey/domain/passkeys"
	"latchkey/domain/sessions"
)

var (
	passkeyBeginForm    = form{text("name", "Name").optional()}
	passkeyCompleteForm = form{anyJSON("credential", "Credential"), text("name", "Name").optional().upTo(passkeys.NameMaxLength)}
	passkeyNamesForm    = form{text("username", "Username").optional().blank(), email("email", "Email").optional().blank()}
	passkeyLoginForm    = form{anyJSON("credential", "Credential"), pattern("session_id", "Session id", sessionIDs)}
)

var sessionIDs = regexp.MustCompile(`^[0-9a-f]{32}$`)

func (a *API) passkeyRegisterBegin() *endpoint {
	return &endpoint{
		name:      "Passkey Register Begin",
		describes: "Tell what to ask the browser for to make a passkey.",
		allow:     "POST, OPTIONS",
		protected: true,
		throttled: true,
		methods:   map[string]action{http.MethodPost: (*call).postPasskeyRegisterBegin},
		form:      passkeyBeginForm,
		formOf:    http.MethodPost,
	}
}

func (c *call) postPasskeyRegisterBegin() (answer, error) {
	in, err := c.complete(passkeyBeginForm)
	if err != nil {
		return answer{}, err
	}
	creation, err := c.api.Passkeys.BeginRegistration(c.ctx(), activity.BeginRegistration{Account: c.caller.Account, Name: in["name"]})
	return answer{status: http.StatusOK, body: creationBody(creation)}, err
}

func (a *API) passkeyRegisterComplete() *endpoint {
	return &endpoint{
		name:      "Passkey Register Complete",
		describes: "Add the passkey that the browser has made.",
		allow:     "POST, OPTIONS",
		protected: true,
		throttled: true,
		methods:   map[string]action{http.MethodPost: (*call).postPasskeyRegisterComplete},
		form:      form{passkeyCompleteForm[0], passkeyBeginForm[0]}, // upstream tells of no length
		formOf:    http.MethodPost,
	}
}

func (c *call) postPasskeyRegisterComplete() (answer, error) {
	in, err := c.complete(passkeyCompleteForm)
	if err != nil {
		return answer{}, err
	}
	added, err := c.api.Passkeys.CompleteRegistration(c.ctx(), activity.CompleteRegistration{
		Account: c.caller.Account, Response: []byte(in["credential"]), Name: in.pointer("name"),
	})
	return answer{status: http.StatusCreated, body: passkeyBody(added)}, err
}

func (a *API) passkeyLoginBegin() *endpoint {
	return &endpoint{
		name:      "Passkey Login Begin",
		describes: "Tell what to ask the browser for to sign in.",
		allow:     "POST, OPTIONS",
		throttled: true,
		methods:   map[string]action{http.MethodPost: (*call).postPasskeyLoginBegin},
		form:      passkeyNamesForm,
		formOf:    http.MethodPost,
	}
}

func (c *call) postPasskeyLoginBegin() (answer, error) {
	in, err := c.complete(passkeyNamesForm)
	if err != nil {
		return answer{}, err
	}
	request, err := c.api.Passkeys.BeginLogin(c.ctx(), activity.BeginLogin{Username: in["username"], Email: in["email"]})
	return answer{status: http.StatusOK, body: requestBody(request)}, err
}

func (a *API) passkeyLoginComplete() *endpoint {
	return &endpoint{
		name:      "Passkey Login Complete",
		describes: "Sign in with what the browser has got of the authenticator.",
		allow:     "POST, OPTIONS",
		throttled: true,
		methods:   map[string]action{http.MethodPost: (*call).postPasskeyLoginComplete},
		form:      passkeyLoginForm,
		formOf:    http.MethodPost,
	}
}

func (c *call) postPasskeyLoginComplete() (answer, error) {
	in, err := c.complete(passkeyLoginForm)
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
	found, err := c.api.Passkeys.CompleteLogin(c.ctx(), activity.CompleteLogin{SessionID: in["session_id"], Response: []byte(in["credential"])})
	if err != nil {
		return answer{}, err
	}
	grant, err := c.api.Authentication.Admit(c.ctx(), authentication.Admission{
		Account:            found.Account,
		Backend:            sessions.BackendModel,
		SessionKey:         c.sessionKey,
		SecondFactorProved: found.UserVerified,
		Network:            c.api.ownNetwork(c.Request),
	})
	if errors.Is(err, authentication.ErrCredentialsWrong) {
		err = passkeys.ErrRefused // disabled, or its password changed, a moment ago
	}
	if err != nil {
		return answer{}, err
	}
	return c.granted(grant, by, http.StatusOK)
}
