package djangosign

import (
	"encoding/base64"
	"encoding/json"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
	"latchkey/domain/factors"
	"latchkey/domain/secret"
)

// The salts of dj-rest-auth's second factor.
const (
	activationSalt = "dj-rest-auth-mfa-activation"
	totpSecretSalt = "dj-rest-auth-mfa-totp-secret"
)

// maxActivation bounds an activation token in bytes: nothing of ours is longer.
const maxActivation = 1000

// ActivationSeals sign what waits for its first code, as dj-rest-auth does.
type ActivationSeals struct{ signer signer }

var _ ports.ActivationSeals = ActivationSeals{}

// NewActivationSeals makes the seals of activations.
func NewActivationSeals(keys Keys) ActivationSeals {
	return ActivationSeals{signer: newSigner(keys, activationSalt)}
}

type sealedActivation struct {
	UID    int64  `json:"uid"`
	Secret string `json:"secret"`
}

// Seal returns the activation as signed text. The client has been shown the secret
// in it anyway.
func (s ActivationSeals) Seal(activation factors.Activation) secret.String {
	text, err := json.Marshal(sealedActivation{UID: int64(activation.Account), Secret: activation.Secret.Reveal()})
	if err != nil {
		panic(err) // a number and a text
	}
	return secret.New(s.signer.sign(base64.RawURLEncoding.EncodeToString(text), activation.Made))
}

// Open reads what Seal made, or returns factors.ErrActivationTokenInvalid. What is
// signed and names no account or no secret comes back without them.
func (s ActivationSeals) Open(sealed secret.String) (factors.Activation, error) {
	if len(sealed.Reveal()) > maxActivation {
		return factors.Activation{}, factors.ErrActivationTokenInvalid
	}
	payload, made, ok := s.signer.open(sealed.Reveal())
	if !ok {
		return factors.Activation{}, factors.ErrActivationTokenInvalid
	}
	text, err := base64.RawURLEncoding.Strict().DecodeString(payload)
	if err != nil {
		return factors.Activation{}, factors.ErrActivationTokenInvalid
	}
	var opened sealedActivation
	if err := json.Unmarshal(text, &opened); err != nil {
		return factors.Activation{}, factors.ErrActivationTokenInvalid
	}
	return factors.Activation{Account: accounts.ID(opened.UID), Secret: secret.New(opened.Secret), Made: made}, nil
}

// SecretSeals sign the secrets of authenticator apps as dj-rest-auth keeps them.
type SecretSeals struct{ mac mac }

var _ ports.SecretSeals = SecretSeals{}

// NewSecretSeals makes the seals of stored secrets.
func NewSecretSeals(keys Keys) SecretSeals {
	return SecretSeals{mac: newSigner(keys, totpSecretSalt).mac}
}

// Seal returns the secret with its signature.
func (s SecretSeals) Seal(shared secret.String) string {
	return shared.Reveal() + ":" + s.mac.make(shared.Reveal())
}

// Open returns the secret, whether or not the signature is ours or there is one.
func (s SecretSeals) Open(sealed string) secret.String {
	if value, _, ok := cutLast(sealed); ok {
		return secret.New(value)
	}
	return secret.New(sealed)
}

// Signed reports whether one of our keys has signed the secret.
func (s SecretSeals) Signed(sealed string) bool {
	value, signature, ok := cutLast(sealed)
	return ok && s.mac.fits(value, signature)
}
