package identities

import "latchkey/domain/secret"

// Proof is what somebody presents to show who they are at a provider. Which of
// it counts, and in which order, the provider's protocol decides: an access token
// wins over a code, and an id_token that comes along says who it is.
type Proof struct {
	AccessToken secret.String
	// TokenSecret belongs to an access token of OAuth 1.0a.
	TokenSecret secret.String
	Code        secret.String
	IDToken     secret.String
	// CodeVerifier is PKCE's (RFC 7636); it goes with Code.
	CodeVerifier secret.String
	// CallbackURL is where the provider sent the code to; empty for the first of
	// the provider's allow-list.
	CallbackURL string
	// Nonce must stand in the id_token; empty asks for none.
	Nonce string
	// FirstName and LastName are what somebody calls themselves. Apple tells
	// them to the app alone, once.
	FirstName, LastName string
}

// Empty reports whether nothing was presented that proves anything.
func (p Proof) Empty() bool {
	return p.AccessToken.Empty() && p.Code.Empty() && p.IDToken.Empty()
}
