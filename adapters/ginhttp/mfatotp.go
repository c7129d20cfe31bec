package ginhttp

import (
	"net/http"

	"latchkey/application/secondfactor"
	"latchkey/domain/secret"
)

func (a *API) mfaActivate() *endpoint {
	fields := form{text("activation_token", "Activation token"), text("code", "Code")}
	if a.options.ConfirmFactor {
		fields = append(fields, text("password", "Password").optional())
	}
	return &endpoint{
		name:      "Totp Activate",
		describes: "Show a new secret for an authenticator app, and demand its codes from the first one on.",
		allow:     "GET, POST, HEAD, OPTIONS",
		protected: true, setsUp: true, throttled: true,
		methods: map[string]action{
			http.MethodGet:  (*call).getActivation,
			http.MethodPost: func(c *call) (answer, error) { return c.postActivation(fields) },
		},
		form:   fields,
		formOf: http.MethodPost,
	}
}

func (c *call) getActivation() (answer, error) {
	if c.Request.Method == http.MethodHead {
		// A HEAD shows no secret; it must not void the one that somebody is scanning.
		return answer{status: http.StatusOK}, nil
	}
	begun, err := c.api.SecondFactor.Begin(c.ctx(), c.caller.Account)
	if err != nil {
		return answer{}, refusedFactor(err)
	}
	return answer{status: http.StatusOK, body: object{
		{"secret", begun.Secret.Reveal()},
		{"totp_url", begun.URL.Reveal()},
		{"qr_code_data_uri", begun.QRCode.Reveal()},
		{"activation_token", begun.Token.Reveal()},
	}}, nil
}

func (c *call) postActivation(fields form) (answer, error) {
	if err := c.factorIs(false); err != nil {
		return answer{}, err
	}
	in, err := c.complete(fields)
	if err != nil {
		return answer{}, err
	}
	codes, err := c.api.SecondFactor.Activate(c.hashing(), secondfactor.Activate{
		Confirmed: proofIn(secondfactor.Confirmed{Account: c.caller.Account}, in),
		Token:     secret.New(in["activation_token"]),
		Device:    c.device(),
	})
	if err != nil {
		return answer{}, refusedFactor(err)
	}
	return answer{status: http.StatusOK, body: object{{"recovery_codes", codes}}}, nil
}

func (a *API) mfaDeactivate() *endpoint {
	fields := form{text("code", "Code")}
	return &endpoint{
		name:      "Totp Deactivate",
		describes: "Demand no second factor any more.",
		allow:     "POST, OPTIONS",
		protected: true, setsUp: true, throttled: true,
		methods: map[string]action{http.MethodPost: func(c *call) (answer, error) { return c.postDeactivation(fields) }},
		form:    fields,
		formOf:  http.MethodPost,
	}
}

func (c *call) postDeactivation(fields form) (answer, error) {
	if err := c.factorIs(true); err != nil {
		return answer{}, err
	}
	in, err := c.complete(fields)
	if err != nil {
		return answer{}, err
	}
	if err := c.api.SecondFactor.Deactivate(c.ctx(), c.caller.Account, in["code"]); err != nil {
		return answer{}, refusedFactor(err)
	}
	return answer{status: http.StatusOK, body: detail("TOTP has been deactivated.")}, nil
}

// codesForm is what OPTIONS tells of the endpoints of recovery codes.
var codesForm = form{{name: "codes", label: "Codes", kind: kindList, readOnly: true}}

func (a *API) codesForm() form {
	if a.options.ConfirmFactor {
		return append(codesForm[:len(codesForm):len(codesForm)], proofForm...)
	}
	return codesForm
}

func (a *API) mfaRecoveryCodes() *endpoint {
	return &endpoint{
		name:      "Recovery Codes",
		describes: "List the recovery codes that are left, where they can be told.",
		allow:     "POST, OPTIONS",
		protected: true, setsUp: true, throttled: true,
		methods: map[string]action{http.MethodPost: func(c *call) (answer, error) {
			return c.answerCodes(c.api.SecondFactor.RecoveryCodes)
		}},
		form:   a.codesForm(),
		formOf: http.MethodPost,
	}
}

func (a *API) mfaRegenerate() *endpoint {
	return &endpoint{
		name:      "Recovery Codes Regenerate",
		describes: "Make new recovery codes in the place of the former.",
		allow:     "POST, OPTIONS",
		protected: true, setsUp: true, throttled: true,
		methods: map[string]action{http.MethodPost: func(c *call) (answer, error) {
			return c.answerCodes(c.api.SecondFactor.Regenerate)
		}},
		form:   a.codesForm(),
		formOf: http.MethodPost,
	}
}
