package djangosign

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"

	"latchkey/application/ports"
	"latchkey/domain/identities"
	"latchkey/domain/secret"
)

// maxAuthorization bounds a sealed authorization in bytes: a browser keeps it in a
// cookie, and does not keep a larger one.
const maxAuthorization = 3500

const authorizationSalt = "latchkey.authorization"

var errAuthorizationUnfit = errors.New("djangosign: the authorization is too large or its time is none")

// AuthorizationSeals sign authorizations as Django's signing.dumps does.
//
// What is derived from an authorization must come out the same when its answer
// arrives, up to identities.AuthorizationLife later and perhaps after SECRET_KEY was
// changed. An Authorization does not say which key sealed it, so derived is made
// with the oldest key that is listed: putting a new key in front changes nothing
// for those who are at a provider at that moment. Taking the oldest away does, and
// Open tells them to start again. Nobody gains by it: who knows a key that is still
// listed, an old one as well, could seal what they like.
type AuthorizationSeals struct {
	signer signer
	oldest Keys
}

var _ ports.AuthorizationSeals = AuthorizationSeals{}

// NewAuthorizationSeals makes the seals of sign-ins that were begun here.
func NewAuthorizationSeals(keys Keys) AuthorizationSeals {
	return AuthorizationSeals{
		signer: newSigner(keys, authorizationSalt),
		oldest: Keys{all: keys.all[len(keys.all)-1:]},
	}
}

// sealedAuthorization is what is signed, beside the time. Check tells whether
// Derive still answers as it did when the authorization was sealed.
type sealedAuthorization struct {
	ID          string `json:"id"`
	Provider    string `json:"provider"`
	CallbackURL string `json:"callback_url"`
	Check       string `json:"check"`
}

// Seal returns the authorization as signed text. The time of signing is when it
// began. It is an error when Open would not read it.
func (s AuthorizationSeals) Seal(authorization identities.Authorization) (secret.String, error) {
	text, err := json.Marshal(sealedAuthorization{
		ID:          authorization.ID,
		Provider:    authorization.Provider,
		CallbackURL: authorization.CallbackURL,
		Check:       s.check(authorization.ID),
	})
	if err != nil {
		return secret.String{}, fmt.Errorf("djangosign: authorization: %w", err)
	}
	sealed := s.signer.sign(base64.RawURLEncoding.EncodeToString(text), authorization.Began)
	began := authorization.Began.Unix()
	if len(sealed) > maxAuthorization || began < 0 || began > maxTime {
		return secret.String{}, errAuthorizationUnfit
	}
	return secret.New(sealed), nil
}

// Open reads what Seal made, or returns identities.ErrStateRefused. It refuses as
// well when Derive would not answer as it did then: the provider would refuse a code
// that comes with another verifier than was promised, in words that help nobody.
func (s AuthorizationSeals) Open(sealed secret.String) (identities.Authorization, error) {
	text := sealed.Reveal()
	if len(text) > maxAuthorization {
		return identities.Authorization{}, identities.ErrStateRefused
	}
	payload, began, ok := s.signer.open(text)
	if !ok {
		return identities.Authorization{}, identities.ErrStateRefused
	}
	decoded, err := base64.RawURLEncoding.Strict().DecodeString(payload)
	if err != nil {
		return identities.Authorization{}, identities.ErrStateRefused
	}
	var opened sealedAuthorization
	if json.Unmarshal(decoded, &opened) != nil || opened.Check != s.check(opened.ID) {
		return identities.Authorization{}, identities.ErrStateRefused
	}
	return identities.Authorization{
		ID: opened.ID, Provider: opened.Provider, CallbackURL: opened.CallbackURL, Began: began,
	}, nil
}

// Derive returns 43 characters of base64url that belong to the authorization and the
// purpose, and that nobody can compute without our key.
func (s AuthorizationSeals) Derive(authorization identities.Authorization, purpose string) string {
	return s.derived(authorizationSalt+"."+purpose, authorization.ID)
}

// check has a salt that no purpose makes: whoever keeps the seal can read it.
func (s AuthorizationSeals) check(id string) string {
	return s.derived(authorizationSalt+"-check", id)
}

func (s AuthorizationSeals) derived(salt, id string) string {
	return newMAC(s.oldest, salt, base64.RawURLEncoding.EncodeToString).make(id)
}
