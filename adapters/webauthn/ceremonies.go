package webauthn

import (
	"latchkey/application/ports"
	"latchkey/domain/passkeys"
)

// Ceremonies check answers. They hold nothing and are safe for concurrent use.
type Ceremonies struct{}

var _ ports.PasskeyCeremonies = Ceremonies{}

// New makes the ceremonies.
func New() Ceremonies { return Ceremonies{} }

// Registered checks a new credential, or returns passkeys.ErrRegistrationRefused.
func (Ceremonies) Registered(text []byte, expected passkeys.Expected) (passkeys.Attested, error) {
	in, err := read(text)
	if err != nil {
		return passkeys.Attested{}, passkeys.ErrRegistrationRefused
	}
	attested, page, err := attest(in, expected)
	if err != nil || !expected.Allows(page) || !attested.Fits() {
		return passkeys.Attested{}, passkeys.ErrRegistrationRefused
	}
	attested.Transports, attested.Discoverable = in.transports(), in.discoverable()
	return attested, nil
}

// Named returns which credential an assertion says to be of, or passkeys.ErrMalformed
// or ErrUnknown. Without a rawId its id counts.
func (Ceremonies) Named(text []byte) ([]byte, error) {
	outer := readMembers(text)
	if outer == nil {
		return nil, passkeys.ErrMalformed
	}
	name := "rawId"
	if _, came := outer[name]; !came {
		name = "id"
	}
	id, err := outer.bytes(name)
	if err != nil || len(id) == 0 || len(id) > passkeys.CredentialIDMaxLength {
		return nil, passkeys.ErrUnknown
	}
	return id, nil
}

// Checks reports whether signatures can be checked by a stored public key.
func (Ceremonies) Checks(publicKey []byte) bool { return fitsKey(publicKey) }

// Asserted checks an assertion by the credential's public key, or returns passkeys.ErrRefused.
func (Ceremonies) Asserted(text, publicKey []byte, expected passkeys.Expected) (passkeys.Asserted, error) {
	in, err := read(text)
	if err != nil {
		return passkeys.Asserted{}, passkeys.ErrRefused
	}
	asserted, page, err := assert(in, publicKey, expected)
	if err != nil || !expected.Allows(page) {
		return passkeys.Asserted{}, passkeys.ErrRefused
	}
	return asserted, nil
}
