package config

import (
	"net/url"
	"slices"
	"strconv"
	"time"

	"latchkey/domain/secret"
)

// providerKey is a key that may stand below a provider.
type providerKey struct {
	name   string
	kinds  []ProviderKind // those that have it; nil: every kind
	assign func(node, *Provider) error
	show   func(Provider) string // as YAML; empty for what is not set
}

func key[T any](name string, kinds []ProviderKind, k codec[T], field func(*Provider) *T) providerKey {
	return providerKey{
		name: name, kinds: kinds,
		assign: func(n node, p *Provider) error {
			value, err := k.parse(n)
			if err == nil {
				*field(p) = value
			}
			return err
		},
		show: func(p Provider) string {
			if shown := k.show(*field(&p)); shown != "none" {
				return strconv.Quote(shown)
			}
			return ""
		},
	}
}

// unquoted shows a value that is YAML already.
func (k providerKey) unquoted() providerKey {
	quoted := k.show
	k.show = func(p Provider) string {
		shown, _ := strconv.Unquote(quoted(p)) // of nothing it is nothing
		return shown
	}
	return k
}

func (k providerKey) belongsTo(kind ProviderKind) bool {
	return k.kinds == nil || slices.Contains(k.kinds, kind)
}

// keyNames returns the keys that a provider of a kind may have, or all of them
// when there is no such kind.
func keyNames(kind ProviderKind) []string {
	var names []string
	for _, k := range providerKeys {
		if k.belongsTo(kind) || !slices.Contains(kinds, kind) {
			names = append(names, k.name)
		}
	}
	return names
}

// Which kinds have a key.
var (
	everyKind     []ProviderKind
	onlyGoogle    = []ProviderKind{KindGoogle}
	onlyFacebook  = []ProviderKind{KindFacebook}
	onlyGitHub    = []ProviderKind{KindGitHub}
	onlyTwitter   = []ProviderKind{KindTwitter}
	onlyApple     = []ProviderKind{KindApple}
	onlyMicrosoft = []ProviderKind{KindMicrosoft}
	onlyOIDC      = []ProviderKind{KindOIDC}

	// standard follow OAuth 2 or OpenID Connect and nobody's habits.
	standard = []ProviderKind{KindOIDC, KindOAuth2}
	// givesIDTokens are the kinds whose providers sign id_tokens.
	givesIDTokens = []ProviderKind{KindGoogle, KindApple, KindMicrosoft, KindOIDC}
	// notTwitter are the kinds that send browsers to the provider by OAuth 2.
	notTwitter = []ProviderKind{KindGoogle, KindFacebook, KindGitHub, KindApple, KindMicrosoft, KindOIDC, KindOAuth2}
	// notApple are the kinds whose secret is a text. Apple's is signed with a key.
	notApple = []ProviderKind{KindGoogle, KindFacebook, KindGitHub, KindTwitter, KindMicrosoft, KindOIDC, KindOAuth2}
	// movableTokens are the kinds where codes can be exchanged elsewhere.
	movableTokens = []ProviderKind{KindGoogle, KindApple, KindMicrosoft, KindOIDC, KindOAuth2}
	// showsIdentity are the kinds with an endpoint that tells whose a token is.
	showsIdentity = []ProviderKind{KindGoogle, KindOIDC, KindOAuth2}
	// checksAccessTokens are the kinds that can leave the check of access tokens out.
	checksAccessTokens = []ProviderKind{KindGoogle, KindGitHub, KindMicrosoft, KindOIDC, KindOAuth2}
)

var providerKeys = slices.Concat(commonKeys, urlKeys, ownKeys, trustKeys)

var commonKeys = []providerKey{
	key("kind", everyKind, oneOf(kinds...), func(p *Provider) *ProviderKind { return &p.Kind }),
	key("client_id", everyKind, clientID, func(p *Provider) *string { return &p.ClientID }),
	key("secret", notApple, secretKey, func(p *Provider) *secret.String { return &p.Secret }),
	key("secret_file", notApple, orNone(words(1000)), func(p *Provider) *string { return &p.SecretFile }),
	key("scope", notTwitter, listOf(words(200)), func(p *Provider) *[]string { return &p.Scope }),
	key("callback_url", everyKind, listOf(callbackURL), func(p *Provider) *[]string { return &p.CallbackURLs }),
	key("title", everyKind, title, func(p *Provider) *string { return &p.Title }),
	key("timeout", everyKind, duration(time.Second, time.Minute), func(p *Provider) *time.Duration { return &p.Timeout }),
	key("allow_private_addresses", everyKind, boolean, func(p *Provider) *bool { return &p.PrivateAddresses }),
}

var urlKeys = []providerKey{
	key("authorization_url", notTwitter, providerURL, func(p *Provider) **url.URL { return &p.AuthorizationURL }),
	key("access_token_url", movableTokens, providerURL, func(p *Provider) **url.URL { return &p.AccessTokenURL }),
	key("identity_url", showsIdentity, providerURL, func(p *Provider) **url.URL { return &p.IdentityURL }),
	key("certs_url", givesIDTokens, providerURL, func(p *Provider) **url.URL { return &p.CertsURL }),
	key("tokeninfo_url", onlyGoogle, providerURL, func(p *Provider) **url.URL { return &p.TokenInfoURL }),
	key("introspection_url", standard, providerURL, func(p *Provider) **url.URL { return &p.IntrospectionURL }),
	key("graph_api_url", []ProviderKind{KindFacebook, KindMicrosoft}, providerURL, func(p *Provider) **url.URL { return &p.GraphAPIURL }),
	key("github_url", onlyGitHub, providerURL, func(p *Provider) **url.URL { return &p.GitHubURL }),
	key("verify_credentials_url", onlyTwitter, providerURL, func(p *Provider) **url.URL { return &p.VerifyCredentialsURL }),
}

var ownKeys = []providerKey{
	key("issuer", onlyOIDC, issuerURL, func(p *Provider) **url.URL { return &p.Issuer }),
	key("tenant", onlyMicrosoft, tenant, func(p *Provider) *string { return &p.Tenant }),
	key("team_id", onlyApple, appleID, func(p *Provider) *string { return &p.TeamID }),
	key("key_id", onlyApple, appleID, func(p *Provider) *string { return &p.KeyID }),
	key("private_key", onlyApple, appleKey, func(p *Provider) *secret.String { return &p.PrivateKey }),
	key("private_key_file", onlyApple, orNone(words(1000)), func(p *Provider) *string { return &p.PrivateKeyFile }),
	key("claims", standard, claimPaths, func(p *Provider) *map[string]string { return &p.Claims }).unquoted(),
}

// trustKeys say how much of what a provider says is believed.
var trustKeys = []providerKey{
	key("audiences", givesIDTokens, listOf(clientID), func(p *Provider) *[]string { return &p.Audiences }),
	key("verified_email", everyKind, boolean, func(p *Provider) *bool { return &p.VerifiedEmail }),
	key("unchecked_access_tokens", checksAccessTokens, boolean, func(p *Provider) *bool { return &p.UncheckedAccessTokens }),
	key("single_use_id_tokens", givesIDTokens, boolean, func(p *Provider) *bool { return &p.SingleUseIDTokens }),
}
