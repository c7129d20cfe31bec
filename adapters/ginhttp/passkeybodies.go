package ginhttp

import (
	"time"

	"latchkey/domain/passkeys"
)

// creationBody is WebAuthn's PublicKeyCredentialCreationOptionsJSON.
func creationBody(in passkeys.Creation) object {
	algorithms := make([]object, len(in.Algorithms))
	for i, algorithm := range in.Algorithms {
		algorithms[i] = object{{"type", "public-key"}, {"alg", algorithm}}
	}
	return object{
		{"rp", object{{"name", in.RelyingParty.Name}, {"id", in.RelyingParty.ID}}},
		{"user", object{{"id", passkeys.Encode(in.UserHandle)}, {"name", in.Username}, {"displayName", in.Username}}},
		{"challenge", passkeys.Encode(in.Challenge)},
		{"pubKeyCredParams", algorithms},
		{"timeout", in.Timeout.Milliseconds()},
		{"excludeCredentials", descriptors(in.Exclude)},
		{"authenticatorSelection", object{
			{"residentKey", "preferred"}, {"requireResidentKey", false}, {"userVerification", string(in.Verification)},
		}},
		{"attestation", "none"},
	}
}

// requestBody is WebAuthn's PublicKeyCredentialRequestOptionsJSON, with the session id.
func requestBody(in passkeys.Request) object {
	return object{
		{"challenge", passkeys.Encode(in.Challenge)},
		{"timeout", in.Timeout.Milliseconds()},
		{"rpId", in.RelyingParty.ID},
		{"allowCredentials", descriptors(in.Allow)},
		{"userVerification", string(in.Verification)},
		{"session_id", in.SessionID},
	}
}

func descriptors(ids [][]byte) []object {
	list := make([]object, len(ids))
	for i, id := range ids {
		list[i] = object{{"id", passkeys.Encode(id)}, {"type", "public-key"}}
	}
	return list
}

// passkeyBody is a passkey as the list shows it.
func passkeyBody(s passkeys.Snapshot) object {
	transports := s.Transports
	if transports == nil {
		transports = []string{}
	}
	return object{
		{"id", int64(s.ID)},
		{"name", string(s.Name)},
		{"credential_id", passkeys.Encode(s.CredentialID)},
		{"created_at", datetime(s.Created)},
		{"last_used_at", orNull(s.LastUsed)},
		{"transports", transports},
		{"discoverable", s.Discoverable},
	}
}

// orNull is null for a time that never was.
func orNull(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return datetime(t)
}
