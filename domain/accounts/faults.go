package accounts

import "latchkey/domain/fault"

// The refusals of this package.
var (
	ErrNotFound            = fault.New(fault.NotFound, "account_not_found", "Not found.")
	ErrUsernameInvalid     = fault.New(fault.Invalid, "username_invalid", "Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters.")
	ErrUsernameBlacklisted = fault.New(fault.Invalid, "username_blacklisted", "Username can not be used. Please use other username.")
	ErrUsernameTaken       = fault.New(fault.Conflict, "username_taken", "A user with that username already exists.")
	ErrEmailInvalid        = fault.New(fault.Invalid, "email_invalid", "Enter a valid email address.")
	ErrEmailTaken          = fault.New(fault.Conflict, "email_taken", "User is already registered with this e-mail address.")
	ErrAddressNotFound     = fault.New(fault.NotFound, "address_not_found", "Not found.")
)
