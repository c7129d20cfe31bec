package oauthlogin

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// document is what of a provider's discovery document is used (OpenID Connect
// Discovery, 3).
type document struct {
	Authorization string   `json:"authorization_endpoint"`
	Token         string   `json:"token_endpoint"`
	UserInfo      string   `json:"userinfo_endpoint"`
	Keys          string   `json:"jwks_uri"`
	Introspection string   `json:"introspection_endpoint"`
	Algorithms    []string `json:"id_token_signing_alg_values_supported"`
	TokenAuth     []string `json:"token_endpoint_auth_methods_supported"`
}

// documentFresh is how long a document is believed without asking again.
const documentFresh = time.Hour

// discovery is a provider's document, fetched when it is needed.
type discovery struct {
	base
	cache cache[document]
}

func newDiscovery(b base) *discovery {
	d := &discovery{base: b}
	d.cache.clock, d.cache.fetch = b.clock, func(ctx context.Context) (document, time.Duration, error) {
		found, err := d.fetch(ctx)
		return found, documentFresh, err
	}
	return d
}

// document returns the document, with the operator's addresses over the provider's.
func (d *discovery) document(ctx context.Context) (document, error) {
	return d.cache.get(ctx, func(document) bool { return true })
}

// fetch asks the provider. The library demands that the document's issuer is the
// configured one to the letter: another's could vouch for everybody.
func (d *discovery) fetch(ctx context.Context) (document, error) {
	ctx = oidc.ClientContext(context.WithoutCancel(ctx), d.client.http)
	provider, err := oidc.NewProvider(ctx, d.Issuer)
	if err != nil {
		return document{}, d.client.unavailable(ctx, "discovery", discoveryError(err))
	}
	var found document
	if err := provider.Claims(&found); err != nil {
		return document{}, d.client.unavailable(ctx, "discovery", errNoJSON)
	}
	found.Authorization = or(d.AuthorizationURL, found.Authorization)
	found.Token = or(d.AccessTokenURL, found.Token)
	found.UserInfo = or(d.IdentityURL, found.UserInfo)
	found.Keys = or(d.CertsURL, found.Keys)
	found.Introspection = or(d.IntrospectionURL, found.Introspection)
	if !d.secure(found) {
		return document{}, d.client.unavailable(ctx, "discovery", errInsecure)
	}
	return found, nil
}

var (
	errDiscovery = errors.New("the discovery document is not there, or is another issuer's")
	errInsecure  = errors.New("the discovery document names addresses without https")
)

// discoveryError keeps the reasons of the network; other texts quote the answer.
func discoveryError(err error) error {
	var network *url.Error
	if errors.As(err, &network) {
		return err
	}
	return errDiscovery
}

// secure refuses a document that leads from https to http: whoever sits on the line
// could answer there.
func (d *discovery) secure(found document) bool {
	if !strings.HasPrefix(d.Issuer, "https://") {
		return true
	}
	for _, address := range []string{found.Token, found.UserInfo, found.Keys, found.Introspection, found.Authorization} {
		if address != "" && !strings.HasPrefix(address, "https://") {
			return false
		}
	}
	return true
}

// endpoint says how the token endpoint is told who we are: by basic authentication
// unless it takes only the body.
func (d document) endpoint() oauth2.Endpoint {
	style := oauth2.AuthStyleInHeader
	if slices.Contains(d.TokenAuth, "client_secret_post") && !slices.Contains(d.TokenAuth, "client_secret_basic") {
		style = oauth2.AuthStyleInParams
	}
	return oauth2.Endpoint{TokenURL: d.Token, AuthStyle: style}
}

// algorithms are those that the provider says it signs with, and RS256 where it says
// nothing. A token cannot choose.
func (d document) algorithms() []string {
	var taken []string
	for _, known := range algorithms {
		if slices.Contains(d.Algorithms, string(known)) {
			taken = append(taken, string(known))
		}
	}
	if len(taken) == 0 {
		return []string{oidc.RS256}
	}
	return taken
}
