package factors

import "latchkey/domain/fault"

// The refusals of this package, in upstream's words.
var (
	ErrTokenInvalid = fault.New(fault.Invalid, "factor_token_invalid", "Invalid or expired token.").On("ephemeral_token")
	ErrCodeInvalid  = fault.New(fault.Invalid, "factor_code_invalid", "Invalid code.").On("code")

	ErrActivationTokenInvalid = fault.New(fault.Invalid, "activation_token_invalid", "Invalid or expired activation token.").On("activation_token")
	ErrActivationTokenForeign = fault.New(fault.Invalid, "activation_token_foreign", "Invalid activation token for this user.").On("activation_token")
	ErrActivationCodeInvalid  = fault.New(fault.Invalid, "activation_code_invalid", "Invalid code. Please check your authenticator app and try again.").On("code")

	ErrEnabled    = fault.New(fault.Invalid, "factor_enabled", "MFA is already enabled. Deactivate it before activating again.")
	ErrNotEnabled = fault.New(fault.Invalid, "factor_not_enabled", "MFA is not enabled.")
)
