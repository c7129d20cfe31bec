package config

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"latchkey/domain/secret"
)

// Provider is one external login of SOCIALACCOUNT_PROVIDERS.
type Provider struct {
	Name         string // the path segment
	Kind         ProviderKind
	Title        string // how OPTIONS names it; empty: the name
	ClientID     string
	Audiences    []string      // further client ids of ours
	Secret       secret.String // empty when there is a file or none is needed
	SecretFile   string        // path of a file that holds the secret
	Scope        []string
	CallbackURLs []string // the allow-list, as written: providers compare them letter by letter

	// nil leaves the provider's real address.
	AuthorizationURL, AccessTokenURL, IdentityURL, CertsURL, TokenInfoURL, IntrospectionURL *url.URL
	GraphAPIURL                                                                             *url.URL // facebook, microsoft
	GitHubURL                                                                               *url.URL
	VerifyCredentialsURL                                                                    *url.URL
	// Issuer is kept as written: an id_token's must equal it to the letter.
	Issuer string

	Tenant         string        // microsoft
	TeamID         string        // apple
	KeyID          string        // apple
	PrivateKey     secret.String // apple
	PrivateKeyFile string        // apple
	// Claims are dotted paths in the provider's answer, by what is to be found there.
	Claims ClaimPaths

	VerifiedEmail         bool
	UncheckedAccessTokens bool
	PrivateAddresses      bool
	Timeout               time.Duration // zero: the usual one
}

// ProviderKind is a protocol with the habits of one provider.
type ProviderKind string

// The kinds.
const (
	KindFacebook  ProviderKind = "facebook"
	KindTwitter   ProviderKind = "twitter"
	KindGoogle    ProviderKind = "google"
	KindGitHub    ProviderKind = "github"
	KindApple     ProviderKind = "apple"
	KindMicrosoft ProviderKind = "microsoft"
	KindOIDC      ProviderKind = "oidc"
	KindOAuth2    ProviderKind = "oauth2"
)

var kinds = []ProviderKind{
	KindFacebook, KindTwitter, KindGoogle, KindGitHub, KindApple, KindMicrosoft, KindOIDC, KindOAuth2,
}

// Social is what allauth's settings say about external logins.
type Social struct {
	EmailAuthentication bool
	StoreTokens         bool
	SingleUseIDTokens   bool
	RequireState        bool
}

// segment is a provider's name: it stands in a path.
var segment = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,49}$`)

// takenSegments are the endpoints that such a path would hide.
var takenSegments = []string{
	"login", "logout", "user", "password", "registration", "token", "mfa", "passkeys", "socialaccounts", "csrf", "account-confirm-email",
}

func providerSettings() []Setting {
	return []Setting{
		setting("SOCIALACCOUNT_EMAIL_AUTHENTICATION", "false", "an identity whose address its provider verified signs in the account that has the address", boolean,
			func(c *Config) *bool { return &c.Social.EmailAuthentication }),
		setting("SOCIALACCOUNT_STORE_TOKENS", "false", "keep what providers' APIs can be called with, encrypted", boolean,
			func(c *Config) *bool { return &c.Social.StoreTokens }),
		setting("SOCIALACCOUNT_SINGLE_USE_ID_TOKENS", "false", "an id_token is good once, also where it has no id of its own (`jti`)", boolean,
			func(c *Config) *bool { return &c.Social.SingleUseIDTokens }).onWhenSecure(),
		setting("SOCIALACCOUNT_REQUIRE_STATE", "false", "a `code` is taken only if its sign-in was begun at `<provider>/authorize/`, in the same browser", boolean,
			func(c *Config) *bool { return &c.Social.RequireState }).onWhenSecure(),
		setting("SOCIALACCOUNT_PROVIDERS", "none", "only in the YAML file", providers,
			func(c *Config) *[]Provider { return &c.Providers }).hidden(),
	}
}

var providers = codec[[]Provider]{
	parse: func(n node) ([]Provider, error) {
		if n.kind == kindText && isNone(n.text) {
			return nil, nil
		}
		if n.kind != kindMapping {
			return nil, advice("write it in the YAML file, as a mapping of names to providers")
		}
		return parseProviders(n.entries)
	},
	show: showProviders,
}

func parseProviders(entries []entry) ([]Provider, error) {
	var all []Provider
	var problems Problems
	for _, e := range entries {
		p := Provider{Name: e.key}
		for _, sentence := range p.read(e.value) {
			problems = append(problems, quote(e.key)+" "+sentence)
		}
		if slices.ContainsFunc(all, func(other Provider) bool { return other.Name == e.key }) {
			problems = append(problems, quote(e.key)+" stands twice: write every provider once.")
		}
		all = append(all, p)
	}
	if len(problems) > 0 {
		return nil, problems
	}
	return all, nil
}

// read fills the provider and returns what is wrong, as sentences without subject.
func (p *Provider) read(n node) []string {
	if !segment.MatchString(p.Name) || slices.Contains(takenSegments, p.Name) {
		return []string{"cannot be its name: write lower-case letters, digits, - and _, and no name of an endpoint."}
	}
	if n.kind != kindMapping {
		return []string{"has no keys: write at least client_id below it."}
	}
	p.Kind = ProviderKind(p.Name)
	var wrong []string
	written, set := map[string]bool{}, map[string]bool{}
	for _, e := range n.entries {
		if written[e.key] {
			wrong = append(wrong, fmt.Sprintf("has the key %s twice: write it once.", quote(e.key)))
		}
		written[e.key] = true
		set[e.key] = e.value.kind != kindText || !isNone(e.value.text)
		wrong = append(wrong, p.readKey(e)...)
	}
	return append(wrong, p.judge(set)...)
}

func (p *Provider) readKey(e entry) []string {
	at := slices.IndexFunc(providerKeys, func(k providerKey) bool { return k.name == e.key })
	if at < 0 {
		return []string{fmt.Sprintf("has the unknown key %s: write %s.", quote(e.key), alternatives(keyNames(p.Kind)))}
	}
	if err := providerKeys[at].assign(e.value, p); err != nil {
		return []string{fmt.Sprintf("has a %s that cannot be used: %s.", e.key, err)}
	}
	return nil
}

// showProviders writes the providers as YAML in one line, secrets redacted.
func showProviders(all []Provider) string {
	if len(all) == 0 {
		return "none"
	}
	texts := make([]string, len(all))
	for i, p := range all {
		var pairs []string
		for _, k := range providerKeys {
			if shown := k.show(p); shown != "none" {
				pairs = append(pairs, k.name+": "+k.quoted(shown))
			}
		}
		texts[i] = p.Name + ": {" + strings.Join(pairs, ", ") + "}"
	}
	return "{" + strings.Join(texts, ", ") + "}"
}

// quoted writes a shown value in YAML. A mapping is YAML already.
func (k providerKey) quoted(shown string) string {
	if k.name == "claims" {
		return shown
	}
	return strconv.Quote(shown)
}
