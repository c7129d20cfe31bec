package sessions

import (
	"latchkey/domain/accounts"
)

// Principal is who a request comes from, once a credential was accepted. The
// zero Principal is an anonymous caller.
type Principal struct {
	// Account is never inactive.
	Account *accounts.Account
	// Session is the web session that was presented; nil when another credential was accepted.
	Session *WebSession
	// Family is the family of refresh tokens that the presented access token
	// belongs to; empty when it belongs to none.
	Family string
}

// Anonymous reports whether no credential was accepted.
func (p Principal) Anonymous() bool { return p.Account == nil }

// ID returns the account's id; zero for an anonymous caller.
func (p Principal) ID() accounts.ID {
	if p.Account == nil {
		return 0
	}
	return p.Account.ID()
}
