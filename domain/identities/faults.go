package identities

import "latchkey/domain/fault"

// The refusals of this package.
var (
	ErrNotFound = fault.New(fault.NotFound, "identity_not_found", "Not found.")
	// ErrProviderUnknown: nothing is configured under the name.
	ErrProviderUnknown = fault.New(fault.NotFound, "provider_unknown", "Not found.")
	// ErrProofMissing: nothing was presented that proves anything.
	ErrProofMissing = fault.New(fault.Invalid, "proof_missing", "Incorrect input. access_token or code is required.")
	// ErrProofRefused is the one answer to a proof that is forged, expired, used or
	// another app's, so that it does not teach a forger what to change.
	ErrProofRefused = fault.New(fault.Invalid, "proof_refused", "Incorrect value")
	ErrCodeRefused  = fault.New(fault.Invalid, "code_refused", "Failed to exchange code for access token")
	// ErrCallbackForbidden: the callback URL is not on the provider's allow-list.
	ErrCallbackForbidden = fault.New(fault.Invalid, "callback_forbidden", "This URL is not among the provider's callback URLs.").On("callback_url")
	// ErrStateRefused: the authorization was begun elsewhere, used or too long ago.
	ErrStateRefused = fault.New(fault.Invalid, "state_refused", "This sign-in was not started here, or has expired. Start again.").On("state")
	// ErrProviderUnavailable: the provider gave no usable answer. It says nothing about the proof.
	ErrProviderUnavailable = fault.New(fault.Unavailable, "provider_unavailable", "The provider cannot be asked at the moment. Try again later.")
	// ErrNoAuthorization: the provider has no page to send people to.
	ErrNoAuthorization = fault.New(fault.NotFound, "no_authorization", "Not found.")
	// ErrAddressMissing: addresses must be proved, and the provider tells none. It
	// reads like the refusal of an address that is not proved yet.
	ErrAddressMissing = fault.New(fault.Invalid, "email_not_verified", "E-mail is not verified.")
	// ErrConnectedElsewhere: the identity belongs to somebody else.
	ErrConnectedElsewhere = fault.New(fault.Conflict, "identity_connected_elsewhere", "This social account is already connected to a different account.")
	// ErrLastWayIn: without the identity nobody could sign in to the account any more.
	ErrLastWayIn = fault.New(fault.Conflict, "last_way_in", "Your account has no password set up.")
)
