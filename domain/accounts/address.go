package accounts

// AddressID identifies an e-mail row: the primary key of account_emailaddress.
type AddressID int64

// Address is an e-mail address that belongs to an account, and whether its owner
// proved to read it. The address itself never changes: a verification key is
// bound to the row, so another text in the same row would be verified by a mail
// that went elsewhere.
type Address struct {
	s AddressSnapshot
}

// AddressSnapshot is the whole state of an Address.
type AddressSnapshot struct {
	ID       AddressID
	Account  ID
	Email    Email // lower case
	Verified bool
	Primary  bool
}

// NewAddress makes an unverified address. Its ID is assigned when it is stored.
func NewAddress(account ID, email Email, primary bool) *Address {
	return &Address{s: AddressSnapshot{Account: account, Email: email.Lower(), Primary: primary}}
}

// RestoreAddress makes an address from what was stored.
func RestoreAddress(s AddressSnapshot) *Address { return &Address{s: s} }

// Snapshot returns a copy of the address's state.
func (a *Address) Snapshot() AddressSnapshot { return a.s }

// ID returns the row's id; zero before it is stored.
func (a *Address) ID() AddressID { return a.s.ID }

// Account returns whose address it is.
func (a *Address) Account() ID { return a.s.Account }

// Email returns the address's text.
func (a *Address) Email() Email { return a.s.Email }

// Verified reports whether the owner proved to read mail sent there.
func (a *Address) Verified() bool { return a.s.Verified }

// Primary reports whether it is the account's main address.
func (a *Address) Primary() bool { return a.s.Primary }

// Assign gives a new address the id under which it was stored.
func (a *Address) Assign(id AddressID) { a.s.ID = id }

// Verify marks the address as proved.
func (a *Address) Verify() { a.s.Verified = true }

// MakePrimary makes it the account's main address.
func (a *Address) MakePrimary() { a.s.Primary = true }
