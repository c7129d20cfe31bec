package identities

// Blind holds for an address that nothing may be asked about: the provider did not
// verify it, so that its holder may be anybody, and whether an account here has it must not be
// told. The identity gets an account of its own in every case, which is worth nothing
// before the address is proved; the address's owner gets the mail.
func (r LinkingRules) Blind(email Email) bool {
	return r.HideTaken && email.Address != "" && !email.Verified
}

// Vacant holds for an account that nobody could ever come in to: it has no password and
// no proved address, and no session was ever begun. An identity that was presented
// before its holder's real account was known leaves such a one behind.
func (c Claimant) Vacant() bool {
	if c.Account.HasPassword() || !c.ordinary() || !c.Account.LastLogin().IsZero() {
		return false
	}
	for _, address := range c.Addresses {
		if address.Verified() {
			return false
		}
	}
	return true
}
