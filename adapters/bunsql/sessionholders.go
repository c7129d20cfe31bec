package bunsql

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"hash/maphash"
	"sync/atomic"
	"time"

	"latchkey/domain/accounts"
	"latchkey/domain/secret"
	"latchkey/domain/sessions"
)

// selectHolder finds a session together with the account that it is guessed to be of.
const selectHolder = `SELECT s.session_data, COALESCE(s.expire_date, NULL), ` + accountColumns + `
	FROM django_session AS s JOIN auth_user AS u ON u.id = CAST($2 AS bigint) WHERE s.session_key = $1`

// Holder returns the session and its account; see ports.WebSessions. Whose a session is
// stands under its seal, where a query cannot look: it takes two, but for a guess.
func (w *WebSessions) Holder(ctx context.Context, key secret.String, now time.Time) (*sessions.WebSession, *accounts.Account, error) {
	guess := w.guesses.of(key)
	if guess != 0 {
		session, account, err := w.guessed(ctx, key, guess, now)
		if err != nil || account != nil {
			return session, account, err
		}
	}
	session, err := w.ByKey(ctx, key, now)
	if err != nil || session.Account == 0 {
		return session, nil, err
	}
	account, err := w.accounts.ByID(ctx, session.Account)
	if errors.Is(err, accounts.ErrNotFound) {
		return session, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	w.guesses.keep(key, account.ID())
	return session, account, nil
}

// guessed returns no account when the guess was wrong: the seal decides.
func (w *WebSessions) guessed(ctx context.Context, key secret.String, guess accounts.ID, now time.Time) (*sessions.WebSession, *accounts.Account, error) {
	var held sessionRow
	var owner accountRow
	err := w.db.row(ctx, selectHolder, []any{key.Reveal(), int64(guess)}, append([]any{&held.Data, &held.Expires}, owner.columns()...)...)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("bunsql: read session and account: %w", err)
	}
	session, err := w.open(held, key, now)
	if err != nil || session.Account != guess {
		return nil, nil, err
	}
	return session, owner.account(), nil
}

// guesses remembers of which account sessions were when they were last looked at. It is
// no cache of sessions: it saves a query and never an answer, all of which comes from
// the database each time. There are no keys in it, and none can be found by it: a
// session has the slot of its keyed hash, which others may have, too.
type guesses struct {
	seed  maphash.Seed
	slots []atomic.Int64
}

// guessSlots is how many there are, of 8 bytes each. Sessions beyond take two queries now and then.
const guessSlots = 1 << 16

func newGuesses() guesses {
	return guesses{seed: maphash.MakeSeed(), slots: make([]atomic.Int64, guessSlots)}
}

func (g *guesses) slot(key secret.String) *atomic.Int64 {
	return &g.slots[maphash.String(g.seed, key.Reveal())%guessSlots]
}

// of returns zero for no guess.
func (g *guesses) of(key secret.String) accounts.ID { return accounts.ID(g.slot(key).Load()) }

func (g *guesses) keep(key secret.String, account accounts.ID) { g.slot(key).Store(int64(account)) }
