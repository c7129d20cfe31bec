package ginhttp

import (
	"net/http"

	"latchkey/application/authentication"
	"latchkey/application/federation"
	"latchkey/domain/accounts"
	"latchkey/domain/identities"
	"latchkey/domain/secret"
	"latchkey/domain/sessions"
)

// Provider is a configured social provider.
type Provider struct {
	Name  string // the path
	Title string // how OPTIONS names it
	// OAuth1 providers give a token with a secret.
	OAuth1 bool
	// AccessTokenAlias is another name under which clients of the provider send its
	// access token; empty for none.
	AccessTokenAlias string
}

// form is what the endpoint reads, and what OPTIONS tells of that: upstream's fields.
func (p Provider) form() (read, told form) {
	if p.OAuth1 {
		told = form{text("access_token", "Access token"), text("token_secret", "Token secret")}
		return told, told
	}
	told = form{
		text("access_token", "Access token").optional().blank(),
		text("code", "Code").optional().blank(),
		text("id_token", "Id token").optional().blank(),
	}
	more := []string{"code_verifier", "callback_url", "state", "nonce", "first_name", "last_name"}
	if p.AccessTokenAlias != "" {
		more = append(more, p.AccessTokenAlias)
	}
	read = append(form{}, told...)
	for _, name := range more {
		read = append(read, text(name, name).optional().blank())
	}
	return read, told
}

// socialLogin signs in with an identity of the provider.
func (a *API) socialLogin(p Provider) *endpoint {
	read, told := p.form()
	return &endpoint{
		name:      p.Title + " Login",
		describes: "Sign in with an account of " + p.Title + ".",
		allow:     "POST, OPTIONS",
		throttled: true,
		methods: map[string]action{http.MethodPost: func(c *call) (answer, error) {
			return c.withProof(p, read, c.postSocialLogin)
		}},
		form:   told,
		formOf: http.MethodPost,
	}
}

// socialConnect links an identity of the provider to the caller's account.
func (a *API) socialConnect(p Provider) *endpoint {
	read, told := p.form()
	return &endpoint{
		name:      p.Title + " Connect",
		describes: "Connect an account of " + p.Title + ".",
		allow:     "POST, OPTIONS",
		protected: true,
		throttled: true,
		methods: map[string]action{http.MethodPost: func(c *call) (answer, error) {
			return c.withProof(p, read, c.postSocialConnect)
		}},
		form:   told,
		formOf: http.MethodPost,
	}
}

// withProof reads what somebody comes back from the provider with, and hands it to work.
func (c *call) withProof(p Provider, fields form, work func(federation.Presented, Transport) (answer, error)) (answer, error) {
	in, err := c.complete(fields)
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
	presented := p.presented(in)
	presented.Sealed = c.sealedAuthorization(presented.State)
	if presented.Proof.Empty() {
		return answer{}, identities.ErrProofMissing
	}
	out, err := work(presented, by)
	if err == nil {
		c.forgetAuthorization(presented.State)
	}
	return out, err
}

func (p Provider) presented(in values) federation.Presented {
	access := in["access_token"]
	if access == "" {
		access = in[p.AccessTokenAlias]
	}
	return federation.Presented{
		Provider: p.Name,
		Proof: identities.Proof{
			AccessToken:  secret.New(access),
			TokenSecret:  secret.New(in["token_secret"]),
			Code:         secret.New(in["code"]),
			IDToken:      secret.New(in["id_token"]),
			CodeVerifier: secret.New(in["code_verifier"]),
			CallbackURL:  in["callback_url"],
			Nonce:        in["nonce"],
			FirstName:    in["first_name"],
			LastName:     in["last_name"],
		},
		State: in["state"],
	}
}

func (c *call) postSocialLogin(in federation.Presented, by Transport) (answer, error) {
	steps := beginGrid()
	defer steps.end()
	account, err := c.api.Federation.SignIn(c.ctx(), in)
	if err != nil {
		return answer{}, err
	}
	out, err := c.admitSocial(account, by)
	if err != nil {
		steps.wait(c.ctx()) // its address is not proved, be it somebody else's or nobody's
	}
	return out, err
}

// postSocialConnect answers as a login of the caller, as upstream does.
func (c *call) postSocialConnect(in federation.Presented, by Transport) (answer, error) {
	if err := c.api.Federation.Connect(c.ctx(), c.caller.Account, in); err != nil {
		return answer{}, err
	}
	return c.admitSocial(c.caller.Account, by)
}

func (c *call) admitSocial(account *accounts.Account, by Transport) (answer, error) {
	c.cookies.looked = true
	grant, err := c.api.Authentication.Admit(c.ctx(), authentication.Admission{
		Account:    account,
		Backend:    sessions.BackendAllauth,
		SessionKey: c.sessionKey,
		Network:    c.api.ownNetwork(c.Request),
	})
	if err != nil {
		return answer{}, err
	}
	return c.granted(grant, by, http.StatusOK)
}
