package ports

import (
	"context"
	"time"

	"latchkey/domain/accounts"
	"latchkey/domain/factors"
	"latchkey/domain/secret"
)

// Factors stores second factors. What it cannot read, a secret that another key
// encrypted for instance, still demands a second factor: no code fits it.
type Factors interface {
	// Of returns the factors of the account; an account without any has Factors that
	// demand nothing, whether it exists or not.
	Of(ctx context.Context, account accounts.ID) (*factors.Factors, error)
	// Update loads the factors, calls change and stores the result, alone: neither
	// another Update of them nor an Accounts.Update of the account runs in between. An
	// error of change is returned and nothing is stored. It returns accounts.ErrNotFound.
	Update(ctx context.Context, account accounts.ID, change func(*factors.Factors) error) error
}

// PendingFactors keeps what waits for a code.
type PendingFactors interface {
	// Put stores what waits, and ends the oldest of the account and the purpose so that
	// no more than keep are left, the new one among them.
	Put(ctx context.Context, pending factors.Pending, keep int) error
	// ByDigest returns what waits, or factors.ErrTokenInvalid when there is none or it
	// has expired at now.
	ByDigest(ctx context.Context, digest string, now time.Time) (factors.Pending, error)
	// Take ends what waits. It returns factors.ErrTokenInvalid when there is none or it
	// has expired at now: of concurrent calls exactly one succeeds.
	Take(ctx context.Context, digest string, now time.Time) error
	// Fail counts a wrong code, and ends what waits when that was the last of most. It
	// is no error when there is none.
	Fail(ctx context.Context, digest string, most int) error
}

// KnownDevices remembers from where second factors were used.
type KnownDevices interface {
	// See remembers the device and reports whether the account had it before: of
	// concurrent calls exactly one is told that it had not. device may hold personal
	// data; an implementation that stores it keeps a digest.
	See(ctx context.Context, account accounts.ID, device string, now time.Time) (known bool, err error)
	// Forget drops all devices of the account.
	Forget(ctx context.Context, account accounts.ID) error
}

// ActivationSeals sign a secret that was shown and waits for its first code.
type ActivationSeals interface {
	// Seal returns the activation as signed text.
	Seal(activation factors.Activation) secret.String
	// Open reads what Seal made, and factors.ErrActivationTokenInvalid for text that we
	// did not sign. Whether it has expired, and whose it is, is the caller's to judge.
	Open(sealed secret.String) (factors.Activation, error)
}

// SecretSeals sign the secrets that another program reads.
type SecretSeals interface {
	// Seal returns the secret with its signature. It is not encrypted.
	Seal(shared secret.String) string
	// Open returns the secret, whether or not the signature is ours, or there is one:
	// who can write where it is kept could take the factor away as well, and somebody
	// whose secret was signed with an older key must not be locked out.
	Open(sealed string) secret.String
}

// QRCodes draw what a camera reads.
type QRCodes interface {
	// Draw returns an image as a data URI. It is empty for a text that no code holds: what
	// is in it can be typed in.
	Draw(text secret.String) (secret.String, error)
}

// FactorPolicy decides who must have a second factor. An account that must and has
// none can do nothing but set one up, with whatever it is signed in by.
type FactorPolicy interface {
	// Name is unique and stable.
	Name() string
	// MustHaveFactor reports whether the account must. It is asked at each request of
	// an account without a second factor.
	MustHaveFactor(ctx context.Context, account *accounts.Account) (bool, error)
}
