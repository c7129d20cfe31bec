package ports

import (
	"context"
	"time"

	"latchkey/domain/accounts"
	"latchkey/domain/secret"
	"latchkey/domain/sessions"
)

// APITokens stores API tokens.
type APITokens interface {
	// Owner returns the account that the key stands for, or sessions.ErrTokenUnknown.
	Owner(ctx context.Context, key secret.String) (*accounts.Account, error)
	// Issue stores fresh unless its account has a token already, and returns the
	// token that the account then has. Concurrent calls return the same one.
	Issue(ctx context.Context, fresh sessions.APIToken) (sessions.APIToken, error)
	// Revoke deletes the account's token. It is no error when there is none.
	Revoke(ctx context.Context, account accounts.ID) error
}

// WebSessions stores cookie sessions.
type WebSessions interface {
	// ByKey returns the session, or sessions.ErrSessionEnded when it is unknown,
	// expired at now or not to be trusted.
	ByKey(ctx context.Context, key secret.String, now time.Time) (*sessions.WebSession, error)
	// Holder returns the session as ByKey does, and its account as it is now: nil
	// when the session is nobody's or the account is gone.
	Holder(ctx context.Context, key secret.String, now time.Time) (*sessions.WebSession, *accounts.Account, error)
	// Save stores the session under its key.
	Save(ctx context.Context, session *sessions.WebSession, now time.Time) error
	// Delete deletes the session. It is no error when there is none.
	Delete(ctx context.Context, key secret.String) error
}

// SessionSeals binds web sessions to their account's password, and to the server's key.
type SessionSeals interface {
	// Fingerprint returns the keyed digest of a password hash.
	Fingerprint(passwordHash secret.String) string
	// Fits reports whether fingerprint was made from the password hash.
	Fits(fingerprint string, passwordHash secret.String) bool
	// Seal returns the session as signed text.
	Seal(session *sessions.WebSession, now time.Time) (string, error)
	// Open reads what Seal made into session: everything but its Key and
	// Expires. It returns sessions.ErrSessionEnded for text that we did not sign.
	Open(sealed string, session *sessions.WebSession) error
}
