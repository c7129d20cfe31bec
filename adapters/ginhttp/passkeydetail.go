package ginhttp

import (
	"net/http"
	"strconv"

	"latchkey/domain/passkeys"
)

var passkeyNameForm = form{text("name", "Name").upTo(passkeys.NameMaxLength)}

// passkeyList lists the caller's passkeys.
func (a *API) passkeyList() *endpoint {
	return &endpoint{
		name:      "Passkey List",
		describes: "List the passkeys of the caller's account.",
		allow:     "GET, HEAD, OPTIONS",
		protected: true,
		throttled: true,
		methods:   map[string]action{http.MethodGet: (*call).getPasskeys},
	}
}

func (c *call) getPasskeys() (answer, error) {
	own, err := c.api.Passkeys.List(c.ctx(), c.caller.ID())
	if err != nil {
		return answer{}, err
	}
	list := make([]object, len(own))
	for i, passkey := range own {
		list[i] = passkeyBody(passkey)
	}
	return answer{status: http.StatusOK, body: list}, nil
}

// passkeyDetail shows, renames and deletes one of the caller's passkeys.
func (a *API) passkeyDetail() *endpoint {
	return &endpoint{
		name:      "Passkey Detail",
		describes: "Show, rename or delete a passkey of the caller's account.",
		allow:     "GET, PUT, PATCH, DELETE, HEAD, OPTIONS",
		protected: true,
		throttled: true,
		methods: map[string]action{
			http.MethodGet:    (*call).getPasskey,
			http.MethodPut:    func(c *call) (answer, error) { return c.renamePasskey(false) },
			http.MethodPatch:  func(c *call) (answer, error) { return c.renamePasskey(true) },
			http.MethodDelete: (*call).deletePasskey,
		},
		form:    passkeyNameForm,
		formOf:  http.MethodPut,
		tellsOf: func(c *call) bool { _, err := c.passkey(); return err == nil },
	}
}

// passkey returns the caller's passkey that the path names.
func (c *call) passkey() (passkeys.Snapshot, error) {
	return c.api.Passkeys.ByID(c.ctx(), c.caller.ID(), c.passkeyID())
}

// passkeyID is 0, which no passkey has, for digits beyond any id.
func (c *call) passkeyID() passkeys.ID {
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil {
		return 0
	}
	return passkeys.ID(id)
}

func (c *call) getPasskey() (answer, error) {
	own, err := c.passkey()
	return answer{status: http.StatusOK, body: passkeyBody(own)}, err
}

// renamePasskey looks for the passkey before it reads the body, as upstream does.
func (c *call) renamePasskey(partial bool) (answer, error) {
	own, err := c.passkey()
	if err != nil {
		return answer{}, err
	}
	in, refusals, err := c.fields(passkeyNameForm, partial)
	if err != nil {
		return answer{}, err
	}
	if len(refusals) > 0 {
		return answer{}, refusals
	}
	if name, came := in["name"]; came {
		if own, err = c.api.Passkeys.Rename(c.ctx(), c.caller.ID(), own.ID, name); err != nil {
			return answer{}, err
		}
	}
	return answer{status: http.StatusOK, body: object{{"name", string(own.Name)}}}, nil
}

func (c *call) deletePasskey() (answer, error) {
	return answer{status: http.StatusNoContent}, c.api.Passkeys.Delete(c.ctx(), c.caller.Account, c.passkeyID())
}
