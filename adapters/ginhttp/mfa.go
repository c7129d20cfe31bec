package ginhttp

import (
	"context"
	"errors"
	"net/http"

	"latchkey/application/authentication"
	"latchkey/application/secondfactor"
	"latchkey/domain/credentials"
	"latchkey/domain/factors"
	"latchkey/domain/fault"
	"latchkey/domain/secret"
)

// secondFactorRequired is the answer to a first proof, whatever it was.
func secondFactorRequired(token secret.String) answer {
	return answer{status: http.StatusOK, body: object{{"ephemeral_token", token.Reveal()}, {"mfa_required", true}}}
}

// recoveryLength is that of a recovery code, the longest code there is.
const recoveryLength = factors.CodeLength + 1

var verifyForm = form{text("ephemeral_token", "Ephemeral token"), text("code", "Code").upTo(recoveryLength)}

func (a *API) mfaVerify() *endpoint {
	return &endpoint{
		name:      "Mfa Verify",
		describes: "Finish a sign-in with a code of the second factor.",
		allow:     "POST, OPTIONS",
		verifies:  true,
		methods:   map[string]action{http.MethodPost: (*call).postVerify},
		form:      verifyForm,
		formOf:    http.MethodPost,
	}
}

// postVerify hands who has proved both factors to the one gate.
func (c *call) postVerify() (answer, error) {
	in, err := c.complete(verifyForm)
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
	proved, err := c.api.SecondFactor.Verify(c.ctx(), secondfactor.Verify{
		Token: secret.New(in["ephemeral_token"]), Code: in["code"], Device: c.device(),
	})
	if err != nil {
		return answer{}, err
	}
	c.cookies.looked = true
	grant, err := c.api.Authentication.Admit(c.ctx(), authentication.Admission{
		Account: proved.Account, Backend: proved.Backend, SessionKey: c.sessionKey, SecondFactorProved: true,
		Network: c.api.ownNetwork(c.Request),
	})
	if err != nil {
		return answer{}, err
	}
	return c.granted(grant, by, http.StatusOK)
}

// device tells one device from another as well as a request does: by its program and the
// network that it is in.
func (c *call) device() string { return c.GetHeader("User-Agent") + "\n" + c.network() }

func (a *API) mfaStatus() *endpoint {
	return &endpoint{
		name:      "Mfa Status",
		describes: "Tell whether a second factor is set up.",
		allow:     "GET, HEAD, OPTIONS",
		protected: true, setsUp: true, throttled: true,
		methods: map[string]action{http.MethodGet: (*call).getMFAStatus},
	}
}

func (c *call) getMFAStatus() (answer, error) {
	status, err := c.api.SecondFactor.Status(c.ctx(), c.caller.ID())
	body := object{{"mfa_enabled", status.Enabled}, {"created_at", nil}, {"last_used_at", nil}}
	if !status.Created.IsZero() {
		body[1].value = datetime(status.Created)
	}
	if !status.LastUsed.IsZero() {
		body[2].value = datetime(status.LastUsed)
	}
	return answer{status: http.StatusOK, body: body}, err
}

// proofForm is what confirms that recovery codes are made or told where settings ask for it.
var proofForm = form{text("code", "Code").optional()}

// confirmed reads what came to confirm that. Where nothing is asked for, the body does
// not matter, whatever is in it.
func (c *call) confirmed() (secondfactor.Confirmed, error) {
	in := secondfactor.Confirmed{Account: c.caller.Account}
	if !c.api.options.ConfirmFactor {
		return in, nil
	}
	sent, err := c.complete(proofForm)
	if err != nil {
		return in, err
	}
	in.Code = sent["code"]
	return in, nil
}

func proofIn(in secondfactor.Confirmed, sent values) secondfactor.Confirmed {
	in.Code = sent["code"]
	if text := sent.pointer("password"); text != nil {
		password := credentials.NewPassword(*text)
		in.Password = &password
	}
	return in
}

// answerCodes answers with recovery codes.
func (c *call) answerCodes(codes func(context.Context, secondfactor.Confirmed) ([]string, error)) (answer, error) {
	in, err := c.confirmed()
	if err != nil {
		return answer{}, err
	}
	told, err := codes(c.hashing(), in)
	if err != nil {
		return answer{}, refusedFactor(err)
	}
	return answer{status: http.StatusOK, body: object{{"codes", told}}}, nil
}

// refusedFactor gives what concerns the whole request upstream's shape.
func refusedFactor(err error) error {
	for _, whole := range []*fault.Fault{factors.ErrEnabled, factors.ErrNotEnabled} {
		if errors.Is(err, whole) {
			return refusal{status: http.StatusBadRequest, detail: whole.Message}
		}
	}
	return err
}

// factorIs refuses callers whose second factor is not in the state, before their body is
// looked at, as upstream does.
func (c *call) factorIs(enabled bool) error {
	status, err := c.api.SecondFactor.Status(c.ctx(), c.caller.ID())
	switch {
	case err != nil || status.Enabled == enabled:
		return err
	case enabled:
		return refusedFactor(factors.ErrNotEnabled)
	}
	return refusedFactor(factors.ErrEnabled)
}
