package identities

import (
	"latchkey/domain/accounts"
)

// Linking is what happens to an identity that no account has yet.
type Linking uint8

// The linkings.
const (
	// LinkNone is the zero value: nothing may happen.
	LinkNone Linking = iota
	// LinkNew: the identity gets a new account.
	LinkNew
	// LinkJoin: the identity joins the account whose owner proved to have its address.
	LinkJoin
	// LinkReclaim: the identity takes over the account that claims its address
	// without proof, after everything that somebody else could sign in to it by has died.
	LinkReclaim
)

// LinkingRules is what a deployment allows.
type LinkingRules struct {
	// EmailAuthentication lets an identity whose address the provider verified into
	// the account that has the address. It trusts the provider with every account.
	EmailAuthentication bool
	// Reclaim lets the owner of an address take over the account that claims it. It
	// is possible only where everything that somebody is signed in to an account by
	// can be ended at once: a token that lives on would leave the squatter inside.
	Reclaim bool
	// SharedEmail: several accounts may have one address, so that an address says
	// nothing about whose an account is.
	SharedEmail bool
	// HideTaken: where addresses must be proved, nobody is told that one is taken.
	HideTaken bool
}

// Claimant is an account that has the address of a new identity.
type Claimant struct {
	Account *accounts.Account
	// Addresses are all of the account's e-mail rows.
	Addresses []*accounts.Address
}

// Judge decides about an identity that no account has yet, by its main address
// and the accounts that have that. It is not asked where Blind holds. It returns
// accounts.ErrEmailTaken, upon which its holder signs in another way and connects it:
//
//   - An identity never signs in an account merely because the addresses are alike. A
//     provider that does not verify addresses would let anybody in anywhere; and where the
//     account's owner did not prove the address, it may be a typing error.
//   - Nor does it get a second account with the address, which would then mean neither.
func (r LinkingRules) Judge(email Email, claimants []Claimant) (Linking, *accounts.Account, error) {
	if email.Address == "" || r.SharedEmail || len(claimants) == 0 {
		return LinkNew, nil, nil
	}
	if !r.EmailAuthentication || !email.Verified || email.Past {
		return LinkNone, nil, accounts.ErrEmailTaken
	}
	for _, c := range claimants {
		if c.ordinary() && c.proved(email.Address) {
			return LinkJoin, c.Account, nil
		}
	}
	// Claims without proof: who registers somebody's address and waits for them to
	// come by a provider must not share the account with them (pre-hijacking).
	if r.Reclaim && len(claimants) == 1 && claimants[0].reclaimable(email.Address) {
		return LinkReclaim, claimants[0].Account, nil
	}
	return LinkNone, nil, accounts.ErrEmailTaken
}

func (c Claimant) proved(email accounts.Email) bool {
	for _, address := range c.Addresses {
		if address.Verified() && address.Email().Lower() == email.Lower() {
			return true
		}
	}
	return false
}

// ordinary holds for an account that can do no more than any other. What is worth
// more is not given to whoever a provider says has the address; its owner signs in
// and connects.
func (c Claimant) ordinary() bool {
	s := c.Account.Snapshot()
	return s.Active && !s.Staff && !s.Superuser
}

// reclaimable holds for an account that has this address and no other, so that no
// mail about it can reach anybody else.
func (c Claimant) reclaimable(email accounts.Email) bool {
	if !c.ordinary() || c.Account.Email().Lower() != email.Lower() {
		return false
	}
	for _, address := range c.Addresses {
		if address.Email().Lower() != email.Lower() {
			return false
		}
	}
	return true
}

// MayDisconnect returns ErrLastWayIn when the account could not be signed in to
// without the identity: it has no password, and none of its other identities is at
// a provider that is still configured. A link that was removed by mistake, or by
// somebody at an unlocked screen, must not lock the owner out.
func MayDisconnect(account *accounts.Account, others []*Identity, configured func(provider string) bool) error {
	if account.HasPassword() && !account.PasswordHash().Empty() {
		return nil
	}
	for _, other := range others {
		if configured(other.Key().Provider) {
			return nil
		}
	}
	return ErrLastWayIn
}
