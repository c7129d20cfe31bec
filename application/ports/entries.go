package ports

import (
	"context"
	"time"

	"latchkey/domain/accounts"
	"latchkey/domain/sessions"
)

// Entry is what is written down when somebody is let in.
type Entry struct {
	// Account is the account as it was when its owner was proved.
	Account *accounts.Account
	At      time.Time
	// Remember keeps At as the time of the account's last sign-in.
	Remember bool
	// Token is stored unless the account has one; the zero APIToken is none.
	Token sessions.APIToken
	// Session is stored under its key; nil is none.
	Session *sessions.WebSession
}

// Entries writes down who comes in.
type Entries interface {
	// Enter stores the entry, in the transaction of ctx, and returns the token that its
	// account then has: the zero APIToken where the entry has none. Where the account is
	// gone, inactive or has another password than it was proved by, nothing is stored and
	// accounts.ErrNotFound returned: a token or session that was given all the same would
	// outlive that. Nobody else changes the account until the transaction ends.
	Enter(ctx context.Context, entry Entry) (sessions.APIToken, error)
}

// Entering is what a WebSessions may be able to do besides: to store an entry at once, which
// needs no transaction of Transactor to be stored as a whole or not at all. Whoever embeds such a
// type and overrides a method of WebSessions has to override this, too: it does not call them.
type Entering interface {
	// Entries returns nil unless accounts and tokens are kept in the same place as the sessions.
	Entries(accounts Accounts, tokens APITokens) Entries
}

// EntriesOf returns what writes to these three, and whether it does so at once.
func EntriesOf(accounts Accounts, tokens APITokens, web WebSessions) (entries Entries, atOnce bool) {
	if entering, ok := web.(Entering); ok {
		if entries := entering.Entries(accounts, tokens); entries != nil {
			return entries, true
		}
	}
	return entriesByParts{accounts: accounts, tokens: tokens, sessions: web}, false
}

// entriesByParts stores one after the other.
type entriesByParts struct {
	accounts Accounts
	tokens   APITokens
	sessions WebSessions
}

// Enter implements Entries.
func (e entriesByParts) Enter(ctx context.Context, entry Entry) (token sessions.APIToken, err error) {
	if err := e.accounts.Update(ctx, entry.Account.ID(), entry.confirm); err != nil {
		return token, err
	}
	if !entry.Token.Key.Empty() {
		if token, err = e.tokens.Issue(ctx, entry.Token); err != nil {
			return token, err
		}
	}
	if entry.Session == nil {
		return token, nil
	}
	return token, e.sessions.Save(ctx, entry.Session, entry.At)
}

func (e Entry) confirm(stored *accounts.Account) error {
	if !stored.Active() || !stored.PasswordHash().Equal(e.Account.PasswordHash()) {
		return accounts.ErrNotFound
	}
	if e.Remember {
		stored.SignedIn(e.At)
	}
	return nil
}
