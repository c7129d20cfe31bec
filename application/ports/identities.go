package ports

import (
	"context"

	"latchkey/domain/accounts"
	"latchkey/domain/identities"
	"latchkey/domain/secret"
)

// IdentityProviders are the external providers by the names under which they are
// configured.
type IdentityProviders interface {
	// Vouch checks the proof with the provider and returns who it says that its
	// holder is. The subject is never empty and at most identities.SubjectMaxLength
	// characters long. It returns identities.ErrProviderUnknown,
	// ErrProofMissing, ErrProofRefused, ErrCodeRefused, ErrCallbackForbidden, and
	// ErrProviderUnavailable when the provider gave no usable answer in time. What a
	// provider cannot show to be meant for this app is refused.
	Vouch(ctx context.Context, provider string, proof identities.Proof) (identities.Profile, error)
	// AuthorizationURL returns where to send somebody's browser. It returns
	// identities.ErrProviderUnknown, ErrNoAuthorization, ErrCallbackForbidden and
	// ErrProviderUnavailable.
	AuthorizationURL(ctx context.Context, provider string, request identities.Request) (string, error)
	// Callback returns the callback URL to use: wanted when it is on the provider's
	// allow-list, the first of that list when wanted is empty. It returns
	// identities.ErrProviderUnknown and ErrCallbackForbidden.
	Callback(provider, wanted string) (string, error)
	// Configured reports whether there is a provider of the name.
	Configured(provider string) bool
}

// Identities stores external logins.
type Identities interface {
	// ByKey returns the identity, or identities.ErrNotFound.
	ByKey(ctx context.Context, key identities.Key) (*identities.Identity, error)
	// Of returns the identities of the account in ascending order of id.
	Of(ctx context.Context, account accounts.ID) ([]*identities.Identity, error)
	// Add stores a new identity and assigns its id. It returns
	// identities.ErrConnectedElsewhere when the key is stored already, whoever's it
	// is: of concurrent calls exactly one succeeds.
	Add(ctx context.Context, identity *identities.Identity) error
	// Update works as Accounts.Update does. It returns identities.ErrNotFound.
	Update(ctx context.Context, id identities.ID, change func(*identities.Identity) error) error
	// Remove deletes the identity and the token that is kept with it, or returns
	// identities.ErrNotFound: of concurrent calls exactly one succeeds.
	Remove(ctx context.Context, id identities.ID) error
}

// ProviderTokens keeps what providers' APIs can be called with, where that is
// asked for. An implementation stores no token in clear.
type ProviderTokens interface {
	// Keep stores the token in place of the one that the identity had.
	Keep(ctx context.Context, identity identities.ID, token identities.Token) error
	// Of returns the identity's token, or identities.ErrNotFound.
	Of(ctx context.Context, identity identities.ID) (identities.Token, error)
}

// AuthorizationSeals ties an authorization to the browser or device that began it,
// without keeping anything here: a stranger who begins a million of them fills no table.
type AuthorizationSeals interface {
	// Seal returns the authorization as signed text, for the one who began it to keep.
	Seal(authorization identities.Authorization) (secret.String, error)
	// Open reads what Seal made. It returns identities.ErrStateRefused for text that
	// we did not sign; whether it has expired is the caller's to judge.
	Open(sealed secret.String) (identities.Authorization, error)
	// Derive returns 43 characters of base64url that belong to the authorization and
	// the purpose, and that nobody can compute without our key.
	Derive(authorization identities.Authorization, purpose string) string
}

// Cipher encrypts what is kept in the database and must be read again.
type Cipher interface {
	// Encrypt returns text that tells nothing about plain but its length, and that
	// only Decrypt with the same purpose reads.
	Encrypt(plain secret.String, purpose string) (string, error)
	// Decrypt returns what Encrypt got. It fails for text that was changed, made for another
	// purpose or with another key.
	Decrypt(text, purpose string) (secret.String, error)
}
