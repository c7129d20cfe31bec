package config

import (
	"net/url"
	"strings"

	"latchkey/domain/secret"
)

// providerKey is a key that may stand below a provider.
type providerKey struct {
	name   string
	kind   ProviderKind // the one kind that has it; empty: every kind
	assign func(node, *Provider) error
	show   func(Provider) string
}

func key[T any](name string, kind ProviderKind, k codec[T], field func(*Provider) *T) providerKey {
	return providerKey{
		name: name, kind: kind,
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

var providerKeys = []providerKey{
	key("kind", "", oneOf(kinds...), func(p *Provider) *ProviderKind { return &p.Kind }),
	key("client_id", "", clientID, func(p *Provider) *string { return &p.ClientID }),
	key("secret", "", secretKey, func(p *Provider) *secret.String { return &p.Secret }),
	key("secret_file", "", orNone(words(1000)), func(p *Provider) *string { return &p.SecretFile }),
	key("scope", "", listOf(words(200)), func(p *Provider) *[]string { return &p.Scope }),
	key("callback_url", "", listOf(callbackURL), func(p *Provider) *[]string { return &p.CallbackURLs }),
	key("access_token_url", KindGoogle, providerURL, func(p *Provider) **url.URL { return &p.AccessTokenURL }),
	key("identity_url", KindGoogle, providerURL, func(p *Provider) **url.URL { return &p.IdentityURL }),
	key("certs_url", KindGoogle, providerURL, func(p *Provider) **url.URL { return &p.CertsURL }),
	key("tokeninfo_url", KindGoogle, providerURL, func(p *Provider) **url.URL { return &p.TokenInfoURL }),
	key("graph_api_url", KindFacebook, providerURL, func(p *Provider) **url.URL { return &p.GraphAPIURL }),
	key("github_url", KindGitHub, providerURL, func(p *Provider) **url.URL { return &p.GitHubURL }),
	key("verify_credentials_url", KindTwitter, providerURL, func(p *Provider) **url.URL { return &p.VerifyCredentialsURL }),
	key("issuer", KindOIDC, providerURL, func(p *Provider) **url.URL { return &p.Issuer }),
}

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
		if k.kind == "" || k.kind == kind {
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

var callbackURL = simple(func(s string) (string, error) {
	if _, ok := httpURL(s); !ok || strings.ContainsAny(s, "# ") {
		return "", advice("write an http or https URL without fragment")
	}
	return s, nil
}, same)
