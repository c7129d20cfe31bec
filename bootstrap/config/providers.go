package config

import (
	"net/url"
	"slices"
	"time"

	"latchkey/domain/secret"
)

// Social is what allauth's settings say about external logins.
type Social struct {
	// EmailAuthentication lets an identity whose address the provider verified sign
	// in the account that has the address.
	EmailAuthentication bool
	StoreTokens         bool
}

// Provider is one external login of SOCIALACCOUNT_PROVIDERS. What its kind has no
// key for is the zero value.
type Provider struct {
	Name         string // the path segment
	Kind         ProviderKind
	ClientID     string
	Secret       secret.String // empty when there is a file or none is needed
	SecretFile   string        // path of a file that holds the secret
	Scope        []string
	CallbackURLs []string // the allow-list, as written: providers compare them letter by letter
	Audiences    []string // further client ids whose id_tokens are meant for us
	Title        string   // how people know it; never empty
	Timeout      time.Duration
	Claims       map[string]string // where the provider's answer has what, as dotted paths

	// nil leaves the provider's real address, or the one in its discovery document.
	AuthorizationURL, AccessTokenURL, IdentityURL, CertsURL *url.URL
	TokenInfoURL, IntrospectionURL                          *url.URL
	GraphAPIURL, GitHubURL, VerifyCredentialsURL            *url.URL
	Issuer                                                  *url.URL // never nil for oidc

	Tenant         string // microsoft's directory; empty is common
	TeamID, KeyID  string
	PrivateKey     secret.String // PEM; empty when there is a file
	PrivateKeyFile string

	VerifiedEmail         bool // every address that it tells is believed
	UncheckedAccessTokens bool // also those that nothing shows to belong to this app
	SingleUseIDTokens     bool
	PrivateAddresses      bool // names that stand for private addresses may be called

	unsaidSingleUse bool // the preset decides about SingleUseIDTokens
}

// ProviderKind is a protocol with the habits of one provider.
type ProviderKind string

// The kinds.
const (
	KindGoogle    ProviderKind = "google"
	KindFacebook  ProviderKind = "facebook"
	KindGitHub    ProviderKind = "github"
	KindTwitter   ProviderKind = "twitter"
	KindApple     ProviderKind = "apple"
	KindMicrosoft ProviderKind = "microsoft"
	KindOIDC      ProviderKind = "oidc"
	KindOAuth2    ProviderKind = "oauth2"
)

var kinds = []ProviderKind{
	KindGoogle, KindFacebook, KindGitHub, KindTwitter, KindApple, KindMicrosoft, KindOIDC, KindOAuth2,
}

func providerSettings() []Setting {
	return []Setting{
		setting("SOCIALACCOUNT_PROVIDERS", "none", "only in the YAML file", providers,
			func(c *Config) *[]Provider { return &c.Providers }).hidden(),
		setting("SOCIALACCOUNT_EMAIL_AUTHENTICATION", "false", "an identity whose address the provider verified signs in the account that has the address", boolean,
			func(c *Config) *bool { return &c.Social.EmailAuthentication }),
		setting("SOCIALACCOUNT_STORE_TOKENS", "false", "keep providers' tokens, encrypted", boolean,
			func(c *Config) *bool { return &c.Social.StoreTokens }),
	}
}

// derive settles what the preset decides.
func (p *Provider) derive(preset Preset) {
	if p.unsaidSingleUse {
		p.SingleUseIDTokens = preset == PresetSecure && slices.Contains(givesIDTokens, p.Kind)
		p.unsaidSingleUse = false
	}
}
