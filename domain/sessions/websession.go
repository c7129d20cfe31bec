package sessions

import (
	"time"

	"latchkey/domain/accounts"
	"latchkey/domain/secret"
)

// Backends as Django records them in a session: how its owner was recognised.
const (
	BackendModel   = "django.contrib.auth.backends.ModelBackend"
	BackendAllauth = "allauth.account.auth_backends.AuthenticationBackend"
)

// WebSession is a cookie session, as Django's database backend keeps it.
type WebSession struct {
	// Key is the cookie's value: KeyLength characters of KeyAlphabet.
	Key secret.String
	// Account is whose session it is; zero for an anonymous one.
	Account accounts.ID
	Backend string
	// Fingerprint is a keyed digest of the password hash at sign-in. A session
	// whose fingerprint no longer fits is over: that is how a changed password
	// ends the other sessions.
	Fingerprint string
	Expires     time.Time
	// Values are what else a program on the same database keeps in the session.
	Values map[string]any
}

// Of a session key.
const (
	KeyLength   = 32
	KeyAlphabet = "abcdefghijklmnopqrstuvwxyz0123456789"
)

// Expired reports whether the session is over.
func (s *WebSession) Expired(now time.Time) bool { return !now.Before(s.Expires) }
