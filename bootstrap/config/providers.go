package config

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"latchkey/domain/secret"
)

// Provider is one external login of SOCIALACCOUNT_PROVIDERS.
type Provider struct {
	Name         string // the path segment
	Kind         ProviderKind
	ClientID     string
	Secret       secret.String // empty when there is a file or none is needed
	SecretFile   string        // path of a file that holds the secret
	Scope        []string
	CallbackURLs []string // the allow-list, as written: providers compare them letter by letter

	// nil leaves the provider's real address.
	AccessTokenURL, IdentityURL, CertsURL, TokenInfoURL *url.URL // google
	GraphAPIURL                                         *url.URL // facebook
	GitHubURL                                           *url.URL // github
	VerifyCredentialsURL                                *url.URL // twitter
	Issuer                                              *url.URL // oidc
}

// ProviderKind is a protocol with the habits of one provider.
type ProviderKind string

// The kinds.
const (
	KindGoogle   ProviderKind = "google"
	KindFacebook ProviderKind = "facebook"
	KindGitHub   ProviderKind = "github"
	KindTwitter  ProviderKind = "twitter"
	KindOIDC     ProviderKind = "oidc"
)

var kinds = []ProviderKind{KindGoogle, KindFacebook, KindGitHub, KindTwitter, KindOIDC}

// segment is a provider's name: it stands in a path.
var segment = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,49}$`)

// takenSegments are the endpoints that such a path would hide.
var takenSegments = []string{"login", "logout", "user", "password", "registration", "token", "mfa", "passkeys", "socialaccounts"}

func providerSettings() []Setting {
	return []Setting{
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
	written := map[string]bool{}
	for _, e := range n.entries {
		if written[e.key] {
			wrong = append(wrong, fmt.Sprintf("has the key %s twice: write it once.", quote(e.key)))
		}
		written[e.key] = true
		wrong = append(wrong, p.readKey(e)...)
	}
	return append(wrong, p.judge(written)...)
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

// judge looks at the keys together.
func (p *Provider) judge(written map[string]bool) []string {
	var wrong []string
	if !slices.Contains(kinds, p.Kind) {
		wrong = append(wrong, "has no known kind: write kind: "+alternatives(kinds)+".")
		return wrong
	}
	for _, k := range providerKeys {
		if written[k.name] && k.kind != "" && k.kind != p.Kind {
			wrong = append(wrong, fmt.Sprintf("has the key %s, which belongs to the kind %s: remove it.", k.name, k.kind))
		}
	}
	if !written["client_id"] {
		wrong = append(wrong, "has no client_id: write the one that the provider gave you.")
	}
	if written["secret"] && written["secret_file"] {
		wrong = append(wrong, "has both secret and secret_file: write one of them.")
	}
	if p.Kind == KindOIDC && !written["issuer"] {
		wrong = append(wrong, "has no issuer: write the URL of the OpenID Connect provider.")
	}
	return wrong
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
				pairs = append(pairs, k.name+": "+strconv.Quote(shown))
			}
		}
		texts[i] = p.Name + ": {" + strings.Join(pairs, ", ") + "}"
	}
	return "{" + strings.Join(texts, ", ") + "}"
}
