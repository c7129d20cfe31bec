package credentials

import "latchkey/domain/fault"

// The refusals of this package. They belong to no field: the caller knows under
// which name the password came in.
var (
	ErrTooSimilar      = fault.New(fault.Invalid, "password_too_similar", "The password is too similar to what is known about the account.")
	ErrTooShort        = fault.New(fault.Invalid, "password_too_short", "This password is too short.")
	ErrTooCommon       = fault.New(fault.Invalid, "password_too_common", "This password is too common.")
	ErrEntirelyNumeric = fault.New(fault.Invalid, "password_entirely_numeric", "This password is entirely numeric.")
	// ErrBreached speaks as Django's validators do.
	ErrBreached = fault.New(fault.Invalid, "password_breached", "This password has appeared in a data breach and can not be used.")
	// ErrPasswordRefused stands for a rule that failed without saying why.
	ErrPasswordRefused = fault.New(fault.Invalid, "password_refused", "This password can not be used.")
	// ErrHashRefused never repeats the text: it may be a password in clear.
	ErrHashRefused = fault.New(fault.Invalid, "password_hash_refused", "This is no password hash that can be checked. Passwords in clear are not taken.")
	// ErrLimitsUnavailable: attempts cannot be counted. Uncounted ones would make guessing free, so none is allowed.
	ErrLimitsUnavailable = fault.New(fault.Unavailable, "limits_unavailable", "Attempts cannot be counted at the moment. Try again later.")
	// ErrHasherBusy: more passwords wait than can be looked at in time. Nothing was looked at, counted or changed.
	ErrHasherBusy = fault.New(fault.Unavailable, "hasher_busy", "Too many passwords are waiting to be checked at the moment. Try again later.")
)
