package oauthlogin

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/oauth2"

	"latchkey/application/ports"
	"latchkey/domain/identities"
	"latchkey/domain/secret"
)

// kind is the protocol of one configured provider.
type kind interface {
	// vouch returns who the provider says that the holder of the proof is.
	vouch(ctx context.Context, proof identities.Proof) (identities.Profile, error)
	// page returns where people sign in; an empty url for nowhere.
	page(ctx context.Context) (page, error)
}

// page is a provider's authorization endpoint and what its URL says by itself.
type page struct {
	url    string
	scopes []string
	// nonce: the provider writes it into an id_token.
	nonce bool
	more  map[string]string
}

// provider is one configured provider.
type provider struct {
	Config
	kind
	client *client
}

// Providers are the configured providers.
type Providers struct {
	byName map[string]provider
}

var _ ports.IdentityProviders = (*Providers)(nil)

// New makes the providers. It calls nobody; the error says which setting is wrong.
func New(configs []Config, clock ports.Clock, log *slog.Logger) (*Providers, error) {
	p := &Providers{byName: make(map[string]provider, len(configs))}
	for _, c := range configs {
		client := newClient(c, log)
		k, err := newKind(c, client, clock)
		if err != nil {
			return nil, fmt.Errorf("the provider %q: %w", c.Name, err)
		}
		p.byName[c.Name] = provider{Config: c, kind: k, client: client}
	}
	return p, nil
}

func newKind(c Config, client *client, clock ports.Clock) (kind, error) {
	base := base{Config: c, client: client, clock: clock}
	switch c.Kind {
	case KindFacebook:
		return facebook{base}, nil
	case KindTwitter:
		return newTwitter(base), nil
	case KindGoogle:
		return newGoogle(base), nil
	case KindGitHub:
		return gitHub{base}, nil
	case KindApple:
		return newApple(base)
	case KindMicrosoft:
		return newMicrosoft(base), nil
	case KindOIDC:
		return newOpenID(base), nil
	case KindOAuth2:
		return plainOAuth{base}, nil
	}
	return nil, fmt.Errorf("there is no kind %q", c.Kind)
}

// Vouch implements ports.IdentityProviders.
func (p *Providers) Vouch(ctx context.Context, name string, proof identities.Proof) (identities.Profile, error) {
	if err := ctx.Err(); err != nil {
		return identities.Profile{}, err
	}
	found, known := p.byName[name]
	if !known {
		return identities.Profile{}, identities.ErrProviderUnknown
	}
	if err := unsayable(proof); err != nil {
		return identities.Profile{}, err
	}
	callback, err := found.callback(proof.CallbackURL)
	if err != nil {
		return identities.Profile{}, err
	}
	proof.CallbackURL = callback
	profile, err := found.vouch(ctx, proof)
	if err != nil {
		return identities.Profile{}, err
	}
	return found.finished(profile)
}

// unsayable refuses what no provider issues (RFC 6749, appendix A). In a header it could
// not be sent, and that would look like a provider who does not answer.
func unsayable(proof identities.Proof) error {
	bad := func(texts ...secret.String) bool {
		return slices.ContainsFunc(texts, func(text secret.String) bool {
			return len(text.Reveal()) > idTokenMost || strings.ContainsFunc(text.Reveal(), unicode.IsControl)
		})
	}
	switch {
	case bad(proof.AccessToken, proof.TokenSecret, proof.IDToken):
		return identities.ErrProofRefused
	case bad(proof.Code, proof.CodeVerifier):
		return identities.ErrCodeRefused
	}
	return nil
}

// finished holds every provider's word to what a key must be.
func (p provider) finished(profile identities.Profile) (identities.Profile, error) {
	subject := profile.Key.Subject
	if subject == "" || !utf8.ValidString(subject) || utf8.RuneCountInString(subject) > identities.SubjectMaxLength ||
		strings.ContainsFunc(subject, unicode.IsControl) {
		return identities.Profile{}, identities.ErrProofRefused
	}
	profile.Key.Provider = p.Name
	if p.VerifiedEmail {
		for i := range profile.Emails {
			profile.Emails[i].Verified, profile.Emails[i].Past = true, false
		}
	}
	return profile, nil
}

// AuthorizationURL implements ports.IdentityProviders.
func (p *Providers) AuthorizationURL(ctx context.Context, name string, request identities.Request) (string, error) {
	found, known := p.byName[name]
	if !known {
		return "", identities.ErrProviderUnknown
	}
	callback, err := found.callback(request.CallbackURL)
	if err != nil {
		return "", err
	}
	to, err := found.page(ctx)
	if err != nil {
		return "", err
	}
	if to.url == "" {
		return "", identities.ErrNoAuthorization
	}
	options := []oauth2.AuthCodeOption{
		oauth2.SetAuthURLParam("code_challenge", request.Challenge),
		oauth2.SetAuthURLParam("code_challenge_method", "S256"),
	}
	if to.nonce {
		options = append(options, oauth2.SetAuthURLParam("nonce", request.Nonce))
	}
	for name, value := range to.more {
		options = append(options, oauth2.SetAuthURLParam(name, value))
	}
	config := oauth2.Config{
		ClientID: found.ClientID, RedirectURL: callback, Scopes: found.scopes(to.scopes),
		Endpoint: oauth2.Endpoint{AuthURL: to.url},
	}
	return config.AuthCodeURL(request.State, options...), nil
}

// Callback implements ports.IdentityProviders.
func (p *Providers) Callback(name, wanted string) (string, error) {
	found, known := p.byName[name]
	if !known {
		return "", identities.ErrProviderUnknown
	}
	return found.callback(wanted)
}

// callback compares letter by letter: a URL that only begins like one of ours can
// lead a code elsewhere (RFC 9700, 4.1).
func (c Config) callback(wanted string) (string, error) {
	switch {
	case wanted == "" && len(c.Callbacks) == 0:
		return "", nil
	case wanted == "":
		return c.Callbacks[0], nil
	case slices.Contains(c.Callbacks, wanted):
		return wanted, nil
	}
	return "", identities.ErrCallbackForbidden
}

func (c Config) scopes(usual []string) []string {
	if len(c.Scopes) > 0 {
		return c.Scopes
	}
	return usual
}

// Configured implements ports.IdentityProviders.
func (p *Providers) Configured(name string) bool {
	_, known := p.byName[name]
	return known
}

// CloseIdle closes the connections that nobody uses.
func (p *Providers) CloseIdle() {
	for _, found := range p.byName {
		found.client.http.CloseIdleConnections()
	}
}

// CloseIdleConnections lets http.Client close what the transport keeps.
func (l limited) CloseIdleConnections() { l.Transport.CloseIdleConnections() }

var _ http.RoundTripper = limited{}
