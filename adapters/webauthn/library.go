package webauthn

import (
	"errors"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/protocol/webauthncose"

	"latchkey/domain/passkeys"
)

// Everything that knows go-webauthn, whose releases break often, is in this file.

var (
	errAttestation = errors.New("webauthn: attestation by a certificate, which nobody asked for")
	errKey         = errors.New("webauthn: a public key that checks no signatures")
)

// attest has the library check a registration.
func attest(in response, expected passkeys.Expected) (passkeys.Attested, passkeys.ClientData, error) {
	created, err := creationOf(in)
	if err != nil {
		return passkeys.Attested{}, passkeys.ClientData{}, err
	}
	if !selfMade(created.Response.AttestationObject) {
		return passkeys.Attested{}, passkeys.ClientData{}, errAttestation
	}
	_, err = created.Verify(passkeys.Encode(expected.Challenge), expected.RelyingParty.ID, expected.RelyingParty.Origins, nil, nil,
		protocol.TopOriginExplicitVerificationMode, false, expected.Verification.Required(), true, nil, algorithms(),
		protocol.AttestationPolicy{}, protocol.SignaturePolicy{})
	if err != nil {
		return passkeys.Attested{}, passkeys.ClientData{}, err
	}
	data := created.Response.AttestationObject.AuthData
	// A key of a form that the library cannot check signatures by would never sign anybody in.
	if !fitsKey(data.AttData.CredentialPublicKey) {
		return passkeys.Attested{}, passkeys.ClientData{}, errKey
	}
	return passkeys.Attested{
		CredentialID:   data.AttData.CredentialID,
		PublicKey:      data.AttData.CredentialPublicKey,
		SignCount:      data.Counter,
		BackupEligible: data.Flags.HasBackupEligible(),
		BackedUp:       data.Flags.HasBackupState(),
		UserVerified:   data.Flags.UserVerified(),
	}, pageOf(created.Response.CollectedClientData), nil
}

func fitsKey(publicKey []byte) bool {
	_, err := webauthncose.ParsePublicKey(publicKey)
	return err == nil && len(publicKey) <= passkeys.PublicKeyMaxLength
}

// creationOf gives the library what was read, and nothing else of what came.
func creationOf(in response) (*protocol.ParsedCredentialCreationData, error) {
	clientData, err := in.inner.bytes("clientDataJSON")
	if err != nil {
		return nil, err
	}
	object, err := in.inner.bytes("attestationObject")
	if err != nil {
		return nil, err
	}
	return protocol.CredentialCreationResponse{
		PublicKeyCredential: credentialOf(in),
		AttestationResponse: protocol.AuthenticatorAttestationResponse{
			AuthenticatorResponse: protocol.AuthenticatorResponse{ClientDataJSON: clientData},
			AttestationObject:     object,
		},
	}.Parse()
}

// selfMade reports whether the credential vouches for itself at most. The options ask
// for no attestation, and browsers send none beyond that. Certificates prove nothing
// without a list of those to trust, and reading them is code for strangers to try.
func selfMade(object protocol.AttestationObject) bool {
	switch protocol.AttestationFormat(object.Format) {
	case protocol.AttestationFormatNone:
		return true
	case protocol.AttestationFormatPacked:
		_, certified := object.AttStatement["x5c"]
		_, anonymous := object.AttStatement["ecdaaKeyId"]
		return !certified && !anonymous && len(object.AuthData.AttData.CredentialPublicKey) <= passkeys.PublicKeyMaxLength
	}
	return false
}

func algorithms() []protocol.CredentialParameter {
	numbers := passkeys.Algorithms()
	all := make([]protocol.CredentialParameter, len(numbers))
	for i, number := range numbers {
		all[i] = protocol.CredentialParameter{
			Type: protocol.PublicKeyCredentialType, Algorithm: webauthncose.COSEAlgorithmIdentifier(number),
		}
	}
	return all
}

// assert has the library check an assertion.
func assert(in response, publicKey []byte, expected passkeys.Expected) (passkeys.Asserted, passkeys.ClientData, error) {
	shown, err := assertionOf(in)
	if err != nil {
		return passkeys.Asserted{}, passkeys.ClientData{}, err
	}
	err = shown.Verify(passkeys.Encode(expected.Challenge), expected.RelyingParty.ID, "", expected.RelyingParty.Origins, nil, nil,
		protocol.TopOriginExplicitVerificationMode, false, expected.Verification.Required(), true, publicKey, protocol.SignaturePolicy{})
	if err != nil {
		return passkeys.Asserted{}, passkeys.ClientData{}, err
	}
	data := shown.Response.AuthenticatorData
	return passkeys.Asserted{
		SignCount:      data.Counter,
		BackupEligible: data.Flags.HasBackupEligible(),
		BackedUp:       data.Flags.HasBackupState(),
		UserVerified:   data.Flags.UserVerified(),
		UserHandle:     shown.Response.UserHandle,
	}, pageOf(shown.Response.CollectedClientData), nil
}

func assertionOf(in response) (*protocol.ParsedCredentialAssertionData, error) {
	var parts [3][]byte
	for i, name := range []string{"clientDataJSON", "authenticatorData", "signature"} {
		var err error
		if parts[i], err = in.inner.bytes(name); err != nil {
			return nil, err
		}
	}
	handle, err := handleOf(in)
	if err != nil {
		return nil, err
	}
	return protocol.CredentialAssertionResponse{
		PublicKeyCredential: credentialOf(in),
		AssertionResponse: protocol.AuthenticatorAssertionResponse{
			AuthenticatorResponse: protocol.AuthenticatorResponse{ClientDataJSON: parts[0]},
			AuthenticatorData:     parts[1],
			Signature:             parts[2],
			UserHandle:            handle,
		},
	}.Parse()
}

// handleOf returns the user handle, nil where the authenticator does not tell it.
func handleOf(in response) ([]byte, error) {
	if text := in.inner.text("userHandle"); text == nil {
		return nil, nil
	}
	return in.inner.bytes("userHandle")
}

func credentialOf(in response) protocol.PublicKeyCredential {
	return protocol.PublicKeyCredential{Credential: protocol.Credential{ID: *in.ID, Type: *in.Type}, RawID: in.rawID}
}

func pageOf(data protocol.CollectedClientData) passkeys.ClientData {
	return passkeys.ClientData{Origin: data.Origin, CrossOrigin: data.CrossOrigin}
}
