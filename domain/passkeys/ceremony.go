package passkeys

import (
	"bytes"
	"encoding/base64"
	"slices"
	"strconv"
	"time"

	"latchkey/domain/accounts"
)

// RelyingParty is the service as browsers and authenticators know it.
type RelyingParty struct {
	// ID is a host name. A credential belongs to it for ever.
	ID   string
	Name string
	// Origins are those of the pages that may ask for a credential, exactly as browsers write them.
	Origins []string
}

// Configured reports whether there is a relying party at all.
func (r RelyingParty) Configured() bool { return r.ID != "" && len(r.Origins) > 0 }

// Verification says whether the owner must be verified by the authenticator, and not only be there.
type Verification string

// The policies of user verification, as WebAuthn writes them.
const (
	VerificationPreferred Verification = "preferred"
	VerificationRequired  Verification = "required"
)

// Required reports whether an answer without user verification is refused.
func (v Verification) Required() bool { return v == VerificationRequired }

// Algorithms are COSE's numbers of the signatures that new credentials may make, the
// best first: ES256, EdDSA and RS256, which every authenticator has one of. Rarer
// ones (RSA-PSS, the larger RSA hashes, RSA with SHA-1) only add code to attack.
func Algorithms() []int { return []int{-7, -8, -257} }

// Expected is what an answer is held to.
type Expected struct {
	RelyingParty RelyingParty
	Challenge    []byte
	Verification Verification
}

// ClientData is what the browser says of the page and the ceremony.
type ClientData struct {
	Origin      string
	CrossOrigin bool
}

// Allows reports whether the page may take part. Origins are compared exactly: no other
// port, no subdomain, no trailing slash. A page within another site's is refused:
// whoever frames ours could have people press what they do not see.
func (e Expected) Allows(data ClientData) bool {
	return !data.CrossOrigin && slices.Contains(e.RelyingParty.Origins, data.Origin)
}

// Attested is what a checked registration shows.
type Attested struct {
	CredentialID, PublicKey []byte
	SignCount               uint32
	Transports              []string
	// Discoverable: it can answer where it is not named. That is the browser's word, and nothing is built on it.
	Discoverable             bool
	BackupEligible, BackedUp bool
	UserVerified             bool
}

// Fits reports whether what was attested is within the bounds of what is kept, and
// does not contradict itself: what cannot be copied has no copy.
func (a Attested) Fits() bool {
	return FitsCredentialID(a.CredentialID) && len(a.PublicKey) <= PublicKeyMaxLength && (a.BackupEligible || !a.BackedUp)
}

// Asserted is what a checked assertion shows.
type Asserted struct {
	SignCount                uint32
	BackupEligible, BackedUp bool
	UserVerified             bool
	// UserHandle is whom the authenticator holds the credential for; nil where it does not tell.
	UserHandle []byte
}

// OwnerIs reports whether the authenticator holds the credential for the account, whose
// own handle is handle. Credentials that Django registered say the primary key.
func (a Asserted) OwnerIs(account accounts.ID, handle []byte) bool {
	return len(a.UserHandle) == 0 || len(handle) > 0 && bytes.Equal(a.UserHandle, handle) || bytes.Equal(a.UserHandle, djangoHandle(account))
}

func djangoHandle(account accounts.ID) []byte { return []byte(strconv.FormatInt(int64(account), 10)) }

// HandleLength is how many characters of HandleAlphabet a user handle has. It says nothing of
// the account: authenticators show handles to whoever holds them.
const (
	HandleLength   = 32
	HandleAlphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"
)

// Encode writes bytes as WebAuthn's JSON does: base64url without padding.
func Encode(raw []byte) string { return base64.RawURLEncoding.EncodeToString(raw) }

// Creation is what a browser is asked to make.
type Creation struct {
	RelyingParty RelyingParty
	UserHandle   []byte
	Username     string
	Challenge    []byte
	Timeout      time.Duration
	Algorithms   []int
	// Exclude are the credentials that the account has already.
	Exclude      [][]byte
	Verification Verification
}

// Request is what a browser is asked to show.
type Request struct {
	RelyingParty RelyingParty
	Challenge    []byte
	Timeout      time.Duration
	// Allow are the credentials that may answer; with none, the authenticator offers what it has.
	Allow        [][]byte
	Verification Verification
	// SessionID goes with the answer.
	SessionID string
}
