package ports

import (
	"context"

	"latchkey/domain/credentials"
	"latchkey/domain/fault"
)

// Breaches knows passwords that were in a data breach, which guessers try first.
type Breaches interface {
	// Has reports whether the password is known to have been in a breach. What cannot be
	// found out in a second or two is reported as false, and logged without anything of
	// the password: nobody must be kept from setting one because somebody else is down. Nobody
	// who answers or listens is told more of it than a few characters of a digest.
	Has(ctx context.Context, password credentials.Password) bool
}

// VetPassword returns all refusals of a new password, in the order of the rules. Whether
// it was in a breach is asked when nothing else is wrong with it: what is refused anyway
// need not be asked elsewhere.
func VetPassword(ctx context.Context, rules []credentials.Rule, breaches Breaches, password credentials.Password, subject credentials.Subject) fault.List {
	refusals := credentials.Check(rules, password, subject)
	if len(refusals) == 0 && breaches != nil && breaches.Has(ctx, password) {
		return fault.List{credentials.ErrBreached}
	}
	return refusals
}
