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
	err = c.api.Recovery.RequestReset(c.ctx(), in["email"])
	return answer{status: http.StatusOK, body: detail("Password reset e-mail has been sent.")}, err
}

func (a *API) passwordResetConfirm() *endpoint {
	return &endpoint{
		name:      "Password Reset Confirm",
		describes: "Set a new password with the uid and token of a mailed link.",
		allow:     "POST, OPTIONS",
		throttled: true,
		methods:   map[string]action{http.MethodPost: (*call).postPasswordResetConfirm},
		form:      confirmForm,
		formOf:    http.MethodPost,
	}
}

func (c *call) postPasswordResetConfirm() (answer, error) {
	in, err := c.complete(confirmForm)
	if err != nil {
		return answer{}, err
	}
	err = c.api.Recovery.ConfirmReset(c.hashing(), recovery.ConfirmReset{
		UID:      in["uid"],
		Token:    in["token"],
		Password: credentials.NewPassword(in["new_password1"]),
		Repeat:   credentials.NewPassword(in["new_password2"]),
	})
	return answer{status: http.StatusOK, body: detail("Password has been reset with the new password.")}, err
}
