package ginhttp

import (
	"net/http"
	"strconv"

	"latchkey/domain/identities"
)

// socialAccounts lists the caller's identities.
func (a *API) socialAccounts() *endpoint {
	return &endpoint{
		name:      "Social Account List",
		describes: "List the social accounts that are connected to the caller's account.",
		allow:     "GET, HEAD, OPTIONS",
		protected: true,
		methods:   map[string]action{http.MethodGet: (*call).getSocialAccounts},
	}
}

func (c *call) getSocialAccounts() (answer, error) {
	linked, err := c.api.Federation.Identities(c.ctx(), c.caller.ID())
	if err != nil {
		return answer{}, err
	}
	list := make([]object, len(linked))
	for i, identity := range linked {
		list[i] = object{
			{"id", int64(identity.ID)},
			{"provider", identity.Key.Provider},
			{"uid", identity.Key.Subject},
			{"last_login", datetime(identity.LastLogin)},
			{"date_joined", datetime(identity.Joined)},
		}
	}
	return answer{status: http.StatusOK, body: list}, nil
}

// socialDisconnect unlinks one of the caller's identities. It does not read the
// body; OPTIONS tells of one all the same, as upstream does.
func (a *API) socialDisconnect() *endpoint {
	_, told := Provider{}.form()
	return &endpoint{
		name:      "Social Account Disconnect",
		describes: "Disconnect a social account from the caller's account.",
		allow:     "POST, OPTIONS",
		protected: true,
		methods:   map[string]action{http.MethodPost: (*call).postDisconnect},
		form:      told,
		formOf:    http.MethodPost,
	}
}

func (c *call) postDisconnect() (answer, error) {
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil {
		return answer{}, identities.ErrNotFound // digits beyond any id
	}
	return answer{status: http.StatusOK, body: object{}}, c.api.Federation.Disconnect(c.ctx(), c.caller.ID(), identities.ID(id))
}
