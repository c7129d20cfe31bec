package config

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"latchkey/domain/secret"
)

// providerKey is a key that may stand below a provider.
type providerKey struct {
	name   string
	kinds  []ProviderKind // those that have it; empty: every kind
	assign func(node, *Provider) error
	show   func(Provider) string
}

func (k providerKey) of(kind ProviderKind) bool {
	return len(k.kinds) == 0 || slices.Contains(k.kinds, kind)
}

func key[T any](name string, k codec[T], field func(*Provider) *T, kinds ...ProviderKind) providerKey {
	return providerKey{
		name: name, kinds: kinds,
		assign: func(n node, p *Provider) error {
			value, err := k.parse(n)
			if err == nil {
				*field(p) = value
			}
			return err
		},
		show: func(p Provider) string { return k.show(*field(&p)) },
	}
}

var (
	withOAuth2  = []ProviderKind{KindFacebook, KindGoogle, KindGitHub, KindApple, KindMicrosoft, KindOIDC, KindOAuth2}
	withIDToken = []ProviderKind{KindGoogle, KindApple, KindMicrosoft, KindOIDC}
	withSecret  = []ProviderKind{KindFacebook, KindTwitter, KindGoogle, KindGitHub, KindMicrosoft, KindOIDC, KindOAuth2}
)

var providerKeys = []providerKey{
	key("kind", oneOf(kinds...), func(p *Provider) *ProviderKind { return &p.Kind }),
	key("title", orNone(words(100)), func(p *Provider) *string { return &p.Title }),
	key("client_id", clientID, func(p *Provider) *string { return &p.ClientID }),
	key("audiences", listOf(clientID), func(p *Provider) *[]string { return &p.Audiences }, withIDToken...),
	key("secret", secretKey, func(p *Provider) *secret.String { return &p.Secret }, withSecret...),
	key("secret_file", orNone(words(1000)), func(p *Provider) *string { return &p.SecretFile }, withSecret...),
	key("scope", listOf(words(200)), func(p *Provider) *[]string { return &p.Scope }, withOAuth2...),
	key("callback_url", listOf(callbackURL), func(p *Provider) *[]string { return &p.CallbackURLs }),
	key("authorization_url", providerURL, func(p *Provider) **url.URL { return &p.AuthorizationURL }, withOAuth2...),
	key("access_token_url", providerURL, func(p *Provider) **url.URL { return &p.AccessTokenURL }, KindGoogle, KindApple, KindMicrosoft, KindOIDC, KindOAuth2),
	key("identity_url", providerURL, func(p *Provider) **url.URL { return &p.IdentityURL }, KindGoogle, KindOIDC, KindOAuth2),
	key("certs_url", providerURL, func(p *Provider) **url.URL { return &p.CertsURL }, withIDToken...),
	key("tokeninfo_url", providerURL, func(p *Provider) **url.URL { return &p.TokenInfoURL }, KindGoogle),
	key("introspection_url", providerURL, func(p *Provider) **url.URL { return &p.IntrospectionURL }, KindOIDC, KindOAuth2),
	key("graph_api_url", providerURL, func(p *Provider) **url.URL { return &p.GraphAPIURL }, KindFacebook, KindMicrosoft),
	key("github_url", providerURL, func(p *Provider) **url.URL { return &p.GitHubURL }, KindGitHub),
	key("verify_credentials_url", providerURL, func(p *Provider) **url.URL { return &p.VerifyCredentialsURL }, KindTwitter),
	key("issuer", issuer, func(p *Provider) *string { return &p.Issuer }, KindOIDC),
	key("tenant", tenant, func(p *Provider) *string { return &p.Tenant }, KindMicrosoft),
	key("team_id", orNone(words(100)), func(p *Provider) *string { return &p.TeamID }, KindApple),
	key("key_id", orNone(words(100)), func(p *Provider) *string { return &p.KeyID }, KindApple),
	key("private_key", appleKey, func(p *Provider) *secret.String { return &p.PrivateKey }, KindApple),
	key("private_key_file", orNone(words(1000)), func(p *Provider) *string { return &p.PrivateKeyFile }, KindApple),
	key("claims", claimPaths, func(p *Provider) *ClaimPaths { return &p.Claims }, KindOIDC, KindOAuth2),
	key("verified_email", flag, func(p *Provider) *bool { return &p.VerifiedEmail }),
	key("unchecked_access_tokens", flag, func(p *Provider) *bool { return &p.UncheckedAccessTokens }, KindGoogle, KindGitHub, KindMicrosoft, KindOIDC, KindOAuth2),
	key("allow_private_addresses", flag, func(p *Provider) *bool { return &p.PrivateAddresses }),
	key("timeout", orNone(duration(time.Second, time.Minute)), func(p *Provider) *time.Duration { return &p.Timeout }),
}

// flag is a truth that is shown only when it holds.
var flag = orNone(boolean)

// clientID refuses "none", with which the printed configuration leaves a key out.
var clientID = simple(func(s string) (string, error) {
	if isNone(s) || !clean(s) || len(s) > 500 {
		return "", advice("write the one that the provider gave you")
	}
	return s, nil
}, same)

// keyNames returns the keys that a provider of a kind may have.
func keyNames(kind ProviderKind) []string {
	var names []string
	for _, k := range providerKeys {
		if k.of(kind) || !slices.Contains(kinds, kind) {
			names = append(names, k.name)
		}
	}
	return names
}

// providerURL demands https away from this machine: what the provider answers
// decides who is signed in, and whoever sits on the line could answer instead.
var providerURL = orNone(simple(func(s string) (*url.URL, error) {
	u, ok := httpURL(s)
	if !ok || strings.Contains(s, "#") || u.Scheme == "http" && !loopback(u.Hostname()) {
		return nil, advice("write an https URL (http only for this machine)")
	}
	return u, nil
}, (*url.URL).String))

// issuer keeps the text: "https://a.example" and "https://a.example/" are two issuers.
var issuer = orNone(simple(func(s string) (string, error) {
	_, err := providerURL.parse(scalar(s))
	return s, err
}, same))

var callbackURL = simple(func(s string) (string, error) {
	if _, ok := httpURL(s); !ok || strings.ContainsAny(s, "# ") {
		return "", advice("write an http or https URL without fragment")
	}
	return s, nil
}, same)
