package ports

import (
	"context"
	"time"

	"latchkey/domain/accounts"
	"latchkey/domain/passkeys"
)

// Passkeys stores WebAuthn credentials.
type Passkeys interface {
	// ByCredentialID returns the credential that authenticators name so, or
	// passkeys.ErrNotFound. Ids are compared byte by byte.
	ByCredentialID(ctx context.Context, id []byte) (*passkeys.Credential, error)
	// Of returns the credentials of the account in ascending order of id.
	Of(ctx context.Context, account accounts.ID) ([]*passkeys.Credential, error)
	// Add stores a new credential and assigns its id. It returns
	// passkeys.ErrAlreadyRegistered when its credential id is stored already, whoever's
	// it is: of concurrent calls exactly one succeeds.
	Add(ctx context.Context, credential *passkeys.Credential) error
	// Update works as Accounts.Update does. It returns passkeys.ErrNotFound. Name,
	// SignCount, Flags and LastUsed can be changed; the rest stays as it was.
	Update(ctx context.Context, id passkeys.ID, change func(*passkeys.Credential) error) error
	// Remove deletes the credential, or returns passkeys.ErrNotFound: of concurrent
	// calls exactly one succeeds.
	Remove(ctx context.Context, id passkeys.ID) error
}

// PasskeyHandles keeps what authenticators know accounts by.
type PasskeyHandles interface {
	// Of returns the account's handle, nil when it has none.
	Of(ctx context.Context, account accounts.ID) ([]byte, error)
	// Issue stores fresh unless the account has a handle already, and returns the one
	// that the account then has. Concurrent calls return the same one.
	Issue(ctx context.Context, account accounts.ID, fresh []byte) ([]byte, error)
}

// PasskeyChallenges keeps challenges that wait for their answer, for all instances of the service.
type PasskeyChallenges interface {
	// Put stores the challenge in place of one with the same key.
	Put(ctx context.Context, challenge passkeys.Challenge, now time.Time) error
	// Take deletes the challenge and returns it, or passkeys.ErrChallengeGone where there is
	// none or it has expired: of concurrent calls exactly one gets it.
	Take(ctx context.Context, key string, now time.Time) (passkeys.Challenge, error)
}

// PasskeyCeremonies reads and checks what browsers send of an authenticator: JSON in
// the form of WebAuthn's toJSON methods, unread so far. They need no network.
type PasskeyCeremonies interface {
	// Registered checks a new credential, or returns passkeys.ErrRegistrationRefused.
	Registered(response []byte, expected passkeys.Expected) (passkeys.Attested, error)
	// Named returns which credential an assertion says to be of. Nothing of it is proved. It
	// returns passkeys.ErrMalformed for what is no object, and ErrUnknown where it names none.
	Named(response []byte) ([]byte, error)
	// Asserted checks an assertion by the credential's public key, or returns
	// passkeys.ErrRefused. What the key's past demands is the caller's to judge.
	Asserted(response, publicKey []byte, expected passkeys.Expected) (passkeys.Asserted, error)
}

// PasskeyDecoys tells seeds and marks from which credential ids are made up.
type PasskeyDecoys interface {
	// Seed returns bytes that belong to the name, and that nobody can compute without our
	// key. They stay the same when a new key is put in front of the old ones.
	Seed(name string) []byte
	// Mark returns at least 8 bytes that belong to the body of a made-up id, with the
	// same promises. By it an id that was made up is known when somebody sends it back.
	Mark(body []byte) []byte
}
