package identities

import "time"

// Authorization is a sign-in that was begun here and is to come back from the
// provider: it ties the answer to the browser or device that asked, so that
// nobody can slip their own code into another's browser and have them work in a
// stranger's account (RFC 6749, 10.12; RFC 9700, 4.5 and 4.7).
type Authorization struct {
	ID          string // AuthorizationIDLength characters of AuthorizationIDAlphabet
	Provider    string
	CallbackURL string
	Began       time.Time // whole seconds
}

// Of an authorization's id.
const (
	AuthorizationIDLength   = 32
	AuthorizationIDAlphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
)

// AuthorizationLife is how long somebody may take at the provider's page.
const AuthorizationLife = 10 * time.Minute

// Expires returns when the authorization is no longer good.
func (a Authorization) Expires() time.Time { return a.Began.Add(AuthorizationLife) }

// Request is what an authorization URL asks of the provider.
type Request struct {
	CallbackURL string
	State       string
	Nonce       string
	// Challenge is PKCE's S256 challenge.
	Challenge string
}
