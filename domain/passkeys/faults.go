package passkeys

import "latchkey/domain/fault"

// The refusals of this package, in the wire's words. What exactly was wrong with an
// answer is never told: it would teach a forger what to change.
var (
	ErrNotFound = fault.New(fault.NotFound, "passkey_not_found", "No WebAuthnCredential matches the given query.")
	// ErrNotConfigured: no relying party is known, so that no browser would take part. That is
	// the operator's fault, who is told at the start what to write, and not the client's.
	ErrNotConfigured = fault.New(fault.Unavailable, "passkeys_not_configured", "Passkeys are not available.")
	// ErrChallengeGone: no challenge waits for the answer; it was used, replaced or is too old.
	ErrChallengeGone       = fault.New(fault.Expired, "challenge_gone", "Challenge has expired. Please start over.")
	ErrRegistrationGone    = ErrChallengeGone.Saying("Registration challenge has expired. Please start over.")
	ErrAuthenticationGone  = ErrChallengeGone.Saying("Authentication challenge has expired. Please start over.")
	ErrRegistrationRefused = fault.New(fault.Invalid, "registration_refused", "Registration verification failed.")
	// ErrAlreadyRegistered: a credential belongs to one account, and is there once.
	ErrAlreadyRegistered = fault.New(fault.Conflict, "passkey_registered", "This credential is already registered.")
	// ErrTooMany bounds what one account can make the database hold, and list.
	ErrTooMany = fault.New(fault.Conflict, "too_many_passkeys", "This account has too many passkeys. Delete one first.")
	// ErrMalformed: what came is not a credential at all.
	ErrMalformed = fault.New(fault.Invalid, "credential_malformed", "Invalid credential format.")
	// ErrUnknown: nobody has registered the credential.
	ErrUnknown = fault.New(fault.Invalid, "credential_unknown", "Credential not found.")
	// ErrRefused is the one answer to an assertion that is forged, stale or another's,
	// and to a good one of an account that may not come in.
	ErrRefused     = fault.New(fault.Invalid, "assertion_refused", "Authentication verification failed.")
	ErrNameBlank   = fault.New(fault.Invalid, "passkey_name_blank", "This field may not be blank.").On("name")
	ErrNameTooLong = fault.New(fault.Invalid, "passkey_name_long", "Ensure this field has no more than 255 characters.").On("name")
)
