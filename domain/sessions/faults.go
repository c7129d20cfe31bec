package sessions

import "latchkey/domain/fault"

// The refusals of this package.
var (
	ErrTokenUnknown = fault.New(fault.Unauthenticated, "token_unknown", "Invalid token.")
	ErrInactive     = fault.New(fault.Unauthenticated, "account_inactive", "User inactive or deleted.")
	ErrSessionEnded = fault.New(fault.Unauthenticated, "session_ended", "The session has ended.")
	ErrNotLoggedIn  = fault.New(fault.Invalid, "not_logged_in", "You should be logged in to logout. Check whether the token is passed.")
	ErrCSRF         = fault.New(fault.Forbidden, "csrf_failed", "CSRF Failed.")
)
