package inmemory

import (
	"context"
	"errors"
	"maps"
	"time"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/secret"
	"latchkey/domain/sessions"
)

// WebSessions keeps cookie sessions in a Store.
type WebSessions struct{ store *Store }

var _ ports.WebSessions = (*WebSessions)(nil)

// NewWebSessions returns the store's web sessions.
func NewWebSessions(store *Store) *WebSessions { return &WebSessions{store: store} }

// ByKey returns the session, or sessions.ErrSessionEnded.
func (w *WebSessions) ByKey(ctx context.Context, key secret.String, now time.Time) (session *sessions.WebSession, err error) {
	err = w.store.run(ctx, func(*transaction) error {
		row, ok := w.store.sessions.rows[key.Reveal()]
		if !ok || row.Expired(now) {
			return sessions.ErrSessionEnded
		}
		session = clone(row)
		return nil
	})
	return session, err
}

// Holder returns the session and its account; see ports.WebSessions.
func (w *WebSessions) Holder(ctx context.Context, key secret.String, now time.Time) (*sessions.WebSession, *accounts.Account, error) {
	session, err := w.ByKey(ctx, key, now)
	if err != nil {
		return nil, nil, err
	}
	account, err := NewAccounts(w.store).ByID(ctx, session.Account)
	if errors.Is(err, accounts.ErrNotFound) {
		return session, nil, nil
	}
	return session, account, err
}

// Save stores the session under its key.
func (w *WebSessions) Save(ctx context.Context, session *sessions.WebSession, _ time.Time) error {
	return w.store.run(ctx, func(tx *transaction) error {
		w.store.sessions.put(tx, session.Key.Reveal(), *clone(*session))
		return nil
	})
}

// Delete deletes the session.
func (w *WebSessions) Delete(ctx context.Context, key secret.String) error {
	return w.store.run(ctx, func(tx *transaction) error {
		w.store.sessions.drop(tx, key.Reveal())
		return nil
	})
}

func clone(session sessions.WebSession) *sessions.WebSession {
	session.Values = maps.Clone(session.Values)
	return &session
}
