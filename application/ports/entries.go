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
	// Enter stores the entry, as a whole or not at all, and returns the token that its
	// account then has: the zero APIToken where the entry has none. Where the account is
	// gone, inactive or has another password than it was proved by, nothing is stored and
	// accounts.ErrNotFound returned: a token or session that was given all the same would
	// outlive that. In a transaction of Transactor nobody else changes the account until it ends.
	Enter(ctx context.Context, entry Entry) (sessions.APIToken, error)
}

// Entering is what a WebSessions may be able to do besides: to store an entry at once.
type Entering interface {
	// Entries returns nil unless accounts and tokens are kept in the same place as the sessions.
	Entries(accounts Accounts, tokens APITokens) Entries
}

// EntriesOf returns what writes to these three, at once if they can do that.
func EntriesOf(accounts Accounts, tokens APITokens, web WebSessions, transactor Transactor) Entries {
	if entering, ok := web.(Entering); ok {
		if entries := entering.Entries(accounts, tokens); entries != nil {
			return entries
		}
	}
	return entriesByParts{accounts: accounts, tokens: tokens, sessions: web, transactor: transactor}
}

// entriesByParts stores one after the other.
type entriesByParts struct {
	accounts   Accounts
	tokens     APITokens
	sessions   WebSessions
	transactor Transactor
}

// Enter implements Entries.
func (e entriesByParts) Enter(ctx context.Context, entry Entry) (token sessions.APIToken, err error) {
	err = e.transactor.InTx(ctx, func(ctx context.Context) error {
		if err := e.accounts.Update(ctx, entry.Account.ID(), entry.confirm); err != nil {
			return err
		}
		token = sessions.APIToken{}
		if !entry.Token.Key.Empty() {
			if token, err = e.tokens.Issue(ctx, entry.Token); err != nil {
				return err
			}
		}
		if entry.Session == nil {
			return nil
		}
		return e.sessions.Save(ctx, entry.Session, entry.At)
	})
	return token, err
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
