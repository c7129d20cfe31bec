package bunsql

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"latchkey/application/ports"
	"latchkey/domain/secret"
	"latchkey/domain/sessions"
)

// WebSessions keeps cookie sessions in django_session.
type WebSessions struct {
	db       *DB
	accounts *Accounts
	seals    ports.SessionSeals
	guesses  guesses
}

var _ ports.WebSessions = (*WebSessions)(nil)

// NewWebSessions returns the cookie sessions of the database. seals signs their
// content: who can write to the table can still not make a session.
func NewWebSessions(db *DB, seals ports.SessionSeals) *WebSessions {
	return &WebSessions{db: db, accounts: NewAccounts(db), seals: seals, guesses: newGuesses()}
}

const (
	selectSession = `SELECT session_data, COALESCE(expire_date, NULL) FROM django_session WHERE session_key = $1`
	upsertSession = `INSERT INTO django_session (session_key, session_data, expire_date) VALUES ($1, $2, $3)
		ON CONFLICT (session_key) DO UPDATE
		SET session_data = excluded.session_data, expire_date = excluded.expire_date`
	deleteSession = `DELETE FROM django_session WHERE session_key = $1`
)

// sessionRow is a row of django_session.
type sessionRow struct {
	Data    string     `bun:"session_data"`
	Expires djangoTime `bun:"expire_date"`
}

// ByKey returns the session, or sessions.ErrSessionEnded.
func (w *WebSessions) ByKey(ctx context.Context, key secret.String, now time.Time) (*sessions.WebSession, error) {
	var row sessionRow
	err := w.db.row(ctx, selectSession, []any{key.Reveal()}, &row.Data, &row.Expires)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, sessions.ErrSessionEnded
	}
	if err != nil {
		return nil, fmt.Errorf("bunsql: read session: %w", err)
	}
	return w.open(row, key, now)
}

func (w *WebSessions) open(row sessionRow, key secret.String, now time.Time) (*sessions.WebSession, error) {
	session := &sessions.WebSession{Key: key, Expires: row.Expires.Time}
	if session.Expired(now) {
		return nil, sessions.ErrSessionEnded
	}
	if err := w.seals.Open(row.Data, session); err != nil {
		return nil, err
	}
	return session, nil
}

// Save stores the session under its key.
func (w *WebSessions) Save(ctx context.Context, session *sessions.WebSession, now time.Time) error {
	sealed, err := w.seals.Seal(session, now)
	if err != nil {
		return fmt.Errorf("bunsql: seal session: %w", err)
	}
	_, err = w.db.write(ctx, upsertSession, session.Key.Reveal(), sealed, djangoTime{session.Expires}).Exec(ctx)
	if err != nil {
		return fmt.Errorf("bunsql: store session: %w", err)
	}
	return nil
}

// Delete deletes the session.
func (w *WebSessions) Delete(ctx context.Context, key secret.String) error {
	if _, err := w.db.write(ctx, deleteSession, key.Reveal()).Exec(ctx); err != nil {
		return fmt.Errorf("bunsql: delete session: %w", err)
	}
	return nil
}
