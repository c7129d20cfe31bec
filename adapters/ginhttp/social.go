package ginhttp

import (
	"net/http"

	"latchkey/domain/fault"
)

// Provider is a configured social provider.
type Provider struct {
	Name  string // the path
	Title string // how OPTIONS names it
	// OAuth1 providers give a token with a secret.
	OAuth1 bool
}

// errProofRefused is the answer to a proof that no provider vouches for.
var errProofRefused = fault.New(fault.Invalid, "proof_refused", "Incorrect value")

func (p Provider) form() form {
	if p.OAuth1 {
		return form{text("access_token", "Access token"), text("token_secret", "Token secret")}
	}
	return form{
		text("access_token", "Access token").optional().blank(),
		text("code", "Code").optional().blank(),
		text("id_token", "Id token").optional().blank(),
	}
}

// socialLogin is the endpoint of a configured provider. No provider is asked
// yet: the input is checked and every proof is refused, so that nobody gets in.
func (a *API) socialLogin(p Provider) *endpoint {
	fields := p.form()
	return &endpoint{
		name:      p.Title + " Login",
		describes: "Sign in with an account of " + p.Title + ".",
		allow:     "POST, OPTIONS",
		throttled: true,
		methods:   map[string]action{http.MethodPost: func(c *call) (answer, error) { return c.postProof(fields) }},
		form:      fields,
		formOf:    http.MethodPost,
	}
}

func (a *API) socialConnect(p Provider) *endpoint {
	e := a.socialLogin(p)
	e.name = p.Title + " Connect"
	e.describes = "Connect an account of " + p.Title + "."
	e.protected = true
	return e
}

func (c *call) postProof(fields form) (answer, error) {
	in, err := c.complete(fields)
	if err != nil {
		return answer{}, err
	}
	if in["access_token"] == "" && in["code"] == "" {
		return answer{}, errProofRefused.Saying("Incorrect input. access_token or code is required.")
	}
	return answer{}, errProofRefused
}
