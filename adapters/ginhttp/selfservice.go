package ginhttp

import (
	"errors"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"unicode/utf8"

	"latchkey/application/selfservice"
	"latchkey/domain/accounts"
	"latchkey/domain/credentials"
	"latchkey/domain/fault"
)

const nameMaxLength = 150

var userForm = form{
	{name: "pk", label: "ID", kind: kindInteger, readOnly: true},
	{
		name: "username", label: "Username", kind: kindString, required: true, max: accounts.UsernameMaxLength,
		help:   "Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.",
		checks: []check{{"username", accounts.ErrUsernameInvalid.Message}},
	},
	{name: "email", label: "Email address", kind: kindEmail, readOnly: true},
	text("first_name", "First name").optional().blank().upTo(nameMaxLength),
	text("last_name", "Last name").optional().blank().upTo(nameMaxLength),
}

func (a *API) user() *endpoint {
	return &endpoint{
		name:      "User Details",
		describes: "Read and change the names of the account.",
		allow:     "GET, PUT, PATCH, HEAD, OPTIONS",
		protected: true,
		methods: map[string]action{
			http.MethodGet:   (*call).getUser,
			http.MethodPut:   func(c *call) (answer, error) { return c.updateUser(false) },
			http.MethodPatch: func(c *call) (answer, error) { return c.updateUser(true) },
		},
		form:   userForm,
		formOf: http.MethodPut,
	}
}

func (c *call) getUser() (answer, error) {
	profile, err := c.api.SelfService.Profile(c.ctx(), c.caller.Account)
	return answer{status: http.StatusOK, body: userBody(profile)}, err
}

func (c *call) updateUser(partial bool) (answer, error) {
	in, refusals, err := c.fields(userForm, partial)
	if err != nil {
		return answer{}, err
	}
	if username := in.pointer("username"); username != nil && len(refusals) > 0 {
		err := c.api.SelfService.VetUsername(c.ctx(), c.caller.ID(), *username)
		if refusals, err = alsoRefused(refusals, err); err != nil {
			return answer{}, err
		}
	}
	if len(refusals) > 0 {
		return answer{}, refusals
	}
	profile, err := c.api.SelfService.UpdateProfile(c.ctx(), c.caller.ID(), selfservice.UpdateProfile{
		Username: in.pointer("username"), FirstName: in.pointer("first_name"), LastName: in.pointer("last_name"),
	})
	return answer{status: http.StatusOK, body: userBody(profile)}, err
}

// alsoRefused adds what a use case refuses of one field to what is wrong with
// others already; an error that is no refusal stays one.
func alsoRefused(refusals fault.List, err error) (fault.List, error) {
	if told := fault.Of(err); len(told) > 0 && !fault.Failed(err) {
		return append(slices.Clone(refusals), told...), nil
	}
	return refusals, err
}

// userBody is an account as user/ shows it: upstream's five fields, then what
// contributors add under other names.
type userBody selfservice.Profile

// MarshalJSON implements json.Marshaler.
func (u userBody) MarshalJSON() ([]byte, error) { return encodeJSON(u) }

func (u userBody) appendTo(out []byte) ([]byte, error) {
	out = strconv.AppendInt(append(out, `{"pk":`...), int64(u.Account.ID), 10)
	out = appendText(append(out, `,"username":`...), string(u.Account.Username))
	out = appendText(append(out, `,"email":`...), string(u.Account.Email))
	out = appendText(append(out, `,"first_name":`...), u.Account.FirstName)
	out = appendText(append(out, `,"last_name":`...), u.Account.LastName)
	extra := u.extra()
	if len(extra) == 0 {
		return append(out, '}'), nil
	}
	added, err := encodeJSON(extra)
	if err != nil {
		return nil, err
	}
	return append(append(out, ','), added[1:]...), nil
}

// extra is what contributors add under names that are not upstream's.
func (u userBody) extra() map[string]any {
	extra := maps.Clone(u.Extra)
	for _, fd := range userForm {
		delete(extra, fd.name)
	}
	return extra
}

const passwordMaxLength = 128

func (a *API) passwordChange() *endpoint {
	fields := form{
		text("new_password1", "New password1").upTo(passwordMaxLength),
		text("new_password2", "New password2").upTo(passwordMaxLength),
	}
	told := fields
	if a.options.OldPassword {
		// A registration takes passwords of any length, as upstream's does, so that
		// the length of the old one is told and judged only when it is wrong.
		old := text("old_password", "Old password")
		fields, told = append(form{old}, fields...), append(form{old.upTo(passwordMaxLength)}, told...)
	}
	return &endpoint{
		name:      "Password Change",
		describes: "Set a new password.",
		allow:     "POST, OPTIONS",
		protected: true,
		throttled: true,
		methods:   map[string]action{http.MethodPost: func(c *call) (answer, error) { return c.postPasswordChange(fields) }},
		form:      told,
		formOf:    http.MethodPost,
	}
}

func (c *call) postPasswordChange(fields form) (answer, error) {
	in, refusals, err := c.fields(fields, false)
	if err != nil {
		return answer{}, err
	}
	if old := in.pointer("old_password"); old != nil {
		err := c.api.SelfService.VetOldPassword(c.hashing(), c.caller.Account, credentials.NewPassword(*old))
		if kind := fault.KindOf(err); kind == fault.Throttled || kind == fault.Unavailable {
			return answer{}, err
		}
		if refusals, err = alsoRefused(refusals, orTooLong(err, *old)); err != nil {
			return answer{}, err
		}
	}
	if len(refusals) > 0 {
		return answer{}, refusals
	}
	return c.changePassword(in)
}

// orTooLong says of a wrong password that upstream would not have looked at what
// upstream says.
func orTooLong(err error, old string) error {
	if errors.Is(err, selfservice.ErrOldPasswordWrong) && utf8.RuneCountInString(old) > passwordMaxLength {
		return selfservice.ErrOldPasswordWrong.Saying(tooLong(passwordMaxLength))
	}
	return err
}

func (c *call) changePassword(in values) (answer, error) {
	session, err := c.api.SelfService.ChangePassword(c.hashing(), selfservice.ChangePassword{
		Caller:   c.caller,
		Password: credentials.NewPassword(in["new_password1"]),
		Repeat:   credentials.NewPassword(in["new_password2"]),
	})
	if err != nil {
		return answer{}, err
	}
	c.cookies.looked, c.cookies.session = true, session
	return answer{status: http.StatusOK, body: detail("New password has been saved.")}, nil
}
