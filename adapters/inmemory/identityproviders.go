package inmemory

import (
	"bytes"
	"context"
	"net/url"
	"slices"
	"sync"

	"latchkey/application/ports"
	"latchkey/domain/identities"
)

// IdentityProviders are external providers that know what they were taught. A proof
// may be presented again and again: Profile.Once says whether it should be.
type IdentityProviders struct {
	mu      sync.Mutex
	names   map[string]bool
	vouched map[taught]identities.Profile
}

var _ ports.IdentityProviders = (*IdentityProviders)(nil)

// taught is a proof that a provider knows.
type taught struct {
	provider string
	code     bool // text is a code; else an access token
	text     string
}

// firstCallback is where codes go when nobody says where.
const firstCallback = "https://app.example.com/callback"

// NewIdentityProviders returns providers of those names, who know nobody yet.
func NewIdentityProviders(providers ...string) *IdentityProviders {
	p := &IdentityProviders{names: map[string]bool{}, vouched: map[taught]identities.Profile{}}
	for _, provider := range providers {
		p.names[provider] = true
	}
	return p
}

// Vouches teaches the provider whose the access token is, and configures it when it was not.
func (p *IdentityProviders) Vouches(provider, accessToken string, profile identities.Profile) {
	p.teach(taught{provider: provider, text: accessToken}, profile)
}

// VouchesCode teaches the provider whose the code is, as Vouches does for an access token.
func (p *IdentityProviders) VouchesCode(provider, code string, profile identities.Profile) {
	p.teach(taught{provider: provider, code: true, text: code}, profile)
}

func (p *IdentityProviders) teach(proof taught, profile identities.Profile) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.names[proof.provider] = true
	p.vouched[proof] = copied(profile)
}

// Vouch returns the profile that was taught for the proof: by its access token, or
// else by its code. It returns identities.ErrProviderUnknown, ErrProofMissing,
// ErrProofRefused, and ErrCodeRefused for a code.
func (p *IdentityProviders) Vouch(ctx context.Context, provider string, proof identities.Proof) (identities.Profile, error) {
	if err := ctx.Err(); err != nil {
		return identities.Profile{}, err
	}
	if !p.Configured(provider) {
		return identities.Profile{}, identities.ErrProviderUnknown
	}
	switch {
	case proof.Empty():
		return identities.Profile{}, identities.ErrProofMissing
	case proof.AccessToken.Empty() && !proof.Code.Empty():
		return p.known(taught{provider: provider, code: true, text: proof.Code.Reveal()}, identities.ErrCodeRefused)
	default:
		return p.known(taught{provider: provider, text: proof.AccessToken.Reveal()}, identities.ErrProofRefused)
	}
}

func (p *IdentityProviders) known(proof taught, refusal error) (identities.Profile, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	profile, ok := p.vouched[proof]
	if !ok || proof.text == "" {
		return identities.Profile{}, refusal
	}
	return copied(profile), nil
}

// AuthorizationURL returns a URL that carries all of the request, or identities.ErrProviderUnknown.
func (p *IdentityProviders) AuthorizationURL(ctx context.Context, provider string, request identities.Request) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	callback, err := p.Callback(provider, request.CallbackURL)
	if err != nil {
		return "", err
	}
	query := url.Values{
		"redirect_uri": {callback}, "state": {request.State}, "nonce": {request.Nonce}, "code_challenge": {request.Challenge},
	}
	return "https://provider.example/" + url.PathEscape(provider) + "/authorize?" + query.Encode(), nil
}

// Callback returns wanted, whatever it is, or a fixed URL when it is empty. It
// returns identities.ErrProviderUnknown.
func (p *IdentityProviders) Callback(provider, wanted string) (string, error) {
	if !p.Configured(provider) {
		return "", identities.ErrProviderUnknown
	}
	if wanted == "" {
		return firstCallback, nil
	}
	return wanted, nil
}

// Configured reports whether there is a provider of the name.
func (p *IdentityProviders) Configured(provider string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.names[provider]
}

// copied returns the profile with slices of its own.
func copied(profile identities.Profile) identities.Profile {
	profile.Emails = slices.Clone(profile.Emails)
	profile.Extra = bytes.Clone(profile.Extra)
	return profile
}
