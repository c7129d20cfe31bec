package djangosign

import (
	"encoding/hex"
	"errors"
	"time"

	"latchkey/application/ports"
	"latchkey/domain/secret"
	"latchkey/domain/sessions"
)

// maxSession bounds a session, sealed or not, in bytes: a small compressed text
// must not become gigabytes of memory.
const maxSession = 1 << 20

var errSessionTooLarge = errors.New("djangosign: the session is too large to be read again")

// SessionSeals sign sessions as Django's database backend does, and make
// AbstractBaseUser.get_session_auth_hash.
type SessionSeals struct {
	signer      signer
	fingerprint mac
}

var _ ports.SessionSeals = SessionSeals{}

// NewSessionSeals makes the seals of django.contrib.sessions.backends.db.
func NewSessionSeals(keys Keys) SessionSeals {
	const salt = "django.contrib.auth.models.AbstractBaseUser.get_session_auth_hash"
	return SessionSeals{
		signer:      newSigner(keys, "django.contrib.sessions.SessionStore"),
		fingerprint: newMAC(keys, salt, hex.EncodeToString),
	}
}

// Fingerprint returns the keyed digest of a password hash.
func (s SessionSeals) Fingerprint(passwordHash secret.String) string {
	return s.fingerprint.make(passwordHash.Reveal())
}

// Fits reports whether fingerprint was made from the password hash, by any of the keys.
func (s SessionSeals) Fits(fingerprint string, passwordHash secret.String) bool {
	return s.fingerprint.fits(passwordHash.Reveal(), fingerprint)
}

// Seal returns the session as signed text. It is an error when a value is none
// that JSON knows, or when the session is larger than Open would read.
func (s SessionSeals) Seal(session *sessions.WebSession, now time.Time) (string, error) {
	text, err := encodeSession(session)
	if err != nil {
		return "", err
	}
	sealed := s.signer.sign(pack(text), now)
	if len(text) > maxSession || len(sealed) > maxSession {
		return "", errSessionTooLarge
	}
	return sealed, nil
}

// Open reads what Seal made into session: everything but its Key and Expires,
// and leaves session alone when it returns sessions.ErrSessionEnded. How old the
// seal is does not matter: the row says when the session ends.
func (s SessionSeals) Open(sealed string, session *sessions.WebSession) error {
	if len(sealed) > maxSession {
		return sessions.ErrSessionEnded
	}
	payload, _, ok := s.signer.open(sealed)
	if !ok {
		return sessions.ErrSessionEnded
	}
	text, err := unpack(payload)
	if err != nil || decodeSession(text, session) != nil {
		return sessions.ErrSessionEnded
	}
	return nil
}
