package config

import (
	"fmt"
	"slices"
)

// need is a key that a kind cannot do without.
type need struct {
	kinds    []ProviderKind // nil: every kind
	keys     []string       // any of them will do; nothing is said when one could not be read
	met      func(Provider) bool
	sentence string
}

var needs = []need{
	{everyKind, []string{"client_id"}, func(p Provider) bool { return p.ClientID != "" },
		"has no client_id: write the one that the provider gave you."},
	// What they sign or prove with it is what shows that a token is ours.
	{[]ProviderKind{KindFacebook, KindTwitter}, []string{"secret", "secret_file"}, Provider.hasSecret,
		"has no secret: write the one that the provider gave you, or secret_file."},
	{onlyOIDC, []string{"issuer"}, func(p Provider) bool { return p.Issuer != nil },
		"has no issuer: write the URL of the OpenID Connect provider."},
	{onlyApple, []string{"team_id"}, func(p Provider) bool { return p.TeamID != "" },
		"has no team_id: write the one of your developer account at Apple."},
	{onlyApple, []string{"key_id"}, func(p Provider) bool { return p.KeyID != "" },
		"has no key_id: write the one of the key that Apple gave you."},
	{onlyApple, []string{"private_key", "private_key_file"}, func(p Provider) bool { return !p.PrivateKey.Empty() || p.PrivateKeyFile != "" },
		"has no private_key: write the content of the .p8 file that Apple gave you, or private_key_file."},
	{[]ProviderKind{KindOAuth2}, []string{"access_token_url"}, func(p Provider) bool { return p.AccessTokenURL != nil },
		"has no access_token_url: write the URL where codes are exchanged for tokens."},
	{[]ProviderKind{KindOAuth2}, []string{"identity_url"}, func(p Provider) bool { return p.IdentityURL != nil },
		"has no identity_url: write the URL that tells whose a token is."},
}

func (p Provider) hasSecret() bool { return !p.Secret.Empty() || p.SecretFile != "" }

// judge looks at the keys together.
func (p *Provider) judge(state map[string]keyState) []string {
	if !slices.Contains(kinds, p.Kind) {
		if state["kind"] == keyFailed {
			return nil
		}
		return []string{"has no known kind: write kind: " + alternatives(kinds) + "."}
	}
	wrong := p.strangeKeys(state)
	for _, n := range needs {
		unread := slices.ContainsFunc(n.keys, func(name string) bool { return state[name] == keyFailed })
		if (n.kinds == nil || slices.Contains(n.kinds, p.Kind)) && !unread && !n.met(*p) {
			wrong = append(wrong, n.sentence)
		}
	}
	if !p.Secret.Empty() && p.SecretFile != "" {
		wrong = append(wrong, "has both secret and secret_file: write one of them.")
	}
	if !p.PrivateKey.Empty() && p.PrivateKeyFile != "" {
		wrong = append(wrong, "has both private_key and private_key_file: write one of them.")
	}
	return wrong
}

// strangeKeys complains about keys that only other kinds have: whoever wrote them
// believes in something that would not happen.
func (p *Provider) strangeKeys(state map[string]keyState) []string {
	var wrong []string
	for _, k := range providerKeys {
		if state[k.name] != keyMissing && !k.belongsTo(p.Kind) {
			wrong = append(wrong, fmt.Sprintf("has the key %s, which belongs to the kind %s: remove it.", k.name, alternatives(k.kinds)))
		}
	}
	return wrong
}
