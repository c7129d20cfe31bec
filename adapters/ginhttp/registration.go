package ginhttp

import (
	"net/http"

	"latchkey/application/authentication"
	"latchkey/application/ports"
	"latchkey/application/registration"
	"latchkey/domain/accounts"
	"latchkey/domain/credentials"
	"latchkey/domain/sessions"
)

// registrationForm is what the settings ask for. OPTIONS tells that a user name
// is required even where it is not asked for, as upstream does. The password is
// asked for twice whatever ACCOUNT_SIGNUP_FIELDS says, as upstream does, too.
func (a *API) registrationForm() (read, told form) {
	asked := a.options.SignupFields
	username := text("username", "Username").upTo(accounts.UsernameMaxLength)
	username.min = asked.UsernameMinLength
	address := email("email", "Email")
	address.required = asked.EmailRequired
	told = form{username, address, text("password1", "Password1"), text("password2", "Password2")}
	username.required = asked.UsernameRequired
	return form{username, address, told[2], told[3]}, told
}

func (a *API) registration() *endpoint {
	read, told := a.registrationForm()
	return &endpoint{
		name:      "Register",
		describes: "Make an account.",
		allow:     "POST, OPTIONS",
		protected: a.options.RegistrationNeedsSignIn,
		throttled: true,
		methods:   map[string]action{http.MethodPost: func(c *call) (answer, error) { return c.postRegistration(read) }},
		form:      told,
		formOf:    http.MethodPost,
	}
}

func (c *call) postRegistration(fields form) (answer, error) {
	good, refusals, err := c.fields(fields, false)
	if err != nil {
		return answer{}, err
	}
	in := register(good)
	if len(refusals) > 0 {
		more, err := c.api.Registration.Vet(c.ctx(), in)
		if err != nil {
			return answer{}, err
		}
		return answer{}, append(refusals, more...)
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
	done, err := c.api.Registration.Register(c.hashing(), in)
	if err != nil {
		return answer{}, err
	}
	if done.Pending {
		steps.wait(c.ctx())
	}
	return c.registered(done, by)
}

func register(good values) registration.Register {
	in := registration.Register{Username: good.pointer("username"), Email: good.pointer("email")}
	if text := good.pointer("password1"); text != nil {
		password := credentials.NewPassword(*text)
		in.Password = &password
	}
	if text := good.pointer("password2"); text != nil {
		password := credentials.NewPassword(*text)
		in.Repeat = &password
	}
	return in
}

func (c *call) registered(done registration.Registered, by Transport) (answer, error) {
	c.cookies.looked = true
	if done.Pending {
		return answer{status: http.StatusCreated, body: detail("Verification e-mail sent.")}, nil
	}
	grant, err := c.api.Authentication.Admit(c.ctx(), authentication.Admission{
		Account:    done.Account,
		Backend:    sessions.BackendAllauth,
		SessionKey: c.sessionKey,
		Network:    c.api.ownNetwork(c.Request),
	})
	if err != nil {
		return answer{}, ports.AfterDone(err) // the account is there
	}
	return c.granted(grant, by, http.StatusCreated)
}

var keyForm = form{text("key", "Key")}

func (a *API) verifyEmail() *endpoint {
	return &endpoint{
		name:      "Verify Email",
		describes: "Confirm an e-mail address with the key of a mailed link.",
		allow:     "POST, OPTIONS, HEAD",
		methods:   map[string]action{http.MethodPost: (*call).postVerifyEmail},
		form:      keyForm,
		formOf:    http.MethodPost,
	}
}

func (c *call) postVerifyEmail() (answer, error) {
	in, err := c.complete(keyForm)
	if err != nil {
		return answer{}, err
	}
	return okay(), c.api.Registration.VerifyEmail(c.ctx(), in["key"])
}

func (a *API) resendEmail() *endpoint {
	address := email("email", "Email")
	address.required = a.options.SignupFields.EmailRequired
	fields := form{address}
	return &endpoint{
		name:      "Resend Email Verification",
		describes: "Mail another link with which an e-mail address can be confirmed.",
		allow:     "POST, OPTIONS",
		methods:   map[string]action{http.MethodPost: func(c *call) (answer, error) { return c.postResendEmail(fields) }},
		form:      fields,
		formOf:    http.MethodPost,
	}
}

func (c *call) postResendEmail(fields form) (answer, error) {
	in, err := c.complete(fields)
	if err != nil || in["email"] == "" {
		return okay(), err
	}
	steps := beginGrid()
	defer steps.end()
	err = c.api.Registration.ResendEmail(c.ctx(), in["email"])
	steps.wait(c.ctx())
	return okay(), err
}

func okay() answer { return answer{status: http.StatusOK, body: detail("ok")} }
