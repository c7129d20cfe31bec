package ginhttp

import (
	"net/http"

	"latchkey/application/recovery"
	"latchkey/domain/credentials"
)

var (
	resetForm   = form{email("email", "Email")}
	confirmForm = form{
		text("new_password1", "New password1").upTo(passwordMaxLength),
		text("new_password2", "New password2").upTo(passwordMaxLength),
		text("uid", "Uid"),
		text("token", "Token"),
	}
)

func (a *API) passwordReset() *endpoint {
	return &endpoint{
		name:      "Password Reset",
		describes: "Mail a link with which a new password can be set.",
		allow:     "POST, OPTIONS",
		throttled: true,
		methods:   map[string]action{http.MethodPost: (*call).postPasswordReset},
		form:      resetForm,
		formOf:    http.MethodPost,
	}
}

func (c *call) postPasswordReset() (answer, error) {
	in, err := c.complete(resetForm)
	if err != nil {
		return answer{}, err
	}
	steps := beginGrid()
	defer steps.end()
	err = c.api.Recovery.RequestReset(c.ctx(), in["email"])
	steps.wait(c.ctx())
	return answer{status: http.StatusOK, body: detail("Password reset e-mail has been sent.")}, err
}

// resetCode is the field of a second factor. Who has none leaves it empty.
var resetCode = text("code", "Code").optional().blank().upTo(recoveryLength)

// confirmForm is what a reset reads.
func (a *API) confirmForm() form {
	if a.options.ResetNeedsFactor {
		return append(confirmForm[:len(confirmForm):len(confirmForm)], resetCode)
	}
	return confirmForm
}

func (a *API) passwordResetConfirm() *endpoint {
	return &endpoint{
		name:      "Password Reset Confirm",
		describes: "Set a new password with the uid and token of a mailed link.",
		allow:     "POST, OPTIONS",
		throttled: true,
		methods:   map[string]action{http.MethodPost: (*call).postPasswordResetConfirm},
		form:      a.confirmForm(),
		formOf:    http.MethodPost,
	}
}

func (c *call) postPasswordResetConfirm() (answer, error) {
	in, err := c.complete(c.api.confirmForm())
	if err != nil {
		return answer{}, err
	}
	err = c.api.Recovery.ConfirmReset(c.hashing(), recovery.ConfirmReset{
		UID:      in["uid"],
		Token:    in["token"],
		Password: credentials.NewPassword(in["new_password1"]),
		Repeat:   credentials.NewPassword(in["new_password2"]),
		Network:  c.api.ownNetwork(c.Request),
		Code:     in["code"],
	})
	return answer{status: http.StatusOK, body: detail("Password has been reset with the new password.")}, err
}
