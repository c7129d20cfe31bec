package bunsql

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/sessions"
)

// entries writes down who comes in. Others who sign in to the account wait for each other:
// on PostgreSQL, where they would wait from one statement to the next, it takes one.
type entries struct {
	db       *DB
	tokens   *APITokens
	sessions *WebSessions
}

var _ ports.Entering = (*WebSessions)(nil)

// Entries returns nil unless accounts and tokens are those of the same database.
func (w *WebSessions) Entries(kept ports.Accounts, issued ports.APITokens) ports.Entries {
	accounts, _ := kept.(*Accounts)
	tokens, _ := issued.(*APITokens)
	if accounts == nil || tokens == nil || accounts.db != w.db || tokens.db != w.db {
		return nil
	}
	return &entries{db: w.db, tokens: tokens, sessions: w}
}

// Enter stores the entry, or returns accounts.ErrNotFound.
func (e *entries) Enter(ctx context.Context, entry ports.Entry) (sessions.APIToken, error) {
	if e.db.dialect.compound {
		return e.atOnce(ctx, entry)
	}
	return e.inTurn(ctx, entry)
}

const (
	// An account that is not what it was when its owner was proved is not found.
	stillProved = ` WHERE id = CAST($1 AS bigint) AND is_active AND password = $2`
	rememberIt  = `UPDATE auth_user SET last_login = $3` + stillProved + ` RETURNING id`
	selectIt    = `SELECT id FROM auth_user` + stillProved
)

// confirmation returns the statement that finds and locks the account, and its arguments.
func (e *entries) confirmation(entry ports.Entry) (string, []any) {
	args := []any{int64(entry.Account.ID()), entry.Account.PasswordHash().Reveal()}
	if entry.Remember {
		return rememberIt, append(args, djangoTime{entry.At})
	}
	return selectIt + e.db.dialect.lock, args
}

// inTurn makes one statement of each part.
func (e *entries) inTurn(ctx context.Context, entry ports.Entry) (token sessions.APIToken, err error) {
	err = e.db.inTx(ctx, func(ctx context.Context) error {
		var id int64
		query, args := e.confirmation(entry)
		if err := e.db.writtenRow(ctx, query, args, &id); err != nil {
			return e.refused(err)
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

func (e *entries) refused(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return accounts.ErrNotFound
	}
	return fmt.Errorf("bunsql: store entry: %w", err)
}
